// What plugins changed: a request to the echo upstream beside the same one on the way that has no plugins, for what differs between the two.
import type { EchoTrip } from '../../node/container/echo';
import type { TrialResponse } from './types';

/** With this header a development node leads a request past the plugins on its service `echo` and its route. */
export const PLAIN_HEADER = 'kong-plugin-try';
export const PLAIN_VALUE = 'without';

/** One thing that differs; null is what was not there. */
export interface Change {
  /** `method`, `path`, `body`, `status` or `header NAME`. */
  what: string;
  without: string | null;
  with: string | null;
}

export interface Changes {
  /** Of what reached the upstream. */
  upstream: Change[];
  /** Of what came back. */
  response: Change[];
}

/** One way of a request: there and back. */
export interface Way {
  trip: EchoTrip;
  response: TrialResponse;
}

/** These differ with every request, or because the two ways have addresses of their own. */
const ALWAYS_OTHER = new Set([
  PLAIN_HEADER,
  ...['host', 'date', 'x-kong-request-id', 'x-kong-upstream-latency', 'x-kong-proxy-latency', 'x-kong-response-latency'],
  ...['x-kong-request-debug-output', 'content-length'],
]);

/** What differs between the way past the plugins and the one through them. */
export function changesBetween(without: Way, through: Way): Changes {
  const [before, after] = [without.trip.received, through.trip.received];
  // The echo's own answer tells of the request, so each is held against the one that it gave.
  const isAsAnswered = ({ trip, response }: Way): boolean => response.body === trip.answered;
  const isBodySame = isAsAnswered(without) && isAsAnswered(through);
  return {
    upstream: [
      ...differing('method', before.method, after.method),
      ...differing('path', before.path, after.path),
      ...headersDiffering(before.headers, after.headers),
      ...differing('body', before.body, after.body),
    ],
    response: [
      ...differing('status', String(without.response.status), String(through.response.status)),
      ...headersDiffering(without.response.headers, through.response.headers),
      ...(isBodySame ? [] : differing('body', without.response.body, through.response.body)),
    ],
  };
}

function headersDiffering(before: Readonly<Record<string, string>>, after: Readonly<Record<string, string>>): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names
    .filter((name) => !ALWAYS_OTHER.has(name))
    .flatMap((name) => differing(`header ${name}`, before[name] ?? null, after[name] ?? null));
}

function differing(what: string, without: string | null, through: string | null): Change[] {
  return without === through ? [] : [{ what, without, with: through }];
}

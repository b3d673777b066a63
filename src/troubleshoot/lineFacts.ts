// What a line of a log tells about itself, for those who look for it by eye: its minute, how loud it is, the request and the plugin it belongs to.
import { isPluginsOwn, isQuiet, PLUGIN_WORDS } from './ownWords';

/** What is known of one line. A line without a head of its own, as of a traceback, belongs to the message before it. */
export interface LineFacts {
  /** `2026-11-23 08:00`, as the log writes it; null before the first time. */
  minute: string | null;
  /** Level error or worse. */
  isError: boolean;
  /** The same for all lines of one request, and fit to be shown: Kong's request id (3.4 and later), else worker and connection, `1234 *7`. */
  request: string | null;
  /** The plugin whose own words it is. */
  plugin: string | null;
}

/** nginx's head, behind whatever a container engine or a collector put before it. */
const HEAD = /(\d{4})\/(\d\d)\/(\d\d) (\d\d:\d\d):\d\d \[([a-z]{1,7})\] (\d{1,10})#\d{1,10}: (\*\d{1,12})?/;
/** A line with a time of its own that is not nginx's: what Kong's command line, Postgres or a collector say. */
const TIME = /^\W{0,2}(\d{4})[-/](\d\d)[-/](\d\d)[ T](\d\d:\d\d):\d\d/;
/** What says without nginx's level that something failed: Kong's command line, nginx before it has a log, Postgres. */
const LOUD = /^(?:Error: |ERROR: |panic: |nginx: \[(?:error|crit|alert|emerg)\] )| (?:FATAL|PANIC|ERROR): /;
/** The line of an access log: no message of an error, and of its own request. */
const ACCESS = / \[\d\d\/[A-Z][a-z]{2}\/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "/;
/** At the end of what nginx adds to a message of a request, and of a line of the access log (seen on Kong@3.9.1). */
const REQUEST_ID = /, request_id: "([0-9a-f]{32})"| kong_request_id: "([0-9a-f]{32})"/;

const NOTHING: LineFacts = { minute: null, isError: false, request: null, plugin: null };

/** The facts of every line, in order. Kong's id stands at the end of a message, which may be many lines: all of them get it. */
export function lineFacts(lines: readonly string[]): LineFacts[] {
  const facts: LineFacts[] = [];
  let message = 0;
  lines.forEach((text, at) => {
    const before = facts[at - 1] ?? NOTHING;
    const begun = beginning(text, before.minute);
    if (begun !== undefined) message = at;
    const request = idIn(text);
    facts.push({ ...(begun ?? before), ...(request === null ? {} : { request }) });
    if (request === null) return;
    for (let i = message; i < at; i += 1) facts[i] = { ...(facts[i] ?? NOTHING), request };
  });
  return facts;
}

/** What a line that begins a message tells; undefined for one that goes on with the message before it. */
function beginning(text: string, minute: string | null): LineFacts | undefined {
  const head = HEAD.exec(text);
  if (head !== null) {
    const [, year = '', month = '', day = '', clock = '', level = '', worker = '', connection] = head;
    const own = PLUGIN_WORDS.exec(text);
    return {
      minute: `${year}-${month}-${day} ${clock}`,
      isError: !isQuiet(level),
      request: connection === undefined ? null : `${worker} ${connection}`,
      plugin: own !== null && isPluginsOwn(text, level) ? (own[2] ?? null) : null,
    };
  }
  const time = TIME.exec(text);
  const isError = LOUD.test(text);
  if (time !== null)
    return { ...NOTHING, isError, minute: `${time[1] ?? ''}-${time[2] ?? ''}-${time[3] ?? ''} ${time[4] ?? ''}` };
  return isError || ACCESS.test(text) ? { ...NOTHING, isError, minute } : undefined;
}

function idIn(text: string): string | null {
  const id = REQUEST_ID.exec(text);
  return id?.[1] ?? id?.[2] ?? null;
}

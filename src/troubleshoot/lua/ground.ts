// What ran when Lua code failed: the phase of a request, a timer, a thread, an event.
import { compile } from '../template';
import { CARRIERS, type Ground } from './carriers';

/** A carrier found in a text. */
export interface Carried {
  ground: Ground;
  /** The plugin that Kong names in it. */
  plugin: string | null;
  phase: string | null;
  /** Where the carrier begins, and where the error itself does. */
  from: number;
  to: number;
}

const PATTERNS = CARRIERS.map((carrier) => ({ ...carrier, ...compile(`${carrier.text}{rest}`) }));
const PHASE_IN_STACK = /(?:^|[\s(])(\w{3,20})_by_lua(?:\(|:|\*| )/;
/** `path.lua:12: `, as Lua names the place of an error. */
const PLACE = /^[^\s'"]{1,300}\.lua:\d{1,7}: /;
const REACH = 600;

/** The first carrier of a text, or null. */
export function carrierIn(text: string): Carried | null {
  let first: Carried | null = null;
  for (const { ground, regexp, anchor, not, placed } of PATTERNS) {
    const at = text.indexOf(anchor);
    if (at < 0 || (not !== undefined && text.includes(not)) || (first !== null && at - REACH > first.from)) continue;
    const start = Math.max(0, at - REACH);
    const match = regexp.exec(text.slice(start, at + REACH));
    if (match === null) continue;
    const from = start + match.index;
    if (first !== null && from >= first.from) continue;
    const rest = match.groups?.['rest'] ?? '';
    if (placed === true && !PLACE.test(rest)) continue;
    first = {
      ground,
      plugin: match.groups?.['plugin'] ?? null,
      phase: match.groups?.['phase'] ?? null,
      from,
      to: from + match[0].length - rest.length,
    };
  }
  if (first === null) return null;
  const timed = first.ground === 'request' && text.includes('context: ngx.timer');
  return { ...first, ground: timed ? 'timer' : first.ground, phase: first.phase ?? PHASE_IN_STACK.exec(text)?.[1] ?? null };
}

const GROUNDS: Readonly<Record<Ground, string>> = {
  request: 'while Kong handles a request',
  thread: 'in a thread that it started',
  timer: 'in a timer',
  event: 'in the handler of an event',
  cache: 'in a function given to the cache',
  admin: 'in the Admin API',
};

const REFUSED = 'The client gets 500 "An unexpected error occurred".';
const ONLY_THAT = 'No client notices: only that work is lost, each time that it runs.';
/** What comes of it, by the phase. */
const EFFECTS: Readonly<Record<string, string>> = {
  rewrite: REFUSED,
  access: REFUSED,
  response: REFUSED,
  content: REFUSED,
  preread: 'The connection is closed.',
  balancer: 'The client gets 500 or 502.',
  ssl_certificate: 'The handshake fails, and no request comes to Kong.',
  ssl_client_hello: 'The handshake fails, and no request comes to Kong.',
  header_filter: 'The answer may be cut or lack its headers, and later plugins do not run.',
  body_filter: 'The body of the answer may be cut.',
  log: 'The client has its answer; what this and later plugins log is lost.',
  exit_worker: 'The worker ends all the same.',
};

/** `while Kong handles a request`, and `in access`, `in a timer` …: the words of a finding. */
export function groundWords(text: string): { doing: string; when: string; effect: string } {
  const found = carrierIn(text);
  const ground = found?.ground ?? (text.includes('context: ngx.timer') ? 'timer' : 'request');
  const phase = found?.phase ?? PHASE_IN_STACK.exec(text)?.[1] ?? ((found?.plugin ?? null) === null ? null : 'access');
  const inPhase = phase === null ? 'in a request' : `in ${phase}`;
  const when: Readonly<Record<Ground, string>> = {
    ...GROUNDS,
    request: inPhase,
    thread: phase === null ? 'in a thread (ngx.thread.spawn)' : `in a thread (ngx.thread.spawn) of ${phase}`,
  };
  const beside = ground === 'timer' || ground === 'event' || ground === 'thread';
  return { doing: GROUNDS[ground], when: when[ground], effect: beside ? ONLY_THAT : (EFFECTS[phase ?? ''] ?? '') };
}

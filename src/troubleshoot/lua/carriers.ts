// What stands before the message of a Lua error: every way in which Kong, nginx and the libraries report one. A new wrapper is one row here.
// Sources: kong/init.lua, kong/db/init.lua, kong/cluster_events/init.lua, kong/resty/mlcache, ngx_http_lua_module, lua-resty-timer-ng, lua-resty-worker-events, lua-resty-events.
import type { Message } from '../catalogue/entry';

/** What ran when it failed. */
export type Ground = 'request' | 'thread' | 'timer' | 'event' | 'cache' | 'admin';

export interface Carrier {
  ground: Ground;
  /** Kong's words up to the error itself; see compile() for the placeholders. */
  text: string;
  /** Words that make it something else. */
  not?: string;
  /** Only when the place that raised the error stands behind it. */
  placed?: true;
  versions?: string;
}

const PHASES =
  'header_filter|body_filter|log|balancer|rewrite|access|content|preread|ssl_certificate|ssl_client_hello|set|server_rewrite|exit_worker';

export const CARRIERS: readonly Carrier[] = [
  { ground: 'request', text: '[kong] init.lua:{n} [{plugin}] ', versions: '1.1 and later: access' },
  { ground: 'request', text: '[kong] init.lua:{n} ', placed: true, versions: '1.0 to 1.4: no plugin is named' },
  { ground: 'request', text: '[lua] responses.lua:{n}: {word}(): ', placed: true, versions: 'up to 0.14' },
  { ground: 'request', text: 'lua entry thread aborted: runtime error: ', versions: 'rewrite and response' },
  { ground: 'request', text: 'lua coroutine: runtime error: ', versions: 'up to 2.x' },
  { ground: 'request', text: `failed to run {phase=${PHASES}}_by_lua*: `, versions: 'all' },
  { ground: 'request', text: `{phase=exit_worker|set}_by_lua error: `, versions: 'all' },
  { ground: 'request', text: 'lua handler aborted: runtime error: ', versions: 'all: certificates and handshakes' },
  { ground: 'thread', text: 'lua user thread aborted: runtime error: ', versions: 'all: ngx.thread.spawn' },
  { ground: 'timer', text: '[timer-ng] failed to run timer {timer}: ', versions: '3.0 and later' },
  { ground: 'timer', text: 'lua failed to run timer with function defined at {defined}: ', versions: 'all' },
  { ground: 'timer', text: 'lua timer callback failed: ', versions: 'all' },
  {
    ground: 'event',
    text: "event callback failed; source={source}, event={event}, {pid|wid}={n} error='",
    versions: 'all',
  },
  { ground: 'event', text: "event callback failed; source={source}, event={event},pid={n} error='", versions: 'up to 2.x' },
  { ground: 'event', text: '[cluster_events] callback threw an error: ', versions: 'all' },
  { ground: 'cache', text: 'callback threw an error: ', not: 'cluster_mutex', versions: 'all: kong.cache:get' },
];

/** The carriers of a ground as messages of the catalogue: with the place that raised the error, and without. */
export function carried(...grounds: readonly Ground[]): Message[] {
  return CARRIERS.filter(({ ground }) => grounds.includes(ground)).flatMap(({ text, versions, placed }): Message[] => [
    { text: `${text}{at}: {error}`, in: 'request', weak: true, ...(versions === undefined ? {} : { versions }) },
    ...(placed === true ? [] : [{ text: `${text}{error}`, in: 'request' as const, weak: true }]),
  ]);
}

// Which of OpenResty's functions nginx refuses in which phase of a plugin ("API disabled in the context of …"), and libraries that call them.
// Sources: ngx_http_lua_check_context and ngx_http_lua_ffi_check_context calls of lua-nginx-module; Kong's kong/globalpatches.lua at 2.8.5 and
// 3.9.1, which lets ngx.sleep block in init_worker; constructors of lua-resty-http, -redis, -mysql, -memcached and -websocket. The `response`
// phase runs in a content handler. Only phases of the http subsystem are told.
import { own } from '../../text/own';

/** Phases that may wait for a socket. */
const YIELDING = ['certificate', 'rewrite', 'access', 'response', 'admin_api', 'timer'];
/** Phases that may still answer the client. */
const ANSWERING = ['rewrite', 'access', 'response', 'admin_api'];
const EXITING = [...ANSWERING, 'certificate', 'header_filter', 'timer'];

/** Phases in which something is allowed, by its full name. */
const FUNCTIONS: Readonly<Record<string, readonly string[]>> = {
  'ngx.socket.tcp': YIELDING,
  'ngx.socket.udp': YIELDING,
  'ngx.socket.stream': YIELDING,
  'ngx.socket.connect': YIELDING,
  'ngx.sleep': [...YIELDING, 'init_worker'],
  'ngx.thread.wait': YIELDING,
  'ngx.location.capture': ['rewrite', 'access', 'response', 'admin_api'],
  'ngx.location.capture_multi': ['rewrite', 'access', 'response', 'admin_api'],
  'ngx.req.read_body': ANSWERING,
  'ngx.req.socket': ANSWERING,
  'ngx.say': ANSWERING,
  'ngx.print': ANSWERING,
  'ngx.flush': ANSWERING,
  'ngx.eof': ANSWERING,
  'ngx.send_headers': ANSWERING,
  'ngx.exec': ANSWERING,
  'ngx.redirect': ANSWERING,
  'ngx.exit': EXITING,
};

/** Constructors that open a socket at once, by module. */
const SOCKETS: Readonly<Record<string, string>> = {
  'resty.http': 'new',
  'resty.redis': 'new',
  'resty.mysql': 'new',
  'resty.memcached': 'new',
  'resty.websocket.client': 'new',
};

/** The phases of the http subsystem that nginx's contexts are known for. */
export const HTTP_PHASES: readonly string[] = [
  ...['init_worker', 'certificate', 'rewrite', 'access', 'response', 'header_filter', 'body_filter', 'log'],
  ...['admin_api', 'timer'],
];

/** The phases in which nginx lets a function of `ngx` run; undefined for those it never refuses. */
export function nginxPhases(name: string): ReadonlySet<string> | undefined {
  const phases = own(FUNCTIONS, name);
  return phases === undefined ? undefined : new Set(phases);
}

/** The phases in which a library's function may be called because it opens a socket; undefined when it is not known to. */
export function socketPhases(module: string, name: string): ReadonlySet<string> | undefined {
  return own(SOCKETS, module) === name ? new Set(YIELDING) : undefined;
}

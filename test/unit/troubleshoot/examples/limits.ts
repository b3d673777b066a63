// Examples and near misses of what a node runs out of, cannot prepare or loses.
import { type Example, cli, INIT, inRequest, logged } from './example';

const INIT_LUA = '/usr/local/share/lua/5.1/kong/init.lua:660: ';

export const LIMIT_EXAMPLES = {
  'plugin-queue-loses': {
    log: logged(
      'error',
      '*9 [kong] queue.lua:345 [http-log] could not send entries due to max_retry_time exceeded. 3 queue entries were lost, context: ngx.timer',
    ),
    plugin: 'http-log',
    near: logged('debug', '*9 [kong] queue.lua:300 [http-log] handler processed 3 entries successfully, context: ngx.timer'),
  },
  'outgoing-call-failed': {
    log: inRequest('lua tcp socket read timed out'),
    near: inRequest('upstream timed out (110: Connection timed out) while reading response header from upstream'),
  },
  'node-runs-out': {
    log: logged('alert', '512 worker_connections are not enough'),
    near: logged('warn', '512 worker_connections exceed open file resource limit: 256'),
  },
  'router-not-rebuilt': {
    log: logged(
      'error',
      '*5 [lua] handler.lua:500: could not rebuild router: timeout (stale router will be used), context: ngx.timer',
    ),
    near: logged('error', '*5 [lua] handler.lua:594: could not rebuild plugins iterator: timeout, context: ngx.timer'),
  },
  'start-step-failed': {
    log: `${INIT}${INIT_LUA}failed to instantiate 'kong.cache' module: no memory`,
    near: `${INIT}${INIT_LUA}error building initial plugins: acme plugin is in use but not enabled`,
  },
  'conf-value-refused': {
    log: cli('lua_max_uri_args must be an integer between 1 and 1000'),
    near: cli("log_level has an invalid value: 'loud' (debug, info)"),
  },
} satisfies Record<string, Example>;

// What a node runs out of, what it cannot prepare, and what its queues and outgoing calls lose.
// Sources: kong/tools/queue.lua and batch_queue.lua, kong/init.lua, kong/runloop/handler.lua, kong/router, ngx_http_lua_socket_tcp.c, ngx_http_lua_shdict.c, nginx's core.
import { LINKS, type EntryTable, type Message } from './entry';

/** A message that Kong's own file may say, and a plugin in whose name it says it. */
function also(message: Message): Message[] {
  return [message, { ...message, in: 'log' }];
}

export const LIMITS = {
  'plugin-queue-loses': {
    title: 'The queue of a plugin cannot deliver what it holds',
    stage: 'runtime',
    weight: 'note',
    messages: [
      ...also({ text: 'queue full, dropping old entries until processing is successful again', versions: '3.3 and later' }),
      ...also({
        text: 'could not send entries due to max_retry_time exceeded. {n} queue entries were lost',
        versions: '3.3 and later',
      }),
      ...also({ text: 'byte capacity exceeded, {n} queue entries were dropped', versions: '3.3 and later' }),
      ...also({ text: 'handler could not process entries: {error}', versions: '3.3 and later' }),
      ...also({ text: 'entry batch was already tried {n} times, dropping it', versions: '1.5 to 3.2' }),
      ...also({ text: 'failed to process entries: {error}', versions: '1.5 to 3.2' }),
    ],
    cause:
      'A plugin hands what it collects (log entries, metrics, spans) to a queue of Kong, and the server behind it does not take it: {error}. Requests are answered all the same; the entries are lost when the queue is full or the time for trying again is over.',
    steps: [
      'See that the server the plugin sends to is reached from the node, and what it answers.',
      'Look at the queue settings of the plugin: max_entries, max_batch_size, max_retry_time (3.3 and later); retry_count, queue_size (before).',
      'In a plugin of your own the function given to the queue must return true, or nil and an error.',
    ],
    related: ['outgoing-call-failed', 'name-not-resolved'],
    link: LINKS.pdk,
  },
  'outgoing-call-failed': {
    title: 'A server that Lua code calls does not answer',
    stage: 'runtime',
    weight: 'note',
    tells: ['when'],
    messages: [
      { text: 'lua tcp socket connect timed out, when connecting to {address}', versions: 'all: nginx, for a socket of Lua' },
      { text: 'lua tcp socket connect timed out', weak: true, versions: 'all' },
      { text: 'lua tcp socket {read|write} timed out', versions: 'all' },
      { text: 'lua udp socket read timed out', versions: 'all' },
      { text: 'attempt to {send|receive} data on a closed socket', versions: 'all' },
      { text: 'connect() to {address} failed ({n}: {reason})', weak: true, versions: 'all' },
    ],
    cause:
      'Lua code (a plugin, or Kong for its database and its names) opened a connection to another server, and that did not answer in time, refused it or closed it: {error}. nginx says so beside what the code itself makes of it.',
    steps: [
      'Find out which server has that address: settings of plugins (Redis, an identity server, a log server), the database, dns_resolver.',
      'Try it from where Kong runs, in a container from inside it.',
      'Raise the timeout of the plugin when the server may take that long; lua_socket_log_errors = off only hides the line.',
    ],
    related: ['upstream-timeout', 'name-not-resolved'],
    link: LINKS.configuration,
  },
  'node-runs-out': {
    title: 'The node runs out of memory, files, connections or space',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: '{n} worker_connections are not enough', versions: 'all' },
      { text: '{socket|accept4|open|accept|pipe}(){dots} failed (24: Too many open files)', versions: 'all' },
      { text: 'failed (12: Cannot allocate memory)', versions: 'all' },
      { text: 'failed (28: No space left on device)', versions: 'all' },
      { text: 'no memory in lua_shared_dict zone "{name}"', versions: 'all' },
      { text: 'lua atpanic: Lua VM crashed, reason: {error}', versions: 'all' },
      { text: 'cache warmup of {dots} has been stopped because cache memory is exhausted', versions: '1.4 and later' },
    ],
    cause:
      'A limit of the system or of Kong is reached: {error}. What runs then fails here and there, also in plugins that are right.',
    steps: [
      'Too many open files, worker_connections: raise ulimit -n of the process, then nginx_events_worker_connections.',
      'Shared dictionary or cache: raise mem_cache_size, or nginx_http_lua_shared_dict of your own dictionary.',
      'Memory: raise that of the container; a plugin that keeps growing tables at the top of a module is a usual reason.',
      'Space: empty logs and the prefix.',
    ],
    related: ['worker-crash', 'timers-exhausted'],
    link: LINKS.configuration,
  },
  'router-not-rebuilt': {
    title: 'The node cannot build its router',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'could not rebuild router: {error}', versions: '1.2 and later' },
      { text: 'could not create router: {error}', versions: '1.2 and later' },
      { text: 'could not rebuild router via timer: {error}', versions: '1.2 and later' },
      { text: 'error building initial router: {error}', versions: '1.0 and later' },
      { text: 'declarative reconfigure failed after {n} ms on worker #{n}: {error}', versions: '3.0 and later' },
    ],
    cause:
      'Routes and services came that the router does not take, or could not be read: {error}. A running node goes on with the router it has, so that changes do not show.',
    steps: [
      'Look for the route that is named: a path with a bad pattern (from 3.0 on a pattern begins with ~), an expression, a protocol that its service cannot have.',
      'When the database is named, mend that first.',
    ],
    related: ['could-not-rebuild-plugins-iterator'],
    link: LINKS.configuration,
  },
  'start-step-failed': {
    title: 'Kong cannot prepare what it needs to start',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: "failed to instantiate '{name}' module: {error}", weak: true, versions: '1.0 and later' },
      { text: 'error building initial plugins iterator: {error}', weak: true, versions: '2.0 and later' },
      { text: 'error building initial plugins: {error}', weak: true, versions: '1.1 and later' },
      { text: 'error parsing declarative string {error}', weak: true, versions: '2.8 and later' },
      { text: 'failed to load declarative config file: {error}', weak: true, versions: '1.1 and later' },
      { text: 'failed to initialize declarative config: {error}', weak: true, versions: '3.0 and later' },
      { text: 'Cannot run migrations: {error}', weak: true, versions: '1.0 and later' },
      { text: 'could not prepare Kong prefix at {prefix}: {error}', weak: true, versions: '0.11 and later' },
      { text: 'unable to {open|write} env path {path}', weak: true, versions: '0.12 and later' },
      { text: 'failed to read process secrets file: {error}', weak: true, versions: '3.1 and later' },
      { text: "lua-resty-core must be loaded; make sure 'lua_load_resty_core' is not disabled", versions: '1.0 and later' },
    ],
    cause: 'One step of the start failed, and what stands behind its colon is the reason: {error}.',
    steps: [
      'Read the words behind the last colon: the database, the configuration, the prefix or a plugin is named there.',
      'Run kong start --vv: the step before the error is the last line above it.',
    ],
    related: ['worker-init-error', 'prefix-permission-denied', 'database-unreachable'],
    link: LINKS.cli,
  },
  'conf-value-refused': {
    title: 'A setting has a value that Kong does not take: {setting}',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: '^Error: {setting} must be {wanted}', in: 'cli', weak: true, versions: 'all' },
      { text: "^Error: {setting}: invalid entry '{value}'", in: 'cli', weak: true, versions: 'all' },
      { text: '^Error: {setting} is invalid. Must match pattern: {wanted}', in: 'cli', weak: true, versions: '3.4 and later' },
      {
        text: '^Error: {setting} must have between {n} and {wanted} characters',
        in: 'cli',
        weak: true,
        versions: '3.4 and later',
      },
    ],
    cause: 'Kong reads {setting} from kong.conf or from KONG_… in the environment, and refuses its value: {error}.',
    steps: [
      'Correct the value, or delete the setting: the default then counts.',
      'kong check FILE tells whether all settings are right.',
    ],
    related: ['conf-wrong-type', 'conf-invalid-enum'],
    link: LINKS.configuration,
  },
} satisfies EntryTable;

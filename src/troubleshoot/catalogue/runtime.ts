// A running node: workers, requests, and what plugins raise in them.
// Sources: kong/init.lua, kong/runloop/plugins_iterator.lua, kong/pdk/private/phases.lua, ngx_http_lua_module.
import { carried } from '../lua/carriers';
import { LINKS, type EntryTable } from './entry';

export const RUNTIME = {
  'pdk-wrong-phase': {
    title: 'A function of the PDK is called in the wrong phase',
    stage: 'runtime',
    weight: 'request',
    messages: [
      { text: 'function cannot be called in {phase} phase (only in: {list})', versions: '0.14 and later' },
      { text: 'function cannot be called in {phase} phase', versions: '0.14 and later' },
      { text: 'no phase in {kong.ctx.core.phase|ngx.ctx.KONG_PHASE}', versions: '0.14 and later: outside of a request' },
      { text: 'API disabled in the {dots}context of {phase}', in: 'request', versions: 'all' },
      { text: 'API disabled in the current context', in: 'request', versions: 'all' },
      { text: 'API disabled in the context of {phase}', versions: 'all' },
    ],
    cause:
      '{file} calls a function in the phase {phase}, where it cannot work; allowed: {list}. Examples: kong.service.set_target in header_filter, a socket in log.',
    steps: ['Move the call to an allowed phase.', 'For sockets in log or header_filter start a timer: ngx.timer.at(0, …).'],
    related: ['runtime-exception-in-phase'],
    link: LINKS.pdk,
  },
  'yield-across-c-call': {
    title: 'Code that waits is called from where it cannot wait',
    stage: 'runtime',
    weight: 'request',
    messages: [
      { text: '{at}: attempt to yield across C-call boundary', versions: 'all' },
      { text: 'attempt to yield across C-call boundary', versions: 'all' },
    ],
    cause:
      'Sockets of OpenResty (resty.http, resty.redis, the database), ngx.sleep and coroutine.yield give control back to nginx until there is an answer. That cannot happen while a C function of Lua waits for the code: while a file is loaded by require, in a function that was given to string.gsub or table.sort, in a debugger.',
    steps: [
      'If the code stands at the top of a file, move it into a phase (access) or into a timer started in init_worker.',
      'If it runs in a function given to string.gsub or table.sort, collect first, then ask outside of it.',
      'If a file is required for the first time in a request, require it at the top of handler.lua instead.',
    ],
    related: ['pdk-wrong-phase', 'runtime-exception-in-phase'],
    link: LINKS.handler,
  },
  'dependency-version-clash': {
    title: 'A library has another version than the plugin expects',
    stage: 'runtime',
    weight: 'request',
    messages: [
      { text: "{at}: attempt to call {method|field} '{name}' (a nil value)", in: 'request', place: 'library', versions: 'all' },
    ],
    cause:
      'A library calls {name}, which does not exist in the version that is installed. Kong and all plugins share one tree, and Kong ships some libraries (lua-resty-session, lua-resty-http, penlight) itself.',
    steps: [
      "See in Kong's own rockspec which version it needs, and pin compatible ones in yours.",
      'Install without touching what is there: luarocks install --deps-mode=none ROCK.',
    ],
    related: ['runtime-exception-in-phase'],
    link: LINKS.install,
  },
  'runtime-exception-in-phase': {
    title: 'The plugin throws {doing}',
    stage: 'runtime',
    weight: 'request',
    tells: ['doing', 'when', 'meaning', 'effect'],
    messages: [
      ...carried('request', 'thread', 'timer', 'event', 'cache'),
      { text: 'runtime error: {error}', in: 'request', weak: true },
      { text: '{at}: attempt to {what}', in: 'log', place: 'plugin', versions: 'caught and logged by the plugin' },
      {
        text: '{at}: attempt to {verb=index|call|compare|concatenate|perform arithmetic|get length} {what}',
        weak: true,
        place: 'plugin',
        versions: 'all: the words alone',
      },
      { text: "{at}: bad argument #{n} to '{what}", weak: true, place: 'plugin' },
      { text: '{at}: bad argument {what}', in: 'log', place: 'plugin' },
    ],
    cause: 'Code of {file} raised an error {when}: {error}. {meaning} {effect} Look at the line that is named.',
    steps: [
      'Open {file} at the line that is named.',
      'Test for nil (and ngx.null) before a value is used there: a setting, header or earlier result that may be missing.',
      'A phase is a method: function MyHandler:access(conf), with a colon.',
    ],
    related: ['pdk-wrong-phase', 'dependency-version-clash'],
    link: LINKS.handler,
  },
  'init-worker-handler-failed': {
    title: 'init_worker of a plugin throws',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'failed to execute the "init_worker" handler for plugin "{plugin}": {at}: {error}', versions: '2.4 and later' },
      { text: 'failed to execute the "init_worker" handler for plugin "{plugin}": {error}', versions: '2.4 and later' },
      { text: 'init_worker_by_lua error: {at}: {error}', place: 'plugin', weak: true, versions: 'older' },
    ],
    cause:
      'init_worker of {plugin} raised an error: {error}. Kong goes on, but warns with every request that this node must be restarted.',
    steps: [
      'Open {file} at the line that is named.',
      'Guard work that needs the database: with database = off there is none.',
      'Bring the mended file to the node and reload Kong: new workers initialise anew.',
    ],
    related: ['worker-init-error'],
    link: LINKS.handler,
  },
  'configure-handler-failed': {
    title: 'configure of a plugin throws',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: "failed to execute plugin '{plugin}:configure ({at}: {error}", versions: '3.5 and later' },
      { text: "failed to execute plugin '{plugin}:configure ({error}", versions: '3.5 and later' },
    ],
    cause: 'configure(configs) of {plugin} raised an error: {error}.',
    steps: ['Open {file} at the line that is named.', 'configs is nil while no instance of the plugin exists: test for it.'],
    related: ['init-worker-handler-failed'],
    link: LINKS.handler,
  },
  'could-not-rebuild-plugins-iterator': {
    title: 'A running node cannot rebuild its list of plugins',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'could not rebuild plugins iterator: {error}', versions: '1.2 and later' },
      { text: 'could not rebuild plugins iterator via timer: {error}', versions: '1.2 and later' },
      { text: 'could not schedule timer to rebuild plugins iterator: {error}', versions: '1.2 and later' },
      { text: 'failed to retrieve plugins iterator version: {error}', versions: '1.2 and later' },
      { text: 'failed to build the plugins iterator: {error}', versions: '1.2 and later' },
    ],
    cause:
      'Changes of the configuration no longer take effect on this node: {error}. Mostly another node of the cluster has a plugin that this one has not.',
    steps: ['Give every node the same plugins, installed and enabled.'],
    fixes: ['install', 'enable-on-node'],
    related: ['plugin-in-use-not-enabled'],
    link: LINKS.install,
  },
  'response-buffering-off': {
    title: 'The response phase of a plugin is skipped for some requests',
    stage: 'runtime',
    weight: 'note',
    messages: [
      {
        text: 'response buffering was turned off: incompatible HTTP version ({version})',
        quiet: true,
        versions: '2.2 to 2.8, level notice',
      },
      {
        text: 'response buffering was turned off: connection upgrade ({value})',
        quiet: true,
        versions: '2.2 and later, level notice',
      },
    ],
    cause:
      'A plugin with a response phase (or one that called kong.service.request.enable_buffering) wants the whole answer first, and that cannot be had here: {error}. For such requests its response phase does not run.',
    steps: [
      'For WebSockets and other upgrades put the plugin on other routes.',
      'Use header_filter and body_filter instead of response: they run for every answer.',
    ],
    related: ['pdk-wrong-phase'],
    link: LINKS.handler,
  },
  'blocking-call': {
    title: 'Code blocks the worker, or seeds random numbers anew',
    stage: 'runtime',
    weight: 'note',
    messages: [
      {
        text: "executing a blocking 'sleep' ({n} seconds)",
        quiet: true,
        versions: 'all, level notice: ngx.sleep where nothing can wait',
      },
      {
        text: "executing plugin '{plugin}:configure took excessively long: {n} ms",
        versions: '3.5 and later, level notice',
        quiet: true,
      },
      { text: 'math.randomseed() must be called in init or init_worker context', versions: 'all, level warn' },
    ],
    cause:
      'Code of a plugin or of a library it uses calls what Kong replaces or forbids there: {error}. ngx.sleep in init or in another phase that cannot wait stops the whole worker; Kong seeds math.random itself, once a worker.',
    steps: [
      'Move the waiting into a timer or into access.',
      'Delete the call of math.randomseed; the traceback behind the line names its file.',
    ],
    related: ['yield-across-c-call'],
    link: LINKS.handler,
  },
  'worker-crash': {
    title: 'A worker process dies',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'worker process {n} exited on signal {signal=11|6|7|4|8|9}', versions: 'all' },
      { text: 'exited with fatal code {code} and cannot be respawned', versions: 'all' },
      { text: 'worker process {n} exited with code {code=1|2|3|4|5|6|7|8|9}', quiet: true, versions: 'all' },
    ],
    cause:
      'Signal 11 (or 6, 7, 4): a C module or an FFI call of a plugin crashed. Signal 9: the system took the process, mostly for want of memory. With a code: the process ended itself, as os.exit() in Lua code does.',
    steps: [
      'For a code look for os.exit in the plugins; a plugin ends a request with kong.response.exit or ngx.exit, never the process.',
      'Disable the plugins one by one to find the one.',
      'For signal 9 raise the memory limit, or lower nginx_worker_processes (auto counts the cores of the host) and mem_cache_size.',
    ],
    link: LINKS.configuration,
  },
  'remove-stale-lmdb': {
    title: 'A removed plugin lives on in the persisted configuration',
    stage: 'remove',
    weight: 'break',
    messages: [
      {
        text: 'failed to initialize declarative config: error building initial plugins iterator: {plugin} plugin is in use but not enabled',
        versions: '3.0 and later',
      },
    ],
    cause:
      'dbless.lmdb in the prefix keeps the last configuration of a node without a database, and that still uses {plugin}, which is no longer enabled.',
    steps: [
      'Enable {plugin} again until the new configuration has arrived.',
      'Or stop the node, delete PREFIX/dbless.lmdb, and start it.',
    ],
    fixes: ['enable-on-node', 'remove-stale-lmdb'],
    related: ['plugin-in-use-not-enabled'],
    link: LINKS.hybrid,
  },
} satisfies EntryTable;

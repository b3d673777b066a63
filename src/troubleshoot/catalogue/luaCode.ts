// Lua code that fails while a node runs, by whose code it is and what it did: the frames of the error tell (../lua/blame.ts).
// Sources: kong/init.lua, kong/globalpatches.lua, kong/tools/sandbox.lua, ngx_http_lua_module, kong-lua-sandbox.
import { LINKS, type EntryTable } from './entry';

export const LUA_CODE = {
  'kong-core-error': {
    title: "Kong's own code fails: {part}",
    stage: 'runtime',
    weight: 'request',
    tells: ['part', 'source', 'usual', 'when', 'meaning'],
    messages: [
      {
        text: 'failed to run log_by_lua*: /usr/local/share/lua/5.1/kong/init.lua:{n}: {error}',
        sign: true,
        versions: 'all: no file of a plugin is named, nor in the traceback',
      },
    ],
    cause:
      'An error was raised in {source} ({part}), {when}: {error}. {meaning} {usual} No file of a plugin is named, neither by the message nor by its traceback: nothing there points to the code of a plugin.',
    steps: [
      'Read the first [error], [crit] or [emerg] line of this log: what failed first explains the rest.',
      'Restart Kong; a reload keeps what a broken start left behind.',
      'If it comes again, look the message up in the issues of Kong/kong, with the version of Kong.',
    ],
    fixes: ['restart'],
    related: ['runtime-exception-in-phase', 'could-not-rebuild-plugins-iterator', 'worker-init-error'],
    link: LINKS.configuration,
  },
  'lua-code-cache-off': {
    title: 'lua_code_cache is off: Kong loads itself anew with every request',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'lua_code_cache is off; this will hurt performance', versions: 'all: a warning of nginx at the start' },
      { text: 'init_by_lua error: {error}, client: {address}', sign: true, versions: 'all: init_by_lua inside of a request' },
    ],
    cause:
      'init_by_lua runs once, when Kong starts. Where it runs inside of a request, lua_code_cache is off: every request loads Kong and all plugins again, and what the start had prepared (settings, database, cache) is missing then. Kong does not work that way.',
    steps: [
      'Set lua_code_cache = on (KONG_LUA_CODE_CACHE=on, or KONG_NGINX_HTTP_LUA_CODE_CACHE=on), or delete the setting: on is the default. Look in a custom nginx template, too.',
      'Restart Kong.',
      'To try changed files of a plugin use kong reload instead.',
    ],
    fixes: ['restart'],
    related: ['reload-as-root', 'nginx-conf-invalid'],
    link: LINKS.configuration,
  },
  'sandbox-took-away': {
    title: "Kong's Lua sandbox took a function away",
    stage: 'runtime',
    weight: 'request',
    tells: ['when'],
    messages: [
      { text: "{at}: attempt to call method 'rep' (a nil value)", in: 'request', versions: '2.2 and later' },
      { text: "attempt to call method 'rep' (a nil value)", in: 'request' },
      { text: "attempt to call field 'rep' (a nil value)", in: 'request' },
      { text: 'Quota exceeded: {n} instructions', versions: 'the sandbox alone' },
    ],
    cause:
      'Lua text of a configuration (pre-function, post-function, custom_fields_by_lua and their like) runs in a sandbox. While it runs string.rep is nil for all code of the worker, and only the functions that the sandbox allows are there; a library that is called {when} then misses them. That is no other version of the library.',
    steps: [
      'Find the plugins with Lua text in their configuration: pre-function, post-function, request-transformer, log plugins with custom_fields_by_lua.',
      'Move the call of the library out of that text into a plugin of your own.',
      'Or trust the text: untrusted_lua = on, and restart. With untrusted_lua = sandbox the modules it may require are in untrusted_lua_sandbox_requires.',
    ],
    related: ['untrusted-lua-rejected', 'dependency-version-clash'],
    link: LINKS.configuration,
  },
  'base-plugin-super-left': {
    title: 'A call of super is left over from BasePlugin',
    stage: 'runtime',
    weight: 'request',
    tells: ['when'],
    messages: [
      { text: "{at}: attempt to index field 'super' (a nil value)", in: 'request', versions: 'all' },
      { text: "attempt to index field 'super' (a nil value)", in: 'request' },
      { text: "{at}: attempt to {call|index} {method|local|upvalue|global} 'super' (a nil value)", in: 'request' },
    ],
    cause:
      '{file} calls super {when}, but its handler is a plain table now: super was a part of the class kong.plugins.base_plugin, which handlers extended up to Kong 2.x. Without it super is nil, and every request fails there.',
    steps: [
      'Delete every line with .super. in the handler, such as MyHandler.super.access(self) and MyHandler.super.new(self, "…").',
      'Delete a new() that does nothing else.',
      'Install the plugin again and reload Kong.',
    ],
    fixes: ['replace-base-plugin', 'reinstall'],
    related: ['base-plugin-removed', 'runtime-exception-in-phase'],
    link: LINKS.handler,
  },
  'global-variable-write': {
    title: 'A plugin writes a global variable: {name}',
    stage: 'runtime',
    weight: 'note',
    messages: [{ text: "writing a global {Lua|lua} variable ('{name}')", versions: 'all: once a name' }],
    cause:
      '{file} sets {name} without local. All requests of a worker share it, so one request reads what another wrote; a misspelt local is the usual reason.',
    steps: [
      'Open {file} at the line that is named and write local before {name}.',
      'Find others: luacheck --std ngx_lua FOLDER.',
    ],
    related: ['runtime-exception-in-phase'],
    link: LINKS.handler,
  },
  'nginx-variable-missing': {
    title: 'Code sets a variable of nginx that was not declared: {name}',
    stage: 'runtime',
    weight: 'request',
    tells: ['when'],
    messages: [
      { text: 'variable "{name}" not found for writing', versions: 'all: ngx.var.x = …' },
      { text: 'variable "{name}" not changeable', versions: 'all: ngx.var.x = …' },
    ],
    cause:
      '{file} writes ngx.var.{name} {when}. Lua may only write variables that nginx has declared with set, and the configuration that Kong renders does not declare this one.',
    steps: [
      'Declare it with the directive set: nginx_proxy_set in kong.conf, or KONG_NGINX_PROXY_SET, with the name behind a dollar sign and a first value.',
      'To hand something from one phase to the next take kong.ctx.plugin or kong.ctx.shared instead.',
      'A library that wants such a variable mostly has a setting for it: session_secret of lua-resty-session is one.',
    ],
    related: ['nginx-conf-invalid', 'runtime-exception-in-phase'],
    link: LINKS.pdk,
  },
  'kong-installation-incomplete': {
    title: "A file of Kong's own requires a module that is not there: {missing}",
    stage: 'start',
    weight: 'stop',
    tells: ['source', 'missing'],
    messages: [
      {
        text: "kong/globalpatches.lua:9: module 'resty.kong.tls' not found",
        sign: true,
        versions: 'all: the file that requires it is one of Kong, and no plugin is named',
      },
    ],
    cause:
      '{source} requires {missing}, and it is not on the search path: Kong was installed in part. A rock of Kong alone brings neither its OpenResty nor the modules of that; lua_package_path without ;; at its end hides them, too.',
    steps: [
      'Install Kong with its own package or image, not with luarocks install kong.',
      'Let lua_package_path end in ;; so that the usual places stay.',
      'Look for a second OpenResty or LuaJIT that is found first.',
    ],
    related: ['openresty-not-found', 'kong-internal-module-removed'],
    link: LINKS.configuration,
  },
  'headers-already-sent': {
    title: 'Headers or status are set after they were sent',
    stage: 'runtime',
    weight: 'request',
    tells: ['when'],
    messages: [
      { text: 'attempt to set ngx.header.{name} after sending out response headers', versions: 'all' },
      { text: 'attempt to set ngx.status after sending out response headers', versions: 'all' },
      { text: 'attempt to call ngx.redirect after sending out {error}', versions: 'all' },
      { text: 'attempt to set status {n} via ngx.exit after sending out the response status', versions: 'all' },
      { text: 'headers have already been sent', versions: '0.14 and later: the PDK' },
    ],
    cause:
      'Code that runs {when} sets a header or the status of the answer, and the client already has them: they go out with the first byte of the body. kong.response.exit() in an earlier plugin, ngx.say or ngx.print send them, too.',
    steps: [
      'Set them in access or header_filter, not in body_filter, log or a timer.',
      'Test before: if not ngx.headers_sent then … end.',
      'After kong.response.exit() or ngx.exit() return at once.',
    ],
    related: ['pdk-wrong-phase'],
    link: LINKS.pdk,
  },
  'timers-exhausted': {
    title: 'There are too many timers',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: '{n} lua_max_running_timers are not enough', versions: 'all' },
      { text: 'too many pending timers', versions: 'all: ngx.timer.at returns it' },
      { text: 'too many pending timers', in: 'log' },
    ],
    cause:
      'Timers are started faster than they end. {file} is where one of them was made, not always the one that fills the queue: a timer in every request, or one that waits for a slow server, does.',
    steps: [
      'Look which plugin starts a timer in every request, and let one ngx.timer.every collect the work instead.',
      'Give calls in timers a timeout.',
      'Raise lua_max_running_timers or lua_max_pending_timers (nginx_http_lua_max_running_timers) only after that.',
    ],
    link: LINKS.handler,
  },
  'test-runner-missing': {
    title: 'busted is not installed',
    stage: 'package',
    weight: 'refuse',
    messages: [
      { text: "module 'busted.runner' not found", versions: 'all' },
      { text: "module 'busted' not found", versions: 'all' },
      { text: "module 'spec.helpers' not found", versions: 'all' },
    ],
    cause:
      "The tests of a plugin run with busted and with the helpers below spec/ of Kong's own repository. Neither is in an image or package of Kong.",
    steps: [
      'Run the tests with Pongo, which brings both: pongo run.',
      'Or install busted with the luarocks of that Lua, and get the folder spec/ of the same version of Kong.',
    ],
    related: ['pongo-not-a-plugin-folder', 'plugin-module-missing-dependency'],
    link: LINKS.pongo,
  },
} satisfies EntryTable;

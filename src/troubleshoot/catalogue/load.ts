// Problems of loading a plugin: between its name in `plugins` and a handler and a schema that Kong accepts.
// Sources: kong/db/dao/plugins.lua, kong/tools/module.lua (utils.lua before 3.6), kong/init.lua, kong/runloop/plugins_iterator.lua.
import { LINKS, type EntryTable } from './entry';

export const LOAD = {
  'plugin-enabled-not-installed': {
    title: 'Plugin is enabled but not installed',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: '{plugin} plugin is enabled but not installed', versions: 'all' },
      { text: "plugin '{plugin}' is enabled but not installed", weak: true },
      { text: 'plugin is enabled but not installed', weak: true },
      { text: 'is enabled but not installed', weak: true },
    ],
    cause:
      'The setting plugins names {plugin}, but Kong found no kong.plugins.{plugin}.handler on its search path. The files are missing on this node, lie in another folder than ROOT/kong/plugins/{plugin}, carry another name, or may not be read by the user Kong runs as. (Since 2.3 the line "no plugin found" behind it is the answer of the external plugin servers and says nothing more.)',
    steps: [
      'Compare the name, letter by letter: it is the folder below kong/plugins/, not the rock, and case counts.',
      'On the node itself look for the file: ls -l /usr/local/share/lua/5.1/kong/plugins/{plugin}/handler.lua. If it is not there, install the plugin.',
      'If it lies elsewhere, lua_package_path must name the folder above kong/: ROOT/?.lua;ROOT/?/init.lua;; for ROOT/kong/plugins/{plugin}/handler.lua.',
      'If it is there, check that the user kong may read it and enter every folder above it: chmod -R a+rX FOLDER.',
      'Start Kong again; a running Kong only needs kong reload.',
    ],
    fixes: ['install', 'repair-lua-package-path', 'make-readable', 'disable-on-node'],
    related: ['plugin-name-is-not-rock-name', 'luarocks-wrong-tree', 'luarocks-module-not-listed', 'plugins-setting-malformed'],
    alternatives: [
      {
        id: 'plugin-file-unreadable',
        check: 'Kong says the same when it may not enter the folder or read handler.lua: look with ls -l as the user kong.',
      },
      {
        id: 'pluginserver-plugin-not-found',
        check: 'Only if {plugin} is written in Go, JavaScript or Python: then pluginserver_names and its query command decide.',
      },
    ],
    link: LINKS.install,
  },
  'plugin-in-use-not-enabled': {
    title: 'Plugin is in use but not enabled',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: '{plugin} plugin is in use but not enabled', versions: 'all' },
      { text: 'plugin is in use but not enabled', weak: true },
      { text: 'error building initial plugins: {plugin} plugin is in use but not enabled', versions: '1.2 and later' },
      {
        text: 'could not rebuild plugins iterator: {plugin} plugin is in use but not enabled',
        versions: '1.2 and later, while running',
      },
      {
        text: "plugin '{plugin}' not enabled; add it to the 'plugins' configuration property",
        in: 'declarative',
        versions: '1.1 and later, without a database',
      },
    ],
    cause:
      'The configuration (database, declarative file or data plane cache) still has an instance of {plugin}, and the plugins setting of this node no longer lists it: it was taken out before its instances were deleted, a new container lost the setting, plugins was set without bundled, or another node of the cluster has the plugin and this one has not.',
    steps: [
      'If the plugin is wanted, put it back: plugins = bundled,{plugin} (KONG_PLUGINS=bundled,{plugin}) on every node, then start.',
      'If not, put it back for the moment, start, delete each instance (GET /plugins, then DELETE /plugins/ID), take the name out again and reload.',
      "If it cannot be loaded any more, delete the rows in the database: DELETE FROM plugins WHERE name = '{plugin}'.",
      'If it is a bundled plugin, check that the word bundled is in plugins.',
    ],
    fixes: ['enable-on-node', 'remove-in-use-entities'],
    related: ['plugins-without-bundled', 'remove-stale-lmdb', 'could-not-rebuild-plugins-iterator'],
    alternatives: [
      {
        id: 'plugins-without-bundled',
        check: 'If {plugin} comes with Kong, look whether plugins was set without the word bundled.',
      },
    ],
    link: LINKS.install,
  },
  'no-configuration-schema': {
    title: 'Plugin has no configuration schema',
    stage: 'load',
    weight: 'stop',
    messages: [{ text: 'no configuration schema found for plugin: {plugin}', versions: 'all' }],
    cause:
      'The handler of {plugin} was found, its kong.plugins.{plugin}.schema was not: schema.lua is missing, has another name, is not listed in the build.modules of the rockspec, was not copied, or may not be read.',
    steps: [
      'On the node look beside the handler: ls -l /usr/local/share/lua/5.1/kong/plugins/{plugin}/. There must be a schema.lua that the user kong may read.',
      'With a rock: add ["kong.plugins.{plugin}.schema"] to build.modules of the rockspec and install it again.',
      'A plugin without settings needs a schema too: name, and a config record with empty fields.',
      'Start Kong again.',
    ],
    fixes: ['write-schema', 'list-modules-in-rockspec', 'reinstall', 'make-readable'],
    related: ['luarocks-module-not-listed', 'plugin-file-unreadable'],
    alternatives: [
      {
        id: 'plugin-file-unreadable',
        check: 'Kong says the same of a schema.lua that it may not read: look with ls -l as the user kong.',
      },
    ],
    link: LINKS.schema,
  },
  'plugin-module-syntax-error': {
    title: 'Lua syntax error in a plugin file',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "error loading module '{module}' from file '{dots}': {at}: {error}", versions: 'all' },
      { text: '{at}: unexpected symbol near {error}', weak: true },
      { text: "{at}: '{token}' expected near {error}", weak: true },
      { text: '{at}: <name> expected near {error}', weak: true },
      { text: "{at}: '{token}' expected (to close {dots}) near {error}", weak: true },
      { text: '{at}: unfinished {string|long string|long comment} near {error}', weak: true },
      { text: '{at}: malformed number near {error}', weak: true },
    ],
    cause:
      'Kong found {file}, but the text is not valid Lua 5.1 (LuaJIT): {error}. Operators of Lua 5.3 such as // and & are errors here.',
    steps: [
      'Open {file} at the line that is named. The fault is often earlier: a missing comma, end, quote or brace.',
      'Check the file alone: luajit -b {file} /dev/null, or luacheck.',
      'Install the corrected file and start or reload Kong.',
    ],
    fixes: ['reinstall'],
    related: ['plugin-module-runtime-error'],
    link: LINKS.handler,
  },
  'plugin-module-missing-dependency': {
    title: 'A plugin file requires a module that is not there: {missing}',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "{at}: module '{missing}' not found", versions: 'all' },
      { text: "module '{missing}' not found", weak: true, place: 'plugin' },
      { text: "runtime error: {dots}: module '{missing}' not found", in: 'request', place: 'none' },
      { text: 'No LuaRocks module found for {missing=*}', weak: true, place: 'none' },
      {
        text: "no file '{dots}{root=/share/lua/5.1/|/lualib/|/luajit-2.1/|./}{missing}.lua'",
        weak: true,
        place: 'none',
        versions: 'all: the list of what was tried, without its head',
      },
      {
        text: "no file '{dots}' stack traceback: {dots}in function 'require' {at}: in {main chunk|function}",
        weak: true,
        place: 'plugin',
      },
    ],
    cause:
      'The plugin itself was found, but {file} requires {missing}, and no file of that name is on the search path: a rock that is not installed on this node, a misspelt name, or a module of another Kong version.',
    steps: [
      'Check the spelling of {missing} in the require.',
      'If it is a rock, install it into the tree Kong uses (luarocks install ROCK as root in the container) and list it under dependencies in the rockspec.',
      'If it is a file of your own, it must be installed beside the plugin and listed in build.modules.',
      'If its name begins with kong., look whether this Kong version still has it.',
      'Start Kong again.',
    ],
    fixes: ['add-rock-dependency'],
    related: ['luarocks-module-not-listed', 'base-plugin-removed', 'kong-internal-module-removed', 'luarocks-missing-dependency'],
    link: LINKS.install,
  },
  'luarocks-module-not-listed': {
    title: 'A Lua file of the plugin was not installed: {missing}',
    stage: 'load',
    weight: 'stop',
    messages: [{ text: "{at}: module '{missing=kong.plugins.*}' not found", versions: 'all' }],
    cause:
      '{file} requires {missing}, a file of the plugin itself, and it is not on this node. LuaRocks installs only what build.modules lists; a hand-made copy may have left the file out.',
    steps: [
      'List {missing} with its file in build.modules of the rockspec, as every Lua file of the plugin.',
      'Install again and compare: luarocks show ROCK lists what was installed.',
      'If the file lies deeper, the module name follows the folders: kong/plugins/x/lib/util.lua is kong.plugins.x.lib.util.',
    ],
    fixes: ['list-modules-in-rockspec', 'reinstall'],
    related: ['plugin-module-missing-dependency', 'no-configuration-schema'],
    link: LINKS.install,
  },
  'base-plugin-removed': {
    title: 'The plugin extends BasePlugin, which Kong 3 no longer has',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "{at}: module '{missing=kong.plugins.base_plugin|kong.vendor.classic}' not found", versions: '3.0 and later' },
    ],
    cause:
      '{file} was written for Kong 0.x to 2.x, where a handler extended kong.plugins.base_plugin. Kong 3.0 removed that module; a handler is a plain table now.',
    steps: [
      'Return a plain table: local MyHandler = { PRIORITY = 1000, VERSION = "1.0.0" }.',
      'Delete the require, :extend(), :new() and every call of super.',
      'Or install a newer release of the plugin, made for Kong 3.',
    ],
    fixes: ['replace-base-plugin'],
    related: ['handler-bad-priority', 'handler-bad-version'],
    link: LINKS.handler,
  },
  'kong-internal-module-removed': {
    title: 'The plugin requires a module that this Kong no longer has: {missing}',
    stage: 'load',
    weight: 'stop',
    messages: [{ text: "{at}: module '{missing=kong.*}' not found", versions: 'all: of a module that only an older Kong had' }],
    cause:
      '{file} requires {missing}, an internal module that was moved or removed; Kong {last} was the last to have it. Only the PDK stays the same from version to version.',
    steps: [
      'Replace it by the PDK: kong.response.exit for responses, kong.log, kong.request, kong.db and kong.cache for singletons.',
      'For a helper function look for its new home below kong/tools/ of the installed version.',
      'Or install a release of the plugin that was made for this Kong.',
    ],
    related: ['plugin-module-missing-dependency', 'base-plugin-removed'],
    link: LINKS.pdk,
  },
  'plugin-module-runtime-error': {
    title: 'A plugin file throws while Kong loads it',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "error loading module '{module}': {at}: {error}", versions: '2.0 and later', weak: true },
      { text: "error loading module 'kong.plugins.{rest}': {error}", weak: true },
      { text: 'init_by_lua error: {at}: {error}', versions: 'up to 1.5', weak: true, place: 'plugin' },
      {
        text: "{module.lua|utils.lua}:{n}: attempt to concatenate local 'res' (a {type} value)",
        versions: 'error() was called with a table',
      },
      { text: '{at}: API disabled in the context of init_by_lua', versions: 'all' },
      { text: '{at}: no request found', versions: 'all' },
    ],
    tells: ['meaning'],
    cause:
      'Code at the top level of {file} ran during init_by_lua and raised an error: {error}. {meaning} There is no request, no worker, no timer and no socket then, and kong.db and kong.cache are not ready.',
    steps: [
      'Open {file} at the line that is named; guard against nil.',
      'Move what needs a worker or a request into init_worker or into the phase that uses it; require such modules inside that function.',
      'Raise errors as strings: Kong cannot print a table and then names neither plugin nor file.',
    ],
    related: ['plugin-module-syntax-error', 'pdk-wrong-phase'],
    link: LINKS.handler,
  },
  'plugin-module-loop': {
    title: 'A module failed before, or requires itself in a circle: {module}',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "{at}: loop or previous error loading module '{module}'", versions: 'all' },
      { text: "loop or previous error loading module '{module}'", versions: 'all' },
    ],
    cause:
      'The module {module} already failed to load in this process, so the real error stands earlier in the log; or two files require each other; or a search path points every name at one file.',
    steps: [
      'Find the first error about {module} above and repair that one.',
      'If there is none, break the circle: let one of the two files require the other inside a function.',
    ],
    related: ['lua-path-without-pattern'],
    link: LINKS.handler,
  },
  'plugin-file-unreadable': {
    title: 'A plugin file exists but cannot be read',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "error loading module '{module=kong.plugins.*}' from file '{path}': cannot {read|open} {reason}", versions: 'all' },
      { text: 'cannot open {path}.lua: Permission denied', versions: 'all' },
    ],
    cause:
      'The user Kong runs as may not read {file}, or something stands there that is no file: {reason}. When it may not enter the folder at all, Kong says "enabled but not installed" instead.',
    steps: [
      'Look as that user: docker exec -u kong CONTAINER ls -l PATH.',
      'Let everyone read the files and enter the folders: chmod -R a+rX <folder of the plugin>.',
      'With a mounted volume, mount the folder, not a single file that an editor replaces.',
    ],
    fixes: ['make-readable', 'reinstall'],
    related: ['plugin-enabled-not-installed', 'no-configuration-schema'],
    link: LINKS.install,
  },
  'native-library-broken': {
    title: 'A compiled library does not fit this Kong: {module}',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "error loading module '{module}' from file '{path}.so': {error}", versions: 'all' },
      { text: "error loading module '{module}' from file '{path}.dylib': {error}", versions: 'all' },
    ],
    cause:
      'The module {module} is a compiled library, and the system will not load it: {error}. It was built for another Lua, another C library (Alpine or Debian) or another processor, or a library that it needs itself is not installed.',
    steps: [
      'Build it where it runs: luarocks install ROCK inside the image of this Kong, not a file copied from another machine or image.',
      'If the message names a file that cannot be opened or is missing, install the package of the system that holds it.',
      'undefined symbol: lua_… means that it was compiled for another Lua than LuaJIT (5.1).',
    ],
    related: ['plugin-module-missing-dependency', 'luarocks-compiler-missing'],
    link: LINKS.install,
  },
  'lua-path-without-pattern': {
    title: 'lua_package_path or LUA_PATH has an entry without a question mark',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: "failed to load the 'resty.core' module {dots}: cannot read {path}: Is a directory", versions: 'all' },
      { text: "from file '{path}': cannot read {dots}: Is a directory", versions: 'all' },
    ],
    cause:
      'An entry of the search path is a plain folder. Entries are patterns: the question mark stands for the module name, and without one every require opens that one path. The message names some unrelated module and even asks for an OpenResty release; only "Is a directory" matters.',
    steps: [
      'Write patterns: lua_package_path = /opt/plugins/?.lua;/opt/plugins/?/init.lua;; for files at /opt/plugins/kong/plugins/{plugin}/handler.lua.',
      'Look at KONG_LUA_PACKAGE_PATH and at LUA_PATH of the shell that starts Kong.',
    ],
    fixes: ['repair-lua-package-path'],
    related: ['plugin-enabled-not-installed'],
    link: LINKS.configuration,
  },
  'plugin-deprecated-warning': {
    title: 'Plugin {plugin} is deprecated',
    stage: 'load',
    weight: 'note',
    messages: [{ text: "plugin '{plugin}' has been deprecated", versions: '0.13 and later' }],
    cause: 'The bundled plugin {plugin} is on the list of plugins that a coming Kong drops. It still loads.',
    steps: ['Plan its replacement before the next major upgrade.'],
    link: LINKS.configuration,
  },
} satisfies EntryTable;

// Plugins outside Lua: external plugin servers (Go, JavaScript, Python) and Wasm filters.
// Sources: kong/runloop/plugin_servers/*.lua, kong/runloop/wasm.lua, kong/runloop/wasm/*.lua.
import { LINKS, type EntryTable } from './entry';

export const EXTERNAL = {
  'pluginserver-plugin-not-found': {
    title: 'An external plugin is not found',
    stage: 'load',
    weight: 'stop',
    messages: [
      {
        text: '{plugin} plugin is enabled but not installed; no plugin found',
        sign: true,
        versions: '2.3 and later; every plugin that is not installed says it',
      },
    ],
    cause:
      'No plugin server reported {plugin}: pluginserver_names is missing or misspelt, the query command was not found, its answer has another name, or the binary does not run in this image.',
    steps: [
      'As the user kong in the container run the query command, for example /usr/local/bin/NAME -dump: it must print JSON with that name.',
      'Set pluginserver_names, and pluginserver_NAME_query_cmd with a full path.',
      'From 3.9 on one server is one plugin: give both the same name.',
    ],
    related: ['plugin-enabled-not-installed', 'pluginserver-bad-dump', 'pluginserver-query-undefined'],
    link: LINKS.external,
  },
  'pluginserver-query-undefined': {
    title: 'A plugin server has no query command: {server}',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'query_command undefined for pluginserver {server}', versions: '3.9 and later' },
      { text: 'No info query for {server}', quiet: true, versions: '2.3 to 3.8, level info' },
    ],
    cause:
      'Neither pluginserver_{server}_query_cmd nor the default program exists. From 3.9 on Kong then refuses to start; before it only said so.',
    steps: ['Put the binary at /usr/local/bin/{server}, or set pluginserver_{server}_query_cmd (dashes become underscores).'],
    related: ['pluginserver-plugin-not-found'],
    link: LINKS.external,
  },
  'pluginserver-bad-dump': {
    title: 'The query command of a plugin server prints no plugin info',
    stage: 'load',
    weight: 'stop',
    messages: [
      { text: 'failed loading external plugins: {error}', versions: '3.9 and later' },
      { text: 'failed decoding plugin info: {error}', versions: '3.9 and later' },
      { text: '{not|Not} a plugin info table: {error}', versions: '2.3 and later' },
      { text: 'error loading plugins info from [{server}]: {error}', versions: '3.9 and later' },
      { text: 'MessagePack.lua:{n}: missing bytes', versions: '2.0 to 2.2' },
    ],
    cause: 'The command failed, or printed a warning or its usage instead of JSON: {error}.',
    steps: ['Run it by hand as the user kong and look at its standard output.'],
    related: ['pluginserver-plugin-not-found'],
    link: LINKS.external,
  },
  'pluginserver-start-command-not-found': {
    title: 'The start command of a plugin server is not found: {server}',
    stage: 'runtime',
    weight: 'break',
    messages: [
      {
        text: 'external pluginserver "{server}" start command "{command}" exited with "command not found"',
        quiet: true,
        versions: '2.5 and later',
      },
      { text: "external pluginserver '{server}' terminated: exit 127", quiet: true, versions: '2.3 and later' },
    ],
    cause: 'The PATH of a worker is not that of your shell.',
    steps: ['Give the full path in pluginserver_{server}_start_cmd.'],
    related: ['pluginserver-terminated'],
    link: LINKS.external,
  },
  'pluginserver-terminated': {
    title: 'A plugin server keeps dying: {server}',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: "external pluginserver '{server}' terminated: {error}", quiet: true, versions: '2.3 and later' },
      {
        text: '_rpc.lua:{n} [{plugin}] {error=closed|broken pipe|connection refused|no data}',
        versions: '2.7 and later: in a request',
      },
      { text: 'go-pluginserver terminated: {error}', quiet: true, versions: '2.0 to 2.8' },
      { text: "Exiting: pluginserver '{server}' not respawned", quiet: true, versions: '2.3 and later' },
    ],
    cause: 'The process ended: {error}. 126 is not executable, 1 and 2 are its own errors, whose lines follow at level info.',
    steps: [
      'Run the start command as the user kong.',
      'Set log_level = info to see what it prints.',
      'Let it create its socket: the folder must be writable.',
    ],
    related: ['pluginserver-start-command-not-found', 'pluginserver-socket-connect-failed'],
    link: LINKS.external,
  },
  'pluginserver-socket-connect-failed': {
    title: 'Kong cannot connect to a plugin server',
    stage: 'runtime',
    weight: 'break',
    messages: [
      {
        text: 'connect() to unix:{path} failed ({error=2: No such file or directory|111: Connection refused|13: Permission denied})',
        versions: '2.0 and later',
      },
      { text: 'trying to connect: {error}', weak: true, versions: '2.0 and later' },
      { text: 'plugin server is not ready, {plugin} will not be executed in this request', versions: '3.1 to 3.4' },
    ],
    cause:
      'The server is not up yet (for a moment after the start that is harmless), died, or listens on another path. Kong 3.1 to 3.4 lets such requests through without the plugin.',
    steps: [
      'Compare its socket with pluginserver_NAME_socket: the default is /usr/local/kong/NAME.socket up to 3.8 and PREFIX/NAME.socket from 3.9 on.',
      'Look for "terminated" above.',
    ],
    related: ['pluginserver-terminated'],
    link: LINKS.external,
  },
  'pluginserver-starting-instance': {
    title: 'An external plugin cannot start an instance',
    stage: 'runtime',
    weight: 'request',
    messages: [
      { text: 'starting instance: {error}', versions: '2.0 and later' },
      {
        text: 'no plugin instance {n}',
        versions: '2.3 and later',
        means:
          'Kong used an instance of {plugin} that the plugin server no longer has, because that was started anew. Kong makes a new one and asks again: harmless, unless the server keeps dying.',
      },
      { text: 'Could not claim instance_id for {plugin} (key: {value})', versions: '3.3 and later' },
      { text: 'could not find pdk method: {name}', versions: '2.0 and later' },
    ],
    cause: 'The server died or refused the configuration, or its PDK is not that of this Kong: {error}.',
    steps: ["Read the server's own lines.", "Build it with a PDK that fits Kong's version."],
    related: ['pluginserver-terminated'],
    link: LINKS.external,
  },
  'pluginserver-own-error': {
    title: 'A plugin server reports an error of its own: {server}',
    stage: 'runtime',
    weight: 'request',
    messages: [
      {
        text: '[{server}:{n}] {dots}Traceback (most recent call last)',
        quiet: true,
        versions: '2.3 and later, level info: Python',
      },
      { text: '[{server}:{n}] panic: {error}', quiet: true, versions: '2.3 and later, level info: Go' },
      { text: '[{server}:{n}] {dots}ERROR - {error}', quiet: true, versions: '2.3 and later, level info: Python' },
      { text: '[{server}:{n}] {dots}UnhandledPromiseRejection', quiet: true, versions: '2.3 and later, level info: JavaScript' },
    ],
    cause: 'What the process {server} prints stands in the log of Kong at level info, and there it says that its code failed.',
    steps: [
      'Read the lines behind it that begin with the same name and number in brackets: they are its traceback.',
      'Mend the plugin, or its library; then restart Kong, which starts the server.',
    ],
    related: ['pluginserver-terminated', 'pluginserver-starting-instance'],
    link: LINKS.external,
  },
  'pluginserver-duplicate-name': {
    title: 'Two plugin servers report the same plugin: {plugin}',
    stage: 'load',
    weight: 'break',
    messages: [{ text: 'Duplicate plugin name [{plugin}] by {first} and {second}', versions: '2.3 to 3.8' }],
    cause: 'The second is dropped; from 3.9 on the later one wins without a word.',
    steps: ['Remove one of the two servers.'],
    link: LINKS.external,
  },
  'pluginserver-unknown-protocol': {
    title: 'A plugin server speaks an unknown protocol: {protocol}',
    stage: 'load',
    weight: 'break',
    messages: [{ text: '{Unknown|unknown} protocol implementation: {protocol}', versions: '2.4 and later' }],
    cause: 'The info of the server names neither MsgPack:1 nor ProtoBuf:1.',
    steps: ['Build the plugin with a newer PDK.'],
    link: LINKS.external,
  },
  'pluginserver-go-legacy': {
    title: 'Old settings for Go plugins',
    stage: 'start',
    weight: 'note',
    messages: [
      { text: 'Properties go_pluginserver_exe and go_plugins_dir are deprecated', versions: '2.8' },
      { text: 'plugin was built with a different version of package {name}', versions: '2.0 to 2.8' },
    ],
    cause: 'Go plugins as shared objects are gone in 3.0; in 2.x they had to be built with exactly the Go of the server.',
    steps: ['Build the plugin as a server of its own and use pluginserver_names.'],
    related: ['pluginserver-plugin-not-found'],
    link: LINKS.external,
  },
  'wasm-filters-path-invalid': {
    title: 'wasm_filters_path is no folder',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: "wasm_filters_path '{path}' is not a valid directory", versions: '3.4 and later' }],
    cause: 'The folder does not exist where Kong runs.',
    steps: ['Create or correct it. Only *.wasm in it count; the file name without .wasm is the name of the filter.'],
    link: LINKS.configuration,
  },
  'wasm-duplicate-name': {
    title: 'A Wasm filter and a plugin have the same name: {plugin}',
    stage: 'start',
    weight: 'stop',
    messages: [{ text: 'duplicate plugin/wasm filter name: {plugin}', versions: '3.9 and later' }],
    cause: 'From 3.9 on filters are plugins, too, and {plugin} is both.',
    steps: ['Rename one.'],
    related: ['plugin-name-clash'],
    link: LINKS.configuration,
  },
  'wasm-filter-metadata': {
    title: 'The metadata of a Wasm filter is invalid',
    stage: 'start',
    weight: 'stop',
    messages: [
      { text: 'Failed to load metadata for one or more filters: * {plugin} ({dots}) {error}', versions: '3.5 and later' },
    ],
    cause: '{plugin}.meta.json beside the .wasm file is broken: {error}.',
    steps: ['Correct the JSON.'],
    link: LINKS.configuration,
  },
  'wasm-filter-not-enabled': {
    title: 'A configured Wasm filter is not available',
    stage: 'load',
    weight: 'stop',
    messages: [
      {
        text: 'found one or more filter chain entities with filters that are not enabled/installed: filter chain: {chain}, filter: #{n} ({plugin})',
        versions: '3.9 and later',
      },
    ],
    cause: 'The .wasm file was removed, or wasm_filters leaves it out, and a filter chain still uses it.',
    steps: ['Put it back, or delete the chain.'],
    related: ['plugin-in-use-not-enabled'],
    link: LINKS.configuration,
  },
  'wasm-load-failed': {
    title: 'A Wasm filter cannot be loaded',
    stage: 'runtime',
    weight: 'break',
    messages: [
      { text: 'failed loading filters: {error}', versions: '3.4 and later' },
      { text: 'failed instantiating filter chain: {error}', versions: '3.4 and later' },
      { text: 'ngx_wasmx_module dynamic module shared object not found', versions: '3.4 and later' },
    ],
    cause:
      'The file is no valid WebAssembly, was built for another interface, or this Kong was built without the module: {error}.',
    steps: ['Build it for wasm32-wasi with a proxy-wasm SDK.', "Use Kong's own image."],
    link: LINKS.configuration,
  },
} satisfies EntryTable;

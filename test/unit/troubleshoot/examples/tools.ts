// Examples and near misses of external plugins, Wasm, LuaRocks and Pongo.
import { type Example, cli, INIT, logged, onPlugin } from './example';

const timer = (level: string, message: string): string => logged(level, `*13 ${message}, context: ngx.timer`);

export const TOOL_EXAMPLES = {
  'pluginserver-plugin-not-found': { near: onPlugin('acme plugin is enabled but not installed;\nno plugin found') },
  'pluginserver-query-undefined': {
    log: cli('query_command undefined for pluginserver acme'),
    near: logged('debug', 'pluginserver_names = {"acme"}'),
  },
  'pluginserver-bad-dump': {
    log: `${INIT}...al/share/lua/5.1/kong/runloop/plugin_servers/process.lua:159: Not a plugin info table: \n/usr/local/bin/acme -dump\nusage: acme`,
    near: logged('info', '[kong] process.lua:100 loaded plugin info'),
  },
  'pluginserver-start-command-not-found': {
    log: timer(
      'error',
      '[kong] process.lua:260 external pluginserver "acme" start command "acme-server" exited with "command not found"',
    ),
    near: timer('notice', '[kong] process.lua:248 Starting acme'),
  },
  'pluginserver-terminated': {
    log: timer('notice', "[kong] process.lua:258 external pluginserver 'acme' terminated: exit 2"),
    near: timer('notice', '[kong] process.lua:248 Starting acme'),
  },
  'pluginserver-socket-connect-failed': {
    log: logged('crit', '*5 connect() to unix:/usr/local/kong/acme.socket failed (2: No such file or directory)'),
    near: logged('error', '*5 connect() to 10.0.0.2:80 failed (111: Connection refused) while connecting to upstream'),
  },
  'pluginserver-starting-instance': {
    log: logged('error', '*5 [kong] starting instance: no data'),
    near: logged('info', '*5 started instance 3'),
  },
  'pluginserver-duplicate-name': {
    log: logged('error', '[kong] process.lua:120 Duplicate plugin name [acme] by first and second'),
    plugin: 'acme',
    near: logged('debug', 'Duplicate entry'),
  },
  'pluginserver-unknown-protocol': {
    log: logged('error', '[kong] init.lua:10 Unknown protocol implementation: MsgPack:9'),
    near: logged('debug', 'protocol implementation: MsgPack:1'),
  },
  'pluginserver-go-legacy': {
    log: logged('warn', 'Properties go_pluginserver_exe and go_plugins_dir are deprecated.'),
    near: logged('debug', 'go_plugins_dir = "off"'),
  },
  'wasm-filters-path-invalid': {
    log: cli("wasm_filters_path '/opt/filters' is not a valid directory"),
    near: logged('debug', 'wasm_filters_path = "/opt/filters"'),
  },
  'wasm-duplicate-name': {
    log: cli('duplicate plugin/wasm filter name: acme'),
    plugin: 'acme',
    near: logged('debug', 'wasm_filters = {"acme"}'),
  },
  'wasm-filter-metadata': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/runloop/wasm.lua:80: \nFailed to load metadata for one or more filters:\n* acme (/opt/filters/acme.meta.json) JSON decode error: bad`,
    plugin: 'acme',
    near: logged('debug', 'loaded metadata for acme'),
  },
  'wasm-filter-not-enabled': {
    log: `${INIT}[wasm]: found one or more filter chain entities with filters that are not enabled/installed:\nfilter chain: 12, filter: #1 (acme)`,
    plugin: 'acme',
    near: logged('debug', '[wasm]: filter chain entities loaded'),
  },
  'wasm-load-failed': {
    log: logged('error', '[wasm] failed loading filters: invalid module'),
    near: logged('debug', '[wasm] loaded filters'),
  },
  'luarocks-no-rockspec-in-folder': {
    log: 'Error: Argument missing: please specify a rockspec to use on current directory.',
    near: 'kong-plugin-acme 1.0.0-1 is now installed in /usr/local (license: MIT)',
  },
  'luarocks-rockspec-filename': {
    log: "Error: Expected filename in format 'name-version-revision.rockspec'.",
    near: "Using kong-plugin-acme-1.0.0-1.rockspec... switching to 'build' mode",
  },
  'luarocks-rockspec-version-mismatch': {
    log: 'Error: Inconsistency between rockspec filename (acme-1.0-1.rockspec) and its contents (acme-1.1-1.rockspec).',
    near: 'acme 1.1-1 depends on lua >= 5.1 (5.1-1 provided by VM)',
  },
  'luarocks-rockspec-syntax': {
    log: 'Error: Could not load rockspec file /src/acme-1.0-1.rockspec (Error loading file: [string "/src/acme-1.0-1.rockspec"]:3: unexpected symbol)',
    near: 'Missing dependencies for acme 1.0-1:',
  },
  'luarocks-rockspec-mandatory-field': {
    log: 'Error: /src/acme-1.0-1.rockspec: Mandatory field source is missing. (using rockspec format 1.0)',
    near: 'No problems found in rockspec',
  },
  'luarocks-build-module-missing-file': {
    log: 'Error: Build error: Failed installing handler.lua in /usr/local/lib/luarocks/rocks-5.1/acme/1.0-1/lua/handler.lua: handler.lua: No such file or directory',
    near: 'cp: handler.lua: No such file or directory',
  },
  'luarocks-missing-dependency': {
    log: 'Error: Could not satisfy dependency lua-acme >= 1.0: No results matching query were found for Lua 5.1.',
    near: 'Missing dependencies for lua-resty-ljsonschema 1.2.0-1:\n   lua-cjson (not installed)\nrc=0',
  },
  'luarocks-lua-version-dependency': {
    log: "Error: Could not satisfy dependency lua >= 5.3: Rock lua 5.1-1 is already provided by VM or via 'rocks_provided' in the config file.",
    near: 'acme 1.0-1 depends on lua >= 5.1 (5.1-1 provided by VM)',
  },
  'luarocks-manifest-too-large': {
    log: 'Warning: Failed searching manifest: Failed loading manifest for https://luarocks.org: Error loading file: [string "/tmp/manifest-5.1"]:1: main function has more than 65536 constants\n\nError: No results matching query were found for Lua 5.1.',
    near: 'Error: No results matching query were found for Lua 5.1.',
  },
  'luarocks-rock-not-found': {
    log: 'Error: No results matching query were found for Lua 5.1.\nTo check if it is available for other Lua versions, use --check-lua-versions.',
    near: 'Error: Could not satisfy dependency lua-acme: No results matching query were found for Lua 5.1.',
  },
  'luarocks-no-write-permission': {
    log: "Error: command 'make' requires exclusive write access to /usr/local - Permission denied",
    near: 'chmod: changing permissions: Permission denied',
  },
  'luarocks-git-missing': {
    log: "Error: 'git' program not found. Make sure Git is installed and is available in your PATH (or you may want to edit the 'variables.GIT' value in file '/usr/local/etc/luarocks/config-5.1.lua')",
    near: "Cloning into 'acme'...",
  },
  'luarocks-unzip-missing': {
    log: "Error: Failed unpacking rock file: /tmp/acme-1.0-1.all.rock: 'unzip -n' program not found. Make sure unzip is installed",
    near: 'Installing /tmp/acme-1.0-1.all.rock',
  },
  'luarocks-zip-missing': { log: 'Error: Failed packing acme-1.0-1.all.rock', near: 'Packed: /src/acme-1.0-1.all.rock' },
  'luarocks-compiler-missing': {
    log: 'sh: gcc: not found\n\nError: Build error: Failed compiling object acme.o',
    near: 'gcc -O2 -fPIC -c acme.c -o acme.o',
  },
  'luarocks-downloader-missing': {
    log: 'Warning: Failed searching manifest: Failed downloading https://luarocks.org/manifest-5.1 - failed downloading',
    near: 'Installing https://luarocks.org/acme-1.0-1.rockspec',
  },
  'luarocks-command-missing': { log: '/bin/sh: luarocks: not found', near: '/usr/local/bin/luarocks' },
  'luarocks-source-url-unfetchable': {
    log: 'Error: Failed cloning git repository.',
    near: "Cloning into 'acme'...\nNote: switching to '1.0.0'.",
  },
  'luarocks-wrong-tree': {
    log: 'kong-plugin-acme 1.0.0-1 is now installed in /home/kong/.luarocks (license: MIT)',
    near: 'kong-plugin-acme 1.0.0-1 is now installed in /usr/local (license: MIT)',
  },
  'luarocks-remove-fails': {
    log: "Error: Could not find rock 'acme' in /usr/local",
    near: 'Removing kong-plugin-acme 1.0.0-1...\nRemoval successful.',
  },
  'pongo-not-a-plugin-folder': {
    log: '[pongo-ERROR] could not detect current working dir to be a kong-plugin dir.',
    near: '[pongo-INFO] auto starting the test environment',
  },
} satisfies Record<string, Example>;

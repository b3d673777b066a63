// Examples and near misses of the start, the database, reloads, the Admin API and requests.
import { type Example, cli, declarative, INIT, inRequest, logged, onPlugin, refused, thrown } from './example';

const HANDLER = '/usr/local/share/lua/5.1/kong/plugins/acme/handler.lua';
const FILE = 'kong/plugins/acme/handler.lua';
const emerg = (message: string): string => `nginx: [emerg] ${message}`;
const timer = (level: string, message: string): string => logged(level, `*13 ${message}, context: ngx.timer`);
const answer = (message: string, code = 5): string => JSON.stringify({ message, name: 'violation', code });

export const START_EXAMPLES = {
  'migrations-needs-bootstrap': {
    log: cli(
      "Database needs bootstrapping or is older than Kong 1.0.\n\nTo start a new installation from scratch, run 'kong migrations bootstrap'.",
    ),
    near: 'Bootstrapping database...\nDatabase is up-to-date',
  },
  'migrations-new-available': {
    log: cli("New migrations available; run 'kong migrations up' to proceed"),
    near: "migrating acme on database 'kong'...\n1 migration processed",
  },
  'migrations-pending': {
    log: cli("Database has pending migrations; run 'kong migrations finish'"),
    near: 'No pending migrations to finish',
  },
  'migrations-locked': { log: 'aborted: another node is performing database changes', near: 'Database is up-to-date' },
  'migration-load-failed': {
    log: cli("[PostgreSQL error] failed to load migration 'kong.plugins.acme.migrations.000_base_acme' of 'acme' subsystem"),
    plugin: 'acme',
    near: thrown('migrations', 2, "'}' expected near '<eof>'"),
  },
  'migrations-index-not-table': {
    log: cli("[PostgreSQL error] migrations index from 'kong.plugins.acme.migrations' must be a table"),
    plugin: 'acme',
    near: cli('acme must be a table'),
  },
  'migration-invalid': {
    log: cli(
      "[PostgreSQL error] migration 'kong.plugins.acme.migrations.000_base' of 'acme' subsystem is invalid: schema violation (cassandra: unknown field)",
    ),
    plugin: 'acme',
    near: refused({ cassandra: 'unknown field' }),
  },
  'migration-missing-strategy': {
    log: cli("[PostgreSQL error] missing postgres strategy for migration '000_base_acme'"),
    near: cli('missing migration'),
  },
  'migration-sql-failed': {
    log: cli(
      '[PostgreSQL error] cluster_mutex callback threw an error: migrations.lua:70: [PostgreSQL error] failed to run migration \'000_base_acme\' up: ERROR: relation "x" does not exist (1)',
    ),
    near: 'acme migrated up to: 000_base_acme (executed)',
  },
  'migrations-not-found-in-package-path': { near: 'Database is already up-to-date' },
  'migrations-legacy-0x': {
    log: cli(
      'the current database schema does not match\nthis version of Kong.\n\nPlease run `kong migrations up` first to update/initialise the database schema.',
    ),
    near: cli("New migrations available; run 'kong migrations up' to proceed"),
  },
  'database-unreachable': {
    log: cli('[PostgreSQL error] failed to retrieve PostgreSQL server_version_num: connection refused'),
    near: timer('error', '[lua] client.lua:100: connection refused'),
  },
  'conf-file-not-found': { log: cli('no file at: /etc/kong/other.conf'), near: cli('no file at: /usr/local/kong/.kong_env') },
  'conf-file-unreadable': {
    log: cli('could not load config file: /etc/kong/kong.conf: Is a directory'),
    near: logged('verbose', 'no config file found at /etc/kong/kong.conf'),
  },
  'conf-invalid-enum': {
    log: cli("log_level has an invalid value: 'verbose' (debug, info, notice, warn, error, crit, alert, emerg)"),
    near: refused({ config: { level: 'expected one of: debug, info' } }),
  },
  'conf-wrong-type': { log: cli("pg_port is not a number: 'abc'"), near: refused({ config: { port: 'expected a number' } }) },
  'conf-listen-invalid': {
    log: cli('proxy_listen must be of form: [off] | <ip>:<port> [ssl] [http2], [... next entry ...]'),
    near: emerg('bind() to 127.0.0.1:8000 failed (98: Address already in use)'),
  },
  'conf-cassandra-removed': {
    log: cli('Cassandra as a datastore for Kong is not supported in versions 3.4 and above. Please use Postgres.'),
    near: logged('warn', '[lua] Support for Cassandra is deprecated'),
  },
  'conf-vault-reference': {
    log: cli(
      "failed to dereference '{vault://env/pg-password}': unable to load value (pg-password) from vault (env): not found [{vault://env/pg-password}] for config option 'pg_password'",
    ),
    near: logged('debug', 'pg_password = "{vault://env/pg-password}"'),
  },
  'conf-ssl-certificate': { log: cli('ssl_cert_key must be specified'), near: logged('debug', 'ssl_cert_key = "******"') },
  'prefix-permission-denied': {
    log: 'nginx: [alert] could not open error log file: open() "/usr/local/kong/logs/error.log" failed (13: Permission denied)',
    near: 'prefix directory /usr/local/kong not found, trying to create it',
  },
  'prefix-not-directory': {
    log: cli('/usr/local/kong is not a directory'),
    near: 'prefix directory /usr/local/kong not found, trying to create it',
  },
  'kong-already-running': { log: cli('Kong is already running in /usr/local/kong'), near: 'Kong is healthy at /usr/local/kong' },
  'port-in-use': {
    log: emerg('bind() to 0.0.0.0:8000 failed (98: Address already in use)'),
    near: emerg('bind() to unix:/usr/local/kong/worker_events.sock failed (98: Address already in use)'),
  },
  'nginx-conf-invalid': {
    log: cli(
      'nginx configuration is invalid (exit code 1):\nnginx: [emerg] unknown directive "foo" in /usr/local/kong/nginx-kong.conf:33\nnginx: configuration file /usr/local/kong/nginx.conf test failed',
    ),
    near: 'nginx: configuration file /usr/local/kong/nginx.conf test is successful',
  },
  'nginx-failed-exit-code': {
    log: cli('failed to start nginx (exit code: 1)'),
    near: `${onPlugin('no configuration schema found for plugin: acme')}\n${cli('failed to start nginx (exit code: 1)')}`,
  },
  'openresty-not-found': {
    log: cli("could not find OpenResty 'nginx' executable. Kong requires version 1.25.3.2"),
    near: logged('debug', "searching for OpenResty 'nginx' executable"),
  },
  'custom-template-missing-dict': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/init.lua:500: missing shared dict 'kong_locks' in Nginx configuration, are you using a custom template?`,
    near: logged('debug', 'nginx_http_lua_shared_dict = "acme 1m"'),
  },
  'custom-template-kong-global': {
    log: `${INIT}configuration error: make sure your template is not setting a global named 'kong' (please use 'Kong' instead)`,
    near: logged('debug', '[lua] kong.lua:1: kong'),
  },
  'custom-template-not-found': {
    log: cli('failed to compile nginx config template: template:3: unexpected symbol'),
    near: cli('no file at: /etc/kong/kong.conf'),
  },
  'dangling-sockets': {
    log: emerg('bind() to unix:/usr/local/kong/worker_events.sock failed (98: Address already in use)'),
    near: logged(
      'warn',
      'Found dangling unix sockets in the prefix directory (/usr/local/kong) while preparing to start Kong. This may be a sign that Kong was previously shut down uncleanly.',
    ),
  },
  'user-directive-warning': {
    near: 'nginx: [warn] the "user" directive makes sense only if the master process runs with super-user privileges, ignored in /usr/local/kong/nginx.conf:7',
  },
  'worker-init-error': {
    log: logged(
      'crit',
      '*1 [lua] init.lua:987: init_worker(): worker initialization error: failed to build the router: invalid route; this node must be restarted, context: init_worker_by_lua*',
    ),
    near: logged('notice', '*1 [lua] init.lua:987: init_worker(): ready, context: init_worker_by_lua*'),
  },
  'hybrid-conf': {
    log: cli('in-memory storage can not be used when role = "control_plane"'),
    near: logged('debug', 'role = "control_plane"'),
  },
  'custom-plugins-setting-ignored': {
    log: logged('warn', "the 'custom_plugins' configuration property is deprecated, use 'plugins' instead"),
    near: logged('debug', 'plugins = {"bundled"}'),
  },
  'conf-unknown-setting-ignored': { near: logged('debug', 'plugins = {"bundled","acme"}') },
  'kong-conf-not-read': { near: logged('verbose', 'no config file found at /etc/kong/kong.conf') },
  'plugins-setting-overridden': { near: logged('debug', 'KONG_PLUGINS ENV found with "bundled,acme"') },
  'plugins-without-bundled': {
    near: `${INIT}/usr/local/share/lua/5.1/kong/init.lua:743: error building initial plugins: acme plugin is in use but not enabled`,
  },
  'plugin-name-clash': { near: refused({ config: { location: 'required field missing' } }) },
  'enabled-is-not-configured': { near: '{"data":[],"next":null}' },
  'lua-package-path-relative': {
    log: `lua_package_path = ./plugins/?.lua;;\n${onPlugin('acme plugin is enabled but not installed;\nno plugin found')}`,
    plugin: 'acme',
    near: `lua_package_path = "./?.lua;./?/init.lua;"\n${onPlugin('acme plugin is enabled but not installed;\nno plugin found')}`,
  },
  'reload-not-running': {
    log: cli('nginx not running in prefix: /usr/local/kong'),
    near: 'nginx.......running\n\nKong is healthy at /usr/local/kong',
  },
  'reload-no-prefix': {
    log: cli('no such prefix: /usr/local/kong2'),
    near: 'prefix directory /usr/local/kong2 not found, trying to create it',
  },
  'reload-keeps-old-settings': { near: 'Kong reloaded' },
  'reload-lost-on-container-restart': { near: onPlugin('acme plugin is enabled but not installed;\nno plugin found') },
  'reload-as-root': {
    log: logged(
      'error',
      'init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:600: could not load config file: /usr/local/kong/.kong_env: Permission denied',
    ),
    near: cli('no file at: /usr/local/kong/.kong_env'),
  },
  'restart-stops-container': { near: 'Kong stopped' },
  'remove-stale-lmdb': {
    log: logged(
      'crit',
      '*1 [lua] init.lua:900: init_worker(): worker initialization error: failed to initialize declarative config: error building initial plugins iterator: acme plugin is in use but not enabled; this node must be restarted, context: init_worker_by_lua*',
    ),
    plugin: 'acme',
    near: `${INIT}/usr/local/share/lua/5.1/kong/init.lua:743: error building initial plugins: acme plugin is in use but not enabled`,
  },
  'remove-plugin-tables-left': { near: 'Database is already up-to-date' },
  'remove-files-still-loaded': { near: onPlugin('acme plugin is enabled but not installed;\nno plugin found') },
  'yield-across-c-call': {
    log: inRequest(
      '[kong] init.lua:402 [acme] /usr/local/share/lua/5.1/kong/plugins/acme/access.lua:9: attempt to yield across C-call boundary',
    ),
    plugin: 'acme',
    file: 'kong/plugins/acme/access.lua',
    line: 9,
    near: inRequest('[kong] handler.lua:9 [acme] no yield across the C-call boundary'),
  },
  'pdk-wrong-phase': {
    log: inRequest(
      `failed to run header_filter_by_lua*: ${HANDLER}:3: function cannot be called in header_filter phase (only in: rewrite, access, balancer)`,
    ),
    plugin: 'acme',
    file: FILE,
    line: 3,
    near: inRequest(`failed to run header_filter_by_lua*: ${HANDLER}:3: attempt to call field 'set_target' (a nil value)`),
  },
  'dependency-version-clash': {
    log: inRequest(
      "[kong] init.lua:406 [acme] /usr/local/share/lua/5.1/resty/openidc.lua:1123: attempt to call method 'get_data' (a nil value)",
    ),
    plugin: 'acme',
    file: 'resty/openidc.lua',
    line: 1123,
    near: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:3: attempt to call method 'get_data' (a nil value)`),
  },
  'runtime-exception-in-phase': {
    log: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:4: attempt to index local 't' (a nil value)`),
    plugin: 'acme',
    file: FILE,
    line: 4,
    near: inRequest('[kong] handler.lua:4 [acme] attempt to index was refused by the upstream'),
  },
  'init-worker-handler-failed': {
    log: logged(
      'crit',
      `*1 [lua] init.lua:987: init_worker(): worker initialization error: failed to execute the "init_worker" handler for plugin "acme": ${HANDLER}:4: boom; this node must be restarted, context: init_worker_by_lua*`,
    ),
    plugin: 'acme',
    file: FILE,
    line: 4,
    near: logged('info', '*1 [kong] handler.lua:90 [acme] renew timer started on worker 0, context: init_worker_by_lua*'),
  },
  'configure-handler-failed': {
    log: logged(
      'error',
      `*1 [kong] plugins_iterator.lua:455 failed to execute plugin 'acme:configure (${HANDLER}:4: attempt to index local 'configs' (a nil value)), context: init_worker_by_lua*`,
    ),
    plugin: 'acme',
    file: FILE,
    line: 4,
    near: logged('debug', '*1 [kong] plugins_iterator.lua:455 configured acme, context: init_worker_by_lua*'),
  },
  'could-not-rebuild-plugins-iterator': {
    log: timer(
      'error',
      '[lua] handler.lua:512: could not rebuild plugins iterator: timeout (stale plugins iterator will be used)',
    ),
    near: timer('debug', '[lua] handler.lua:512: rebuilding plugins iterator'),
  },
  'worker-crash': {
    log: '2026/11/22 09:48:06 [alert] 1#0: worker process 2291 exited on signal 11 (core dumped)',
    near: '2026/11/22 09:48:06 [notice] 1#0: worker process 2291 exited with code 0',
  },
  'admin-api-plugin-not-enabled': {
    log: refused({ name: "plugin 'acme' not enabled; add it to the 'plugins' configuration property" }),
    plugin: 'acme',
    near: declarative(
      "in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'name': plugin 'acme' not enabled; add it to the 'plugins' configuration property",
    ),
  },
  'admin-api-forbidden-scope': {
    log: refused({ consumer: 'value must be null' }),
    near: refused({ config: { consumer: 'value must be null' } }),
  },
  'admin-api-protocols-mismatch': {
    log: refused({ protocols: "must match the associated route's protocols" }),
    near: refused({ config: { protocols: 'expected a set' } }),
  },
  'admin-api-unique-violation': {
    log: answer('UNIQUE violation detected on \'{consumer=null,name="acme",route=null,service=null}\''),
    plugin: 'acme',
    near: refused({ config: { name: 'required field missing' } }),
  },
  'admin-api-foreign-key': {
    log: answer("the foreign key '{id=\"x\"}' does not reference an existing 'services' entity.", 4),
    near: '{"message":"Not found"}',
  },
  'admin-api-no-plugin-named': { log: '{"message":"No plugin named \'acme\'"}', plugin: 'acme', near: '{"message":"Not found"}' },
  'admin-api-dbless-readonly': {
    log: answer("cannot create 'plugins' entities when not using a database", 12),
    near: '{"message":"Method not allowed"}',
  },
  'admin-api-unexpected-error': {
    log: logged(
      'error',
      '*3 [lua] api_helpers.lua:511: handle_error(): /usr/local/share/lua/5.1/lapis/application.lua:424: /usr/local/share/lua/5.1/kong/plugins/acme/api.lua:9: boom',
    ),
    plugin: 'acme',
    file: 'kong/plugins/acme/api.lua',
    line: 9,
    near: '{"message":"An unexpected error occurred"}',
  },
  'plugin-api-module-broken': {
    log: inRequest(
      "lua entry thread aborted: runtime error: /usr/local/share/lua/5.1/kong/api/api_helpers.lua:567: bad argument #1 to 'pairs' (table expected, got boolean)",
    ),
    near: inRequest(
      `lua entry thread aborted: runtime error: ${HANDLER}:9: bad argument #1 to 'pairs' (table expected, got boolean)`,
    ),
  },
  'admin-api-schema-violation': {
    log: refused({ config: { limit: 'expected a number' } }),
    near: declarative("in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'config':\n      in 'limit': expected a number"),
  },
  'old-schema-runtime-0x': {
    log: answer('Plugin "acme" not found', 0),
    plugin: 'acme',
    near: '{"message":"No plugin named \'acme\'"}',
  },
  'untrusted-lua-rejected': {
    log: refused({ config: { access: ['Error parsing function: [string "x"]:1: unexpected symbol'] } }),
    near: refused({ config: { access: 'expected an array' } }),
  },
  'konnect-schema-not-uploaded': {
    log: '{"message":"no plugin-schema for \'acme\'"}',
    plugin: 'acme',
    near: '{"message":"No plugin named \'acme\'"}',
  },
  'wasm-disabled': { log: '{"message":"wasm support is not enabled"}', near: logged('debug', 'wasm = false') },
  'hybrid-plugin-missing-on-dp': {
    log: logged(
      'warn',
      '*5 [lua] control_plane.lua:300: [clustering] unable to send updated configuration to data plane: configured acme plugin 1.0.0 is missing from data plane [id: x, host: h, ip: 10.0.0.3, version: 3.9.1]',
    ),
    plugin: 'acme',
    near: logged('debug', '[clustering] sent config update to data plane [id: x, host: h]'),
  },
  'hybrid-plugin-version': {
    log: logged(
      'warn',
      '[clustering] unable to send updated configuration to data plane: configured data plane acme plugin version 2.0.0 is different to control plane plugin version 1.0.0',
    ),
    plugin: 'acme',
    near: logged('info', '[clustering] data plane acme plugin version 1.0.0'),
  },
  'hybrid-kong-version': {
    log: logged(
      'warn',
      '[clustering] unable to send updated configuration to data plane: data plane version 2.8.5 is incompatible with control plane version 3.9.1 (3.x.y are accepted)',
    ),
    near: logged('debug', '[clustering] data plane version 3.9.1'),
  },
  'hybrid-dp-rejects-config': {
    log: logged(
      'error',
      "[clustering] unable to update running config: bad config received from control plane in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'name': plugin 'acme' not enabled; add it to the 'plugins' configuration property",
    ),
    plugin: 'acme',
    near: declarative(
      "in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'name': plugin 'acme' not enabled; add it to the 'plugins' configuration property",
    ),
  },
  'hybrid-wasm-filters-missing': {
    log: logged(
      'warn',
      '[clustering] unable to send updated configuration to data plane: data plane is missing one or more wasm filters (a, b)',
    ),
    near: logged('debug', 'wasm_filters = {"bundled"}'),
  },
} satisfies Record<string, Example>;

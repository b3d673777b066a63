// Examples and near misses of failing Lua code, of requests that fail beside every plugin, and of what no entry knows.
import { type Example, inRequest, logged, onPlugin, cli } from './example';

const HANDLER = '/usr/local/share/lua/5.1/kong/plugins/acme/handler.lua';
const FILE = 'kong/plugins/acme/handler.lua';
const CORE = '/usr/local/share/lua/5.1/kong';
const answer = (message: string): string => JSON.stringify({ message });

export const CODE_EXAMPLES = {
  'kong-core-error': {
    log: inRequest(
      `failed to run log_by_lua*: ${CORE}/init.lua:203: attempt to index local 'plugins_iterator' (a nil value)\nstack traceback:\n\t${CORE}/init.lua:1068: in function 'log' while logging request`,
    ),
    near: inRequest(
      `failed to run log_by_lua*: ${HANDLER}:3: attempt to index local 'x' (a nil value)\nstack traceback:\n\t${CORE}/init.lua:1068: in function 'log'`,
    ),
  },
  'lua-code-cache-off': {
    log: inRequest(`init_by_lua error: ${CORE}/conf_loader/init.lua:1130: attempt to index local 'file_conf' (a nil value)`),
    near: logged(
      'error',
      `init_by_lua error: ${CORE}/conf_loader/init.lua:1130: attempt to index local 'file_conf' (a nil value)`,
    ),
  },
  'sandbox-took-away': {
    log: inRequest(
      `failed to run log_by_lua*: ${CORE}/tools/kong-lua-sandbox.lua:170: /usr/local/share/lua/5.1/acme/lib.lua:9: attempt to call method 'rep' (a nil value)\nstack traceback:\n\t${HANDLER}:79: in function 'log'`,
    ),
    plugin: 'acme',
    file: 'kong/plugins/acme/handler.lua',
    line: 79,
    near: inRequest(
      `failed to run log_by_lua*: /usr/local/share/lua/5.1/acme/lib.lua:9: attempt to call method 'send' (a nil value)\nstack traceback:\n\t${HANDLER}:79: in function 'log'`,
    ),
  },
  'base-plugin-super-left': {
    log: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:7: attempt to index field 'super' (a nil value)`),
    plugin: 'acme',
    file: FILE,
    line: 7,
    near: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:7: attempt to index field 'superb' (a nil value)`),
  },
  'global-variable-write': {
    log: inRequest(
      `[lua] _G write guard:12: __newindex(): writing a global Lua variable ('res') which may lead to race conditions\nstack traceback:\n\t${HANDLER}:3: in function 'access'`,
    ).replace('[error]', '[warn]'),
    plugin: 'acme',
    file: FILE,
    line: 3,
    near: logged('info', 'global variables are fine'),
  },
  'nginx-variable-missing': {
    log: inRequest(
      `lua entry thread aborted: runtime error: /usr/local/openresty/lualib/resty/core/var.lua:114: variable "acme_id" not found for writing; maybe it is a built-in variable\nstack traceback:\n\t[C]: in function '__newindex'\n\t${HANDLER}:7: in function 'access'`,
    ),
    plugin: 'acme',
    file: 'kong/plugins/acme/handler.lua',
    line: 7,
    near: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:7: variable not found`),
  },
  'kong-installation-incomplete': {
    log: `Error: ${CORE}/globalpatches.lua:9: module 'resty.kong.tls' not found:\n\tno file './resty/kong/tls.lua'`,
    near: `Error: ${HANDLER}:9: module 'resty.acme' not found:\n\tno file './resty/acme.lua'`,
  },
  'pluginserver-own-error': {
    log: logged(
      'info',
      '*11 [python:30] ERROR - [17:14:58] rpc: #5 exception: Traceback (most recent call last):, context: ngx.timer',
    ),
    near: logged('info', '*11 [python:30] INFO - [17:14:58] instance #1 of acme started, context: ngx.timer'),
  },
  'response-buffering-off': {
    log: logged('notice', '*5 [lua] init.lua:877: access(): response buffering was turned off: incompatible HTTP version (2)'),
    near: logged('notice', '*5 [lua] init.lua:877: access(): response buffering was turned on'),
  },
  'blocking-call': {
    log: logged('notice', "*5 [lua] globalpatches.lua:75: sleep(): executing a blocking 'sleep' (2 seconds)"),
    near: logged('notice', '*5 [lua] globalpatches.lua:75: sleep(): executing'),
  },
  'migration-not-recorded': {
    log: cli("[PostgreSQL error] failed to record migration '000_base_acme': connection reset by peer"),
    near: cli("[PostgreSQL error] failed to run migration '000_base_acme' up: ERROR: syntax error"),
  },
  'hybrid-fields-removed': {
    log: logged(
      'warn',
      "*5 [lua] init.lua:316: update(): [clustering] acme plugin contains configuration 'limits' which is incompatible with dataplane and will be ignored",
    ),
    plugin: 'acme',
    near: logged('warn', '*5 [lua] init.lua:316: update(): [clustering] acme plugin contains configuration'),
  },
  'hybrid-connection-lost': {
    log: logged(
      'error',
      '*139 [lua] data_plane.lua:158: communicate(): [clustering] connection to control plane wss://cp:8005/v1/outlet broken: failed to connect: connection refused (retrying after 8 seconds), context: ngx.timer',
    ),
    near: logged('debug', '*139 [lua] data_plane.lua:158: communicate(): [clustering] received close frame from control plane'),
  },
  'cli-config-usage': {
    log: cli('expected a declarative configuration file; see `kong config --help`'),
    near: cli('no file at: /kong.yml'),
  },
  'headers-already-sent': {
    log: inRequest(`attempt to set ngx.header.HEADER after sending out response headers`),
    near: inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:7: headers were never sent`),
  },
  'timers-exhausted': {
    log: logged(
      'alert',
      `lua failed to run timer with function defined at @${HANDLER}:5: 256 lua_max_running_timers are not enough`,
    ),
    plugin: 'acme',
    file: FILE,
    line: 5,
    near: logged('error', `lua failed to run timer with function defined at @${HANDLER}:5: process exiting`),
  },
  'test-runner-missing': {
    log: "/usr/local/bin/busted:3: module 'busted.runner' not found:No LuaRocks module found for busted.runner",
    near: '3 successes / 0 failures / 0 errors / 0 pending',
  },
  'admin-api-mixed-keys': {
    log: inRequest(
      `[lua] api_helpers.lua:544: handle_error(): /usr/local/share/lua/5.1/lapis/application.lua:440: attempt to compare string with number\nstack traceback:\n\t[C]: in function 'sort'\n\t${CORE}/db/errors.lua:37: in function 'sorted_keys'\n\t${CORE}/db/errors.lua:262: in function 'schema_violation'\n\t${CORE}/db/dao/init.lua:1182: in function 'insert_entity'`,
    ),
    near: `nginx: [error] init_by_lua error: attempt to compare string with number\nstack traceback:\n\t[C]: in function 'sort'\n\t${CORE}/db/errors.lua:37: in function 'sorted_keys'\n\t${CORE}/db/dao/plugins.lua:281: in function 'load_plugin'`,
  },
  'admin-api-primary-key': {
    log: JSON.stringify({ code: 3, name: 'primary key violation', message: 'primary key violation on key \'{id="1"}\'' }),
    near: JSON.stringify({ code: 1, name: 'invalid primary key', message: "invalid primary key: '{}'" }),
  },
  'admin-api-not-found': {
    log: `curl -X POST localhost:8001/routes/acme/plugins -d name=acme\n${answer('Not found')}`,
    near: answer('no Route matched with those values'),
  },
  'admin-api-wrong-request': {
    log: answer('Cannot parse JSON body'),
    near: answer("No plugin named 'acme'"),
  },
  'configuration-too-big': {
    log: answer('Configuration does not fit in Kong cache'),
    near: answer('declarative config is invalid: {}'),
  },
  'answer-unexpected-error': {
    log: `HTTP/1.1 500 Internal Server Error\nServer: kong/3.9.1\n\n${answer('An unexpected error occurred')}`,
    near: `${inRequest(`[kong] init.lua:406 [acme] ${HANDLER}:7: attempt to index local 't' (a nil value)`)}\n${answer('An unexpected error occurred')}`,
  },
  'admin-api-violation-title': {
    log: answer('schema violation'),
    near: onPlugin('schema violation (name: required field missing)'),
  },
  'nginx-without-lua': {
    log: 'nginx: [emerg] unknown directive "init_by_lua_block" in /usr/local/kong/nginx-kong.conf:66',
    near: 'nginx: [emerg] unknown directive "luax_on" in /usr/local/kong/nginx-kong.conf:66',
  },
  'upstream-unreachable': {
    log: inRequest('connect() failed (111: Connection refused) while connecting to upstream'),
    near: logged('error', '*5 connect() to unix:/usr/local/kong/acme.socket failed (2: No such file or directory)'),
  },
  'upstream-timeout': {
    log: inRequest('upstream timed out (110: Connection timed out) while reading response header from upstream'),
    near: inRequest('client timed out (110: Connection timed out)'),
  },
  'upstream-bad-response': {
    log: inRequest('upstream sent too big header while reading response header from upstream'),
    near: inRequest('client sent too long header line'),
  },
  'upstream-no-peer': {
    log: answer('failure to get a peer from the ring-balancer'),
    near: answer('no Route matched with those values'),
  },
  'upstream-tls': {
    log: inRequest(
      'SSL_do_handshake() failed (SSL: error:0A00010B:SSL routines::wrong version number) while SSL handshaking to upstream',
    ),
    near: inRequest('SSL_do_handshake() failed (SSL: error:14094416) while SSL handshaking'),
  },
  'request-too-large': {
    log: inRequest('client intended to send too large body: 2097153 bytes'),
    near: logged('warn', '*5 a client request body is buffered to a temporary file /usr/local/kong/client_body_temp/1'),
  },
  'name-not-resolved': {
    log: inRequest(
      "[kong] init.lua:406 [aws-lambda] Lambda:invoke() failed to connect to 'https://lambda.eu-1.amazonaws.com:443': [cosocket] DNS resolution failed: dns server error: 3 name error",
    ),
    plugin: 'aws-lambda',
    near: inRequest('[kong] init.lua:406 [aws-lambda] Lambda:invoke() failed: no credentials'),
  },
  'tls-verification-failed': {
    log: inRequest('lua ssl certificate verify error: (20: unable to get local issuer certificate)'),
    near: inRequest(
      'upstream SSL certificate verify error: (21:unable to verify the certificate) while SSL handshaking to upstream',
    ),
  },
  'plugin-own-words': {
    log: inRequest('[kong] handler.lua:12 [acme] the token server said no'),
    plugin: 'acme',
    near: inRequest('[kong] handler.lua:12 [acme] the token server said no').replace('[error]', '[warn]'),
  },
  'unknown-error': {
    log: logged('error', '*5 [lua] broker.lua:12: run(): the moon is full'),
    near: logged(
      'crit',
      '*7 [lua] targets.lua:248: could not reschedule DNS resolver timer: process exiting, context: ngx.timer',
    ),
  },
  'luarocks-archive-format': {
    log: "Error: Couldn't extract archive /tmp/luarocks_acme-1.0-1-77/acme.git: unrecognized filename extension",
    near: 'Error: Failed unpacking rock file',
  },
  'luarocks-git-unreachable': {
    log: "fatal: unable to access 'https://github.com/acme/acme.git/': Could not resolve host: github.com\n\nError: Failed cloning git repository.",
    near: "Cloning into 'acme'...\nError: Failed cloning git repository.",
  },
  'luarocks-git-refused': {
    log: "fatal: could not read Username for 'https://github.com': terminal prompts disabled\n\nError: Failed cloning git repository.",
    near: "Cloning into 'acme'...\nError: Failed cloning git repository.",
  },
  'luarocks-c-compile-error': {
    log: 'src/acme.c:3:10: fatal error: yaml.h: No such file or directory\ncompilation terminated.\n\nError: Build error: Failed compiling object src/acme.o',
    near: 'sh: gcc: not found\n\nError: Build error: Failed compiling object acme.o',
  },
  'luarocks-external-dependency': {
    log: 'Error: Could not find header file for OPENSSL\n  No file openssl/ssl.h in /usr/local/include',
    near: 'OPENSSL_DIR is /usr',
  },
  'luarocks-manifest-broken': {
    log: 'Warning: Failed searching manifest: Failed extracting manifest file: unzip failed',
    near: 'Warning: Failed searching manifest: Failed downloading https://luarocks.org/manifest-5.1 - failed downloading',
  },
  'luarocks-dependencies-listed': {
    log: 'Missing dependencies for acme 1.0-1:\n   lua-acme (not installed)',
    near: 'Missing dependencies for acme 1.0-1:\n   lua-acme (not installed)\n\nacme 1.0-1 is now installed in /usr/local (license: MIT)',
  },
} satisfies Record<string, Example>;

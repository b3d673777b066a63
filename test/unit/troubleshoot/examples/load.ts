// Examples and near misses of loading a plugin: handlers, schemas, entities.
import { type Example, cli, declarative, INIT, inRequest, logged, onPlugin, refused, thrown, violation } from './example';

const FILE = 'kong/plugins/acme/handler.lua';
const SCHEMA = 'kong/plugins/acme/schema.lua';

export const LOAD_EXAMPLES = {
  'plugin-enabled-not-installed': {
    log: onPlugin('acme plugin is enabled but not installed;\nno plugin found'),
    plugin: 'acme',
    near: logged('debug', '[lua] plugins.lua:300: load_plugin(): Loading plugin: acme'),
  },
  'plugin-in-use-not-enabled': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/init.lua:743: error building initial plugins: acme plugin is in use but not enabled`,
    plugin: 'acme',
    near: onPlugin('acme plugin is enabled but not installed;\nno plugin found'),
  },
  'no-configuration-schema': {
    log: onPlugin('no configuration schema found for plugin: acme'),
    plugin: 'acme',
    near: '{"message":"no plugin-schema for \'acme\'"}',
  },
  'plugin-module-syntax-error': {
    log: thrown('handler', 3, 'error').replace(
      /handler'[^]*$/,
      "handler':\nerror loading module 'kong.plugins.acme.handler' from file '/opt/kong/plugins/acme/handler.lua':\n\t/opt/kong/plugins/acme/handler.lua:3: unexpected symbol near '/'",
    ),
    plugin: 'acme',
    file: FILE,
    line: 3,
    near: 'Error: Error loading rockspec: [string "x-1.0-1.rockspec"]:3: unexpected symbol',
  },
  'plugin-module-missing-dependency': {
    log: thrown('handler', 2, "module 'resty.acme' not found:\n\tno field package.preload['resty.acme']"),
    plugin: 'acme',
    file: FILE,
    line: 2,
    near: thrown('handler', 2, "module 'kong.plugins.acme.util' not found:"),
  },
  'luarocks-module-not-listed': {
    log: thrown('handler', 2, "module 'kong.plugins.acme.util' not found:\n\tno field package.preload"),
    plugin: 'acme',
    file: FILE,
    line: 2,
    near: thrown('handler', 2, "module 'kong.plugins.other.util' not found:"),
  },
  'base-plugin-removed': {
    log: thrown('handler', 1, "module 'kong.plugins.base_plugin' not found:"),
    plugin: 'acme',
    file: FILE,
    line: 1,
    near: thrown('handler', 1, "module 'kong.plugins.acme.base' not found:"),
  },
  'kong-internal-module-removed': {
    log: thrown('handler', 1, "module 'kong.tools.responses' not found:"),
    plugin: 'acme',
    file: FILE,
    line: 1,
    near: thrown('handler', 1, "module 'kong.tools.table_shallow' not found:"),
  },
  'plugin-module-runtime-error': {
    log: thrown('handler', 7, "attempt to index global 'settings' (a nil value)"),
    plugin: 'acme',
    file: FILE,
    line: 7,
    near: inRequest("[kong] init.lua:406 [acme] /opt/kong/plugins/acme/handler.lua:7: attempt to index local 't' (a nil value)"),
  },
  'plugin-module-loop': {
    log: inRequest(
      "lua entry thread aborted: runtime error: /usr/local/openresty/lualib/resty/core/base.lua:80: loop or previous error loading module 'kong.api'",
    ),
    near: `${thrown('api', 1, "module 'x' not found:")}\n${inRequest("lua entry thread aborted: runtime error: /usr/local/openresty/lualib/resty/core/base.lua:80: loop or previous error loading module 'kong.api'")}`,
  },
  'plugin-file-unreadable': {
    log: `${INIT}error loading module 'kong.plugins.acme.handler':\nerror loading module 'kong.plugins.acme.handler' from file '/opt/kong/plugins/acme/handler.lua':\n\tcannot read /opt/kong/plugins/acme/handler.lua: Is a directory`,
    plugin: 'acme',
    file: FILE,
    near: onPlugin('acme plugin is enabled but not installed;\nno plugin found'),
  },
  'native-library-broken': {
    log: `${INIT}error loading module 'lfs' from file '/usr/local/lib/lua/5.1/lfs.so':\n\t/usr/local/lib/lua/5.1/lfs.so: undefined symbol: lua_newuserdatauv`,
    near: thrown('handler', 2, "module 'lfs' not found:\n\tno file '/usr/local/lib/lua/5.1/lfs.so'"),
  },
  'lua-path-without-pattern': {
    log: "nginx: [alert] failed to load the 'resty.core' module (https://github.com/openresty/lua-resty-core); ensure you are using an OpenResty release (reason: error loading module 'resty.core' from file '/opt/plugins':\n\tcannot read /opt/plugins: Is a directory) in /usr/local/kong/nginx.conf:21",
    near: "nginx: [alert] failed to load the 'resty.core' module (https://github.com/openresty/lua-resty-core); (reason: module 'resty.core' not found)",
  },
  'plugin-deprecated-warning': {
    log: logged('warn', "[lua] plugins.lua:222: load_plugin(): plugin 'acme' has been deprecated"),
    plugin: 'acme',
    near: logged('warn', '[kong] init.lua:388 the Granular tracing is deprecated'),
  },
  'handler-returned-nothing': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/db/dao/plugins.lua:288: attempt to index local 'handler' (a boolean value)`,
    near: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/plugin_loader.lua:245: attempt to index local 'schema' (a boolean value)`,
  },
  'handler-not-callable-1x': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/db/dao/plugins.lua:88: attempt to call local 'handler' (a table value)`,
    near: `${INIT}/usr/local/share/lua/5.1/kong/db/dao/plugins.lua:88: attempt to call local 'handler' (a boolean value)`,
  },
  'handler-phase-not-a-function': {
    log: inRequest(
      "lua entry thread aborted: runtime error: /usr/local/share/lua/5.1/kong/init.lua:392: bad argument #1 to 'create' (Lua function expected)",
    ),
    near: inRequest(
      "lua entry thread aborted: runtime error: /usr/local/share/lua/5.1/kong/plugins/acme/handler.lua:3: bad argument #1 to 'ipairs' (table expected, got nil)",
    ),
  },
  'handler-bad-priority': {
    log: onPlugin('Plugin "acme" cannot be loaded because its PRIORITY field is not a valid integer number, got: "nil".'),
    plugin: 'acme',
    near: onPlugin('Plugin "acme" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "1".'),
  },
  'handler-bad-version': {
    log: onPlugin('Plugin "acme" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "dev".'),
    plugin: 'acme',
    near: onPlugin('Plugin "acme" cannot be loaded because its PRIORITY field is not a valid integer number, got: "x".'),
  },
  'handler-response-and-filter': {
    log: onPlugin(
      'Plugin "acme" can\'t be loaded because it implements both `response` and `header_filter` or `body_filter` methods.',
    ),
    plugin: 'acme',
    near: inRequest('function cannot be called in header_filter phase (only in: response)'),
  },
  'priority-collision': { near: logged('debug', '[lua] plugins.lua:300: load_plugin(): Loading plugin: acme') },
  'phase-misspelt': {
    near: inRequest(
      "[kong] init.lua:406 [acme] /opt/kong/plugins/acme/handler.lua:3: attempt to call field 'get_heder' (a nil value)",
    ),
  },
  'schema-entity-checks-invalid': {
    log: violation('entity_checks.1: {\n  at_least_one = "unknown field"\n}'),
    plugin: 'acme',
    near: violation('config: {\n  at_least_one = "unknown field"\n}'),
  },
  'schema-shorthand-invalid': {
    log: violation('fields.1: {\n  shorthands = "unknown field"\n}'),
    plugin: 'acme',
    near: violation('fields.1: {\n  shorthand = "unknown field"\n}'),
  },
  'schema-transformations-invalid': {
    log: violation('transformations.input: {\n  {\n    "invalid field name: config.zz"\n  }\n}'),
    plugin: 'acme',
    near: violation('transform: unknown field'),
  },
  'schema-unique-across-ws': {
    log: violation('fields.1: {\n  unique = "required field missing"\n}'),
    plugin: 'acme',
    near: violation('fields.1: {\n  type = "required field missing"\n}'),
  },
  'schema-json-field': {
    log: violation("a: field of type 'json' must declare 'json_schema'"),
    plugin: 'acme',
    near: violation("a: field of type 'map' must declare 'keys'"),
  },
  'schema-description-length': {
    log: violation('fields.1: {\n  description = "length must be at least 10"\n}'),
    plugin: 'acme',
    near: violation('fields.1: {\n  between = "length must be 2"\n}'),
  },
  'schema-default-invalid': {
    log: violation('fields.3: {\n  fields = {\n    {\n      default = "expected an integer"\n    }\n  }\n}'),
    plugin: 'acme',
    near: violation(
      'fields.3: {\n  fields = {\n    {\n      default = "invalid type: nil",\n      type = "required field missing"\n    }\n  }\n}',
    ),
  },
  'schema-missing-name': {
    log: violation('name: field required for entity check'),
    plugin: 'acme',
    near: violation('fields: field required for entity check'),
  },
  'schema-fields-shape': {
    log: violation('fields: expected an array'),
    plugin: 'acme',
    near: refused({ fields: 'expected an array' }),
  },
  'schema-field-entry-shape': {
    log: violation('fields.3: {\n  fields = {\n    "length must be 1"\n  }\n}'),
    plugin: 'acme',
    near: violation('fields.3: {\n  between = "length must be 2"\n}'),
  },
  'schema-field-missing-type': {
    log: violation(
      'fields.3: {\n  fields = {\n    {\n      type = "required field missing"\n    }\n  }\n}',
      'foo: missing type declaration',
    ),
    plugin: 'acme',
    near: refused({ config: { type: 'required field missing' } }),
  },
  'schema-field-unknown-type': {
    log: violation(
      'fields.3: {\n  fields = {\n    [2] = {\n      type = "expected one of: array, boolean, foreign, function, integer, json, map, number, record, set, string"\n    }\n  }\n}',
    ),
    plugin: 'acme',
    near: refused({ config: { type: 'expected one of: a, b' } }),
  },
  'schema-attribute-not-allowed': {
    log: violation("foo: field of type 'boolean' cannot have attribute 'one_of'"),
    plugin: 'acme',
    near: violation("foo: field of type 'array' must declare 'elements'"),
  },
  'schema-missing-required-attribute': {
    log: violation("foo: field of type 'array' must declare 'elements'"),
    plugin: 'acme',
    near: violation("foo: field of type 'boolean' cannot have attribute 'elements'"),
  },
  'schema-unknown-attribute': {
    log: violation('fields.1: {\n  fields = {\n    {\n      requried = "unknown field"\n    }\n  }\n}'),
    plugin: 'acme',
    near: refused({ config: { requried: 'unknown field' } }),
  },
  'schema-attribute-wrong-type': {
    log: violation('fields.1: {\n  required = "expected a boolean"\n}'),
    plugin: 'acme',
    near: refused({ config: { required: 'expected a boolean' } }),
  },
  'schema-violation-on-load': {
    log: violation('fields.1: {\n  something = "is odd"\n}'),
    plugin: 'acme',
    near: violation('name: field required for entity check'),
  },
  'schema-warning-only-1.0': {
    log: logged('warn', "[lua] plugins.lua:50: schema for plugin 'acme' is invalid: [postgres] something"),
    plugin: 'acme',
    near: violation('name: field required for entity check'),
  },
  'schema-returned-nothing': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/init.lua:1196: expected an input table`,
    near: `${INIT}/usr/local/share/lua/5.1/kong/db/dao/plugins.lua:288: attempt to index local 'handler' (a boolean value)`,
  },
  'schema-is-list': {
    log: `${INIT}attempt to compare string with number\nstack traceback:\n\t[C]: in function 'sort'\n\t/usr/local/share/lua/5.1/kong/db/errors.lua:28: in function 'sorted_keys'`,
    near: `${INIT}attempt to compare string with number\nstack traceback:\n\t[C]: in function 'sort'\n\t/usr/local/share/lua/5.1/acme/init.lua:28: in function 'order'`,
  },
  'schema-new-top-level-field': {
    log: onPlugin("error initializing schema for plugin: error in definition of 'acme': run_on: cannot create a new field"),
    plugin: 'acme',
    near: violation('run_on: unknown field'),
  },
  'schema-config-type-changed': {
    log: onPlugin(
      "error initializing schema for plugin: error in definition of 'acme': config: cannot change type in a specialized field",
    ),
    plugin: 'acme',
    near: onPlugin("error initializing schema for plugin: error in definition of 'acme': extra: cannot create a new field"),
  },
  'schema-abstract-not-specialised': {
    log: onPlugin("error in definition of 'acme': config: abstract field was not specialized"),
    plugin: 'acme',
    near: violation('config: unknown field'),
  },
  'schema-foreign-invalid': {
    log: onPlugin('error initializing schema for plugin: schema refers to an invalid foreign entity: apis'),
    plugin: 'acme',
    near: refused({ service: 'the foreign key does not exist' }),
  },
  'typedef-missing': {
    log: thrown('schema', 4, 'schema typedef error: definition run_on_first does not exist'),
    plugin: 'acme',
    file: SCHEMA,
    line: 4,
    near: thrown('schema', 4, "attempt to index local 'typedefs' (a nil value)"),
  },
  'legacy-schema-conversion-failed': {
    log: violation('fields: expected an array', 'name: field required for entity check', 'no_consumer: unknown field'),
    plugin: 'acme',
    near: violation('fields: field required for entity check', 'name: field required for entity check'),
  },
  'daos-not-array': {
    log: onPlugin("custom plugin 'acme' returned non-array daos definition table"),
    plugin: 'acme',
    near: onPlugin("schema of custom plugin entity 'acme.keys' is invalid: schema violation (fields: expected an array)"),
  },
  'daos-entity-invalid': {
    log: onPlugin(
      "schema of custom plugin entity 'acme.keys' is invalid: [postgres] schema violation (cache_key: values must be field names)",
    ),
    plugin: 'acme',
    near: violation('cache_key: unknown field'),
  },
  'daos-entity-without-fields': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/plugin_loader.lua:50: bad argument #1 to 'ipairs' (table expected, got nil)`,
    near: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/plugin_loader.lua:100: bad argument #1 to 'pairs' (table expected, got nil)`,
  },
  'daos-module-returned-nothing': {
    log: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/plugin_loader.lua:300: attempt to index local 'daos_schemas' (a boolean value)`,
    near: `${INIT}/usr/local/share/lua/5.1/kong/db/schema/plugin_loader.lua:245: attempt to index local 'schema' (a boolean value)`,
  },
  'plugins-setting-malformed': {
    log: onPlugin('"bundled plugin is enabled but not installed;\nno plugin found', '"bundled'),
    plugin: '"bundled',
    near: onPlugin('bundled-x plugin is enabled but not installed;\nno plugin found', 'bundled-x'),
  },
  'plugin-name-is-not-rock-name': {
    log: onPlugin('kong-plugin-acme plugin is enabled but not installed;\nno plugin found', 'kong-plugin-acme'),
    plugin: 'kong-plugin-acme',
    near: onPlugin('acme-plugin plugin is enabled but not installed;\nno plugin found', 'acme-plugin'),
  },
  'enterprise-only-plugin': {
    log: onPlugin('openid-connect plugin is enabled but not installed;\nno plugin found', 'openid-connect'),
    plugin: 'openid-connect',
    near: onPlugin('my-openid-connect plugin is enabled but not installed;\nno plugin found', 'my-openid-connect'),
  },
  'lua-package-path-quoted': {
    log: `${onPlugin('acme plugin is enabled but not installed;\nno plugin found')}\n$ grep lua_package_path nginx-kong.conf\nlua_package_path       '"/opt/?.lua;;";;;';`,
    plugin: 'acme',
    near: `${logged('debug', 'lua_package_path = "/opt/?.lua;;"')}\n${onPlugin('acme plugin is enabled but not installed;\nno plugin found')}`,
  },
  'reload-ok-but-plugin-broken': {
    log: `$ kong reload\nKong reloaded\n${logged('error', "init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:708: error loading plugin schemas: on plugin 'acme': no configuration schema found for plugin: acme")}`,
    plugin: 'acme',
    near: '$ kong reload\nKong reloaded\n[exit 0]',
  },
  'declarative-config-invalid': {
    log: declarative("in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'config':\n      in 'colour': unknown field"),
    near: declarative("in '_format_version': required field missing"),
  },
  'declarative-config-unparseable': {
    log: declarative("failed parsing declarative configuration: 3:11: did not find expected ',' or ']'"),
    near: declarative(
      "in 'plugins':\n  - in entry 1 of 'plugins':\n    in 'name': plugin 'acme' not enabled; add it to the 'plugins' configuration property",
    ),
  },
  'declarative-config-references': {
    log: declarative("invalid reference 'service: orders' (no such entry in 'services')"),
    near: declarative("in 'services':\n  - in entry 1 of 'services':\n    in 'colour': unknown field"),
  },
  'cli-empty-error': { log: cli(''), near: cli('Kong is already running in /usr/local/kong') },
} satisfies Record<string, Example>;

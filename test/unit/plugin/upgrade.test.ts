// An upgrade: what an older plugin's files become, and that Kong's loader then takes them and the table has nothing more to mend.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { parseKongVersion } from '../../../src/kong/versions';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { preflightPlugin } from '../../../src/plugin/judge';
import { planUpgrade, type PluginUpgrade } from '../../../src/plugin/upgrade/planUpgrade';
import { UPGRADE_RULES } from '../../../src/plugin/upgrade/rules';
import { applyChanges } from '../../../src/system/applyChanges';
import { makeWorkspace, type Workspace } from './workspace';

const SCHEMA = 'return { name = "tea", fields = { { config = { type = "record", fields = {} } } } }\n';
const HANDLER = 'local H = { PRIORITY = 900, VERSION = "1.0.0" }\nfunction H:access(conf) end\nreturn H\n';
const config = (fields: string, before = ''): string =>
  `local typedefs = require "kong.db.schema.typedefs"\nreturn {\n  name = "tea",\n  fields = {\n${before}    { config = { type = "record", fields = { ${fields} } } },\n  },\n}\n`;

interface Row {
  what: string;
  /** The rules that mend something. */
  rules: readonly string[];
  file: string;
  before: string;
  after: string;
  /** Other files of the plugin. */
  with?: Readonly<Record<string, string>>;
  /** What is left to a person, or differs: the rule and a part of what it says. */
  left?: readonly [id: string, says: RegExp][];
  /** The verdict then, where it is not `loads`. */
  verdict?: 'fails';
}

const ROWS: readonly Row[] = [
  {
    what: 'BasePlugin, with a require that is a local',
    rules: ['base-plugin'],
    file: 'handler.lua',
    before:
      'local require = require\nlocal Base = require "kong.plugins.base_plugin"\n\nlocal Tea = Base:extend()\n\nTea.PRIORITY = 900\n\nfunction Tea:new()\n  Tea.super.new(self, "tea")\nend\n\nfunction Tea:access(conf)\n  Tea.super.access(self)\n  kong.log("x")\nend\n\nreturn Tea\n',
    after:
      'local require = require\n\nlocal Tea = {\n  VERSION = "0.1.0",\n}\n\nTea.PRIORITY = 900\n\nfunction Tea:access(conf)\n  kong.log("x")\nend\n\nreturn Tea\n',
  },
  {
    what: 'PRIORITY and VERSION, behind a module that went',
    rules: ['removed-module', 'identity'],
    file: 'handler.lua',
    before: 'local unused = require "kong.singletons"\nlocal H = { PRIORITY = "900" }\nfunction H:access() end\nreturn H\n',
    after: 'local H = { VERSION = "0.1.0", PRIORITY = 900 }\nfunction H:access() end\nreturn H\n',
  },
  {
    what: 'calls of super in a plain table',
    rules: ['super-left'],
    file: 'handler.lua',
    before: HANDLER.replace('end\nreturn', 'H.super.access(self) end\nreturn'),
    after: HANDLER.replace('end\nreturn', ' end\nreturn'),
  },
  {
    what: 'kong.singletons, field by field',
    rules: ['removed-module'],
    file: 'handler.lua',
    before: `local singletons = require "kong.singletons"\nlocal cache = require("kong.singletons").cache\n${HANDLER.replace('(conf)', '(conf)\n  singletons.cache:get("k", nil, print, singletons.configuration.prefix)\n ')}`,
    after: `local cache = kong.cache\n${HANDLER.replace('(conf)', '(conf)\n  kong.cache:get("k", nil, print, kong.configuration.prefix)\n ')}`,
  },
  {
    what: 'kong.singletons.dao, which has no counterpart',
    rules: [],
    file: 'handler.lua',
    before: `local singletons = require "kong.singletons"\n${HANDLER.replace('(conf)', '(conf) singletons.dao.teas:find_all()')}`,
    after: `local singletons = require "kong.singletons"\n${HANDLER.replace('(conf)', '(conf) singletons.dao.teas:find_all()')}`,
    left: [['removed-module', /kong\.db\.NAME.*What is used of it here: dao\.$/]],
    verdict: 'fails',
  },
  {
    what: 'kong.tools.responses: texts, tables, defaults, errors that are logged and not told',
    rules: ['removed-module'],
    file: 'handler.lua',
    before: `local responses = require "kong.tools.responses"\n${HANDLER.replace(
      ' end\nreturn',
      '\n  if conf.a then return responses.send_HTTP_FORBIDDEN("no " .. conf.a) end\n  if conf.b then\n    return responses.send_HTTP_INTERNAL_SERVER_ERROR(conf.b)\n  end\n  if conf.c then responses.send_HTTP_UNAUTHORIZED() end\n  if conf.d then return responses.send(responses.status_codes.HTTP_OK) end\n  return responses.send(429, conf.e)\nend\nreturn',
    ).replace('responses.send(responses.status_codes.HTTP_OK)', 'responses.send(418, { a = 1 })')}`,
    after: HANDLER.replace(
      ' end\nreturn',
      '\n  if conf.a then return kong.response.exit(403, { message = "no " .. conf.a }) end\n  if conf.b then\n    kong.log.err(conf.b)\n    return kong.response.exit(500, { message = "An unexpected error occurred" })\n  end\n  if conf.c then kong.response.exit(401, { message = "Unauthorized" }) end\n  if conf.d then return kong.response.exit(418, { a = 1 }) end\n  return kong.response.exit(429, type(conf.e) == "table" and conf.e or { message = conf.e })\nend\nreturn',
    ),
  },
  {
    what: 'the serializer of logs',
    rules: ['removed-module'],
    file: 'handler.lua',
    before: `local basic = require "kong.plugins.log-serializers.basic"\n${HANDLER.replace('(conf)', '(conf) local m = basic.serialize(ngx)')}`,
    after: HANDLER.replace('(conf)', '(conf) local m = kong.log.serialize()'),
  },
  {
    what: 'functions of kong.tools.utils that moved',
    rules: ['moved-function'],
    file: 'handler.lua',
    before: `local utils = require "kong.tools.utils"\n${HANDLER.replace('(conf)', '(conf) local x = utils.inflate_gzip(utils.uuid())')}`,
    after: `local utils = require "kong.tools.utils"\n${HANDLER.replace('(conf)', '(conf) local x = require("kong.tools.gzip").inflate_gzip(utils.uuid())')}`,
  },
  {
    what: 'ngx.ctx.balancer_address, through a local',
    rules: ['context-gone'],
    file: 'handler.lua',
    before: HANDLER.replace('(conf)', '(conf)\n  local ctx = ngx.ctx\n  ctx.balancer_address.host = "tea"\n '),
    after: HANDLER.replace('(conf)', '(conf)\n  local ctx = ngx.ctx\n  ctx.balancer_data.host = "tea"\n '),
    left: [['context', /balancer_data is Kong's own/]],
  },
  {
    what: 'the schema of before 1.0: scopes, arrays, records, maps, checks',
    rules: ['legacy-schema', 'removed-module'],
    file: 'schema.lua',
    before: `local Errors = require "kong.dao.errors"
local function port(value) if value > 9 then return false, "too big" end return true end

return {
  no_consumer = true, -- for all
  fields = {
    host = { required = true, default = "" }, -- where
    port = { type = "number", func = port },
    methods = {
      type = "array",
      enum = { "GET" },
    },
    back = { type = "table", schema = { fields = { url = { type = "url" } } } },
    named = { type = "table", schema = { flexible = true, fields = { at = { type = "boolean", immutable = true } } } },
    free = { type = "table" },
    odd = { type = "string", regex = "a+" },
  },
  self_check = function(schema, plugin_t)
    return false, Errors.schema("no")
  end
}
`,
    after: `local typedefs = require "kong.db.schema.typedefs"

local function port(value) if value > 9 then return false, "too big" end return true end

return {
  name = "tea",
  fields = {
    { consumer = typedefs.no_consumer },
    { config = {
      type = "record",
      fields = {
        { host = { required = true, default = "", type = "string", len_min = 0 } }, -- where
        { port = { type = "number", custom_validator = port } },
        { methods = {
          type = "array",
          elements = { type = "string", one_of = { "GET" } },
        } },
        { back = { type = "record", fields = { { url = typedefs.url } }, required = true } },
        { named = { type = "map", keys = { type = "string" }, values = { type = "record", required = true, fields = { { at = { type = "boolean" } } } } } },
        { free = { type = "map", keys = { type = "string" }, values = { type = "string" } } },
        { odd = { type = "string", --[=[ regex = "a+" ]=] } },
      },
    } },
  },
  --[=[ self_check = function(schema, plugin_t)
    return false, Errors.schema("no")
  end ]=]
}
`,
    left: [
      ['legacy-schema', /^The function self_check is set aside/],
      ['legacy-schema', /^The check func is custom_validator today/],
      ['legacy-schema', /^The regex is set aside/],
    ],
  },
  {
    what: 'a schema of before 1.0 with nothing in it, and a check that says yes',
    rules: ['legacy-schema'],
    file: 'schema.lua',
    before: 'return {\n  self_check = function() return true end,\n}\n',
    after:
      'return {\n  name = "tea",\n  fields = {\n    { config = {\n      type = "record",\n      fields = {},\n    } },\n  },\n}\n',
  },
  {
    what: 'a check that reads more than its value is set aside',
    rules: ['legacy-schema'],
    file: 'schema.lua',
    before: 'return { fields = { a = { type = "number", func = function(a, conf) return a < conf.b, "no" end } } }\n',
    after:
      'return { name = "tea", fields = {\n  { config = {\n    type = "record",\n    fields = { { a = { type = "number", --[=[ func = function(a, conf) return a < conf.b, "no" end ]=] } } },\n  } },\n} }\n',
    left: [['legacy-schema', /a custom_validator gets the value alone/]],
  },
  {
    what: 'a schema of today without its name',
    rules: ['schema-name'],
    file: 'schema.lua',
    before: SCHEMA.replace('name = "tea", ', ''),
    after: SCHEMA,
  },
  {
    what: 'names of the PDK that are only read',
    rules: [],
    file: 'handler.lua',
    before: HANDLER.replace('(conf)', '(conf) kong.log(kong.pdk_version)'),
    after: HANDLER.replace('(conf)', '(conf) kong.log(kong.pdk_version)'),
    left: [['pdk', /Kong 3\.9 has no kong\.pdk_version: use kong\.version\./]],
  },
  {
    what: 'run_on and no_api',
    rules: ['gone-entry'],
    file: 'schema.lua',
    before: config(
      '',
      '    { run_on = typedefs.run_on_first },\n    { api = typedefs.no_api },\n    { consumer = typedefs.no_consumer },\n',
    ),
    after: config('', '    { consumer = typedefs.no_consumer },\n'),
  },
  {
    what: 'the attribute legacy, and no field of that name',
    rules: ['legacy-attribute'],
    file: 'schema.lua',
    before: config('{ anonymous = { type = "string", uuid = true, legacy = true } }, { legacy = { type = "boolean" } }'),
    after: config('{ anonymous = { type = "string", uuid = true } }, { legacy = { type = "boolean" } }'),
  },
  {
    what: 'daos.lua as a map, Cassandra in a migration',
    rules: ['daos-list', 'cassandra'],
    file: 'daos.lua',
    before:
      'return {\n  teas = { name = "teas", primary_key = { "id" }, fields = { { id = { type = "string", uuid = true, auto = true } } } },\n}\n',
    after:
      'return {\n  { name = "teas", primary_key = { "id" }, fields = { { id = { type = "string", uuid = true, auto = true } } } },\n}\n',
    with: {
      'migrations/init.lua': 'return { "000_base" }\n',
      'migrations/000_base.lua': 'return { postgres = { up = "" }, cassandra = { up = "" } }\n',
    },
  },
  {
    what: 'neighbours that moved, the path, redis of Kong’s own policies',
    rules: ['base-plugin'],
    file: 'handler.lua',
    before: `local policies = require "kong.plugins.rate-limiting.policies"\nlocal Tea = require("kong.plugins.base_plugin"):extend()\nTea.PRIORITY = 1005\nTea.VERSION = "1.0.0"\nfunction Tea:access() kong.request.get_path() end\nreturn Tea\n`,
    after: `local policies = require "kong.plugins.rate-limiting.policies"\nlocal Tea = {}\nTea.PRIORITY = 1005\nTea.VERSION = "1.0.0"\nfunction Tea:access() kong.request.get_path() end\nreturn Tea\n`,
    with: { 'schema.lua': config('{ redis_host = { type = "string" } }') },
    left: [
      ['redis', /From 3\.8 on kong\.plugins\.rate-limiting\.policies reads conf\.redis\.host/],
      ['priority', /With PRIORITY 1005 .* than in Kong 2\.8: .*basic-auth \(1001, now 1100\) runs before it/],
      ['path', /get_raw_path/],
    ],
  },
  {
    what: 'nothing: code that asks for the version before it adds run_on',
    rules: [],
    file: 'schema.lua',
    before: `${config('').replace('return {', 'local schema = {')}if false then table.insert(schema.fields, { run_on = typedefs.run_on_first }) end\nreturn schema\n`,
    after: `${config('').replace('return {', 'local schema = {')}if false then table.insert(schema.fields, { run_on = typedefs.run_on_first }) end\nreturn schema\n`,
  },
];

describe('planUpgrade', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  async function upgraded(files: Readonly<Record<string, string>>): Promise<PluginUpgrade> {
    const placed = Object.entries(files).map(([name, text]): [string, string] => [`kong/plugins/tea/${name}`, text]);
    workspace = await makeWorkspace(Object.fromEntries(placed));
    const [plan] = await plans();
    assert.ok(plan);
    await applyChanges(plan.changes);
    const [upgrade] = plan.plugins;
    assert.ok(upgrade);
    return upgrade;
  }

  async function plans(): Promise<Awaited<ReturnType<typeof planUpgrade>>[]> {
    const plugins = await discoverPlugins([workspace.root]);
    return [await planUpgrade(plugins, parseKongVersion('3.9'))];
  }

  for (const { what, rules, file, before, after, with: others = {}, left = [], verdict = 'loads' } of ROWS) {
    it(what, async () => {
      const upgrade = await upgraded({ 'handler.lua': HANDLER, 'schema.lua': SCHEMA, ...others, [file]: before });
      assert.equal(await readFile(workspace.at(`kong/plugins/tea/${file}`), 'utf8'), after);
      assert.deepEqual([...new Set(upgrade.mended.map(({ id }) => id))].sort(), [...rules].sort());
      const told = [...upgrade.left, ...upgrade.differs];
      for (const [id, says] of left) {
        const isTold = told.some((note) => note.id === id && says.test(note.message));
        assert.ok(isTold, `${id} ${String(says)}\n${JSON.stringify(told, null, 1)}`);
      }
      assert.equal(upgrade.after.verdict, verdict, upgrade.after.message);
      // What the table says that it mends is mended: for Kong, and for the table.
      const [again] = await plans();
      const [plugin] = await discoverPlugins([workspace.root]);
      assert.ok(again && plugin);
      assert.deepEqual([again.changes, again.plugins.flatMap(({ mended }) => mended)], [[], []]);
      assert.equal((await preflightPlugin(plugin, '3.9')).verdict, verdict);
    });
  }

  it('has a case that shows it for every rule of the table', () => {
    const shown = new Set(ROWS.flatMap(({ rules, left = [] }) => [...rules, ...left.map(([id]) => id)]));
    const missing = UPGRADE_RULES.map(({ id }) => id).filter((id) => !shown.has(id));
    assert.deepEqual(missing, []);
  });

  it('gives each note the line that its place has on disk', async () => {
    const upgrade = await upgraded({
      'handler.lua': 'local a = require "kong.singletons"\n\nlocal H = {}\nfunction H:access() end\nreturn H\n',
      'schema.lua': SCHEMA,
    });
    assert.deepEqual(
      upgrade.mended.map(({ id, line }) => `${id} ${line + 1}`),
      ['removed-module 1', 'identity 3'],
    );
  });
});

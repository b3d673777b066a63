// What handler.lua, schema.lua, daos.lua, migrations and api.lua say, read without running them.
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { describeCode, readHandler, readSchema } from '../../../src/plugin/describe';

const KONG = parseKongVersion('3.9');

describe('readHandler', () => {
  it('gives priority, version and phases with their places', () => {
    const facts = readHandler(
      'local H = {\n  PRIORITY = 10 * 100,\n  VERSION = "1." .. "2.0",\n}\nfunction H:log(conf) end\nfunction H:access(conf) end\nreturn H\n',
      '/p/handler.lua',
    );
    assert.equal(facts?.priority?.value, 1000);
    assert.deepEqual(facts.priority.range?.start, { line: 1, character: 13 });
    assert.equal(facts.version?.value, '1.2.0');
    assert.equal(facts.version.path, '/p/handler.lua');
    assert.deepEqual(
      facts.phases.map(({ value, range }) => [value, range?.start.line]),
      [
        ['access', 5],
        ['log', 4],
      ],
    );
  });

  it('reads a handler of the class that Kong 3.0 removed', () => {
    const facts = readHandler(
      'local BasePlugin = require "kong.plugins.base_plugin"\nlocal H = BasePlugin:extend()\nH.PRIORITY = 5\nfunction H:new() H.super.new(self, "x") end\nfunction H:access(conf) end\nreturn H',
    );
    assert.equal(facts?.priority?.value, 5);
    assert.deepEqual(
      facts.phases.map(({ value }) => value),
      ['access'],
    );
  });

  it('says nothing of what it cannot know', () => {
    const facts = readHandler('return { PRIORITY = os.time(), VERSION = os.getenv("VERSION"), access = function() end }');
    assert.equal(facts?.priority, undefined);
    assert.equal(facts?.version, undefined);
    assert.deepEqual(
      facts?.phases.map(({ value }) => value),
      ['access'],
    );
  });

  for (const text of ['return 1 +', 'return "x"', '', 'while true do end']) {
    it(`says nothing of ${JSON.stringify(text)}`, () => assert.equal(readHandler(text), undefined));
  }
});

describe('readSchema', () => {
  it('gives the tree of configuration fields', () => {
    const facts = readSchema(
      `local typedefs = require "kong.db.schema.typedefs"
return { name = "x", fields = {
  { consumer = typedefs.no_consumer },
  { config = { type = "record", fields = {
    { header = typedefs.header_name { required = true, default = "X-A" } },
    { hosts = { type = "array", elements = { type = "string" }, default = { "a", "b" } } },
    { redis = { type = "record", fields = { { port = { type = "integer", default = 6379 } } } } },
    { rules = { type = "map", keys = { type = "string" }, values = { type = "record", fields = { { on = { type = "boolean" } } } } } },
  } } },
} }`,
    );
    assert.equal(facts?.name, 'x');
    assert.deepEqual(facts.scopes, ['consumer']);
    assert.deepEqual(
      facts.config.map((field) => [field.name, field.type, field.required, field.default, field.fields.map(({ name }) => name)]),
      [
        ['header', 'string', true, '"X-A"', []],
        ['hosts', 'array of string', false, '{ "a", "b" }', []],
        ['redis', 'record', false, undefined, ['port']],
        ['rules', 'map of string to record', false, undefined, ['on']],
      ],
    );
    assert.deepEqual(facts.config[2]?.range?.start, { line: 6, character: 6 });
    assert.equal(facts.config[2].fields[0]?.default, '6379');
  });
});

describe('describeCode', () => {
  it('names entities, migrations and routes', () => {
    const files = {
      handler: 'return { PRIORITY = 1, VERSION = "1.0.0" }',
      daos: 'local a = { name = "things" }\nreturn { a, { name = "others" } }',
      migrations: 'return { "000_base", "001_more" }',
      api: 'return { ["/things"] = { GET = function() end }, ["/things/:id"] = {} }',
    };
    const sources = new Map(Object.entries(files).map(([file, text]) => [`kong.plugins.x.${file}`, new LuaSource(text)]));
    const { daos, migrations, routes } = describeCode({ name: 'x', sources, dependencies: [] }, KONG);
    assert.deepEqual(
      { daos, migrations, routes },
      { daos: ['things', 'others'], migrations: ['000_base', '001_more'], routes: ['/things', '/things/:id'] },
    );
  });
});

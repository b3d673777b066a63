// Edits of handlers and schemas: the text before, the text after; and Kong's loader takes what comes out.
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';
import { addPriorityAndVersion, addReturn, keepResponse, plainTable } from '../../../src/plugin/sourceEdits/handler';
import { schemaFromReads } from '../../../src/plugin/sourceEdits/newSchema';
import { addSchemaName, daosToArray } from '../../../src/plugin/sourceEdits/schema';
import type { FileChange } from '../../../src/text/diagnostic';
import { applyEdits } from '../../../src/text/edits';

const PATH = '/w/kong/plugins/x/file.lua';

const HANDLER = 'return { PRIORITY = 1, VERSION = "1.0.0", access = function(self, conf) end }\n';
const SCHEMA = 'return { name = "x", fields = { { config = { type = "record", fields = {} } } } }\n';

interface Row {
  what: string;
  file: 'handler' | 'schema' | 'daos';
  edit: (source: LuaSource) => FileChange[];
  before: string;
  after: string;
}

const identity = (source: LuaSource): FileChange[] => addPriorityAndVersion(source, '1.2.0');

const ROWS: readonly Row[] = [
  {
    what: 'add return: the table that most is set in',
    file: 'handler',
    edit: addReturn,
    before:
      'local helpers = {}\nlocal H = { PRIORITY = 1, VERSION = "1.0.0" }\n\nfunction H:access(conf) -- keep\nend\nfunction H:log(conf) end\n',
    after:
      'local helpers = {}\nlocal H = { PRIORITY = 1, VERSION = "1.0.0" }\n\nfunction H:access(conf) -- keep\nend\nfunction H:log(conf) end\n\nreturn H\n',
  },
  {
    what: 'add return: no line break at the end, CRLF',
    file: 'handler',
    edit: addReturn,
    before: 'local H = {\r\n  PRIORITY = 1, VERSION = "1.0.0",\r\n}',
    after: 'local H = {\r\n  PRIORITY = 1, VERSION = "1.0.0",\r\n}\r\n\r\nreturn H\r\n',
  },
  {
    what: 'add return: in place of one that returns something else',
    file: 'schema',
    edit: addReturn,
    before: 'local schema = { name = "x", fields = { { config = { type = "record", fields = {} } } } }\nreturn true\n',
    after: 'local schema = { name = "x", fields = { { config = { type = "record", fields = {} } } } }\nreturn schema\n',
  },
  {
    what: 'PRIORITY and VERSION into a constructor of several lines',
    file: 'handler',
    edit: identity,
    before: 'local H = {\n    -- phases below\n    VERSION = "2.0.1",\n}\nfunction H:access() end\nreturn H\n',
    after:
      'local H = {\n    PRIORITY = 1000,\n    -- phases below\n    VERSION = "2.0.1",\n}\nfunction H:access() end\nreturn H\n',
  },
  {
    what: 'PRIORITY and VERSION into an empty constructor',
    file: 'handler',
    edit: identity,
    before: 'local H = {}\nreturn H\n',
    after: 'local H = {\n  PRIORITY = 1000,\n  VERSION = "1.2.0",\n}\nreturn H\n',
  },
  {
    what: 'PRIORITY and VERSION on one line',
    file: 'handler',
    edit: identity,
    before: 'return { access = function() end }\n',
    after: 'return { PRIORITY = 1000, VERSION = "1.2.0", access = function() end }\n',
  },
  {
    what: 'a PRIORITY in quotes, a VERSION without',
    file: 'handler',
    edit: identity,
    before: 'local H = {}\nH.PRIORITY = "850" -- early\nH.VERSION = 1.5\nreturn H\n',
    after: 'local H = {}\nH.PRIORITY = 850 -- early\nH.VERSION = "1.5.0"\nreturn H\n',
  },
  {
    what: 'a fraction, and four numbers',
    file: 'handler',
    edit: identity,
    before: 'return { PRIORITY = 10.5, VERSION = "v1" }\n',
    after: 'return { PRIORITY = 11, VERSION = "1.0.0" }\n',
  },
  {
    what: 'endless PRIORITY, VERSION of words',
    file: 'handler',
    edit: identity,
    before: 'return setmetatable({ PRIORITY = math.huge, VERSION = "one" }, {})\n',
    after: 'return setmetatable({ PRIORITY = 1000, VERSION = "1.2.0" }, {})\n',
  },
  {
    what: 'a table that a function makes gets statements',
    file: 'handler',
    edit: identity,
    before: 'local H = (function() return {} end)()\nfunction H:access() end\n\nreturn H\n',
    after:
      'local H = (function() return {} end)()\nfunction H:access() end\n\nH.PRIORITY = 1000\nH.VERSION = "1.2.0"\n\nreturn H\n',
  },
  {
    what: 'response with header_filter and body_filter',
    file: 'handler',
    edit: keepResponse,
    before: `local H = { PRIORITY = 1, VERSION = "1.0.0" }

function H:response(conf)
  kong.response.set_header("a", conf.a)
end

-- after it
function H:header_filter(conf)
  kong.response.set_header("b", "b")
end

function H:body_filter(conf) end

return H
`,
    after: `local H = { PRIORITY = 1, VERSION = "1.0.0" }

function H:response(conf)
  kong.response.set_header("a", conf.a)
  H.response_headers(self, conf)
end

-- after it
function H:response_headers(conf)
  kong.response.set_header("b", "b")
end

function H:unused_body_filter(conf) end

return H
`,
  },
  {
    what: 'response that returns at its end, functions in the constructor',
    file: 'handler',
    edit: keepResponse,
    before:
      'local H = {\n  PRIORITY = 1, VERSION = "1.0.0",\n  ["header_filter"] = function(self, conf) end,\n}\nH.response = function(self, conf)\n  local x = 1\n  return x\nend\nreturn H\n',
    after:
      'local H = {\n  PRIORITY = 1, VERSION = "1.0.0",\n  ["response_headers"] = function(self, conf) end,\n}\nH.response = function(self, conf)\n  local x = 1\n  H.response_headers(self, conf)\n  return x\nend\nreturn H\n',
  },
  {
    what: 'a class of BasePlugin',
    file: 'handler',
    edit: (source) => plainTable(source, '1.2.0'),
    before: `local BasePlugin = require "kong.plugins.base_plugin"
local cjson = require "cjson"

local Handler = BasePlugin:extend()

Handler.PRIORITY = 10
Handler.VERSION = "0.9.0"

function Handler:new()
  Handler.super.new(self, "x")
end

function Handler:access(conf)
  Handler.super.access(self)
  kong.log.debug(cjson.encode(conf)) -- stays
end

return Handler
`,
    after: `local cjson = require "cjson"

local Handler = {}

Handler.PRIORITY = 10
Handler.VERSION = "0.9.0"

function Handler:access(conf)
  kong.log.debug(cjson.encode(conf)) -- stays
end

return Handler
`,
  },
  {
    what: 'a class of BasePlugin without PRIORITY, the require in place',
    file: 'handler',
    edit: (source) => plainTable(source, '1.2.0'),
    before:
      'local H = require("kong.plugins.base_plugin"):extend()\nfunction H:new() H.super.new(self, "x") self.a = 1 end\nreturn H\n',
    after: 'local H = {\n  PRIORITY = 1000,\n  VERSION = "1.2.0",\n}\nfunction H:new()  self.a = 1 end\nreturn H\n',
  },
  {
    what: 'a schema without name',
    file: 'schema',
    edit: (source) => addSchemaName(source, 'x'),
    before: '-- what may be set\nreturn {\n  fields = { { config = { type = "record", fields = {} } } },\n}\n',
    after: '-- what may be set\nreturn {\n  name = "x",\n  fields = { { config = { type = "record", fields = {} } } },\n}\n',
  },
  {
    what: 'entities by name',
    file: 'daos',
    edit: daosToArray,
    before:
      'local typedefs = require "kong.db.schema.typedefs"\nlocal things = { name = "things", primary_key = { "id" }, fields = { { id = typedefs.uuid } } }\nreturn { things = things, ["more"] = things }\n',
    after:
      'local typedefs = require "kong.db.schema.typedefs"\nlocal things = { name = "things", primary_key = { "id" }, fields = { { id = typedefs.uuid } } }\nreturn { things, things }\n',
  },
];

function edited({ edit }: Row, text: string): string {
  const changes = edit(new LuaSource(text, PATH));
  return changes.reduce((now, change) => (change.kind === 'edit' ? applyEdits(now, change.edits) : now), text);
}

describe('edits of Lua files', () => {
  for (const row of ROWS) {
    it(row.what, () => {
      const text = edited(row, row.before);
      assert.equal(text, row.after);
      const files = { handler: HANDLER, schema: SCHEMA, [row.file]: text };
      const sources = new Map(Object.entries(files).map(([name, lua]) => [`kong.plugins.x.${name}`, new LuaSource(lua)]));
      const { verdict } = preflightCode({ name: 'x', sources, dependencies: [] }, parseKongVersion('3.9'));
      assert.deepEqual(verdict, { verdict: 'loads', message: '' });
    });

    it(`${row.what}: nothing more to edit`, () => {
      assert.equal(edited(row, row.after), row.after);
    });
  }

  for (const text of ['local x = = 1', '', 'return', 'print("nothing")', 'return require "other"']) {
    it(`leaves what it does not understand: ${JSON.stringify(text)}`, () => {
      const source = new LuaSource(text, PATH);
      assert.deepEqual([addReturn(source), keepResponse(source), plainTable(source, undefined), daosToArray(source)].flat(), []);
    });
  }
});

describe('a schema from what the code reads', () => {
  const code = `
local H = { PRIORITY = 1, VERSION = "1.0.0" }
function H:access(conf)
  if conf.enabled then return end
  local limit = conf.limit or 10
  local wait = conf.wait * 2
  kong.log("to " .. conf.host)
  for _, name in ipairs(conf.names) do kong.log(name) end
  for key, value in pairs(conf.extra) do kong.log(key, value) end
  local redis = conf.redis
  kong.log(redis.port, conf.redis.password:lower(), conf.mode == "fast", conf["with-dash"])
end
local function helper(config) return config.key_names[1], config.timeout end
function H:init_worker() end
return H
`;
  const text = schemaFromReads('my-plugin', [new LuaSource(code)]);

  it('has a field for every setting, with the type that its use shows', () => {
    const fields = [...text.matchAll(/\{ (?:\["([\w-]+)"\]|(\w+)) = \{ type = "(\w+)"(?:.*?default = (\S+))?/g)];
    const types = Object.fromEntries(
      fields.map(([, quoted, bare, type, value]) => [
        quoted ?? bare ?? '',
        value === undefined ? type : `${type ?? ''} ${value}`,
      ]),
    );
    assert.deepEqual(types, {
      enabled: 'boolean',
      limit: 'integer 10',
      wait: 'number',
      host: 'string',
      names: 'array',
      extra: 'map',
      redis: 'record',
      port: 'integer',
      password: 'string',
      mode: 'string',
      'with-dash': 'string',
      key_names: 'array',
      timeout: 'integer',
    });
  });

  for (const kong of ['3.9', '2.8', '1.5']) {
    it(`loads in Kong ${kong}`, () => {
      for (const lua of [text, schemaFromReads('my-plugin', [])]) {
        const sources = new Map([
          ['kong.plugins.my-plugin.handler', new LuaSource(code)],
          ['kong.plugins.my-plugin.schema', new LuaSource(lua)],
        ]);
        const { verdict } = preflightCode({ name: 'my-plugin', sources, dependencies: [] }, parseKongVersion(kong));
        assert.deepEqual(verdict, { verdict: 'loads', message: '' });
      }
    });
  }
});

// What a plugin does with Kong's own modules is followed: definitions made with Schema.define, handlers that build on Kong's.
import assert from 'node:assert/strict';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';
import { preflightCode } from '../../../src/plugin/preflight';
import type { LoadVerdict } from '../../../src/plugin/plugin';

const HANDLER = 'return { PRIORITY = 1000, VERSION = "1.0.0", access = function() end }';
const schema = (fields: string, before = ''): string =>
  `${before}\nreturn { name = "p", fields = { { config = { type = "record", fields = { ${fields} } } } } }`;

function verdictOf(handler: string, schemaText: string, kong: string): LoadVerdict {
  const sources = new Map([
    ['kong.plugins.p.handler', new LuaSource(handler, '/w/handler.lua')],
    ['kong.plugins.p.schema', new LuaSource(schemaText, '/w/schema.lua')],
  ]);
  return preflightCode({ name: 'p', sources, dependencies: [] }, parseKongVersion(kong)).verdict;
}

interface Case {
  title: string;
  handler?: string;
  schema?: string;
  /** Words of the message of a plugin that fails; it loads without. */
  fails?: RegExp;
}

const define = (definition: string): string =>
  `local Schema = require "kong.db.schema"\nlocal own = Schema.define(${definition})`;

const CASES: Case[] = [
  {
    title: 'ngx and ndk are among the loaded modules',
    handler: HANDLER.replace('return', 'local ngx, ndk = require "ngx", require "ndk"\nlocal null = ngx.null\nreturn'),
  },
  {
    title: 'a definition is used as it is and specialised',
    schema: schema('{ a = own }, { b = own { required = true } }, { c = own() }', define('{ type = "string", len_min = 1 }')),
  },
  {
    title: 'what is wrong in a definition is wrong where it is used',
    schema: schema('{ a = own { required = true } }', define('{ type = "strung" }')),
    fails: /type = "expected one of:/,
  },
  {
    title: 'what specialises a definition goes before it',
    schema: schema('{ a = own { type = "integer", default = "x" } }', define('{ type = "string" }')),
    fails: /expected an integer/,
  },
  {
    title: 'a definition must be a table',
    schema: schema('{ a = own }', define('nil')),
    fails: /table expected, got nil/,
  },
  { title: "Kong's own handler is one", handler: 'return require "kong.plugins.key-auth.handler"' },
  {
    title: "a handler may inherit from Kong's",
    handler: `local Auth = require "kong.plugins.key-auth.handler"
      return setmetatable({ PRIORITY = 1, VERSION = "1.0.0" }, { __index = Auth })`,
  },
  {
    title: 'a handler that inherits must still be right itself',
    handler: `local Auth = require "kong.plugins.key-auth.handler"
      return setmetatable({ PRIORITY = "1", VERSION = "1.0.0" }, { __index = Auth })`,
    fails: /PRIORITY field is not a valid integer/,
  },
  {
    title: "functions of LuaJIT's math are there",
    handler: `local frexp = math.frexp or require("mathx").frexp\nlocal whole = math.modf(math.deg(3.5))\n${HANDLER}`,
  },
];

describe("Kong's own modules", () => {
  for (const { title, handler = HANDLER, schema: text = schema(''), fails } of CASES) {
    it(title, () => {
      const { verdict, message } = verdictOf(handler, text, '3.9');
      assert.equal(verdict, fails === undefined ? 'loads' : 'fails', message);
      if (fails !== undefined) assert.match(message, fails);
    });
  }
});

// Rules of Kong's schemas that no recorded configuration shows, read from kong/db/schema/init.lua and typedefs.lua of 2.8.5 and 3.9.1.
import assert from 'node:assert/strict';
import { bundledSchema, schemaOfCode } from '../../../src/config/pluginSchema';
import type { Json } from '../../../src/config/luaTables';
import { validatePlugin, type ConfigVerdict } from '../../../src/config/validate';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';

/** What is said of a configuration by a schema with these fields in `config` and, after them, this in the schema. */
function judge(fields: string, config: Json, { kong = '3.9.1', more = '', record = '' } = {}): ConfigVerdict {
  const text = `local typedefs = require "kong.db.schema.typedefs"
return { name = "mine", fields = { { config = { type = "record", fields = { ${fields} }, ${record} } } }, ${more} }`;
  const sources = new Map([['kong.plugins.mine.schema', new LuaSource(text, 'schema.lua')]]);
  const outcome = schemaOfCode({ name: 'mine', sources, dependencies: [] }, parseKongVersion(kong));
  if (outcome.schema === undefined) throw new Error(outcome.reason);
  return validatePlugin(outcome.schema, { config });
}

/** The field errors of `config`, or the stored one when it is taken. */
function answer(verdict: ConfigVerdict): unknown {
  const { stored, fields } = verdict as unknown as Record<'stored' | 'fields', { config?: unknown } | null>;
  return verdict.verdict === 'taken' ? { stored: stored?.config } : (fields?.config ?? fields);
}

const SHORTHAND = `shorthand_fields = { { host = { type = "string",
  func = function(value) return { redis = { host = value, from = "old" } } end,
  deprecation = { message = "use redis.host", removal_in_version = "4.0", replaced_with = { { path = { "redis", "host" } } } } } } }`;
const REDIS = '{ redis = { type = "record", fields = { { host = { type = "string" } }, { from = { type = "string" } } } } }';

describe('rules of a schema at work', () => {
  const cases: [what: string, fields: string, config: Json, wanted: unknown, on?: Parameters<typeof judge>[2]][] = [
    [
      'a shorthand field stands for others, and what is given there goes first where it is deprecated',
      REDIS,
      { host: 'a', redis: { from: 'new' } },
      { stored: { host: 'a', redis: { host: 'a', from: 'new' } } },
      { record: SHORTHAND },
    ],
    [
      'a shorthand field and its replacement must not disagree, and the error stands at the top',
      REDIS,
      { host: 'a', redis: { host: 'b' } },
      { host: 'both deprecated and new field are used but their values mismatch: host = a vs redis.host = b' },
      { record: SHORTHAND },
    ],
    [
      'before 3.3 a wrong shorthand field took its whole record away',
      '{ a = { type = "string" } }',
      { old: 5 },
      { stored: undefined },
      {
        kong: '2.8.5',
        record: 'shorthand_fields = { { old = { type = "string", func = function(v) return { a = v } end } } }, required = false',
      },
    ],
    [
      'a reference to a vault passes every rule of a field that takes one',
      '{ key = { type = "string", referenceable = true, len_max = 3 } }',
      { key: '{vault://env/key}' },
      { stored: { key: '{vault://env/key}' } },
    ],
    [
      'a reference is a text where none is taken',
      '{ key = { type = "string", len_max = 3 } }',
      { key: '{vault://env/key}' },
      { key: 'length must be at most 3' },
    ],
    [
      'an expression in the schema decides',
      '{ n = { type = "number", custom_validator = function(v) if v % 2 == 1 then return nil, "odd" end return true end } }',
      { n: 3 },
      { n: 'odd' },
    ],
    [
      'a set keeps the first of equal elements',
      '{ s = { type = "set", elements = { type = "string" } } }',
      { s: ['a', 'b', 'a'] },
      { stored: { s: ['a', 'b'] } },
    ],
    [
      'bounds are told without fractions',
      '{ n = { type = "number", between = { 0.5, 1.5 } } }',
      { n: 2 },
      { n: 'value should be between 0 and 1' },
    ],
    [
      'a definition may have its own words',
      '{ n = { type = "string", match = "^a", err = "must begin with a" } }',
      { n: 'b' },
      { n: 'must begin with a' },
    ],
    [
      'a regular expression is one',
      '{ r = { type = "string", is_regex = true } }',
      { r: '(?i)^a++[' },
      { r: 'not a valid regex: (?i)^a++[' },
    ],
    [
      'a regular expression of PCRE alone is taken',
      '{ r = { type = "string", is_regex = true } }',
      { r: '(?i)^a++' },
      { stored: { r: '(?i)^a++' } },
    ],
    [
      'elements come from one subset only',
      '{ s = { type = "set", elements = { type = "string" }, mutually_exclusive_subsets = { { "a", "b" }, { "c" } } } }',
      { s: ['a', 'c'] },
      { s: "these sets are mutually exclusive: ('a', 'b'), ('c')" },
    ],
    [
      'Lua code is compiled',
      '{ code = typedefs.lua_code }',
      { code: { x: 'return 1' } },
      { stored: { code: { x: 'return 1' } } },
    ],
    ['a path is encoded', '{ p = typedefs.path }', { p: '/a%zz' }, { p: "invalid url-encoded value: '%zz'" }],
    ['a host has no port', '{ h = typedefs.host }', { h: 'example.org:80' }, { h: 'must not have a port' }],
    ['an address of IPv6 may be short', '{ h = typedefs.host }', { h: '::1' }, { stored: { h: '::1' } }],
    ['a prefix has an end', '{ c = typedefs.ip_or_cidr }', { c: 'fe80::/129' }, { c: "invalid ip or cidr range: 'fe80::/129'" }],
    [
      'a record in a list is completed',
      '{ l = { type = "array", elements = { type = "record", fields = { { a = { type = "string", default = "x" } }, { b = { type = "record", fields = { { c = { type = "integer", default = 1 } } } } } } } } }',
      { l: [{}] },
      { stored: { l: [{ a: 'x', b: null }] } },
    ],
    [
      'a check of the whole by a function sees what it asks for',
      '{ a = { type = "integer" } }, { b = { type = "integer" } }',
      { a: 2, b: 1 },
      { '@entity': ['b below a'] },
      {
        more: 'entity_checks = { { custom_entity_check = { field_sources = { "config.a", "config.b" }, fn = function(e) if e.config.b < e.config.a then return nil, "b below a" end return true end } } }',
      },
    ],
    [
      'one of several, given a field',
      '{ kind = { type = "string" } }, { a = { type = "string" } }, { b = { type = "string" } }',
      { kind: 'x' },
      { '@entity': ["give 'config.a', 'config.b'"] },
      {
        more: 'entity_checks = { { conditional_at_least_one_of = { if_field = "config.kind", if_match = { eq = "x" }, then_at_least_one_of = { "config.a", "config.b" }, then_err = "give %s" } } }',
      },
    ],
  ];
  for (const [what, fields, config, wanted, on] of cases) {
    it(what, () => {
      const verdict = judge(fields, config, on);
      assert.deepEqual(answer(verdict), wanted);
      assert.deepEqual(verdict.unsure, []);
    });
  }

  it('fails where Kong itself fails: on an index of a number, and on what it cannot sort', () => {
    const more = 'entity_checks = { { at_least_one_of = { "config.a" } } }';
    assert.equal(judge('{ a = { type = "string" } }', 5, { more }).verdict, 'fails');
    assert.equal(judge('{ a = { type = "string", required = true } }', ['x']).verdict, 'fails');
  });

  it('takes what cannot be known for right, and says so', () => {
    const verdict = judge('{ c = typedefs.certificate }', { c: 'anything' });
    assert.equal(verdict.verdict, 'taken');
    assert.equal(verdict.unsure.length, 1);
  });

  it('knows no fields of its own that a plugin has not: an unknown field of the entity is refused', () => {
    const schema = bundledSchema('cors', parseKongVersion('3.9'));
    assert(schema !== undefined);
    assert.deepEqual(validatePlugin(schema, { protocol: ['http'] }).errors, [{ path: ['protocol'], message: 'unknown field' }]);
    assert.equal(bundledSchema('cors', parseKongVersion('3.4')), undefined);
  });
});

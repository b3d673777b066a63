// Completion of what is in a list of records, while a handler is being written.
import assert from 'node:assert/strict';
import { completeCode } from '../../../src/code/language/completion';
import { openAt } from '../../../src/code/language/opened';
import { parseKongVersion } from '../../../src/kong/versions';
import { preflightCode } from '../../../src/plugin/preflight';
import { handler, schema, sourcesOf } from './plugin';

const RECORD =
  '{ type = "record", fields = { { path = { type = "string" } }, { to = { type = "record", fields = { { port = { type = "number" } } } } } } }';
const FIELDS = `{ rules = { type = "array", elements = ${RECORD} } }, { hosts = { type = "map", keys = { type = "string" }, values = ${RECORD} } }, { words = { type = "array", elements = { type = "string" } } }`;

/** The labels at `|` in a function that gets the configuration. */
function labels(body: string): string[] {
  const written = handler(`function Demo:access(conf)\n${body}\nend`);
  const at = written.indexOf('|');
  const before = written.slice(0, at).split('\n');
  const sources = sourcesOf({ 'handler.lua': written.slice(0, at) + written.slice(at + 1), 'schema.lua': schema(FIELDS) });
  const version = parseKongVersion('3.9');
  const { schema: said } = preflightCode({ name: 'demo', sources, dependencies: [] }, version);
  const position = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
  const opened = openAt({ name: 'demo', sources, schema: said, version }, '/w/kong/plugins/demo/handler.lua', position);
  assert.ok(opened);
  return completeCode(opened, { modules: () => [], withoutPdk: false }).map(({ label }) => label);
}

describe('completion in lists of records', () => {
  const CASES: readonly (readonly [body: string, labels: readonly string[]])[] = [
    ['return conf.rules[1].|', ['path', 'to']],
    ['for _, rule in ipairs(conf.rules) do\n  return rule.|\nend', ['path', 'to']],
    ['for _, rule in ipairs(conf.rules or {}) do\n  return rule.to.|\nend', ['port']],
    ['local rules = conf.rules\nfor i = 1, #rules do\n  local rule = rules[i]\n  return rule.|\nend', ['path', 'to']],
    ['for name, host in pairs(conf.hosts) do\n  return host.|\nend', ['path', 'to']],
    ['for name, host in pairs(conf.hosts) do\n  return name.|\nend', []],
    ['for _, word in ipairs(conf.words) do\n  return word.|\nend', []],
    ['for _, rule in ipairs(other) do\n  return rule.|\nend', []],
  ];
  for (const [body, expected] of CASES) {
    it(`${body.replaceAll('\n', ' ')}: ${expected.join(', ') || 'nothing'}`, () => {
      assert.deepEqual(labels(body), expected);
    });
  }
});

// What a schema's computed defaults come to, shown behind them.
import assert from 'node:assert/strict';
import { defaultHints } from '../../../src/code/language/defaultHints';
import { openFile } from '../../../src/code/language/opened';
import { parseKongVersion } from '../../../src/kong/versions';
import { preflightCode } from '../../../src/plugin/preflight';
import { handler, schema, sourcesOf } from './plugin';

/** The hints of a schema with this before it, each with the text that it stands behind. */
function hints(before: string, fields: string): string[] {
  const text = `${before}\n${schema(fields)}`;
  const sources = sourcesOf({ 'handler.lua': handler(''), 'schema.lua': text });
  const version = parseKongVersion('3.9');
  const { schema: said } = preflightCode({ name: 'demo', sources, dependencies: [] }, version);
  const found = openFile({ name: 'demo', sources, schema: said, version }, '/w/kong/plugins/demo/schema.lua');
  assert.ok(found);
  return defaultHints(found.file, found.context).map(({ position, label }) => {
    const line = text.split('\n')[position.line] ?? '';
    return `${/\S+$/.exec(line.slice(0, position.character))?.[0] ?? ''} ${label}`;
  });
}

describe('hints of evaluated defaults', () => {
  const CASES: readonly (readonly [before: string, fields: string, hints: readonly string[]])[] = [
    ['local LIMIT = 5', '{ limit = { type = "integer", default = LIMIT } }', ['LIMIT = 5']],
    ['local LIMIT = 5', '{ limit = { type = "integer", default = 5 } }', []],
    ['local HOUR = 60 * 60', '{ age = { type = "integer", default = HOUR * 24 } }', ['24 = 86400']],
    [
      'local NAMES = { "a" }',
      '{ to = { type = "record", fields = { { names = { type = "array", elements = { type = "string" }, default = NAMES } } } } }',
      ['NAMES = { "a" }'],
    ],
    ['local LIMIT = os.getenv("LIMIT")', '{ limit = { type = "string", default = LIMIT } }', []],
  ];
  for (const [before, fields, expected] of CASES) {
    it(`${before}, ${fields}: ${expected.join() || 'none'}`, () => {
      assert.deepEqual(hints(before, fields), expected);
    });
  }
});

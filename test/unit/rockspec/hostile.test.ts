// Bad input: whatever a rockspec holds, the check comes back soon, with ranges that lie in the text, and says something when LuaRocks would.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { checkRockspec } from '../../../src/rockspec/check';
import { checkProject, CLEAN, CLEAN_FILES, CLEAN_NAME } from './project';

const RUNS = 150;
const SLOW_MS = 4000;

const PIECES = [
  ...[
    '{',
    '}',
    '(',
    ')',
    '[[',
    ']]',
    '"',
    "'",
    '--[[',
    '=',
    ',',
    '..',
    'nil',
    'true',
    'end',
    'function',
    'goto x',
    '::x::',
    'return',
    'break',
  ],
  ...[
    'while true do end',
    'for i = 1, 1e9 do local t = { i } end',
    '("x"):rep(1e9)',
    'local function f() return f() end f()',
    'build = build',
  ],
  ...[
    'true = 1',
    'x =',
    '\0',
    '\xff',
    '\r',
    '\n',
    '#!',
    '\ufeff',
    'package = package .. package',
    '{ platforms = { linux = { 1 } } }',
    '{ nil, "a" }',
    'source.x.y = 1',
  ],
];

async function survives(text: string | Uint8Array): Promise<void> {
  const start = performance.now();
  const diagnostics = await checkRockspec(text, `/plugin/${CLEAN_NAME}`);
  const lines = Buffer.from(text)
    .toString('utf8')
    .split(/\r\n|\r|\n/);
  for (const { range, message } of diagnostics) {
    const { start: from, end: to } = range;
    assert.ok(from.line < to.line || (from.line === to.line && from.character <= to.character), message);
    assert.ok(to.line < lines.length && to.character <= (lines[to.line]?.length ?? 0), `${message} ends outside the text`);
  }
  assert.ok(performance.now() - start < SLOW_MS, 'it took too long');
}

describe('a hostile rockspec', () => {
  it('may be any bytes', () => fc.assert(fc.asyncProperty(fc.uint8Array({ maxLength: 400 }), survives), { numRuns: RUNS }));

  it('may be a good one with pieces put in and taken out', () => {
    const change = fc.record({ at: fc.nat(CLEAN.length), cut: fc.nat(30), piece: fc.constantFrom(...PIECES) });
    const mutant = fc
      .array(change, { minLength: 1, maxLength: 4 })
      .map((changes) => changes.reduce((text, { at, cut, piece }) => text.slice(0, at) + piece + text.slice(at + cut), CLEAN));
    return fc.assert(fc.asyncProperty(mutant, survives), { numRuns: RUNS });
  });

  const GIANTS: [string, string][] = [
    ['3,000 nested tables', `x = ${'{'.repeat(3000)}${'}'.repeat(3000)}`],
    ['3,000 open tables', `x = ${'{'.repeat(3000)}`],
    ['a table of 100,000 items', `build = { ${'"a",'.repeat(100_000)} }`],
    ['5 MB of garbage', '\x01{]"('.repeat(1_000_000)],
    ['one name over and over that is a keyword', 'true = 1\n'.repeat(2000)],
    ['an endless loop', 'while true do end'],
    ['a string bomb', 'local s = "x" while true do s = s .. s end'],
    ['a table that holds itself', 'build = {} build.modules = build build.install = build source = build dependencies = build'],
    ['a pattern that backtracks', `local _ = ("a"):rep(9999):find(("a-"):rep(30) .. "b")`],
    ['a long chain of operators', `package = ${'"a" .. '.repeat(150)}"b" version = ${'1 + '.repeat(20_000)}1`],
  ];
  for (const [name, text] of GIANTS) it(`may be ${name}`, () => survives(text));

  it('may name files that lead anywhere', async () => {
    for (const path of [
      '../../../../etc/passwd',
      '/',
      '..',
      '',
      './/.//x',
      'a\0b',
      'x'.repeat(5000),
      '../plugin/../plugin/kong',
    ]) {
      await checkProject(CLEAN_NAME, CLEAN.replace('kong/plugins/x/schema.lua', path), CLEAN_FILES);
    }
  });
});

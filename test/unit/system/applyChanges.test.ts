// Changes of files: all of them, or none.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { applyChanges } from '../../../src/system/applyChanges';
import { UserError } from '../../../src/system/userError';
import type { FileChange } from '../../../src/text/diagnostic';
import { applyEdits } from '../../../src/text/edits';
import { Lines } from '../../../src/text/lines';

describe('applyChanges', () => {
  let dir: string;
  const path = (name: string): string => join(dir, name);
  const firstWord = (name: string, newText: string): FileChange => ({
    kind: 'edit',
    path: path(name),
    edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } }, newText }],
  });

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-changes-'));
    await writeFile(path('a.lua'), 'one two\r\n');
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('edits, creates and renames', async () => {
    await chmod(path('a.lua'), 0o640);
    await applyChanges([
      firstWord('a.lua', 'ONE'),
      { kind: 'create', path: path('b.lua'), text: 'b' },
      { kind: 'rename', path: path('a.lua'), to: path('c.lua') },
    ]);
    assert.deepEqual((await readdir(dir)).sort(), ['b.lua', 'c.lua']);
    assert.equal(await readFile(path('c.lua'), 'utf8'), 'ONE two\r\n');
    assert.equal((await stat(path('c.lua'))).mode & 0o777, 0o640);
  });

  /** A longer name than file systems take. */
  const LONG = 'n'.repeat(256);
  const FAILING: readonly (readonly [what: string, change: () => FileChange, message: RegExp])[] = [
    ['a file to create is there', () => ({ kind: 'create', path: path('a.lua'), text: '' }), /a\.lua is there already/],
    ['the new name is taken', () => ({ kind: 'rename', path: path('a.lua'), to: path('taken') }), /taken is there already/],
    ['a file is missing', () => firstWord('missing.lua', 'x'), /missing\.lua.*Nothing was changed/],
    [
      'a file cannot be written',
      () => ({ kind: 'create', path: path(LONG), text: '' }),
      /its name is too long\. Nothing was changed/,
    ],
    ['a file is read-only', () => firstWord('fixed.lua', 'x'), /fixed\.lua: it is read-only \(mode 444\)/],
    ['a file is not UTF-8', () => firstWord('latin1.lua', 'x'), /is not UTF-8/],
  ];
  for (const [what, change, message] of FAILING) {
    it(`puts everything back when ${what}`, async () => {
      await writeFile(path('taken'), 'taken');
      await writeFile(path('latin1.lua'), Buffer.from([0xe9, 0x0a]));
      await writeFile(path('z.lua'), 'zzz');
      await writeFile(path('fixed.lua'), 'one', { mode: 0o444 });
      const before = (await readdir(dir)).sort();
      const changes: FileChange[] = [
        firstWord('a.lua', 'ONE'),
        { kind: 'create', path: path('new.lua'), text: '' },
        { kind: 'rename', path: path('z.lua'), to: path('y.lua') },
        change(),
      ];
      await assert.rejects(applyChanges(changes), (error) => error instanceof UserError && message.test(error.message));
      assert.deepEqual((await readdir(dir)).sort(), before);
      assert.equal(await readFile(path('a.lua'), 'utf8'), 'one two\r\n');
    });
  }
});

describe('text edits', () => {
  it('are all of the text as it was', () => {
    const at = (
      line: number,
      start: number,
      end: number,
    ): { start: { line: number; character: number }; end: { line: number; character: number } } => ({
      start: { line, character: start },
      end: { line, character: end },
    });
    const edits = [
      { range: at(1, 0, 1), newText: 'BB' },
      { range: at(0, 0, 1), newText: '' },
      { range: at(1, 1, 1), newText: '!' },
    ];
    assert.equal(applyEdits('a1\r\nb2\rc3', edits), '1\r\nBB!2\rc3');
  });

  it('that overlap are refused', () => {
    const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 2 } };
    const inner = { start: { line: 0, character: 1 }, end: { line: 0, character: 3 } };
    assert.throws(
      () =>
        applyEdits('abcd', [
          { range, newText: '' },
          { range: inner, newText: '' },
        ]),
      RangeError,
    );
  });

  it('know offset and position from each other', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom('a', 'é', '😀', '\n', '\r\n', '\r', ' '), { maxLength: 30 }),
        fc.nat(),
        (parts, seed) => {
          const text = parts.join('');
          const lines = new Lines(text);
          const offset = seed % (text.length + 1);
          // Between the two halves of a line break there is no position of its own.
          if (text.slice(offset - 1, offset + 1) === '\r\n') return;
          assert.equal(lines.offset(lines.position(offset)), offset);
        },
      ),
    );
  });
});

// What Lua says about source: our reader against the real interpreters, in verdict, words and line.
import assert from 'node:assert/strict';
import { parse } from '../../../../src/lua/parser';
import { LuaSource, textOf, type Dialect } from '../../../../src/lua/source';
import { installedFiles, ownFiles } from './corpus';
import { Dice } from './dice';
import { ask, PROGRAMS } from './interpreters';
import { limitCases } from './limits';
import { mutantsOf } from './mutants';
import { program } from './programs';
import { KNOWN_DIFFERENCES } from './syntaxDifferences';

const OWN = ownFiles().map((file) => file.bytes);
const PROGRAM_COUNT = 700;
const MUTANT_COUNT = { files: 2200, programs: 800 };

const met = new Set<(typeof KNOWN_DIFFERENCES)[number]>();

/** Asks both about every chunk: how many the interpreter accepts, and what is said differently without being a known difference. */
async function compare(dialect: Dialect, chunks: readonly string[]): Promise<{ accepted: number; differences: unknown[] }> {
  // What a file begins with `#!` is left out by whoever loads it, not by Lua 5.1 itself.
  const loaded = dialect === '5.1' ? chunks.map((chunk) => chunk.replace(/^#![^\n]*\n/, '\n')) : chunks;
  const answers = (await ask(dialect, 'verdict', loaded)).map(textOf);
  const differences: unknown[] = [];
  chunks.forEach((chunk, i) => {
    const { error } = parse(new LuaSource(Buffer.from(chunk, 'latin1')), dialect);
    const ours = error === undefined ? '' : `x:${error.line}: ${error.message}`;
    const theirs = answers[i] ?? '';
    if (ours === theirs) return;
    const known = KNOWN_DIFFERENCES.find((row) => row.dialect === dialect && row.covers({ chunk, theirs, ours: error }));
    if (known === undefined) differences.push({ ours, theirs, chunk });
    else met.add(known);
  });
  return { accepted: answers.filter((answer) => answer === '').length, differences };
}

describe('the syntax of Lua', function () {
  this.timeout(60_000);

  for (const dialect of ['5.1', 'luajit'] as const) {
    describe(`as ${PROGRAMS[dialect]} has it`, () => {
      const dice = new Dice(dialect === '5.1' ? 51 : 21);
      const programs = [...new Set(Array.from({ length: PROGRAM_COUNT }, () => program(dice, dialect)))];

      it('in the files of this repository and in generated programs', async () => {
        assert.ok(OWN.length + programs.length >= 1000, `${OWN.length} files and ${programs.length} programs`);
        const { differences } = await compare(dialect, OWN);
        assert.deepEqual(differences, []);
        assert.deepEqual(await compare(dialect, programs), { accepted: programs.length, differences: [] });
      });

      it('in the files that packages of Debian install', async () => {
        assert.deepEqual(
          (
            await compare(
              dialect,
              installedFiles().map((file) => file.bytes),
            )
          ).differences,
          [],
        );
      });

      it('in mutants of them', async () => {
        const mutants = new Set([
          ...mutantsOf(OWN, MUTANT_COUNT.files, dice),
          ...mutantsOf(programs, MUTANT_COUNT.programs, dice),
        ]);
        const { accepted, differences } = await compare(dialect, [...mutants]);
        assert.deepEqual(differences, []);
        assert.ok(
          mutants.size >= 2000 && accepted >= 500 && mutants.size - accepted >= 1000,
          `${accepted} of ${mutants.size} accepted`,
        );
      });

      it('at its limits', async () => assert.deepEqual((await compare(dialect, limitCases())).differences, []));
    });
  }

  // In a suite of its own, because mocha runs the tests of a suite before the suites in it.
  describe('as we have it', () => {
    it('differs only where a list says so, and the list has no row too many', () => {
      const unmet = KNOWN_DIFFERENCES.filter((row) => !met.has(row));
      assert.deepEqual(unmet, []);
    });
  });
});

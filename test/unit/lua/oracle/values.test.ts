// What Lua code comes to: our evaluator against the real interpreters, on generated chunks and on listed ones.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { answersTo } from './answers';
import { TOPICS } from './topics';
import { COMPATIBILITY, isCompatibility, OURS, VERSIONS } from './valueDifferences';

const SEED = 10;
const STRING = /"(?:\\.|[^"\\])*"/g;

/** Whether an answer is the other one, but for the values that it says are not known. */
function agrees(ours: string, theirs: string): boolean {
  if (ours === theirs) return true;
  const expected = theirs.split('\n');
  return ours.split('\n').every((line, i) => line === expected[i] || isUnknown(line));
}

const isUnknown = (answer: string): boolean => answer.replace(STRING, '').includes('?');

describe('what Lua code comes to', function () {
  this.timeout(60_000);

  for (const { name, chunks, count, unknown } of TOPICS) {
    it(`is what LuaJIT says: ${name}`, async () => {
      const different = [...new Set(fc.sample(chunks, { seed: SEED, numRuns: count }))];
      const answers = await answersTo(different);
      const wrong = answers.filter(({ chunk, ours, luajit }) => !agrees(ours, luajit) && !isCompatibility(chunk, ours, luajit));
      assert.deepEqual(wrong, []);
      const share = answers.filter(({ ours }) => isUnknown(ours)).length / answers.length;
      assert.ok(share <= unknown, `${(share * 100).toFixed(1)} % are not known`);
    });
  }

  it('is what LuaJIT says: listed chunks', async () => {
    const lines = readFileSync(join(__dirname, 'cases.lua'), 'utf8').split('\n');
    const answers = await answersTo(lines.filter((line) => line !== '' && !line.startsWith('--')));
    assert.deepEqual(
      answers.filter(({ ours, luajit }) => !agrees(ours, luajit)),
      [],
    );
  });

  it('is what LuaJIT says where Lua 5.1 differs', async () => {
    for (const { chunk, ours, luajit, plain } of await answersTo(VERSIONS.map(([, chunk]) => chunk))) {
      assert.equal(ours, luajit, chunk);
      assert.notEqual(plain, luajit, chunk);
    }
  });

  it("is what Kong's LuaJIT says where Debian's differs", async () => {
    const answers = await answersTo(COMPATIBILITY.map(([, chunk]) => chunk));
    for (const [i, [why, , kong]] of COMPATIBILITY.entries()) {
      assert.equal(answers[i]?.ours, kong, why);
      assert.notEqual(answers[i].luajit, kong, why);
    }
  });

  it('differs otherwise only where a list says so', async () => {
    const answers = await answersTo(OURS.map(([, chunk]) => chunk));
    for (const [i, [why, , ours]] of OURS.entries()) {
      assert.equal(answers[i]?.ours, ours, why);
      assert.notEqual(answers[i].luajit, ours, why);
    }
  });
});

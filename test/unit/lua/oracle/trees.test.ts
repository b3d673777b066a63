// Our syntax trees and their ranges, held against those of luaparse.
import assert from 'node:assert/strict';
import { parse } from '../../../../src/lua/parser';
import { LuaSource } from '../../../../src/lua/source';
import { installedFiles, ownFiles } from './corpus';
import { Dice } from './dice';
import { program } from './programs';
import { luaparseTree, ourTree } from './trees';

describe('the syntax tree of Lua', function () {
  this.timeout(60_000);

  for (const [dialect, luaVersion] of [
    ['5.1', '5.1'],
    ['luajit', 'LuaJIT'],
  ] as const) {
    const compare = (chunks: readonly string[]): { compared: number; differences: string[] } => {
      let compared = 0;
      const differences: string[] = [];
      for (const bytes of chunks) {
        const { chunk, error } = parse(new LuaSource(Buffer.from(bytes, 'latin1')), dialect);
        const theirs = luaparseTree(bytes, luaVersion);
        if (error !== undefined || theirs === undefined) continue;
        compared++;
        const [a, b] = [JSON.stringify(ourTree(chunk)), JSON.stringify(theirs)];
        if (a !== b) differences.push(firstDifference(a, b));
      }
      return { compared, differences };
    };

    it(`is luaparse's too, with every range: ${dialect}, real files`, () => {
      const { compared, differences } = compare([...ownFiles(), ...installedFiles()].map((file) => file.bytes));
      assert.deepEqual(differences, []);
      assert.ok(compared >= 350, `only ${compared} compared`);
    });

    it(`is luaparse's too, with every range: ${dialect}, generated programs`, () => {
      const dice = new Dice(7);
      const { compared, differences } = compare(Array.from({ length: 700 }, () => program(dice, dialect)));
      assert.deepEqual(differences, []);
      assert.ok(compared >= 200, `only ${compared} compared`);
    });
  }
});

function firstDifference(ours: string, theirs: string): string {
  let at = 0;
  while (ours[at] === theirs[at]) at++;
  return `ours …${ours.slice(Math.max(0, at - 100), at + 60)}… theirs …${theirs.slice(at, at + 60)}…`;
}

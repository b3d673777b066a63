// The lint rule that holds the import directions between rooms.
import assert from 'node:assert/strict';
import path from 'node:path';
import { ESLint } from 'eslint';

const root = path.resolve(__dirname, '../..');
const eslint = new ESLint({ cwd: root });
const RULE = '@typescript-eslint/no-restricted-imports';

/** Messages of the directions rule for a file of a room with one import. */
async function refusals(file: string, specifier: string): Promise<string[]> {
  const [result] = await eslint.lintText(`import * as it from '${specifier}';\nexport default it;\n`, {
    filePath: path.join(root, file),
  });
  return (result?.messages ?? []).filter((message) => message.ruleId === RULE).map((message) => message.message);
}

describe('import directions', function () {
  // The first one loads the linter with its types.
  this.timeout(120_000);
  const cases: [file: string, specifier: string, refused: boolean][] = [
    ['src/text/diagnostic.ts', '../system/process', true],
    ['src/node/node.ts', '../lifecycle/types', true],
    ['src/lifecycle/types.ts', '../node/node', false],
    ['src/cli/program.ts', '../extension/activate', true],
    ['src/cli/program.ts', '../lifecycle/types', false],
    ['src/node/node.ts', 'vscode', true],
    ['src/cli/program.ts', 'vscode-languageserver/node', true],
    ['src/server/main.ts', 'vscode', true],
    ['src/server/main.ts', 'vscode-languageserver/node', false],
    ['src/extension/activate.ts', 'vscode', false],
  ];
  for (const [file, specifier, refused] of cases) {
    it(`${file} ${refused ? 'must not' : 'may'} import ${specifier}`, async () => {
      assert.equal((await refusals(file, specifier)).length > 0, refused);
    });
  }
});

// The TextMate grammars: every file of test/fixtures/grammar carries its own assertions.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { runProcess } from '../../../src/system/process';

const RUNNER = 'node_modules/vscode-tmgrammar-test/dist/unit.js';
const GRAMMARS = ['syntaxes/rockspec.tmLanguage.json', 'syntaxes/kongconf.tmLanguage.json'];

describe('grammars', () => {
  it('give every asserted token its scope', async () => {
    const { code, stdout } = await runProcess({
      command: process.execPath,
      args: [RUNNER, ...GRAMMARS.flatMap((grammar) => ['-g', grammar]), 'test/fixtures/grammar/*'],
    });
    assert.equal(code, 0, stdout.toString());
    assert.equal(stdout.toString().match(/✓/g)?.length, 3, stdout.toString());
  });

  it('are those that package.json contributes, for the languages it contributes', async () => {
    const manifest = JSON.parse(await readFile('package.json', 'utf8')) as {
      contributes: { languages: { id: string }[]; grammars: { language: string; scopeName: string; path: string }[] };
    };
    const { languages, grammars } = manifest.contributes;
    assert.deepEqual(
      grammars.map((grammar) => grammar.path),
      GRAMMARS.map((path) => `./${path}`),
    );
    for (const { language, scopeName, path } of grammars) {
      assert.ok(languages.some(({ id }) => id === language));
      const grammar = JSON.parse(await readFile(path, 'utf8')) as { scopeName: string };
      assert.equal(grammar.scopeName, scopeName);
    }
  });
});

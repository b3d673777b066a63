// The lint rule that keeps our own commands typed where the editor's face runs them.
import assert from 'node:assert/strict';
import path from 'node:path';
import { ESLint, Linter } from 'eslint';

const root = path.resolve(import.meta.dirname, '../../..');
const RULE = 'no-restricted-syntax';

describe('commands of ours in the code of the editor’s face', function () {
  this.timeout(60_000);
  let rule: Linter.RuleEntry;

  before(async () => {
    const config = (await new ESLint({ cwd: root }).calculateConfigForFile(
      path.join(root, 'src/extension/activate.ts'),
    )) as Linter.Config;
    rule = config.rules?.[RULE] ?? 'off';
  });

  for (const [code, refused] of [
    ["vscode.commands.executeCommand('kongPlugin.pack', {});", true],
    ['vscode.commands.executeCommand(`kongPlugin.${name}`);', true],
    ["commands.executeCommand('kongPlugin.showLog');", true],
    ["vscode.commands.executeCommand({ file: 'kongPlugin.diagnoseFile' }[from]);", true],
    ["vscode.commands.executeCommand(known ? 'kongPlugin.install' : 'kongPlugin.pack');", true],
    ["item.command = { command: 'kongPlugin.explainStart', title };", true],
    ['item.command = { command: `kongPlugin.${name}`, title };', true],
    ["vscode.commands.executeCommand('setContext', 'kongPlugin.watching', true);", false],
    ["vscode.commands.executeCommand('workbench.action.openSettings', 'kongPlugin.kong');", false],
    ["item.command = { command: 'vscode.open', title: 'kongPlugin.pack' };", false],
    ["runCommand('kongPlugin.pack', {});", false],
  ] as const) {
    it(`${refused ? 'refuses' : 'takes'} ${code}`, () => {
      const messages = new Linter().verify(code, { rules: { [RULE]: rule } });
      const rules = new Set(messages.map(({ ruleId }) => ruleId));
      assert.deepEqual([...rules], refused ? [RULE] : []);
    });
  }
});

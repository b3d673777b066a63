// New Plugin: asks for name, phases and licence, and writes files that pass every check, as one undoable edit.
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import type { NewPlugin } from '../../plugin/newPlugin';
import { messageAndNext } from '../../system/userError';
import { askText, lastAnswer, rememberAnswer } from '../dialogue/ask';
import { openFolder } from '../dialogue/askFile';
import { applyFileChanges } from '../workspaceEdit';

const WHERE = 'Which folder gets the plugin?';
const LICENSE = 'licence of new plugins';

export const newPlugin: CommandHandler = async (services) => {
  const { FilesThere, newNameProblem, newPlugin: plan, NEW_PLUGIN_PHASES } = await import('../../plugin/newPlugin');
  const { phaseWords } = await import('../../code/language/phaseWords');
  const others = await services.plugins.all();
  let parent = await askParent();
  const name = await askText({
    title: 'New Plugin (1 of 3)',
    prompt: 'What Kong will know it by: small letters, digits, "-" and "_", beginning with a letter or a digit.',
    check: (text) => newNameProblem(text.trim(), others),
  });
  const phases = await vscode.window.showQuickPick(
    NEW_PLUGIN_PHASES.map((label) => ({ label, picked: label === 'access', detail: phaseWords(label) ?? '' })),
    { title: 'New Plugin (2 of 3): which phases does it implement?', canPickMany: true, matchOnDetail: true },
  );
  if (phases === undefined) throw new vscode.CancellationError();
  const license = await askText({
    title: 'New Plugin (3 of 3)',
    prompt: 'Its licence, as an SPDX expression.',
    value: lastAnswer(services, LICENSE) ?? 'Apache-2.0',
  });
  const planIn = async (folder: string): Promise<{ dir: string; plan: NewPlugin } | undefined> => {
    const dir = path.join(folder, `kong-plugin-${name}`);
    try {
      const chosen = phases.length > 0 ? { phases: phases.map(({ label }) => label) } : {};
      return { dir, plan: await plan({ name, dir, others, license, ...chosen }) };
    } catch (error) {
      if (!(error instanceof FilesThere)) throw error;
      const again = 'Choose Folder…';
      if ((await vscode.window.showErrorMessage(messageAndNext(error), again)) !== again) throw new vscode.CancellationError();
      return undefined;
    }
  };
  let planned = await planIn(parent);
  while (planned === undefined) {
    parent = await openFolder(WHERE, 'Create Here');
    planned = await planIn(parent);
  }
  const {
    dir,
    plan: { changes, notes },
  } = planned;
  await rememberAnswer(services, LICENSE, license);
  await applyFileChanges(changes);
  services.log.info(`Created ${name} in ${dir}: ${changes.length} files.`);
  await services.plugins.refresh();
  const handler = changes.find((change) => change.path.endsWith('handler.lua'));
  if (handler !== undefined) await vscode.window.showTextDocument(vscode.Uri.file(handler.path));
  void offerToOpen([`${name} was created.`, ...notes].join(' '), dir);
};

/** Says what was done; a plugin outside the workspace can be opened from there. */
async function offerToOpen(message: string, dir: string): Promise<void> {
  const uri = vscode.Uri.file(dir);
  const inWorkspace = vscode.workspace.getWorkspaceFolder(uri) !== undefined;
  const answer = await vscode.window.showInformationMessage(message, ...(inWorkspace ? [] : ['Open Folder']));
  if (answer !== undefined) await vscode.commands.executeCommand('vscode.openFolder', uri);
}

/** The folder that gets the plugin's: the only workspace folder, or the one the person picks. */
async function askParent(): Promise<string> {
  const [only, ...more] = vscode.workspace.workspaceFolders ?? [];
  if (only === undefined) return openFolder(WHERE, 'Create Here');
  if (more.length === 0) return only.uri.fsPath;
  const folder = await vscode.window.showWorkspaceFolderPick({ placeHolder: WHERE });
  if (folder === undefined) throw new vscode.CancellationError();
  return folder.uri.fsPath;
}

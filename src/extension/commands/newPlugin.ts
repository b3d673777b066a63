// New Plugin: asks for name, phases and licence, and writes files that pass every check, as one undoable edit.
import path from 'node:path';
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import { askText, lastAnswer, rememberAnswer } from '../dialogue/ask';
import { applyFileChanges } from '../workspaceEdit';

const LICENSE = 'licence of new plugins';

export const newPlugin: CommandHandler = async (services) => {
  const { newNameProblem, newPlugin: plan, NEW_PLUGIN_PHASES } = await import('../../plugin/newPlugin');
  const parent = await askParent();
  const others = await services.plugins.all();
  const name = await askText({
    title: 'New Plugin (1 of 3)',
    prompt: 'What Kong will know it by: letters, digits, dots, underscores and hyphens.',
    check: (text) => newNameProblem(text.trim(), others),
  });
  const phases = await vscode.window.showQuickPick(
    NEW_PLUGIN_PHASES.map((label) => ({ label, picked: label === 'access' })),
    { title: 'New Plugin (2 of 3): which phases does it implement?', canPickMany: true },
  );
  if (phases === undefined) throw new vscode.CancellationError();
  const license = await askText({
    title: 'New Plugin (3 of 3)',
    prompt: 'Its licence, as an SPDX expression.',
    value: lastAnswer(services, LICENSE) ?? 'Apache-2.0',
  });
  const dir = path.join(parent, `kong-plugin-${name}`);
  const { changes, notes } = await plan({
    name,
    dir,
    others,
    license,
    ...(phases.length > 0 && { phases: phases.map(({ label }) => label) }),
  });
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
  const folders = vscode.workspace.workspaceFolders ?? [];
  const [only] = folders;
  const title = 'Which folder gets the plugin?';
  const folder =
    only === undefined
      ? (
          await vscode.window.showOpenDialog({ title, canSelectFolders: true, canSelectFiles: false, openLabel: 'Create Here' })
        )?.[0]
      : folders.length === 1
        ? only.uri
        : (await vscode.window.showWorkspaceFolderPick({ placeHolder: title }))?.uri;
  if (folder === undefined) throw new vscode.CancellationError();
  return folder.fsPath;
}

// Check Workspace: every plugin's files, open or not; the result is in the Problems view.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import { count } from '../../text/count';
import type { CommandHandler } from '../commandHandler';
import { withProgress } from '../dialogue/progress';

export const checkWorkspace: CommandHandler = async ({ plugins, check, log }) => {
  const all = await plugins.all();
  if (all.length === 0) {
    throw new UserError(
      vscode.workspace.workspaceFolders === undefined ? 'No folder is open.' : 'There is no Kong plugin in this workspace.',
      { next: 'Open the folder of a Kong plugin.' },
    );
  }
  const { errors, warnings } = await withProgress('Checking Kong plugins', ({ signal, say }) => check.check(all, signal, say));
  const looked = `${count(all.length, 'plugin')} checked`;
  const found = `${looked}: ${count(errors, 'error')}, ${count(warnings, 'warning')}.`;
  log.info(found);
  if (errors + warnings === 0) {
    void vscode.window.showInformationMessage(`${looked}, nothing wrong.`);
    return;
  }
  const show = 'Show Problems';
  const said = errors > 0 ? vscode.window.showErrorMessage(found, show) : vscode.window.showWarningMessage(found, show);
  void said.then((chosen) => {
    if (chosen === show) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
};

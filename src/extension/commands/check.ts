// Check Workspace: every plugin's files, open or not; the result is in the Problems view.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { CommandHandler } from './index';
import { withProgress } from './progress';

export const checkWorkspace: CommandHandler = async ({ plugins, check, log }) => {
  const all = await plugins.all();
  if (all.length === 0) {
    throw new UserError(
      vscode.workspace.workspaceFolders === undefined ? 'No folder is open.' : 'There is no Kong plugin in this workspace.',
      {
        next: 'Open the folder of a Kong plugin.',
      },
    );
  }
  const { errors, warnings } = await withProgress('Checking Kong plugins', ({ signal, say }) => check.check(all, signal, say));
  const count = `${all.length} ${all.length === 1 ? 'plugin' : 'plugins'}`;
  log.info(`Checked ${count}: ${errors} errors, ${warnings} warnings.`);
  if (errors + warnings === 0) {
    void vscode.window.showInformationMessage(`${count} checked, nothing wrong.`);
    return;
  }
  const show = 'Show Problems';
  const message = `${count} checked: ${errors} errors, ${warnings} warnings.`;
  const said = errors > 0 ? vscode.window.showErrorMessage(message, show) : vscode.window.showWarningMessage(message, show);
  void said.then((chosen) => {
    if (chosen === show) void vscode.commands.executeCommand('workbench.actions.view.problems');
  });
};

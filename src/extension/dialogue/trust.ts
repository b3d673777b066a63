// What starts programs or changes nodes waits until the workspace is trusted, and says so.
import * as vscode from 'vscode';
import { type CommandId, COMMANDS } from '../../contributions/commands';

/** Whether a command may do its work in this workspace; of one that may not it is said why. */
export function allowed(id: CommandId): boolean {
  const { title, needsTrust } = COMMANDS[id];
  if (needsTrust !== true || vscode.workspace.isTrusted) return true;
  void refuse(title);
  return false;
}

/** As `allowed`, for what no command does: a button of the panel. */
export function allowedHere(title: string): boolean {
  if (vscode.workspace.isTrusted) return true;
  void refuse(title);
  return false;
}

async function refuse(title: string): Promise<void> {
  const manage = 'Manage Workspace Trust';
  const message = `“${title}” starts programs or changes nodes, which Restricted Mode does not allow.`;
  if ((await vscode.window.showErrorMessage(message, manage)) === manage) {
    await vscode.commands.executeCommand('workbench.trust.manage');
  }
}

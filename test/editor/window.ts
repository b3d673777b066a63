// The window as the suites want it: our side bar open, nothing else in the way; rows and notifications as text.
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../../src/contributions';
import { texts, waitFor } from './driver';

const VIEW_ROWS = '.part.sidebar .monaco-list-row';

/** Activates the extension, closes what the editor opens by itself and shows our views. */
export async function openOurViews(): Promise<void> {
  await vscode.extensions.getExtension(EXTENSION_ID)?.activate();
  await vscode.commands.executeCommand('workbench.action.closeAllEditors');
  await vscode.commands.executeCommand('workbench.action.closeAuxiliaryBar');
  await vscode.commands.executeCommand('workbench.view.extension.kongPlugin');
}

/** What the rows of the side bar say, blanks folded, once one of them matches. */
export async function rowsWith(wanted: RegExp): Promise<string[]> {
  return waitFor(`a row ${wanted.source}`, async () => {
    const rows = (await texts(VIEW_ROWS)).map((row) => row.replace(/\s+/g, ' ').trim());
    return rows.some((row) => wanted.test(row)) ? rows : undefined;
  });
}

/** The path of a file of the workspace that is open. */
export function inWorkspace(...parts: string[]): vscode.Uri {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  if (folder === undefined) throw new Error('no folder is open');
  return vscode.Uri.joinPath(folder.uri, ...parts);
}

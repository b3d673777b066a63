// Where texts are kept that nobody gave a name, such as configurations that were taken out of use.
import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from './services';

/** Keeps text in a new file of the workspace (of our own storage when no folder is open) and returns its path. */
export async function keepFile(services: Services, name: string, text: string): Promise<string> {
  const [folder] = vscode.workspace.workspaceFolders ?? [];
  const base = folder?.uri ?? services.context.globalStorageUri;
  await vscode.workspace.fs.createDirectory(base);
  const stamp = new Date().toISOString().replace(/[:.]/g, '-');
  const uri = vscode.Uri.joinPath(base, `${path.parse(name).name}-${stamp}${path.parse(name).ext}`);
  await vscode.workspace.fs.writeFile(uri, Buffer.from(text));
  return uri.fsPath;
}

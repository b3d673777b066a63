// Files and folders that a command needs: those of the workspace that fit are offered, others are looked for from there.
import path from 'node:path';
import * as vscode from 'vscode';
import type { Services } from '../services';
import { choose, workspacePath } from './ask';

/** More are not offered one by one. */
const MAX_OFFERED = 200;
const OTHER = 'another file';

/** What is asked for. */
export interface FileWanted {
  /** Under which the last answer is kept. */
  question: string;
  title: string;
  /** What the dialog's button says. */
  openLabel: string;
  /** Which files of the workspace are offered, as a glob. */
  glob: string;
  filters?: Record<string, string[]>;
  /** Answers that are no file: their id is given back. */
  more?: readonly (vscode.QuickPickItem & { id: string })[];
}

/** The path of a file of the workspace, newest name first, or of another one; the id of one of `more`. Throws a cancellation. */
export async function askFile(services: Services, wanted: FileWanted): Promise<string> {
  const { question, title, glob, more = [] } = wanted;
  const found = await vscode.workspace.findFiles(glob, undefined, MAX_OFFERED);
  const paths = found.flatMap(({ scheme, fsPath }) => (scheme === 'file' ? fsPath : [])).sort((a, b) => (a < b ? 1 : -1));
  if (paths.length === 0 && more.length === 0) return openFile(wanted);
  const { id } = await choose(services, question, title, [
    ...paths.map((file) => ({ id: file, label: path.basename(file), description: workspacePath(path.dirname(file)) })),
    { id: OTHER, label: '$(folder-opened) Another File…' },
    ...more,
  ]);
  return id === OTHER ? openFile(wanted) : id;
}

/** A file that the person looks for. Throws a cancellation. */
export async function openFile({ title, openLabel, filters }: Omit<FileWanted, 'question' | 'glob'>): Promise<string> {
  return first(await vscode.window.showOpenDialog({ title, openLabel, ...startHere(), ...(filters && { filters }) }));
}

/** A folder that the person looks for. Throws a cancellation. */
export async function openFolder(title: string, openLabel: string): Promise<string> {
  const kinds = { canSelectFolders: true, canSelectFiles: false };
  return first(await vscode.window.showOpenDialog({ title, openLabel, ...kinds, ...startHere() }));
}

function first(chosen: readonly vscode.Uri[] | undefined): string {
  const [uri] = chosen ?? [];
  if (uri === undefined) throw new vscode.CancellationError();
  return uri.fsPath;
}

/** Without it a dialog opens wherever the last one of any extension ended. */
function startHere(): { defaultUri?: vscode.Uri } {
  const active = vscode.window.activeTextEditor?.document.uri;
  const folder =
    (active === undefined ? undefined : vscode.workspace.getWorkspaceFolder(active)) ?? vscode.workspace.workspaceFolders?.[0];
  return folder?.uri.scheme === 'file' ? { defaultUri: folder.uri } : {};
}

// Changes of the engine as one edit of the editor: undoable, and shown for confirmation first when asked.
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import { errorCode, UserError } from '../system/userError';
import type { FileChange, Range } from '../text/diagnostic';
import { pathAfter } from '../text/edits';

/** A range as the editor has it. */
export const rangeOf = ({ start, end }: Range): vscode.Range =>
  new vscode.Range(start.line, start.character, end.line, end.character);

/**
 * Applies all changes or none. With `preview` the editor's refactor preview asks first, and a preview that is dismissed throws a cancellation. Throws
 * UserError when the editor refuses.
 */
export async function applyFileChanges(changes: readonly FileChange[], preview?: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const metadata: vscode.WorkspaceEditEntryMetadata | undefined =
    preview === undefined ? undefined : { needsConfirmation: false, label: preview };
  if (metadata !== undefined) askFirst(edit, changes, metadata);
  for (const change of changes) {
    const uri = vscode.Uri.file(change.path);
    switch (change.kind) {
      case 'edit':
        for (const { range, newText } of change.edits) edit.replace(uri, rangeOf(range), newText, metadata);
        break;
      case 'create':
        edit.createFile(uri, { contents: Buffer.from(change.text) }, metadata);
        break;
      case 'rename':
        edit.renameFile(uri, vscode.Uri.file(change.to), undefined, metadata);
        break;
    }
  }
  if (!(await vscode.workspace.applyEdit(edit))) {
    if (preview !== undefined) throw new vscode.CancellationError();
    throw new UserError('The change was not made.', { next: 'A file may have changed meanwhile: run the command again.' });
  }
  const touched = new Set(changes.map((change) => pathAfter(changes, change.path)));
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && touched.has(document.uri.fsPath)) await document.save();
  }
}

/** Puts files back to the texts that they had; what is undefined was not there, and goes. */
export async function putFilesBack(texts: ReadonlyMap<string, string | Uint8Array | undefined>): Promise<void> {
  if (texts.size === 0) return;
  const edit = new vscode.WorkspaceEdit();
  for (const [path, text] of texts) {
    const uri = vscode.Uri.file(path);
    if (text === undefined) edit.deleteFile(uri, { ignoreIfNotExists: true });
    else edit.createFile(uri, { contents: Buffer.from(text), overwrite: true });
  }
  if (!(await vscode.workspace.applyEdit(edit)))
    throw new UserError('The files of the workspace could not be put back.', { next: 'Undo the change in the editor.' });
}

/**
 * Makes the editor show the preview. What needs confirmation stands there unticked, and Apply would leave it out: so the changes themselves need none,
 * and one that is nothing, the deletion of a file that is not there, needs it; the preview does not list it.
 */
function askFirst(edit: vscode.WorkspaceEdit, [first]: readonly FileChange[], metadata: vscode.WorkspaceEditEntryMetadata): void {
  if (first === undefined) return;
  const nothing = vscode.Uri.file(`${first.path}.${Date.now()}.none`);
  edit.deleteFile(nothing, { ignoreIfNotExists: true }, { ...metadata, needsConfirmation: true });
}

/** A file's text as the editor has it, unsaved changes included. */
export async function currentText(file: string): Promise<string> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  return open === undefined ? readFile(file, 'utf8') : open.getText();
}

/** As currentText; a file that cannot be read is none. */
export async function currentTextOrNothing(file: string): Promise<string | undefined> {
  try {
    return await currentText(file);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

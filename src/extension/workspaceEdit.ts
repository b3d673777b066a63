// Changes of the engine as one edit of the editor: undoable, and shown for confirmation first when asked.
import { readFile } from 'node:fs/promises';
import * as vscode from 'vscode';
import type { FileChange, Range } from '../text/diagnostic';
import { UserError } from '../system/userError';

const rangeOf = ({ start, end }: Range): vscode.Range => new vscode.Range(start.line, start.character, end.line, end.character);

/** Applies all changes or none. With `preview` the editor's refactor preview asks first. Throws UserError when the editor refuses. */
export async function applyFileChanges(changes: readonly FileChange[], preview?: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  const metadata: vscode.WorkspaceEditEntryMetadata | undefined =
    preview === undefined ? undefined : { needsConfirmation: true, label: preview };
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
    throw new UserError('The change was not made.', {
      next: 'A file may have changed meanwhile, or the preview was dismissed: run the command again.',
    });
  }
  const touched = new Set(changes.map((change) => (change.kind === 'rename' ? change.to : change.path)));
  for (const document of vscode.workspace.textDocuments) {
    if (document.isDirty && touched.has(document.uri.fsPath)) await document.save();
  }
}

/** A file's text as the editor has it, unsaved changes included. */
export async function currentText(file: string): Promise<string> {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === file);
  return open === undefined ? readFile(file, 'utf8') : open.getText();
}

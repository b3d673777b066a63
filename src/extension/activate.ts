// The VS Code face: activation registers everything and returns.
import type * as vscode from 'vscode';

/** Called by VS Code; does no I/O before it returns. */
export function activate(_context: vscode.ExtensionContext): void {
  // the views, the commands and the language client are registered here
}

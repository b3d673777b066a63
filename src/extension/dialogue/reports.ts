// Read-only text documents made by commands: the contents of an archive, the table of an operation's results.
import * as vscode from 'vscode';

const SCHEME = 'kong-plugin-report';

/** Shows reports as documents that cannot be edited; a report of the same name replaces the one before. */
export class Reports implements vscode.TextDocumentContentProvider, vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.#changed.event;
  readonly #texts = new Map<string, string>();
  readonly #registration: vscode.Disposable;

  constructor() {
    this.#registration = vscode.Disposable.from(
      this.#changed,
      vscode.workspace.registerTextDocumentContentProvider(SCHEME, this),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => {
        if (uri.scheme === SCHEME) this.#texts.delete(uri.path);
      }),
    );
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    return this.#texts.get(uri.path) ?? '';
  }

  /** Opens a report; `name` is what its tab says. Beside what is being edited, that keeps the focus. */
  async show(name: string, text: string, { beside = false } = {}): Promise<void> {
    const uri = vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    const place = beside ? { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true } : {};
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, ...place });
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

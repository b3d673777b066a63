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
    const uri = uriOf(name);
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
    // where it is open already, it stays
    const place = beside ? { viewColumn: groupOf(uri)?.viewColumn ?? vscode.ViewColumn.Beside, preserveFocus: true } : {};
    await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(uri), { preview: true, ...place });
  }

  /** Whether a report is open in some tab. */
  isOpen(name: string): boolean {
    return groupOf(uriOf(name)) !== undefined;
  }

  /** Gives a report that is open another text, where it stands. */
  change(name: string, text: string): void {
    const uri = uriOf(name);
    if (groupOf(uri) === undefined) return;
    this.#texts.set(uri.path, text);
    this.#changed.fire(uri);
  }

  dispose(): void {
    this.#registration.dispose();
  }
}

const uriOf = (name: string): vscode.Uri => vscode.Uri.from({ scheme: SCHEME, path: `/${name}` });

/** The group of tabs that a document is open in. A document without a tab may be kept for a while. */
function groupOf(uri: vscode.Uri): vscode.TabGroup | undefined {
  return vscode.window.tabGroups.all.find(({ tabs }) =>
    tabs.some(({ input }) => input instanceof vscode.TabInputText && input.uri.toString() === uri.toString()),
  );
}

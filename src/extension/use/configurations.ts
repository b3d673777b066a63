// Open documents of configurations: what is wrong in them as one types, what Kong refused when they were applied, and the clicks on top.
import * as vscode from 'vscode';
import type { Diagnostic } from '../../text/diagnostic';
import { logUnexpected } from '../dialogue/showFailure';
import { commandLink } from '../ourCommands';
import type { Services } from '../services';
import { absoluteNodeId } from '../settings';
import { toDiagnostic } from '../toDiagnostic';
import { registerDocumentLanguage } from './documentLanguage';
import { NodeFacts } from './nodeFacts';

const DOCUMENTS: vscode.DocumentFilter = { scheme: 'untitled', language: 'yaml' };
const DEBOUNCE_MS = 150;

/** Whether a document of the editor is one of a configuration. */
async function isOurs(document: vscode.TextDocument): Promise<boolean> {
  if (document.uri.scheme !== DOCUMENTS.scheme || document.languageId !== DOCUMENTS.language) return false;
  const { isUseDocument } = await import('../../config/given/useDocument');
  return isUseDocument(document.lineAt(0).text);
}

/** What is known of each open document. */
export class Configurations implements vscode.Disposable {
  readonly #shown = vscode.languages.createDiagnosticCollection('kong-plugin-configuration');
  readonly #timers = new Map<string, NodeJS.Timeout>();
  readonly #facts: NodeFacts;
  readonly #subscription: vscode.Disposable;
  readonly #services: () => Services;

  constructor(services: () => Services) {
    this.#services = services;
    this.#facts = new NodeFacts(services);
    this.#subscription = vscode.Disposable.from(
      this.#shown,
      vscode.workspace.onDidOpenTextDocument((document) => this.#soon(document, 0)),
      vscode.workspace.onDidChangeTextDocument(({ document }) => this.#soon(document, DEBOUNCE_MS)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#shown.delete(uri)),
      vscode.languages.registerCodeLensProvider(DOCUMENTS, { provideCodeLenses: lenses }),
      registerDocumentLanguage({ documents: DOCUMENTS, isOurs, nodes: () => services().nodes, facts: this.#facts }),
    );
  }

  /** Shows what Kong said to a document, until it changes. */
  show(uri: vscode.Uri, refused: readonly Diagnostic[]): void {
    this.#shown.set(uri, refused.map(toDiagnostic));
  }

  dispose(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#subscription.dispose();
  }

  #soon(document: vscode.TextDocument, ms: number): void {
    if (document.uri.scheme !== DOCUMENTS.scheme) return;
    const key = document.uri.toString();
    clearTimeout(this.#timers.get(key));
    const check = (): void => {
      this.#timers.delete(key);
      this.#check(document).catch((error: unknown) => logUnexpected(this.#services().log, 'Checking a configuration', error));
    };
    this.#timers.set(key, setTimeout(check, ms));
  }

  async #check(document: vscode.TextDocument): Promise<void> {
    if (!(await isOurs(document))) return;
    const { version } = document;
    const { checkUseDocument, readUseDocument } = await import('../../config/given/useDocument');
    const { kindsOf } = await import('../../lifecycle/state/use/scope');
    const read = readUseDocument(document.getText());
    const { node, plugin, scope } = read;
    const schema =
      node === undefined || plugin === undefined ? undefined : await this.#facts.schema(absoluteNodeId(node), plugin);
    const kinds = kindsOf(scope);
    const problems =
      kinds === undefined
        ? [...read.problems, read.at(['scope'], 'It is global, service:NAME, route:NAME, consumer:NAME or consumer-group:NAME.')]
        : checkUseDocument(read, schema, kinds);
    if (document.isClosed || document.version !== version) return;
    this.#shown.set(document.uri, problems.map(toDiagnostic));
  }
}

async function lenses(document: vscode.TextDocument): Promise<vscode.CodeLens[]> {
  if (!(await isOurs(document))) return [];
  const on = { document: document.uri.toString() };
  return [
    commandLink('kongPlugin.applyConfiguration', 'Apply', on),
    commandLink('kongPlugin.applyAndTry', 'Apply and Try', on),
    commandLink('kongPlugin.discardConfiguration', 'Discard', on),
  ].map((link) => new vscode.CodeLens(new vscode.Range(0, 0, 0, 0), link));
}

// Findings on the source lines they name, until the file changes, unless our check says the same there; their light bulb opens the explanation.
import * as vscode from 'vscode';
import type { Finding } from '../../troubleshoot/finding';
import { commandLink } from '../ourCommands';
import { cardKey, openablePlace } from './diagnosis';
import { addTo } from '../../text/grouped';

const SOURCE = 'Kong log';
/** Of a start that was not made. */
const PREDICTED = 'Kong prediction';
const isOurs = (source: string | undefined): boolean => source === SOURCE || source === PREDICTED;

/** Where findings are shown as diagnostics. */
export interface FindingDiagnostics {
  /** Replaces what is shown by these findings. */
  show: (findings: readonly Finding[]) => void;
  dispose: () => void;
}

/** Makes the collection and its light bulb. */
export function findingDiagnostics(): FindingDiagnostics {
  /** The card of each diagnostic, by its message; of what our check says in its place, by file and code. */
  const keys = new Map<string, string>();
  const keyOf = (file: string, diagnostic: vscode.Diagnostic): string | undefined =>
    keys.get(isOurs(diagnostic.source) ? diagnostic.message : inFile(file, codeOf(diagnostic)));
  const collection = vscode.languages.createDiagnosticCollection('kong-plugin-log');
  /** What is to be shown in each file; what our check says there of itself is left out. */
  const byFile = new Map<string, vscode.Diagnostic[]>();
  const draw = (file: string): void => {
    const uri = vscode.Uri.file(file);
    const said = saidByCheck(uri);
    const diagnostics = (byFile.get(file) ?? []).filter((diagnostic) => !said.has(`kong/${codeOf(diagnostic)}`));
    // to set what is there already would be a change that is told to us again
    if (diagnostics.length !== (collection.get(uri) ?? []).length) collection.set(uri, diagnostics);
  };
  const disposable = vscode.Disposable.from(
    collection,
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length === 0) return;
      byFile.delete(document.uri.fsPath);
      collection.delete(document.uri);
    }),
    vscode.languages.onDidChangeDiagnostics(({ uris }) => {
      for (const { fsPath } of uris) if (byFile.has(fsPath)) draw(fsPath);
    }),
    vscode.languages.registerCodeActionsProvider(
      { scheme: 'file' },
      {
        provideCodeActions: ({ uri }, _range, { diagnostics }) =>
          diagnostics.flatMap((diagnostic) => {
            const key = keyOf(uri.fsPath, diagnostic);
            if (key === undefined) return [];
            const action = new vscode.CodeAction('Explain This in Kong Troubleshooting', vscode.CodeActionKind.QuickFix);
            action.diagnostics = [diagnostic];
            action.command = commandLink('kongPlugin.explainFinding', 'Explain This', key);
            return [action];
          }),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  return {
    show(findings) {
      collection.clear();
      keys.clear();
      byFile.clear();
      for (const finding of findings) {
        const place = openablePlace(finding);
        if (place === null) continue;
        const line = Math.max(0, place.line - 1);
        const diagnostic = new vscode.Diagnostic(
          new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
          `${finding.title}: ${finding.evidence[0]?.text ?? finding.cause}`,
        );
        diagnostic.source = finding.predicted === true ? PREDICTED : SOURCE;
        diagnostic.code = finding.id;
        keys.set(diagnostic.message, cardKey(finding));
        keys.set(inFile(place.file, `kong/${finding.id}`), cardKey(finding));
        addTo(byFile, place.file, diagnostic);
      }
      for (const file of byFile.keys()) draw(file);
    },
    dispose: () => void disposable.dispose(),
  };
}

/** The codes of what our check says of a file, whether the language server or the workspace's check showed it. */
function saidByCheck(uri: vscode.Uri): Set<string> {
  const ours = vscode.languages.getDiagnostics(uri).filter(({ source }) => !isOurs(source));
  return new Set(ours.map(codeOf));
}

const codeOf = ({ code }: vscode.Diagnostic): string => String(typeof code === 'object' ? code.value : code);

const inFile = (file: string, code: string): string => `${file}\n${code}`;

// Findings on the source lines they name, until the file changes; their light bulb opens the explanation.
import * as vscode from 'vscode';
import type { Finding } from '../../troubleshoot/finding';
import { commandLink } from '../ourCommands';
import { cardKey, openablePlace } from './diagnosis';

const SOURCE = 'Kong log';

/** Where findings are shown as diagnostics. */
export interface FindingDiagnostics {
  /** Replaces what is shown by these findings. */
  show: (findings: readonly Finding[]) => void;
  dispose: () => void;
}

/** Makes the collection and its light bulb. */
export function findingDiagnostics(): FindingDiagnostics {
  /** The card of each diagnostic, by its message. */
  const keys = new Map<string, string>();
  const collection = vscode.languages.createDiagnosticCollection('kong-plugin-log');
  const disposable = vscode.Disposable.from(
    collection,
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      if (contentChanges.length > 0) collection.delete(document.uri);
    }),
    vscode.languages.registerCodeActionsProvider(
      { scheme: 'file' },
      {
        provideCodeActions: (_document, _range, { diagnostics }) =>
          diagnostics
            .filter(({ source }) => source === SOURCE)
            .map((diagnostic) => {
              const action = new vscode.CodeAction('Explain This in Kong Troubleshooting', vscode.CodeActionKind.QuickFix);
              action.diagnostics = [diagnostic];
              action.command = commandLink('kongPlugin.explainFinding', 'Explain This', keys.get(diagnostic.message));
              return action;
            }),
      },
      { providedCodeActionKinds: [vscode.CodeActionKind.QuickFix] },
    ),
  );
  return {
    show(findings) {
      collection.clear();
      keys.clear();
      const byFile = new Map<string, vscode.Diagnostic[]>();
      for (const finding of findings) {
        const place = openablePlace(finding);
        if (place === null) continue;
        const line = Math.max(0, place.line - 1);
        const diagnostic = new vscode.Diagnostic(
          new vscode.Range(line, 0, line, Number.MAX_SAFE_INTEGER),
          `${finding.title}: ${finding.evidence[0]?.text ?? finding.cause}`,
        );
        diagnostic.source = SOURCE;
        diagnostic.code = finding.id;
        keys.set(diagnostic.message, cardKey(finding));
        byFile.set(place.file, [...(byFile.get(place.file) ?? []), diagnostic]);
      }
      for (const [file, diagnostics] of byFile) collection.set(vscode.Uri.file(file), diagnostics);
    },
    dispose: () => void disposable.dispose(),
  };
}

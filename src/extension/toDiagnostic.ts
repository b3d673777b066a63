// A diagnostic of ours as the editor takes it.
import * as vscode from 'vscode';
import { sourceOf, type Diagnostic, type Severity } from '../text/diagnostic';
import { rangeOf } from './workspaceEdit';

const SEVERITIES: Readonly<Record<Severity, vscode.DiagnosticSeverity>> = {
  error: vscode.DiagnosticSeverity.Error,
  warning: vscode.DiagnosticSeverity.Warning,
  info: vscode.DiagnosticSeverity.Information,
  hint: vscode.DiagnosticSeverity.Hint,
};

/** The same, with what is related to it. */
export function toDiagnostic(diagnostic: Diagnostic): vscode.Diagnostic {
  const { code, severity, message, range, related } = diagnostic;
  const shown = new vscode.Diagnostic(rangeOf(range), message, SEVERITIES[severity]);
  shown.source = sourceOf(diagnostic);
  shown.code = code;
  shown.relatedInformation = (related ?? []).map(
    (place) =>
      new vscode.DiagnosticRelatedInformation(
        new vscode.Location(vscode.Uri.file(place.path), rangeOf(place.range)),
        place.message,
      ),
  );
  return shown;
}

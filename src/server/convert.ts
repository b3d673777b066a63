// From the engine's words to the protocol's.
import {
  DiagnosticSeverity,
  type CreateFile,
  type Diagnostic as LspDiagnostic,
  type RenameFile,
  type TextDocumentEdit,
  type TextEdit,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { sourceOf, type Diagnostic, type FileChange, type Severity } from '../text/diagnostic';

const SEVERITIES: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  info: DiagnosticSeverity.Information,
  hint: DiagnosticSeverity.Hint,
};

/** `uriOf` names files the way the client does. */
export function toLspDiagnostic(diagnostic: Diagnostic, uriOf: (path: string) => string): LspDiagnostic {
  return {
    code: diagnostic.code,
    source: sourceOf(diagnostic),
    severity: SEVERITIES[diagnostic.severity],
    message: diagnostic.message,
    range: diagnostic.range,
    ...(diagnostic.related === undefined
      ? {}
      : {
          relatedInformation: diagnostic.related.map((place) => ({
            location: { uri: uriOf(place.path), range: place.range },
            message: place.message,
          })),
        }),
  };
}

/** How the client's files are named, and what of an edit the client can do. */
export interface EditHost {
  uriOf: (path: string) => string;
  /** The version of an open document, so that an edit of an older text is refused; null for a file that is not open. */
  versionOf: (path: string) => number | null;
  can: { documentChanges: boolean; create: boolean; rename: boolean };
}

/** The changes as one edit of the workspace; undefined when the client cannot do all of them. */
export function toWorkspaceEdit(changes: readonly FileChange[], host: EditHost): WorkspaceEdit | undefined {
  if (!host.can.documentChanges) return onlyTextEdits(changes, host);
  const documentChanges: (TextDocumentEdit | CreateFile | RenameFile)[] = [];
  for (const change of changes) {
    const uri = host.uriOf(change.path);
    if (change.kind === 'edit') {
      documentChanges.push({ textDocument: { uri, version: host.versionOf(change.path) }, edits: change.edits });
    } else if (change.kind === 'create') {
      if (!host.can.create) return undefined;
      const start = { line: 0, character: 0 };
      documentChanges.push(
        { kind: 'create', uri, options: { overwrite: false } },
        { textDocument: { uri, version: null }, edits: [{ range: { start, end: start }, newText: change.text }] },
      );
    } else {
      if (!host.can.rename) return undefined;
      documentChanges.push({ kind: 'rename', oldUri: uri, newUri: host.uriOf(change.to), options: { overwrite: false } });
    }
  }
  return { documentChanges };
}

function onlyTextEdits(changes: readonly FileChange[], host: EditHost): WorkspaceEdit | undefined {
  const edits: Record<string, TextEdit[]> = {};
  for (const change of changes) {
    if (change.kind !== 'edit') return undefined;
    (edits[host.uriOf(change.path)] ??= []).push(...change.edits);
  }
  return { changes: edits };
}

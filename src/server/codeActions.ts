// Code actions: the fixes of the diagnostics at the cursor, and "fix all" of those that are safe together.
import { CodeActionKind, type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver';
import type { Diagnostic, FileChange, Position } from '../text/diagnostic';
import { toLspDiagnostic, toWorkspaceEdit, type EditHost } from './convert';

/** What "fix all on save" of this server is called. */
export const FIX_ALL = `${CodeActionKind.SourceFixAll}.kongPlugin`;

/** The actions for a range of the document at `path`, whose diagnostics these are. */
export function codeActions(
  path: string,
  diagnostics: readonly Diagnostic[],
  range: Range,
  context: Pick<CodeActionContext, 'only'>,
  host: EditHost,
): CodeAction[] {
  const wants = (kind: string): boolean => context.only?.some((only) => kind === only || kind.startsWith(`${only}.`)) ?? true;
  const actions: CodeAction[] = [];
  if (wants(CodeActionKind.QuickFix)) {
    for (const diagnostic of diagnostics.filter((candidate) => touches(candidate.range, range))) {
      const shown = toLspDiagnostic(diagnostic, host.uriOf);
      for (const [index, fix] of (diagnostic.fixes ?? []).entries()) {
        const edit = toWorkspaceEdit(fix.changes, host);
        if (edit === undefined) continue;
        actions.push({ title: fix.title, kind: CodeActionKind.QuickFix, diagnostics: [shown], edit, isPreferred: index === 0 });
      }
    }
  }
  // Offered at the cursor only when it asks for source actions: a light bulb of its own on every line would say nothing.
  if (context.only !== undefined && wants(FIX_ALL)) {
    const edit = toWorkspaceEdit(safeChanges(path, diagnostics), host);
    if (edit !== undefined && edit.documentChanges?.length !== 0) {
      actions.push({ title: 'Fix all safe Kong Plugin problems', kind: FIX_ALL, edit });
    }
  }
  return actions;
}

/** The first safe fix of every diagnostic whose edits in the document do not touch those taken before, as one change of the document. */
function safeChanges(path: string, diagnostics: readonly Diagnostic[]): FileChange[] {
  const edits: Extract<FileChange, { kind: 'edit' }>['edits'] = [];
  for (const diagnostic of diagnostics) {
    const fix = diagnostic.fixes?.find((candidate) => candidate.safe);
    if (fix === undefined) continue;
    const own = fix.changes.flatMap((change) => (change.kind === 'edit' && change.path === path ? change.edits : []));
    const staysHere = fix.changes.every((change) => change.kind === 'edit' && change.path === path);
    const isNew = own.some(
      (edit) => !edits.some((taken) => sameRange(taken.range, edit.range) && taken.newText === edit.newText),
    );
    if (!staysHere || !isNew) continue;
    if (own.every((edit) => edits.every((taken) => !touches(taken.range, edit.range)))) edits.push(...own);
  }
  return edits.length === 0 ? [] : [{ kind: 'edit', path, edits }];
}

function before(a: Position, b: Position): boolean {
  return a.line < b.line || (a.line === b.line && a.character < b.character);
}

/** Whether two ranges share a place; ranges that only meet at an end do, so that the cursor behind a word counts. */
export function touches(a: Range, b: Range): boolean {
  return !before(a.end, b.start) && !before(b.end, a.start);
}

function sameRange(a: Range, b: Range): boolean {
  return !before(a.start, b.start) && !before(b.start, a.start) && !before(a.end, b.end) && !before(b.end, a.end);
}

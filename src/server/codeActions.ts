// Code actions: the fixes of the diagnostics at the cursor, and "fix all" of those that are safe together.
import { CodeActionKind, type CodeAction, type CodeActionContext, type Range } from 'vscode-languageserver';
import type { Diagnostic } from '../text/diagnostic';
import { editsTogether, touches } from '../text/fixAll';
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
    const edits = editsTogether(path, diagnostics);
    const edit = edits.length === 0 ? undefined : toWorkspaceEdit([{ kind: 'edit', path, edits }], host);
    if (edit !== undefined) {
      actions.push({ title: 'Fix all safe Kong Plugin problems', kind: FIX_ALL, edit });
    }
  }
  return actions;
}

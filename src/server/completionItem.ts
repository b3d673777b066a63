// A suggestion of ours as the protocol has it.
import { InsertTextFormat, MarkupKind, type CompletionItem, type CompletionItemKind } from 'vscode-languageserver';
import type { Range } from '../text/diagnostic';

/** What the languages suggest, whatever they call its kinds. */
export interface Suggested<Kind extends string> {
  label: string;
  kind: Kind;
  insertText: string;
  snippet: boolean;
  range: Range;
  detail?: string | undefined;
  documentation?: string | undefined;
  filterText?: string | undefined;
  /** Suggestions are shown in this order. */
  rank: number;
}

/** The item; where a client takes no snippets a snippet is only its label. */
export function completionItem<Kind extends string>(
  { label, kind, insertText, snippet, range, detail, documentation, filterText, rank }: Suggested<Kind>,
  kinds: Readonly<Record<Kind, CompletionItemKind>>,
  snippets: boolean,
): CompletionItem {
  return {
    label,
    kind: kinds[kind],
    sortText: String(rank).padStart(5, '0'),
    textEdit: { range, newText: snippet && !snippets ? label : insertText },
    insertTextFormat: snippet && snippets ? InsertTextFormat.Snippet : InsertTextFormat.PlainText,
    ...(filterText === undefined ? {} : { filterText }),
    ...(detail === undefined ? {} : { detail }),
    ...(documentation === undefined ? {} : { documentation: { kind: MarkupKind.Markdown, value: documentation } }),
  };
}

// A symbol of ours as the protocol has it.
import type { DocumentSymbol, SymbolKind } from 'vscode-languageserver';
import type { Range } from '../text/diagnostic';

/** What the outlines of the languages hold, whatever they call its kinds. */
export interface Outlined<Kind extends string> {
  name: string;
  detail: string;
  kind: Kind;
  range: Range;
  /** Where its name stands. */
  selection: Range;
  children: readonly Outlined<Kind>[];
}

/** The symbol, with those in it. */
export function documentSymbol<Kind extends string>(
  { name, detail, kind, range, selection, children }: Outlined<Kind>,
  kinds: Readonly<Record<Kind, SymbolKind>>,
): DocumentSymbol {
  return {
    name,
    detail,
    kind: kinds[kind],
    range,
    selectionRange: selection,
    children: children.map((child) => documentSymbol(child, kinds)),
  };
}

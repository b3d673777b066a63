// The language features of rockspecs in the protocol's words; what they say is the engine's.
import { pathToFileURL } from 'node:url';
import {
  CompletionItemKind,
  FoldingRangeKind,
  InlayHintKind,
  MarkupKind,
  SymbolKind,
  type CodeLens,
  type CompletionItem,
  type DocumentLink,
  type DocumentSymbol,
  type FoldingRange,
  type Hover,
  type InlayHint,
  type LocationLink,
  type Position,
  type Range,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { ConfSuggestion } from '../kong/confLanguage';
import type { KongVersion } from '../kong/versions';
import { complete } from '../rockspec/completion';
import { foldingOf } from '../rockspec/folding';
import { hoverAt } from '../rockspec/hover';
import { inlayHintsOf } from '../rockspec/inlayHints';
import { definitionAt, linksOf, mentionsOf } from '../rockspec/links';
import type { SuggestionKind } from '../rockspec/suggestion';
import { symbolsOf, type RockspecSymbol } from '../rockspec/symbols';
import { completionItem } from './completionItem';
import { documentSymbol } from './documentSymbol';
import { pathOf } from './documents';
import type { Rockspecs } from './rockspecs';

/** The command of a code lens: shows the line of a rockspec that names a Lua file. Executed by the server, so that any client can. */
export const SHOW_IN_ROCKSPEC = 'kong-plugin.showInRockspec';

const COMPLETION_KINDS: Readonly<Record<SuggestionKind, CompletionItemKind>> = {
  field: CompletionItemKind.Field,
  value: CompletionItemKind.EnumMember,
  module: CompletionItemKind.Module,
  file: CompletionItemKind.File,
  folder: CompletionItemKind.Folder,
  rock: CompletionItemKind.Reference,
};

const CONF_KINDS: Readonly<Record<ConfSuggestion['kind'], CompletionItemKind>> = {
  setting: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  plugin: CompletionItemKind.Module,
};

const SYMBOL_KINDS: Readonly<Record<RockspecSymbol['kind'], SymbolKind>> = {
  local: SymbolKind.Variable,
  table: SymbolKind.Object,
  string: SymbolKind.Property,
  value: SymbolKind.Property,
  item: SymbolKind.String,
};

/** Completion; without snippet support only the field's name is inserted. */
export async function completion(
  rockspecs: Rockspecs,
  document: TextDocument,
  position: Position,
  kong: KongVersion,
  snippets: boolean,
): Promise<CompletionItem[]> {
  const world = { kong, ...rockspecs.tree(pathOf(document.uri) ?? document.uri) };
  const suggestions = await complete(document.getText(), document.offsetAt(position), world);
  return suggestions.map((suggestion) => completionItem(suggestion, COMPLETION_KINDS, snippets));
}

/** Completion in a kong.conf; `plugins` are those of the workspace. */
export async function confCompletion(
  document: TextDocument,
  position: Position,
  kong: KongVersion,
  plugins: readonly string[],
): Promise<CompletionItem[]> {
  const { completeConf } = await import('../kong/confLanguage');
  return completeConf(document.getText(), position, kong, plugins).map((suggestion, rank) => ({
    label: suggestion.label,
    kind: CONF_KINDS[suggestion.kind],
    detail: suggestion.detail,
    documentation: { kind: MarkupKind.Markdown, value: suggestion.documentation },
    sortText: String(rank).padStart(5, '0'),
    textEdit: { range: suggestion.range, newText: suggestion.insertText },
  }));
}

export async function confHover(document: TextDocument, position: Position): Promise<Hover | null> {
  const { hoverConf } = await import('../kong/confLanguage');
  const found = hoverConf(document.getText(), position);
  return found === undefined ? null : { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
}

export function hover(rockspecs: Rockspecs, document: TextDocument, position: Position, kong: KongVersion): Hover | null {
  const found = hoverAt(rockspecs.of(document), document.getText(), position, kong);
  return found === undefined ? null : { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
}

export function documentSymbols(rockspecs: Rockspecs, document: TextDocument): DocumentSymbol[] {
  return symbolsOf(rockspecs.of(document)).map((symbol) => documentSymbol(symbol, SYMBOL_KINDS));
}

/** Links to the files that are there, and to web pages. */
export async function documentLinks(rockspecs: Rockspecs, document: TextDocument): Promise<DocumentLink[]> {
  const links = await Promise.all(
    linksOf(rockspecs.of(document)).map(async (link): Promise<DocumentLink[]> => {
      if ('url' in link) return [{ range: link.range, target: link.url }];
      return (await rockspecs.isFile(link.path)) ? [{ range: link.range, target: pathToFileURL(link.path).href }] : [];
    }),
  );
  return links.flat();
}

/** Where a module's file or a local's declaration is. */
export async function definition(rockspecs: Rockspecs, document: TextDocument, position: Position): Promise<LocationLink[]> {
  const rockspec = rockspecs.of(document);
  const found = definitionAt(rockspec, position);
  if (found === undefined) return [];
  const here = found.path === rockspec.path;
  if (!here && !(await rockspecs.isFile(found.path))) return [];
  const targetUri = here ? document.uri : pathToFileURL(found.path).href;
  return [{ originSelectionRange: found.origin, targetUri, targetRange: found.range, targetSelectionRange: found.range }];
}

export function inlayHints(rockspecs: Rockspecs, document: TextDocument, range: Range): InlayHint[] {
  return inlayHintsOf(rockspecs.of(document))
    .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
    .map(({ position, label, tooltip }) => ({
      position,
      label,
      kind: InlayHintKind.Type,
      paddingLeft: true,
      ...(tooltip === undefined ? {} : { tooltip }),
    }));
}

export function foldingRanges(rockspecs: Rockspecs, document: TextDocument): FoldingRange[] {
  return foldingOf(rockspecs.of(document).chunk).map(({ startLine, endLine, kind }) => ({
    startLine,
    endLine,
    ...(kind === undefined ? {} : { kind: FoldingRangeKind.Comment }),
  }));
}

/** Above the first line of a Lua file: the modules that rockspecs make of it. */
export async function codeLenses(rockspecs: Rockspecs, document: TextDocument, roots: readonly string[]): Promise<CodeLens[]> {
  const path = pathOf(document.uri);
  if (path === undefined) return [];
  const start = { line: 0, character: 0 };
  return (await rockspecs.above(path, roots)).flatMap((rockspec) =>
    mentionsOf(rockspec, path).map(({ module, range }) => ({
      range: { start, end: start },
      command: {
        title: `${module ?? 'installed'} in ${rockspec.path.split(/[/\\]/).at(-1) ?? rockspec.path}`,
        command: SHOW_IN_ROCKSPEC,
        arguments: [pathToFileURL(rockspec.path).href, range],
      },
    })),
  );
}

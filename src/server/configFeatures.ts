// The language features of declarative configurations in the protocol's words; what they say is the engine's.
import {
  CompletionItemKind,
  MarkupKind,
  SymbolKind,
  type CompletionItem,
  type DocumentSymbol,
  type Hover,
  type Location,
  type LocationLink,
  type Position,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Schemas } from '../config/findSchema';
import { completeConfig, type ConfigSuggestion } from '../config/language/complete';
import { configSpotAt, hoverConfig, type ConfigSpot } from '../config/language/hover';
import { configSymbols, type ConfigSymbol } from '../config/language/outline';
import { definitionsOf, referencesOf } from '../config/language/places';
import type { Tree } from '../config/language/tree';
import { completionItem } from './completionItem';
import { documentSymbol } from './documentSymbol';

/** A configuration that is open. */
export interface OpenConfiguration {
  document: TextDocument;
  trees: () => Promise<Tree[]>;
  schemas: Schemas;
}

const COMPLETION_KINDS: Readonly<Record<ConfigSuggestion['kind'], CompletionItemKind>> = {
  field: CompletionItemKind.Property,
  value: CompletionItemKind.EnumMember,
  plugin: CompletionItemKind.Module,
  entity: CompletionItemKind.Reference,
};

const SYMBOL_KINDS: Readonly<Record<ConfigSymbol['kind'], SymbolKind>> = {
  list: SymbolKind.Array,
  entity: SymbolKind.Object,
  plugin: SymbolKind.Module,
};

export async function configCompletion({ document, schemas }: OpenConfiguration, position: Position): Promise<CompletionItem[]> {
  const suggestions = await completeConfig(document.getText(), document.offsetAt(position), schemas);
  return suggestions.map((suggestion) => completionItem(suggestion, COMPLETION_KINDS, false));
}

async function spotAt({ document, trees, schemas }: OpenConfiguration, position: Position): Promise<ConfigSpot | undefined> {
  return configSpotAt(document.getText(), await trees(), document.offsetAt(position), schemas);
}

export async function configHover(open: OpenConfiguration, position: Position): Promise<Hover | null> {
  const spot = await spotAt(open, position);
  if (spot === undefined) return null;
  const value = await hoverConfig(spot, open.schemas);
  return value === undefined ? null : { contents: { kind: MarkupKind.Markdown, value }, range: spot.range };
}

/** From a plugin's name to its files, from a field to its schema, from a reference to the entity. */
export async function configDefinition(
  open: OpenConfiguration,
  position: Position,
  uriOf: (path: string) => string,
): Promise<LocationLink[]> {
  const spot = await spotAt(open, position);
  if (spot === undefined) return [];
  const places = await definitionsOf(open.document.getText(), spot, open.schemas);
  return places.map(({ path, range }) => ({
    originSelectionRange: spot.range,
    targetUri: path === undefined ? open.document.uri : uriOf(path),
    targetRange: range,
    targetSelectionRange: range,
  }));
}

/** Everything in the file that refers to the entity at a place. */
export async function configReferences(
  open: OpenConfiguration,
  position: Position,
  withDeclaration: boolean,
): Promise<Location[]> {
  const spot = await spotAt(open, position);
  if (spot === undefined) return [];
  const ranges = referencesOf(open.document.getText(), spot, open.schemas, withDeclaration);
  return ranges.map((range) => ({ uri: open.document.uri, range }));
}

export async function configOutline({ document, trees, schemas }: OpenConfiguration): Promise<DocumentSymbol[]> {
  return configSymbols(document.getText(), await trees(), schemas).map((symbol) => documentSymbol(symbol, SYMBOL_KINDS));
}

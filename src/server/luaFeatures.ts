// The language features of a plugin's Lua files in the protocol's words; what they say is the engine's.
import {
  CompletionItemKind,
  MarkupKind,
  SymbolKind,
  type CompletionItem,
  type DocumentSymbol,
  type Hover,
  type InlayHint,
  type Location,
  type LocationLink,
  type Position,
  type Range,
  type SignatureHelp,
  type WorkspaceEdit,
} from 'vscode-languageserver';
import { completeCode, type CodeSuggestion } from '../code/language/completion';
import { defaultHints } from '../code/language/defaultHints';
import { hoverCode } from '../code/language/hover';
import { openAt, openFile } from '../code/language/opened';
import { outlineOf, phaseHints, type CodeSymbol } from '../code/language/outline';
import { definitionOf, fieldAtPlace, filePlace, readsOf, requiredAt } from '../code/language/places';
import { callAt } from '../code/language/signature';
import { namedIn, renameField } from '../code/language/renameField';
import { completeSchema } from '../plugin/schemaLanguage/complete';
import { hoverSchema } from '../plugin/schemaLanguage/hover';
import { requirable } from '../plugin/requirable';
import { completionItem } from './completionItem';
import { documentSymbol } from './documentSymbol';
import { toWorkspaceEdit, type EditHost } from './convert';
import type { OpenPlugin } from './plugins';

const COMPLETION_KINDS: Readonly<Record<CodeSuggestion['kind'], CompletionItemKind>> = {
  function: CompletionItemKind.Function,
  method: CompletionItemKind.Method,
  field: CompletionItemKind.Field,
  table: CompletionItemKind.Module,
  phase: CompletionItemKind.Event,
  module: CompletionItemKind.Module,
};

/** A position in a file of a plugin. */
export interface LuaPlace {
  opened: OpenPlugin;
  path: string;
  position: Position;
  /** A Lua server has the definitions of the PDK: what would be said twice is left to it. */
  withoutPdk: boolean;
}

/** Completion; without snippet support a phase is only its name. With a Lua server the plugin's own modules are left to it. */
export async function luaCompletion(
  { opened, path, position, withoutPdk }: LuaPlace,
  { snippets, luaServer }: { snippets: boolean; luaServer: boolean },
): Promise<CompletionItem[]> {
  const at = openAt(opened.code, path, position);
  if (at === undefined) return [];
  const { plugin, siblings, code } = opened;
  const modules = requirable(plugin, { version: code.version, siblings, dependencies: await opened.dependencies() }, luaServer);
  return [...completeSchema(at), ...completeCode(at, { modules, withoutPdk })].map((suggestion) =>
    completionItem(suggestion, COMPLETION_KINDS, snippets),
  );
}

export function luaHover({ opened, path, position, withoutPdk }: LuaPlace): Hover | null {
  const at = openAt(opened.code, path, position);
  const found = at && (hoverSchema(at) ?? hoverCode(at, withoutPdk));
  return found === undefined ? null : { contents: { kind: MarkupKind.Markdown, value: found.markdown }, range: found.range };
}

export function luaSignature({ opened, path, position, withoutPdk }: LuaPlace): SignatureHelp | null {
  if (withoutPdk) return null;
  const at = openAt(opened.code, path, position);
  const found = at && callAt(at);
  if (found === undefined) return null;
  const { label, documentation, parameters, active } = found;
  const signature = {
    label,
    documentation: { kind: MarkupKind.Markdown, value: documentation },
    parameters: parameters.map((parameter) => ({ label: parameter })),
  };
  return { signatures: [signature], activeSignature: 0, activeParameter: active };
}

/** From a read of the configuration to the field in the schema, and from `require` to the plugin's own module. */
export function luaDefinition({ opened, path, position }: LuaPlace, uriOf: (path: string) => string): LocationLink[] {
  const at = openAt(opened.code, path, position);
  if (at === undefined) return [];
  const found = fieldAtPlace(at);
  const place = found && definitionOf(found.field);
  if (found !== undefined && place !== undefined) return [link(found.origin, uriOf(place.path), place.range)];
  const required = requiredAt(at);
  const file = required && opened.code.sources.get(required.module)?.path;
  const start = { line: 0, character: 0 };
  return required === undefined || file === undefined ? [] : [link(required.origin, uriOf(file), { start, end: start })];
}

function link(originSelectionRange: Range, targetUri: string, targetRange: Range): LocationLink {
  return { originSelectionRange, targetUri, targetRange, targetSelectionRange: targetRange };
}

/** Where the code reads and writes the field of the configuration at a place, in all files of the plugin. */
export function luaReferences(
  { opened, path, position }: LuaPlace,
  uriOf: (path: string) => string,
  withDeclaration: boolean,
): Location[] {
  const at = openAt(opened.code, path, position);
  const found = at && fieldAtPlace(at);
  if (at === undefined || found === undefined) return [];
  const declared = withDeclaration ? definitionOf(found.field) : undefined;
  const reads = readsOf(found.path, at.context).flatMap(({ source, span }) => filePlace(source, span) ?? []);
  return [...(declared === undefined ? [] : [declared]), ...reads].map(({ path: file, range }) => ({ uri: uriOf(file), range }));
}

/** The phases that lead to each function, and what computed defaults of a schema come to, in a range. */
export function luaInlayHints({ opened: { code }, path }: LuaPlace, range: Range): InlayHint[] {
  const found = openFile(code, path);
  const hints = found === undefined ? [] : [...phaseHints(found.file, found.context), ...defaultHints(found.file, found.context)];
  return hints
    .filter(({ position }) => position.line >= range.start.line && position.line <= range.end.line)
    .map(({ position, label, tooltip }) => ({ position, label, tooltip, paddingLeft: true }));
}

const SYMBOL_KINDS: Readonly<Record<CodeSymbol['kind'], SymbolKind>> = {
  phase: SymbolKind.Event,
  function: SymbolKind.Function,
  record: SymbolKind.Object,
  field: SymbolKind.Field,
};

/** The outline of a file. */
export function luaSymbols({ opened: { code }, path }: LuaPlace): DocumentSymbol[] {
  const found = openFile(code, path);
  return found === undefined ? [] : outlineOf(found.file, found.context).map((symbol) => documentSymbol(symbol, SYMBOL_KINDS));
}

/** The name of the field at a place that can be given another one; null where there is none. Throws UserError where it cannot be changed. */
export function luaPrepareRename({ opened, path, position }: LuaPlace): { range: Range; placeholder: string } | null {
  const at = openAt(opened.code, path, position);
  const found = at && fieldAtPlace(at);
  if (found === undefined) return null;
  namedIn(found, opened.code);
  return { range: found.origin, placeholder: found.field.name };
}

/** Another name for the field at a place, in all files of the plugin. Throws UserError as renameField. */
export function luaRename({ opened, path, position }: LuaPlace, name: string, host: EditHost): WorkspaceEdit | null {
  const at = openAt(opened.code, path, position);
  const changes = at && renameField(at, opened.code, name);
  return (changes && toWorkspaceEdit(changes, host)) ?? null;
}

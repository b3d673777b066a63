// Open documents: what kind of file each is, and the way between the client's URIs and paths.
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { TextDocuments } from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { own } from '../text/own';

/** What a document is to this server. `lua` is any other Lua file: a rockspec may list it. `config` is any YAML or JSON file: its text tells more. */
export type DocumentKind = 'rockspec' | 'kongconf' | 'handler' | 'schema' | 'lua' | 'config';

const KINDS: readonly { kind: DocumentKind; path: RegExp }[] = [
  { kind: 'rockspec', path: /(\.rockspec|[/\\]rockspec)$/ },
  { kind: 'kongconf', path: /[/\\](kong\.conf(\.default)?|[^/\\]+\.kong\.conf)$/ },
  { kind: 'handler', path: /[/\\]kong[/\\]plugins[/\\][^/\\]+[/\\]handler\.lua$/ },
  { kind: 'schema', path: /[/\\]kong[/\\]plugins[/\\][^/\\]+[/\\]schema\.lua$/ },
  { kind: 'lua', path: /\.lua$/ },
  { kind: 'config', path: /\.(?:ya?ml|json)$/i },
];

/** Kinds by language id, for files whose name does not tell (an unsaved one, a rockspec called otherwise). */
const KIND_OF_LANGUAGE: Readonly<Record<string, DocumentKind>> = { rockspec: 'rockspec', kongconf: 'kongconf' };

/** The path of a document: of its file or, for an unsaved one, a made-up one named so that no file name is checked. Undefined for anything else. */
export function pathOf(uri: string): string | undefined {
  if (uri.startsWith('untitled:')) return join('/', 'untitled', 'rockspec');
  if (!uri.startsWith('file:')) return undefined;
  try {
    return fileURLToPath(uri);
  } catch (error) {
    if (error instanceof TypeError || error instanceof URIError) return undefined;
    throw error;
  }
}

/** What a document is; undefined for what the server has nothing to say about. */
export function documentKind(document: Pick<TextDocument, 'uri' | 'languageId'>): DocumentKind | undefined {
  const byLanguage = own(KIND_OF_LANGUAGE, document.languageId);
  if (byLanguage !== undefined || document.uri.startsWith('untitled:')) return byLanguage;
  const path = pathOf(document.uri);
  return path === undefined ? undefined : KINDS.find((row) => row.path.test(path))?.kind;
}

/** The open documents, synchronised incrementally, also reachable by path. */
export class OpenDocuments extends TextDocuments<TextDocument> {
  constructor() {
    super(TextDocument);
  }

  /** The open document of a file, if there is one; clients spell URIs differently, so paths are compared. */
  atPath(path: string): TextDocument | undefined {
    return this.get(pathToFileURL(path).href) ?? this.all().find((document) => pathOf(document.uri) === path);
  }

  /** The URI to name a file with: the client's own spelling where it has the file open. */
  uriOf(path: string): string {
    return this.atPath(path)?.uri ?? pathToFileURL(path).href;
  }
}

// What the client may ask of an open document, and who answers.
import { join } from 'node:path';
import {
  CodeActionKind,
  type CodeActionContext,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  type Position,
  type Range,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { TYPES_FOLDER } from '../kong/pdk/definitions';
import type { KongVersion } from '../kong/versions';
import { isInside } from '../system/paths';
import { UserError } from '../system/userError';
import { asChosen } from '../text/chosen';
import type { Diagnostic } from '../text/diagnostic';
import { touches } from '../text/fixAll';
import { codeActions, FIX_ALL } from './codeActions';
import type * as ConfigFeatures from './configFeatures';
import type { Configurations } from './configurations';
import type { EditHost } from './convert';
import type { DiagnosticsPublisher } from './diagnostics';
import { documentKind, pathOf, type DocumentKind, type OpenDocuments } from './documents';
import {
  codeLenses,
  completion,
  confCompletion,
  confHover,
  definition,
  documentLinks,
  documentSymbols,
  foldingRanges,
  hover,
  inlayHints,
  SHOW_IN_ROCKSPEC,
} from './languageFeatures';
import type * as LuaFeatures from './luaFeatures';
import type { Plugins } from './plugins';
import type { Rockspecs } from './rockspecs';
import type { Settings } from './settings';

/** What the server can be asked for. */
export const CAPABILITIES: ServerCapabilities = {
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
  completionProvider: { triggerCharacters: ['"', "'", '.', ':', '[', '{'] },
  signatureHelpProvider: { triggerCharacters: ['(', ','] },
  hoverProvider: true,
  definitionProvider: true,
  referencesProvider: true,
  renameProvider: { prepareProvider: true },
  documentSymbolProvider: true,
  documentLinkProvider: {},
  inlayHintProvider: true,
  foldingRangeProvider: true,
  codeLensProvider: {},
  executeCommandProvider: { commands: [SHOW_IN_ROCKSPEC] },
};

/** What the answers are made from. */
export interface ServerSession {
  connection: Connection;
  documents: OpenDocuments;
  rockspecs: Rockspecs;
  plugins: Plugins;
  configurations: Configurations;
  publisher: DiagnosticsPublisher;
  client: () => ClientCapabilities;
  /** Folders of the workspace, absolute. */
  roots: () => readonly string[];
  settings: (uri: string) => Promise<Settings & { kongVersion: KongVersion }>;
  logError: (error: unknown) => void;
}

const LUA: readonly DocumentKind[] = ['handler', 'schema', 'lua'];
const ALL: readonly DocumentKind[] = ['rockspec', 'kongconf', 'config', ...LUA];

/** What speaks of Lua files is loaded with the first of them that is asked about, and once. */
let loadedFeatures: Promise<typeof LuaFeatures> | undefined;
const luaFeatures = (): Promise<typeof LuaFeatures> => (loadedFeatures ??= import('./luaFeatures'));

/** And what speaks of configurations. */
let loadedConfigFeatures: Promise<typeof ConfigFeatures> | undefined;
const configFeatures = (): Promise<typeof ConfigFeatures> => (loadedConfigFeatures ??= import('./configFeatures'));

const START: Position = { line: 0, character: 0 };

function isLua(document: TextDocument): boolean {
  return LUA.some((kind) => kind === documentKind(document));
}

type Handler<P, R> = (params: P, token: CancellationToken) => Promise<R | null | ResponseError<undefined>>;

/** Registers an answer for every capability. */
export function answerRequests(session: ServerSession): void {
  const { connection, documents, rockspecs, publisher, settings, logError } = session;

  /** Answers about an open document of one of these kinds; what goes wrong is logged with its stack and answered as an error. */
  const about =
    <P extends { textDocument: { uri: string } }, R>(
      kinds: readonly DocumentKind[],
      handler: (document: TextDocument, params: P) => R | null | Promise<R | null>,
    ): Handler<P, R> =>
    async (params, token) => {
      const document = documents.get(params.textDocument.uri);
      const kind = document && documentKind(document);
      if (document === undefined || kind === undefined || !kinds.includes(kind)) return null;
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
      try {
        return await handler(document, params);
      } catch (error) {
        // What a person can act on is no fault of ours.
        if (!(error instanceof UserError)) logError(error);
        return new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    };

  /** A place in a plugin's Lua file; null for a file that is no plugin's. */
  const luaPlace = async (document: TextDocument, position: Position): Promise<LuaFeatures.LuaPlace | null> => {
    const path = pathOf(document.uri);
    const { kongVersion, luaServer } = await settings(document.uri);
    const opened = path === undefined ? undefined : await session.plugins.open(path, kongVersion);
    if (path === undefined || opened === undefined) return null;
    return { opened, path, position, withoutPdk: luaServer && (await hasDefinitions(session, path)) };
  };

  /** A configuration; null for any other YAML or JSON file, and for one that is too large to be looked at with every key. */
  const configPlace = async (document: TextDocument): Promise<ConfigFeatures.OpenConfiguration | null> => {
    const { configurations } = session;
    if (!configurations.isOne(document) || configurations.isTooLarge(document)) return null;
    const { kongVersion } = await settings(document.uri);
    return {
      document,
      trees: () => configurations.trees(document),
      schemas: await configurations.schemas(document, kongVersion),
    };
  };

  const isConfig = (document: TextDocument): boolean => documentKind(document) === 'config';

  const uriOf = (path: string): string => documents.uriOf(path);

  connection.onCodeAction(
    about(['rockspec', 'kongconf', 'handler', 'schema', 'config'], async (document, { range, context }) => {
      const path = pathOf(document.uri);
      if (path === undefined || (isConfig(document) && !session.configurations.isOne(document))) return [];
      const found = isConfig(document)
        ? await configDiagnostics(session, document, path, range, context)
        : await publisher.current(document);
      return codeActions(path, found, range, context, editHost(session, document));
    }),
  );
  connection.onCompletion(
    about(ALL, async (document, { position }) => {
      if (isConfig(document)) {
        const place = await configPlace(document);
        return place && (await configFeatures()).configCompletion(place, position);
      }
      const chosen = await settings(document.uri);
      const { kongVersion } = chosen;
      const snippets = session.client().textDocument?.completion?.completionItem?.snippetSupport ?? false;
      if (isLua(document)) {
        const place = await luaPlace(document, position);
        return place && (await luaFeatures()).luaCompletion(place, { snippets, luaServer: chosen.luaServer });
      }
      if (documentKind(document) === 'kongconf') {
        return confCompletion(document, position, kongVersion, await session.plugins.names(pathOf(document.uri) ?? ''));
      }
      return completion(rockspecs, document, position, kongVersion, snippets);
    }),
  );
  connection.onHover(
    about(ALL, async (document, { position }) => {
      if (isConfig(document)) {
        const place = await configPlace(document);
        return place && (await configFeatures()).configHover(place, position);
      }
      if (isLua(document)) {
        const place = await luaPlace(document, position);
        return place && (await luaFeatures()).luaHover(place);
      }
      return documentKind(document) === 'kongconf'
        ? confHover(document, position)
        : hover(rockspecs, document, position, (await settings(document.uri)).kongVersion);
    }),
  );
  connection.onSignatureHelp(
    about(LUA, async (document, { position }) => {
      const place = await luaPlace(document, position);
      return place && (await luaFeatures()).luaSignature(place);
    }),
  );
  connection.onDefinition(
    about(['rockspec', 'config', ...LUA], async (document, { position }) => {
      if (isConfig(document)) {
        const place = await configPlace(document);
        return place && (await configFeatures()).configDefinition(place, position, uriOf);
      }
      if (!isLua(document)) return definition(rockspecs, document, position);
      const place = await luaPlace(document, position);
      return place && (await luaFeatures()).luaDefinition(place, uriOf);
    }),
  );
  connection.onReferences(
    about(['config', ...LUA], async (document, { position, context }) => {
      if (isConfig(document)) {
        const place = await configPlace(document);
        return place && (await configFeatures()).configReferences(place, position, context.includeDeclaration);
      }
      const place = await luaPlace(document, position);
      return place && (await luaFeatures()).luaReferences(place, uriOf, context.includeDeclaration);
    }),
  );
  connection.onPrepareRename(
    about(LUA, async (document, { position }) => {
      const place = await luaPlace(document, position);
      return place && (await luaFeatures()).luaPrepareRename(place);
    }),
  );
  connection.onRenameRequest(
    about(LUA, async (document, { position, newName }) => {
      const place = await luaPlace(document, position);
      return place && (await luaFeatures()).luaRename(place, newName, editHost(session, document));
    }),
  );
  connection.onDocumentSymbol(
    about(['rockspec', 'config', ...LUA], async (document) => {
      if (isConfig(document)) {
        const place = await configPlace(document);
        return place && (await configFeatures()).configOutline(place);
      }
      if (!isLua(document)) return documentSymbols(rockspecs, document);
      const place = await luaPlace(document, START);
      const { luaServer } = await settings(document.uri);
      // A Lua server lists the functions itself; the tree of a configuration it does not know.
      return luaServer && documentKind(document) !== 'schema' ? [] : place && (await luaFeatures()).luaSymbols(place);
    }),
  );
  connection.onDocumentLinks(about(['rockspec'], (document) => documentLinks(rockspecs, document)));
  connection.onFoldingRanges(about(['rockspec'], (document) => foldingRanges(rockspecs, document)));
  connection.languages.inlayHint.on(
    about(['rockspec', ...LUA], async (document, { range }) => {
      if (!(await settings(document.uri)).inlayHints) return [];
      if (!isLua(document)) return inlayHints(rockspecs, document, range);
      const place = await luaPlace(document, START);
      return place && (await luaFeatures()).luaInlayHints(place, range);
    }),
  );
  connection.onCodeLens(about(['handler', 'schema', 'lua'], (document) => codeLenses(rockspecs, document, session.roots())));
  connection.onExecuteCommand(async ({ command, arguments: [uri, selection] = [] }) => {
    if (command !== SHOW_IN_ROCKSPEC) return null;
    try {
      return await connection.window.showDocument({ uri: String(uri), takeFocus: true, selection: selection as Range });
    } catch (error) {
      logError(error);
      return new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
    }
  });
}

/** The diagnostics of a configuration, those in a range with their fixes: they are made when they are asked for. */
async function configDiagnostics(
  { configurations, settings }: ServerSession,
  document: TextDocument,
  path: string,
  range: Range,
  { only }: Pick<CodeActionContext, 'only'>,
): Promise<Diagnostic[]> {
  const isAll = only?.some((kind) => kind.startsWith(CodeActionKind.SourceFixAll) || kind === CodeActionKind.Source) ?? false;
  const { kongVersion, checks } = await settings(document.uri);
  const fixes = { path, isWanted: (one: Range): boolean => isAll || touches(one, range) };
  return asChosen(await configurations.check(document, kongVersion, fixes), document.getText(), checks);
}

/** Whether the Lua server of a file's project is told of our definitions. */
async function hasDefinitions({ roots, rockspecs }: ServerSession, path: string): Promise<boolean> {
  const root = roots().find((folder) => isInside(folder, path));
  const settings = root === undefined ? undefined : await rockspecs.files.read(join(root, '.luarc.json'));
  return settings !== undefined && Buffer.from(settings).includes(`"${TYPES_FOLDER}"`);
}

function editHost({ client, documents }: ServerSession, document: TextDocument): EditHost {
  const edit = client().workspace?.workspaceEdit;
  const own = pathOf(document.uri);
  return {
    uriOf: (path) => (path === own ? document.uri : documents.uriOf(path)),
    versionOf: (path) => (path === own ? document.version : (documents.atPath(path)?.version ?? null)),
    can: {
      documentChanges: edit?.documentChanges ?? false,
      create: edit?.resourceOperations?.includes('create') ?? false,
      rename: edit?.resourceOperations?.includes('rename') ?? false,
    },
  };
}

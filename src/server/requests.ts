// What the client may ask of an open document, and who answers.
import {
  CodeActionKind,
  LSPErrorCodes,
  ResponseError,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
  type Range,
  type ServerCapabilities,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { KongVersion } from '../kong/versions';
import { codeActions, FIX_ALL } from './codeActions';
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
import type { Plugins } from './plugins';
import type { Rockspecs } from './rockspecs';
import type { Settings } from './settings';

/** What the server can be asked for. */
export const CAPABILITIES: ServerCapabilities = {
  codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
  completionProvider: { triggerCharacters: ['"', "'", '.', '[', '{'] },
  hoverProvider: true,
  definitionProvider: true,
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
  publisher: DiagnosticsPublisher;
  client: () => ClientCapabilities;
  /** Folders of the workspace, absolute. */
  roots: () => readonly string[];
  settings: (uri: string) => Promise<Settings & { kongVersion: KongVersion }>;
  logError: (error: unknown) => void;
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
        logError(error);
        return new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    };

  connection.onCodeAction(
    about(['rockspec', 'kongconf', 'handler', 'schema'], async (document, { range, context }) => {
      const path = pathOf(document.uri);
      return path === undefined
        ? []
        : codeActions(path, await publisher.current(document), range, context, editHost(session, document));
    }),
  );
  connection.onCompletion(
    about(['rockspec', 'kongconf'], async (document, { position }) => {
      const { kongVersion } = await settings(document.uri);
      if (documentKind(document) === 'kongconf') {
        return confCompletion(document, position, kongVersion, await session.plugins.names(pathOf(document.uri) ?? ''));
      }
      const snippets = session.client().textDocument?.completion?.completionItem?.snippetSupport ?? false;
      return completion(rockspecs, document, position, kongVersion, snippets);
    }),
  );
  connection.onHover(
    about(['rockspec', 'kongconf'], async (document, { position }) =>
      documentKind(document) === 'kongconf'
        ? confHover(document, position)
        : hover(rockspecs, document, position, (await settings(document.uri)).kongVersion),
    ),
  );
  connection.onDefinition(about(['rockspec'], (document, { position }) => definition(rockspecs, document, position)));
  connection.onDocumentSymbol(about(['rockspec'], (document) => documentSymbols(rockspecs, document)));
  connection.onDocumentLinks(about(['rockspec'], (document) => documentLinks(rockspecs, document)));
  connection.onFoldingRanges(about(['rockspec'], (document) => foldingRanges(rockspecs, document)));
  connection.languages.inlayHint.on(
    about(['rockspec'], async (document, { range }) =>
      (await settings(document.uri)).inlayHints ? inlayHints(rockspecs, document, range) : [],
    ),
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

// The language server, whatever it is connected to: says what it can do and sends every request to the function that answers it.
import { dirname } from 'node:path';
import {
  CodeActionKind,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  LSPErrorCodes,
  ResponseError,
  TextDocumentSyncKind,
  WatchKind,
  type CancellationToken,
  type ClientCapabilities,
  type Connection,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic } from '../text/diagnostic';
import { check } from './checkers';
import { codeActions, FIX_ALL } from './codeActions';
import { toLspDiagnostic, type EditHost } from './convert';
import { createDiagnosticsPublisher } from './diagnostics';
import { isInside, kindOf, OpenDocuments, pathOf } from './documents';
import { createSettingsStore, type SettingsStore } from './settings';

/** Handles of a running server for its entry. */
export interface RunningServer {
  /** Logs anything thrown, with its stack, to the client. */
  logError: (error: unknown) => void;
}

/** Serves one client over `connection` until it says goodbye. */
export function startServer(connection: Connection): RunningServer {
  const documents = new OpenDocuments();
  let client: ClientCapabilities = {};
  let settings: SettingsStore = createSettingsStore(connection, false, undefined);

  const logError = (error: unknown): void => {
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  const publisher = createDiagnosticsPublisher({
    check: async (document, signal): Promise<Diagnostic[]> => {
      const kind = kindOf(document);
      const path = pathOf(document.uri);
      if (kind === undefined || path === undefined) return [];
      return check(kind, { path, text: document.getText(), settings: await settings.of(document.uri), signal });
    },
    publish: (document, diagnostics) => {
      const shown = diagnostics.map((diagnostic) => toLspDiagnostic(diagnostic, (path) => documents.uriOf(path)));
      void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: shown }).catch(logError);
    },
    logError,
  });

  const editHost = (): EditHost => {
    const edit = client.workspace?.workspaceEdit;
    return {
      uriOf: (path) => documents.uriOf(path),
      versionOf: (path) => documents.atPath(path)?.version ?? null,
      can: {
        documentChanges: edit?.documentChanges ?? false,
        create: edit?.resourceOperations?.includes('create') ?? false,
        rename: edit?.resourceOperations?.includes('rename') ?? false,
      },
    };
  };

  /** Answers a request about an open document; what goes wrong is logged with its stack and answered as an error. */
  const answer =
    <P extends { textDocument: { uri: string } }, R>(
      handler: (document: TextDocument, params: P) => R | null | Promise<R | null>,
    ) =>
    async (params: P, token: CancellationToken): Promise<R | null | ResponseError<undefined>> => {
      const document = documents.get(params.textDocument.uri);
      if (document === undefined) return null;
      if (token.isCancellationRequested) return new ResponseError(LSPErrorCodes.RequestCancelled, 'The request was cancelled.');
      try {
        return await handler(document, params);
      } catch (error) {
        logError(error);
        return new ResponseError(LSPErrorCodes.RequestFailed, error instanceof Error ? error.message : String(error));
      }
    };

  connection.onInitialize((params) => {
    client = params.capabilities;
    settings = createSettingsStore(connection, client.workspace?.configuration ?? false, params.initializationOptions);
    return {
      serverInfo: { name: 'kong-plugin' },
      capabilities: {
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        codeActionProvider: { codeActionKinds: [CodeActionKind.QuickFix, FIX_ALL] },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    const register = async (): Promise<void> => {
      if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
        await connection.client.register(DidChangeConfigurationNotification.type, { section: 'kongPlugin' });
      }
      if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
        await connection.client.register(DidChangeWatchedFilesNotification.type, {
          watchers: [
            { globPattern: '**/*.{lua,rockspec}' },
            // Any file can be a module, a copied folder or a licence.
            { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete },
          ],
        });
      }
    };
    register().catch(logError);
  });

  connection.onDidChangeConfiguration((params) => {
    settings.forget(params.settings);
    documents.all().forEach(publisher.changed);
  });

  // What a file on disk says matters to the rockspecs at or above it.
  const recheckAround = (path: string, except?: TextDocument): void => {
    for (const document of documents.all()) {
      const own = pathOf(document.uri);
      if (document === except || own === undefined || kindOf(document) === 'lua') continue;
      if (isInside(dirname(own), path)) publisher.changed(document);
    }
  };

  connection.onDidChangeWatchedFiles(({ changes }) => {
    for (const { uri, type } of changes) {
      const path = pathOf(uri);
      if (path === undefined) continue;
      const open = documents.atPath(path);
      if (type === FileChangeType.Deleted && open !== undefined) publisher.gone(open);
      recheckAround(path, type === FileChangeType.Deleted ? open : undefined);
    }
  });

  documents.onDidChangeContent(({ document }) => publisher.changed(document));
  documents.onDidClose(({ document }) => publisher.gone(document));

  connection.onCodeAction(
    answer(async (document, { range, context }) => {
      const path = pathOf(document.uri);
      if (path === undefined) return [];
      return codeActions(path, await publisher.current(document), range, context, editHost());
    }),
  );

  documents.listen(connection);
  connection.listen();
  return { logError };
}

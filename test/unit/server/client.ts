// A language client without an editor: talks LSP to the server in this process over two streams.
import { PassThrough } from 'node:stream';
import {
  createConnection,
  createProtocolConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
  type ClientCapabilities,
  type InitializeResult,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
} from 'vscode-languageserver/node';
import { startServer } from '../../../src/server/server';

export interface TestClient {
  connection: ProtocolConnection;
  initialized: InitializeResult;
  /** Every publication so far, oldest first. */
  published: PublishDiagnosticsParams[];
  /** Everything logged through window/logMessage. */
  logged: string[];
  /** Waits until a publication (one that came already counts, unless `since` skips it) satisfies the test. */
  waitForDiagnostics: (
    uri: string,
    test: (params: PublishDiagnosticsParams) => boolean,
    since?: number,
  ) => Promise<PublishDiagnosticsParams>;
  open: (uri: string, text: string, languageId?: string) => Promise<void>;
  /** Replaces the whole text. */
  change: (uri: string, version: number, text: string) => Promise<void>;
  close: (uri: string) => Promise<void>;
  dispose: () => void;
}

const CAPABILITIES: ClientCapabilities = {
  workspace: {
    configuration: true,
    workspaceEdit: { documentChanges: true, resourceOperations: ['create', 'rename', 'delete'] },
    workspaceFolders: true,
  },
  window: { showDocument: { support: true } },
};

/** Starts a server and shakes hands with it; `settings` answers workspace/configuration and may give others between requests. */
export async function startClient(
  options: {
    settings?: () => Record<string, unknown>;
    folders?: string[];
    capabilities?: ClientCapabilities;
    initializationOptions?: unknown;
  } = {},
): Promise<TestClient> {
  const toServer = new PassThrough();
  const toClient = new PassThrough();
  startServer(createConnection(ProposedFeatures.all, new StreamMessageReader(toServer), new StreamMessageWriter(toClient)));
  const connection = createProtocolConnection(new StreamMessageReader(toClient), new StreamMessageWriter(toServer));
  const published: PublishDiagnosticsParams[] = [];
  const logged: string[] = [];
  const waiting = new Set<() => void>();
  connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    published.push(params);
    for (const look of waiting) look();
  });
  connection.onNotification('window/logMessage', (params: { message: string }) => void logged.push(params.message));
  connection.onRequest('workspace/configuration', (params: { items: unknown[] }) =>
    params.items.map(() => options.settings?.() ?? {}),
  );
  connection.listen();
  const initialized = await connection.sendRequest<InitializeResult>('initialize', {
    processId: null,
    rootUri: null,
    capabilities: options.capabilities ?? CAPABILITIES,
    workspaceFolders: (options.folders ?? []).map((uri) => ({ uri, name: uri })),
    initializationOptions: options.initializationOptions,
  });
  await connection.sendNotification('initialized', {});
  return {
    connection,
    initialized,
    published,
    logged,
    waitForDiagnostics: (uri, test, since = 0) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = published.slice(since).find((params) => params.uri === uri && test(params));
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    open: (uri, text, languageId = 'rockspec') =>
      connection.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    change: (uri, version, text) =>
      connection.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges: [{ text }] }),
    close: (uri) => connection.sendNotification('textDocument/didClose', { textDocument: { uri } }),
    dispose: () => {
      connection.dispose();
      toServer.destroy();
      toClient.destroy();
    },
  };
}

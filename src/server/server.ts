// The language server, whatever it is connected to: greets the client, keeps diagnostics true, and hands requests to those who answer them.
import {
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  FileChangeType,
  MessageType,
  ShowMessageNotification,
  TextDocumentSyncKind,
  WatchKind,
  type ClientCapabilities,
  type Connection,
} from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { DEFAULT_KONG, parseKongVersion, type KongVersion } from '../kong/versions';
import { projectFolder } from '../rockspec/projectFolder';
import { parseTarget } from '../rockspec/target';
import { UserError } from '../system/userError';
import type { Diagnostic } from '../text/diagnostic';
import { checkDocument } from './checkers';
import { Configurations } from './configurations';
import { toLspDiagnostic } from './convert';
import { createDiagnosticsPublisher } from './diagnostics';
import { isInside } from '../system/paths';
import { documentKind, OpenDocuments, pathOf } from './documents';
import { Plugins } from './plugins';
import { answerRequests, CAPABILITIES } from './requests';
import { Rockspecs } from './rockspecs';
import { createSettingsStore, type Settings, type SettingsStore } from './settings';

/** Changes here come in thousands and never matter. */
const NOT_OURS = /[\\/](?:node_modules|\.git)[\\/]/;

/** Files that a plugin is made of, and folders that may hold some. */
const OF_PLUGINS = /\.(?:lua|rockspec)$|[\\/][^.\\/]+$/;

/** A file that has more, made by a loop, would drown the editor. */
const MAX_PUBLISHED = 1000;

/** Handles of a running server for its entry. */
export interface RunningServer {
  /** Logs anything thrown, with its stack, to the client. */
  logError: (error: unknown) => void;
}

/** Serves one client over `connection` until it says goodbye. */
export function startServer(connection: Connection): RunningServer {
  const documents = new OpenDocuments();
  const rockspecs = new Rockspecs(documents);
  let client: ClientCapabilities = {};
  let roots: string[] = [];
  const plugins = new Plugins(rockspecs.files, () => roots);
  const configurations = new Configurations(plugins);
  let store: SettingsStore = createSettingsStore(connection, false, undefined);

  const logError = (error: unknown): void => {
    connection.console.error(error instanceof Error ? (error.stack ?? error.message) : String(error));
  };

  const warned = new Set<string>();
  /** The settings for a document; versions nobody knows are told once and replaced by the default. */
  const settings = async (uri: string): Promise<Settings & { kongVersion: KongVersion }> => {
    const found = await store.of(uri);
    try {
      return { ...found, kongVersion: parseTarget(found).kong };
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!warned.has(error.message)) {
        const message = `${error.message} Checking for Kong ${DEFAULT_KONG}.`;
        connection.sendNotification(ShowMessageNotification.type, { type: MessageType.Warning, message }).catch(logError);
      }
      warned.add(error.message);
      return { ...found, kong: DEFAULT_KONG, luarocks: undefined, kongVersion: parseKongVersion(DEFAULT_KONG) };
    }
  };

  const publisher = createDiagnosticsPublisher({
    check: async (document, signal): Promise<Diagnostic[]> => {
      const kind = documentKind(document);
      const path = pathOf(document.uri);
      if (kind === undefined || path === undefined) return [];
      const chosen = await settings(document.uri);
      return checkDocument(kind, { document, path, settings: chosen, rockspecs, plugins, configurations, signal });
    },
    publish: (document, diagnostics) => {
      const shown = mostSevere(diagnostics).map((diagnostic) => toLspDiagnostic(diagnostic, (path) => documents.uriOf(path)));
      void connection.sendDiagnostics({ uri: document.uri, version: document.version, diagnostics: shown }).catch(logError);
    },
    logError,
  });

  /** Whether anything is said of a document: of most YAML and JSON files nothing ever is. */
  const isOurs = (document: TextDocument): boolean => documentKind(document) !== 'config' || configurations.isOne(document);

  connection.onInitialize((params) => {
    client = params.capabilities;
    roots = (params.workspaceFolders ?? []).flatMap(({ uri }) => pathOf(uri) ?? []);
    store = createSettingsStore(connection, client.workspace?.configuration ?? false, params.initializationOptions);
    return {
      serverInfo: { name: 'kong-plugin' },
      capabilities: {
        ...CAPABILITIES,
        textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
        workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      },
    };
  });

  connection.onInitialized(() => {
    subscribe(connection, client).catch(logError);
    if (client.workspace?.workspaceFolders) {
      connection.workspace.onDidChangeWorkspaceFolders(({ added, removed }) => {
        const gone = new Set(removed.map(({ uri }) => pathOf(uri)));
        roots = [...roots.filter((root) => !gone.has(root)), ...added.flatMap(({ uri }) => pathOf(uri) ?? [])];
      });
    }
  });

  connection.onDidChangeConfiguration((params) => {
    store.forget(params.settings);
    for (const document of documents.all()) if (isOurs(document)) publisher.changed(document);
    if (client.workspace?.inlayHint?.refreshSupport) connection.languages.inlayHint.refresh().catch(logError);
  });

  /**
   * A rockspec speaks of the files below its project, and a plugin's files of each other and of the rockspec above them; a configuration speaks of
   * every plugin.
   */
  const recheckAround = (path: string, except: TextDocument | undefined): void => {
    for (const document of documents.all()) {
      const own = pathOf(document.uri);
      if (document === except || own === undefined) continue;
      if (documentKind(document) === 'config') {
        if (OF_PLUGINS.test(path) && configurations.isOne(document)) publisher.changed(document);
        continue;
      }
      if (isInside(projectFolder(own), path) || isInside(projectFolder(path), own)) publisher.changed(document);
    }
  };

  connection.onDidChangeWatchedFiles(({ changes }) => {
    const ours = changes.flatMap(({ uri, type }) => {
      const path = pathOf(uri);
      return path === undefined || NOT_OURS.test(path) ? [] : [{ path, type }];
    });
    if (ours.length === 0) return;
    rockspecs.forget();
    plugins.changedOnDisk(ours.map(({ path }) => path));
    for (const { path, type } of ours) {
      const deleted = type === FileChangeType.Deleted ? documents.atPath(path) : undefined;
      if (deleted !== undefined) publisher.gone(deleted);
      recheckAround(path, deleted);
    }
  });

  documents.onDidChangeContent(({ document }) => {
    if (documentKind(document) === 'config') {
      if (configurations.concerns(document)) publisher.changed(document);
      return;
    }
    plugins.forget();
    publisher.changed(document);
    const path = pathOf(document.uri);
    if (path !== undefined) recheckAround(path, document);
  });
  documents.onDidClose(({ document }) => {
    if (isOurs(document)) publisher.gone(document);
    if (documentKind(document) === 'config') return;
    // From now on the file on disk counts: it may have been saved, or never have had what the editor showed.
    const path = pathOf(document.uri);
    if (path === undefined) return;
    rockspecs.forget();
    plugins.changedOnDisk([path]);
    recheckAround(path, document);
  });

  answerRequests({
    connection,
    documents,
    rockspecs,
    plugins,
    configurations,
    publisher,
    client: () => client,
    roots: () => roots,
    settings,
    logError,
  });
  documents.listen(connection);
  connection.listen();
  return { logError };
}

/** What is published of very many diagnostics: the errors first. */
function mostSevere(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  if (diagnostics.length <= MAX_PUBLISHED) return diagnostics;
  const errors = diagnostics.filter(({ severity }) => severity === 'error');
  return [...errors, ...diagnostics.filter(({ severity }) => severity !== 'error')].slice(0, MAX_PUBLISHED);
}

/** Asks the client to tell when settings or files change. */
async function subscribe(connection: Connection, client: ClientCapabilities): Promise<void> {
  if (client.workspace?.didChangeConfiguration?.dynamicRegistration) {
    await connection.client.register(DidChangeConfigurationNotification.type, { section: 'kongPlugin' });
  }
  if (client.workspace?.didChangeWatchedFiles?.dynamicRegistration) {
    await connection.client.register(DidChangeWatchedFilesNotification.type, {
      watchers: [
        { globPattern: '**/{*.lua,*.rockspec,.luarc.json}' },
        // Any file can be a module, a copied folder or a licence.
        { globPattern: '**/*', kind: WatchKind.Create | WatchKind.Delete },
      ],
    });
  }
}

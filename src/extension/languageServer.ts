// The language server's life: started when a file of ours is open, restarted when it crashes, given up with an offer when it keeps crashing.
import * as vscode from 'vscode';
import type { ConfigurationMiddleware, LanguageClient } from 'vscode-languageclient/node';
import { logUnexpected } from './dialogue/showFailure';
import { runCommand } from './ourCommands';

const NAME = 'Kong Plugin language server';
const LANGUAGES = ['rockspec', 'kongconf', 'lua'] as const;
/** Some of these are declarative configurations: the server tells which, and starts for no other. */
const CONFIGURATIONS = '**/*.{yml,yaml,json}';
/** So many crashes within this time and it is not restarted by itself any more. */
const CRASHES = 4;
const WITHIN_MS = 3 * 60_000;

/** The extension that brings a server for plain Lua. */
const LUA_EXTENSION = 'sumneko.lua';

/** Our settings as the server asks for them, with whether a Lua server works beside it. */
const withLuaServer: NonNullable<ConfigurationMiddleware['configuration']> = async (params, token, next) => {
  const values = await next(params, token);
  if (!Array.isArray(values)) return values;
  const luaServer = vscode.extensions.getExtension(LUA_EXTENSION) !== undefined;
  return values.map((value: unknown, i) => {
    const isOurs = params.items[i]?.section === 'kongPlugin' && typeof value === 'object' && value !== null;
    return isOurs ? { ...value, luaServer } : value;
  });
};

async function isConfigurationFile(document: vscode.TextDocument): Promise<boolean> {
  if (document.uri.scheme !== 'file' || vscode.languages.match({ pattern: CONFIGURATIONS }, document) === 0) return false;
  const { isConfiguration } = await import('../config/declarative/looksLike');
  return isConfiguration(document.fileName, document.getText());
}

/** Starts and stops the server; everything it needs is loaded at the first start. */
export class LanguageServer implements vscode.Disposable {
  readonly #log: vscode.LogOutputChannel;
  readonly #module: string;
  readonly #disposables: { dispose(): unknown }[] = [];
  #client: Promise<LanguageClient> | undefined;
  #crashes: number[] = [];

  constructor(log: vscode.LogOutputChannel, context: vscode.ExtensionContext) {
    this.#log = log;
    this.#module = context.asAbsolutePath('dist/server.js');
    this.#disposables.push(
      vscode.workspace.onDidOpenTextDocument((document) => this.#consider(document)),
      // A file may become a configuration as it is written.
      vscode.workspace.onDidSaveTextDocument((document) => this.#consider(document)),
    );
  }

  /** Starts the server when one of its files is open already. */
  startIfNeeded(): void {
    for (const document of vscode.workspace.textDocuments) this.#consider(document);
  }

  /** Starts a stopped server, restarts a running one. */
  async restart(): Promise<void> {
    const old = this.#client;
    this.#client = undefined;
    this.#crashes = [];
    const running = await old?.catch(() => undefined);
    await running?.dispose().catch((error: unknown) => logUnexpected(this.#log, `Stopping the ${NAME}`, error));
    await this.#start();
    this.#log.info(`The ${NAME} was restarted.`);
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
    void this.#client?.then((client) => client.dispose()).catch(() => undefined);
  }

  #consider(document: vscode.TextDocument): void {
    if (this.#client !== undefined) return;
    const starts = async (): Promise<void> => {
      const isOurs = LANGUAGES.some((language) => language === document.languageId) || (await isConfigurationFile(document));
      if (isOurs) await this.#start();
    };
    starts().catch((error: unknown) => logUnexpected(this.#log, `Starting the ${NAME}`, error));
  }

  #start(): Promise<LanguageClient> {
    this.#client ??= this.#launch();
    return this.#client;
  }

  async #launch(): Promise<LanguageClient> {
    const { CloseAction, ErrorAction, LanguageClient, State, TransportKind } = await import('vscode-languageclient/node');
    const started = performance.now();
    const client = new LanguageClient(
      'kongPlugin',
      NAME,
      { module: this.#module, transport: TransportKind.ipc },
      {
        documentSelector: [
          ...LANGUAGES.map((language) => ({ scheme: 'file', language })),
          { scheme: 'untitled', language: 'rockspec' },
          { scheme: 'file', pattern: CONFIGURATIONS },
        ],
        diagnosticCollectionName: 'kong-plugin',
        middleware: { workspace: { configuration: withLuaServer } },
        outputChannel: this.#log,
        errorHandler: {
          error: (error) => {
            logUnexpected(this.#log, `Talking to the ${NAME}`, error);
            return { action: ErrorAction.Continue };
          },
          closed: () => ({ action: this.#crashed() ? CloseAction.Restart : CloseAction.DoNotRestart, handled: true }),
        },
      },
    );
    let restarting = false;
    this.#disposables.push(
      client.onDidChangeState(({ newState }) => {
        if (newState === State.Stopped) restarting = true;
        if (newState !== State.Running || !restarting) return;
        restarting = false;
        this.#log.info(`The ${NAME} runs again.`);
      }),
    );
    await client.start();
    this.#log.info(`The ${NAME} started in ${(performance.now() - started).toFixed(0)} ms.`);
    return client;
  }

  /** Notes a crash and tells the person; whether it shall be restarted. */
  #crashed(): boolean {
    const now = Date.now();
    this.#crashes = [...this.#crashes.filter((time) => now - time < WITHIN_MS), now];
    const restart = this.#crashes.length < CRASHES;
    const what = `The ${NAME} stopped unexpectedly`;
    this.#log.error(restart ? `${what}; it is restarted.` : `${what} ${CRASHES} times in a row; it stays stopped.`);
    if (restart) {
      if (this.#crashes.length === 1) void this.#offer(`${what} and was restarted.`, 'Show Log');
    } else {
      void this.#offer(
        `${what} ${CRASHES} times in a row and stays stopped: checks in the editor are off.`,
        'Restart',
        'Show Log',
      );
    }
    return restart;
  }

  async #offer(message: string, ...buttons: ('Restart' | 'Show Log')[]): Promise<void> {
    const chosen = await vscode.window.showWarningMessage(message, ...buttons);
    if (chosen === 'Restart') await runCommand('kongPlugin.restartServer');
    else if (chosen === 'Show Log') this.#log.show();
  }
}

// What is wrong with the workspace's plugins, also in files that are not open; the language server speaks for those that are.
import * as vscode from 'vscode';
import type { Plugin } from '../plugin/plugin';
import type { FileDiagnostics } from '../text/diagnostic';
import { checkChoices, kongVersion, luarocksVersion } from './settings';
import { toDiagnostic } from './toDiagnostic';
import { currentTextOrNothing } from './workspaceEdit';
import type { WorkspacePlugins } from './workspacePlugins';

/** Plugins beyond these are checked only when asked to. */
const MAX_UNASKED = 200;

/** How many problems a check found, and in how many plugins it looked. */
export interface CheckSummary {
  plugins: number;
  errors: number;
  warnings: number;
}

/** Checks plugins and shows what is wrong in files that are not open. */
export class WorkspaceCheck implements vscode.Disposable {
  readonly #collection = vscode.languages.createDiagnosticCollection('kong-plugin-workspace');
  readonly #results = new Map<string, vscode.Diagnostic[]>();
  readonly #disposables: { dispose(): unknown }[];
  readonly #plugins: WorkspacePlugins;
  readonly #log: vscode.LogOutputChannel;
  #stale = new Set<string>();
  #checking: Promise<unknown> = Promise.resolve();

  constructor(plugins: WorkspacePlugins, log: vscode.LogOutputChannel) {
    this.#plugins = plugins;
    this.#log = log;
    this.#disposables = [
      this.#collection,
      plugins.onDidChange((files) => this.#touch(files)),
      vscode.workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration('kongPlugin.kong') || event.affectsConfiguration('kongPlugin.luarocks'))
          this.#touch(undefined);
      }),
      vscode.workspace.onDidOpenTextDocument(({ uri }) => this.#collection.delete(uri)),
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.#publish(uri.fsPath)),
    ];
  }

  /** Checks what changed since the last time, without being asked to; of very many plugins only the first. Rejects when it is stopped. */
  async checkStale(signal: AbortSignal, say: (message: string) => void): Promise<void> {
    const known = this.#plugins.known ?? [];
    const stale = known.slice(0, MAX_UNASKED).filter(({ dir }) => this.#stale.has(dir));
    if (stale.length === 0) return;
    if (known.length > MAX_UNASKED)
      this.#log.info(`The first ${MAX_UNASKED} of ${known.length} plugins are checked; Check Workspace checks all.`);
    await this.check(stale, signal, say);
  }

  /** Checks these plugins now, one check after the other. */
  async check(
    plugins: readonly Plugin[],
    signal: AbortSignal,
    say: (message: string) => void = () => undefined,
  ): Promise<CheckSummary> {
    const run = this.#checking.then(async () => {
      const summary: CheckSummary = { plugins: plugins.length, errors: 0, warnings: 0 };
      const seen = new Set<string>();
      for (const [i, plugin] of plugins.entries()) {
        signal.throwIfAborted();
        say(`${plugin.name} (${i + 1} of ${plugins.length})`);
        this.#stale.delete(plugin.dir);
        const results = await checkNow(plugin, this.#plugins.known ?? []);
        const fresh = results.filter(({ path }) => !seen.has(path));
        // files that nothing is said of any more are not among the results
        const files = new Set([...filesOf(plugin).filter((path) => !seen.has(path)), ...fresh.map(({ path }) => path)]);
        for (const path of files) this.#results.delete(path);
        for (const { path, diagnostics } of fresh) {
          seen.add(path);
          this.#results.set(path, diagnostics.map(toDiagnostic));
          summary.errors += diagnostics.filter(({ severity }) => severity === 'error').length;
          summary.warnings += diagnostics.filter(({ severity }) => severity === 'warning').length;
        }
        for (const path of files) this.#publish(path);
      }
      return summary;
    });
    this.#checking = run.catch(() => undefined);
    return run;
  }

  dispose(): void {
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #touch(files: ReadonlySet<string> | undefined): void {
    const known = this.#plugins.known ?? [];
    for (const plugin of known) {
      if (files === undefined || filesOf(plugin).some((file) => files.has(file))) this.#stale.add(plugin.dir);
    }
    const owned = new Set(known.flatMap(filesOf));
    for (const path of this.#results.keys()) {
      if (owned.has(path)) continue;
      this.#results.delete(path);
      this.#publish(path);
    }
  }

  #publish(path: string): void {
    const uri = vscode.Uri.file(path);
    const open = vscode.workspace.textDocuments.some((document) => document.uri.toString() === uri.toString());
    this.#collection.set(uri, open ? undefined : this.#results.get(path));
  }
}

/** The files that a plugin is made of. */
function filesOf({ modules, rockspec }: Plugin): string[] {
  return [...modules.values(), ...(rockspec === undefined ? [] : [rockspec])];
}

/** Everything the engine says about a plugin, for the versions that its folder is set to. */
export async function checkNow(plugin: Plugin, siblings: readonly Plugin[]): Promise<FileDiagnostics[]> {
  const [{ checkPlugin }, { DiskFiles }] = await Promise.all([
    import('../plugin/checkPlugin'),
    import('../rockspec/projectFiles'),
  ]);
  const scope = vscode.Uri.file(plugin.rockspec ?? plugin.dir);
  return checkPlugin(plugin, {
    kong: kongVersion(scope),
    choices: checkChoices(scope),
    luarocks: luarocksVersion(scope),
    files: new DiskFiles(),
    read: currentTextOrNothing,
    siblings,
  });
}

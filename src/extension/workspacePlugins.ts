// The plugins of the workspace: looked for when first needed, then kept up to date by file events.
import * as vscode from 'vscode';
import type { Discovery } from '../plugin/discovery';
import type { Plugin } from '../plugin/plugin';
import { isCancellation, logUnexpected } from './dialogue/showFailure';
import { isInside } from '../system/paths';

const DEBOUNCE_MS = 300;

/** Knows the plugins; fires `onDidChange` with the files that changed (all of them: undefined). */
export class WorkspacePlugins implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<ReadonlySet<string> | undefined>();
  readonly onDidChange = this.#changed.event;
  readonly #disposables: { dispose(): unknown }[] = [this.#changed];
  readonly #log: vscode.LogOutputChannel;
  #discovery: Promise<Discovery> | undefined;
  #known: readonly Plugin[] | undefined;
  #pending = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #stop = new AbortController();

  constructor(log: vscode.LogOutputChannel) {
    this.#log = log;
    this.#disposables.push(vscode.workspace.onDidChangeWorkspaceFolders(() => this.#restart()));
  }

  /** What is known now, without looking; undefined before the first look has ended. */
  get known(): readonly Plugin[] | undefined {
    return this.#known;
  }

  /** The plugins, looked for unless they are known. */
  async all(): Promise<readonly Plugin[]> {
    return (await this.#open()).plugins;
  }

  /** Looks again from the start. */
  async refresh(): Promise<void> {
    this.#restart();
    await this.all();
  }

  /** The plugin that a file or folder belongs to: the deepest one whose folder, rockspec or modules it is. */
  async ofFile(file: string): Promise<Plugin | undefined> {
    return pluginOfFile(await this.all(), file);
  }

  dispose(): void {
    this.#stop.abort(new vscode.CancellationError());
    clearTimeout(this.#timer);
    vscode.Disposable.from(...this.#disposables).dispose();
  }

  #restart(): void {
    if (this.#discovery === undefined) return;
    this.#stop.abort(new vscode.CancellationError());
    this.#stop = new AbortController();
    this.#discovery = undefined;
    this.#changed.fire(undefined);
  }

  #open(): Promise<Discovery> {
    if (this.#discovery !== undefined) return this.#discovery;
    if (this.#known === undefined) this.#watch();
    const { signal } = this.#stop;
    const discovery = (async () => {
      const { openDiscovery } = await import('../plugin/discovery');
      const roots = (vscode.workspace.workspaceFolders ?? [])
        .filter(({ uri }) => uri.scheme === 'file')
        .map(({ uri }) => uri.fsPath);
      const started = performance.now();
      const opened = await openDiscovery(roots, { signal });
      this.#log.info(`Found ${opened.plugins.length} plugins in ${(performance.now() - started).toFixed(0)} ms.`);
      this.#known = opened.plugins;
      this.#changed.fire(undefined);
      return opened;
    })();
    discovery.catch(() => {
      if (this.#discovery === discovery) this.#discovery = undefined;
    });
    this.#discovery = discovery;
    return discovery;
  }

  #watch(): void {
    const watcher = vscode.workspace.createFileSystemWatcher('**/*');
    const note = (uri: vscode.Uri): void => {
      if (uri.scheme !== 'file' || /[/\\](\.git|node_modules)[/\\]/.test(uri.fsPath)) return;
      this.#pending.add(uri.fsPath);
      this.#timer ??= setTimeout(() => void this.#apply(), DEBOUNCE_MS);
    };
    this.#disposables.push(watcher, watcher.onDidCreate(note), watcher.onDidChange(note), watcher.onDidDelete(note));
  }

  async #apply(): Promise<void> {
    const paths = this.#pending;
    this.#pending = new Set();
    this.#timer = undefined;
    const opening = this.#discovery;
    if (opening === undefined || paths.size === 0) return;
    const { signal } = this.#stop;
    // Changes are applied one batch after the other: each waits for the one before.
    const next = opening.then(async (discovery) => {
      await discovery.applyChanges([...paths], { signal });
      return discovery;
    });
    this.#discovery = next;
    try {
      this.#known = (await next).plugins;
      this.#changed.fire(paths);
    } catch (error) {
      if (this.#discovery === next) this.#discovery = undefined;
      if (!isCancellation(error)) logUnexpected(this.#log, 'Following file changes', error);
    }
  }
}

/** The deepest plugin whose folder or root holds the file, or that names it as a module or rockspec. */
export function pluginOfFile(plugins: readonly Plugin[], file: string): Plugin | undefined {
  const owner = plugins.find((plugin) => plugin.rockspec === file || [...plugin.modules.values()].includes(file));
  if (owner !== undefined) return owner;
  const deepest = (dirOf: (plugin: Plugin) => string): Plugin | undefined =>
    plugins.filter((plugin) => isInside(dirOf(plugin), file)).sort((a, b) => dirOf(b).length - dirOf(a).length)[0];
  return deepest((plugin) => plugin.dir) ?? deepest((plugin) => plugin.root);
}

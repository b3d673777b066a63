// Watching in the editor: every save of a watched plugin goes to its nodes; a failure opens beside the source, and the status bar says how it stands.
import * as vscode from 'vscode';
import type { CommandId } from '../contributions/commands';
import { CONTEXT } from '../contributions/names';
import type { Round, Watch } from '../lifecycle/operations/watch';
import type { OperationResult } from '../lifecycle/types';
import type { Node } from '../node/node';
import type { Finding } from '../troubleshoot/finding';
import { nodeName } from './dialogue/nodeWords';
import { logUnexpected } from './dialogue/showFailure';
import type { Troubleshooting } from './panel/troubleshooting';
import type { Trials } from './trials';
import type { WorkspaceNodes } from './workspaceNodes';
import type { WorkspacePlugins } from './workspacePlugins';

interface WatchSession {
  /** As the nodes view knows them. */
  ids: readonly string[];
  watch: Watch;
  stop: AbortController;
  state: 'working' | 'loaded' | 'failed';
  /** What its last round failed with, and where. */
  failure: { findings: readonly Finding[]; node: string } | undefined;
}

const ICONS: Readonly<Record<WatchSession['state'], string>> = { working: 'sync~spin', loaded: 'eye', failed: 'error' };

export class Watching implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  /** Some plugin is watched now, or no longer, or its state is another. */
  readonly onDidChange = this.#changed.event;
  readonly #sessions = new Map<string, WatchSession>();
  readonly #entry: vscode.StatusBarItem;
  readonly #log: vscode.LogOutputChannel;
  readonly #plugins: WorkspacePlugins;
  readonly #nodes: WorkspaceNodes;
  readonly #troubleshooting: Troubleshooting;
  readonly #trials: Trials;
  #subscription: vscode.Disposable | undefined;

  constructor(
    log: vscode.LogOutputChannel,
    plugins: WorkspacePlugins,
    nodes: WorkspaceNodes,
    troubleshooting: Troubleshooting,
    trials: Trials,
  ) {
    this.#trials = trials;
    this.#log = log;
    this.#plugins = plugins;
    this.#nodes = nodes;
    this.#troubleshooting = troubleshooting;
    this.#entry = vscode.window.createStatusBarItem('kongPlugin.watching', vscode.StatusBarAlignment.Left);
    this.#entry.name = 'Kong Plugin Watch';
    this.#entry.command = 'kongPlugin.stopWatching' satisfies CommandId;
  }

  /** The plugins that are watched. */
  get names(): readonly string[] {
    return [...this.#sessions.keys()];
  }

  /** Watches a plugin from now on, for these nodes in place of others; brings it there at once. */
  async start(plugin: string, nodes: readonly Node[]): Promise<void> {
    const { pluginsTouched, startWatch } = await import('../lifecycle/operations/watch');
    this.stop(plugin);
    this.#subscription ??= this.#plugins.onDidChange((files) => {
      const known = this.#plugins.known ?? [];
      const touched = files === undefined ? known : pluginsTouched(known, [...files]);
      for (const { name } of touched) this.#sessions.get(name)?.watch.changed(name);
    });
    const stop = new AbortController();
    const watch = startWatch({
      nodes,
      plugins: () => this.#plugins.all(),
      onBegin: () => this.#tell(plugin, 'working'),
      onRound: (round) => {
        this.#take(round).catch((error: unknown) => logUnexpected(this.#log, `Watching ${plugin}`, error));
      },
      onError: (error) => {
        logUnexpected(this.#log, `Watching ${plugin}`, error);
        this.#tell(plugin, 'failed');
      },
      signal: stop.signal,
    });
    this.#sessions.set(plugin, { ids: nodes.map(({ id }) => id), watch, stop, state: 'working', failure: undefined });
    this.#tell(plugin, 'working');
    watch.changed(plugin);
  }

  /** Stops watching a plugin; what is under way on a node is undone. */
  stop(plugin: string): void {
    this.#sessions.get(plugin)?.stop.abort(new vscode.CancellationError());
    this.#sessions.delete(plugin);
    if (this.#sessions.size === 0) {
      this.#subscription?.dispose();
      this.#subscription = undefined;
    }
    this.#update();
  }

  dispose(): void {
    for (const name of this.names) this.stop(name);
    this.#entry.dispose();
    this.#changed.dispose();
  }

  async #take({ plugin, ms, results }: Round): Promise<void> {
    for (const { node, steps } of results)
      for (const step of steps) this.#log.info(`${node}: ${step.name} ${step.status}: ${step.detail}`);
    const failed = results.find(({ ok }) => !ok);
    this.#log.info(`Watching ${plugin}: ${failed === undefined ? 'loaded' : 'failed'} after ${ms} ms.`);
    this.#tell(plugin, failed === undefined ? 'loaded' : 'failed');
    const shown = Promise.all(results.map((result) => this.#showEffect(plugin, result)));
    const before = this.#failing()?.title;
    const session = this.#sessions.get(plugin);
    if (session !== undefined) session.failure = (failed?.findings.length ?? 0) > 0 ? failed : undefined;
    const failing = this.#failing();
    if (failing === undefined) this.#troubleshooting.mended(before ?? `Watching ${plugin}`);
    else if (failed !== undefined || failing.title !== before)
      await this.#troubleshooting.showFindings(failing.findings, failing.title, failing.node, { keepFocus: true });
    if (failed?.findings.length === 0) {
      const detail = failed.steps.find(({ status }) => status === 'failed')?.detail ?? '';
      void vscode.window.showErrorMessage(`Watching ${plugin} on ${nodeName(failed.node)}: ${detail}`);
    }
    await shown;
    for (const { node } of results) if (this.#nodes.get(node) !== undefined) await this.#nodes.refreshOne(node);
  }

  /** The last request of a node, sent again; what came of a save that is not there in its place. What was seen later is in the panel alone. */
  async #showEffect(plugin: string, result: OperationResult): Promise<void> {
    if (result.ok) await this.#trials.again(result.node);
    else if (result.steps.at(-1)?.name !== 'follow') await this.#trials.refused(plugin, result);
  }

  /** The findings of all plugins that fail now, as one: that of the second does not hide that of the first. */
  #failing(): { title: string; findings: Finding[]; node: string | null } | undefined {
    const all = [...this.#sessions].flatMap(([name, { failure }]) => (failure === undefined ? [] : [{ name, ...failure }]));
    const [first] = all;
    if (first === undefined) return undefined;
    return {
      title: `Watching ${all.map(({ name }) => name).join(', ')}`,
      findings: all.flatMap(({ findings }) => findings),
      node: all.every(({ node }) => node === first.node) ? first.node : null,
    };
  }

  #tell(plugin: string, state: WatchSession['state']): void {
    const session = this.#sessions.get(plugin);
    if (session === undefined) return;
    session.state = state;
    this.#update();
  }

  #update(): void {
    this.#changed.fire();
    void vscode.commands.executeCommand('setContext', CONTEXT.watching, this.names.length > 0);
    const sessions = [...this.#sessions];
    if (sessions.length === 0) {
      this.#entry.hide();
      return;
    }
    const worst = (['failed', 'working', 'loaded'] as const).find((state) => sessions.some(([, one]) => one.state === state));
    this.#entry.text = `$(${ICONS[worst ?? 'loaded']}) ${this.names.join(', ')}`;
    const lines = sessions.map(([name, { ids, state }]) => `${name} on ${ids.map(nodeName).join(', ')}: ${state}`);
    this.#entry.tooltip = `Watched: each save is brought there and proved.\n${lines.join('\n')}\nClick to stop.`;
    this.#entry.accessibilityInformation = { label: `Kong plugins watched: ${lines.join('; ')}` };
    this.#entry.backgroundColor = worst === 'failed' ? new vscode.ThemeColor('statusBarItem.errorBackground') : undefined;
    this.#entry.show();
  }
}

// The nodes the editor knows: those of the settings and those found by themselves, each with its last status.
import * as vscode from 'vscode';
import { CONTEXT } from '../contributions/names';
import type { NodeStatus, PluginOnNode } from '../lifecycle/types';
import type { Node } from '../node/node';
import type { NodeOptions } from '../node/registry';
import { messageOf, UserError } from '../system/userError';
import { logUnexpected } from './dialogue/showFailure';
import { adminApiOf, clusters, dockerProgram, kongVersion, listedNodes, targetNode, unverifiedAdminApis } from './settings';
import type { WorkspacePlugins } from './workspacePlugins';

/** What is known of a node: its status, or why there is none. */
export interface KnownNode {
  id: string;
  /** The settings list it, so it can be forgotten. */
  listed: boolean;
  status: NodeStatus | undefined;
  /** What the ids of its problems mean, in words. */
  titles: ReadonlyMap<string, string>;
  trouble: string | undefined;
}

const DEBOUNCE_MS = 500;
const SETTINGS = ['nodes', 'clusters', 'targetNode', 'adminApi', 'docker.path', 'kong'].map((name) => `kongPlugin.${name}`);

/** Knows the nodes; looks at them only when asked to. */
export class WorkspaceNodes implements vscode.Disposable {
  readonly #changed = new vscode.EventEmitter<void>();
  readonly onDidChange = this.#changed.event;
  readonly #log: vscode.LogOutputChannel;
  readonly #secrets: vscode.SecretStorage;
  readonly #plugins: WorkspacePlugins;
  readonly #subscription: vscode.Disposable;
  #nodes = new Map<string, KnownNode>();
  #next: Promise<void> | undefined;
  #looking: Promise<void> | undefined;

  constructor(log: vscode.LogOutputChannel, secrets: vscode.SecretStorage, plugins: WorkspacePlugins) {
    this.#log = log;
    this.#plugins = plugins;
    this.#secrets = secrets;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (SETTINGS.some((name) => event.affectsConfiguration(name))) this.#changed.fire();
    });
  }

  /** What is known now, without looking. */
  get known(): readonly KnownNode[] {
    return [...this.#nodes.values()];
  }

  get(id: string): KnownNode | undefined {
    return this.#nodes.get(id);
  }

  /** The ids the target stands for: one node, or those of a cluster. */
  get target(): readonly string[] {
    const target = targetNode();
    return target === undefined ? [] : (clusters().get(target) ?? [target]);
  }

  /** The rungs of a plugin on the target (of a cluster: on its first node that has it); null when it is not there, undefined when that is not known. */
  onTarget(plugin: string): PluginOnNode | null | undefined {
    const statuses = this.target.flatMap((id) => this.#nodes.get(id)?.status ?? []);
    if (statuses.length === 0) return undefined;
    return statuses.flatMap(({ plugins }) => plugins).find(({ name }) => name === plugin) ?? null;
  }

  /** Opens what an id means: one node, or the replicas of a service. Throws UserError. */
  async open(id: string): Promise<Node[]> {
    const { openNodes } = await import('../node/registry');
    const token = await this.#secrets.get(tokenKey(id, adminApiOf(id)));
    return openNodes(id, { ...this.#options(id), adminToken: () => token });
  }

  /** Keeps the token of a node's Admin API in the secret storage, or forgets it when it is empty. */
  async setToken(id: string, token: string): Promise<void> {
    const key = tokenKey(id, adminApiOf(id));
    await (token === '' ? this.#secrets.delete(key) : this.#secrets.store(key, token));
  }

  /** Finds the nodes and looks at each. A call while that is done waits for one more look: the one that began may have missed what it is about. */
  async refresh(): Promise<void> {
    if (this.#looking === undefined) {
      this.#looking = this.#look().finally(() => {
        this.#looking = undefined;
      });
      return this.#looking;
    }
    this.#next ??= this.#looking
      .finally(() => {
        this.#next = undefined;
      })
      .then(() => this.refresh());
    return this.#next;
  }

  /** Looks at one node again, after something was done to it. */
  async refreshOne(id: string): Promise<void> {
    await this.#examine(id);
  }

  /** Looks again whenever a container comes, goes or changes, until the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    const { followDockerEvents } = await import('../node/docker');
    let timer: NodeJS.Timeout | undefined;
    const look = (): void => {
      // one start of a service is many events
      clearTimeout(timer);
      timer = setTimeout(() => {
        if (!signal.aborted) this.refresh().catch((error: unknown) => logUnexpected(this.#log, 'Looking at nodes', error));
      }, DEBOUNCE_MS);
    };
    await followDockerEvents(this.#options(''), look, signal);
  }

  /** What programs that deal with containers need to know. */
  get containers(): { env: NodeOptions['env'] } {
    return { env: this.#options('').env };
  }

  dispose(): void {
    this.#changed.dispose();
    this.#subscription.dispose();
  }

  async #look(): Promise<void> {
    const ids = await this.#ids();
    this.#nodes = new Map(ids.map((id) => [id, this.#nodes.get(id) ?? this.#unknown(id)]));
    this.#changed.fire();
    await Promise.all(ids.map((id) => this.#examine(id)));
    await vscode.commands.executeCommand('setContext', CONTEXT.nodesKnown, true);
  }

  /** Listed nodes first, then those found. */
  async #ids(): Promise<string[]> {
    const ids = new Set([...listedNodes(), ...this.target]);
    // Restricted Mode starts no program, so nothing is searched for
    if (!vscode.workspace.isTrusted) return [];
    try {
      const { findNodes } = await import('../node/registry');
      const { nodes, troubles } = await findNodes(this.#options(''));
      for (const node of nodes) ids.add(node.id);
      for (const { message } of troubles) this.#log.warn(`Looking for nodes: ${message}`);
    } catch (error) {
      if (error instanceof UserError) this.#log.warn(`Looking for nodes: ${error.message}`);
      else logUnexpected(this.#log, 'Looking for nodes', error);
    }
    return [...ids];
  }

  async #examine(id: string): Promise<void> {
    // Restricted Mode starts no program and reads nothing that a workspace names.
    if (!vscode.workspace.isTrusted) return;
    const known = this.#unknown(id);
    try {
      const { statusOf } = await import('../lifecycle/state/status');
      const [node] = await this.open(id);
      if (node !== undefined) {
        known.status = await statusOf(node, { workspace: await this.#plugins.all() });
        const { CATALOGUE } = await import('../troubleshoot/catalogue');
        const problems = new Set([
          ...known.status.predictedStart.problems,
          ...known.status.plugins.flatMap((one) => one.problems),
        ]);
        known.titles = new Map([...problems].map((problem) => [problem, CATALOGUE[problem].title]));
      }
    } catch (error) {
      known.trouble = messageOf(error);
      if (!(error instanceof UserError)) logUnexpected(this.#log, `Looking at ${id}`, error);
    }
    this.#nodes.set(id, known);
    this.#changed.fire();
  }

  #unknown(id: string): KnownNode {
    return { id, listed: listedNodes().includes(id), status: undefined, titles: new Map(), trouble: undefined };
  }

  #options(id: string): NodeOptions {
    const docker = dockerProgram();
    return {
      cwd: vscode.workspace.workspaceFolders?.[0]?.uri.fsPath ?? '/',
      env: {
        ...process.env,
        ...(docker === undefined ? {} : { KONG_PLUGIN_DOCKER: docker }),
        ...unverifiedAdminApis(),
      },
      kong: kongVersion(),
      adminUrl: adminApiOf(id),
    };
  }
}

/** A token belongs to the address that it was entered for: a workspace that names another one does not get it. */
const tokenKey = (id: string, address: string | undefined): string =>
  address === undefined ? `adminApi.token.${id}` : `adminApi.token.${id} ${address}`;

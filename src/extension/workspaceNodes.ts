// The nodes the editor knows: those of the settings and those found by themselves, each with its last status.
import * as vscode from 'vscode';
import { CONTEXT } from '../contributions/names';
import type { NodeStatus, PluginOnNode } from '../lifecycle/types';
import type { ChangedContainer } from '../node/container/events';
import type { ContainerPool } from '../node/container/pool';
import type { Node } from '../node/node';
import type { NodeOptions } from '../node/registry';
import { messageOf, UserError } from '../system/userError';
import { logUnexpected } from './dialogue/showFailure';
import { nodeName } from './dialogue/nodeWords';
import { pauseWhileStarting, pollTimes } from './pollTimes';
import { adminApiOf, clusters, dockerProgram, kongVersion, listedNodes, targetNode, unverifiedAdminApis } from './settings';
import type { WorkspacePlugins } from './workspacePlugins';

/** What is known of a node: its status, or why there is none. */
export interface KnownNode {
  id: string;
  /** The settings list it, so it can be forgotten. */
  listed: boolean;
  status: NodeStatus | undefined;
  trouble: string | undefined;
}

const DEBOUNCE_MS = 500;
/** So many nodes are looked at at once. */
const AT_ONCE = 8;
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
  readonly #times = pollTimes();
  /** The next look at each Kong that starts. */
  readonly #starting = new Map<string, NodeJS.Timeout>();
  /** How many looks at each node have begun. */
  readonly #turns = new Map<string, number>();
  #pool: ContainerPool | undefined;
  #next: Promise<void> | undefined;
  #looking: Promise<void> | undefined;

  constructor(log: vscode.LogOutputChannel, secrets: vscode.SecretStorage, plugins: WorkspacePlugins) {
    this.#log = log;
    this.#plugins = plugins;
    this.#secrets = secrets;
    this.#subscription = vscode.workspace.onDidChangeConfiguration((event) => {
      if (!SETTINGS.some((name) => event.affectsConfiguration(name))) return;
      // Another program is another engine.
      this.rest();
      this.#pool = undefined;
      this.#changed.fire();
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
    await this.#keepOpen();
    const token = await this.#secrets.get(tokenKey(id, adminApiOf(id)));
    return openNodes(id, { ...this.#options(id), adminToken: () => token });
  }

  /** As open, where something must be there. Throws UserError, also where a service has no container. */
  async openSome(id: string): Promise<[Node, ...Node[]]> {
    const [first, ...others] = await this.open(id);
    if (first === undefined) throw new UserError(`${nodeName(id)} has no container now.`);
    return [first, ...others];
  }

  /** Keeps the token of a node's Admin API in the secret storage, or forgets it when it is empty. */
  async setToken(id: string, token: string): Promise<void> {
    const key = tokenKey(id, adminApiOf(id));
    await (token === '' ? this.#secrets.delete(key) : this.#secrets.store(key, token));
  }

  /** Finds the nodes and looks at each. A call while that is done waits for one more look: the one that began may have missed what it is about. */
  async refresh(): Promise<void> {
    if (this.#looking === undefined) return this.#begin(() => true);
    this.#next ??= this.#looking
      .finally(() => {
        this.#next = undefined;
      })
      .then(() => this.refresh());
    return this.#next;
  }

  /** Finds the nodes and looks at those whose time has come; nothing while somebody looks already. */
  async poll(): Promise<void> {
    const now = Date.now();
    await (this.#looking ?? this.#begin((id) => this.#times.due(id, now)));
  }

  /** Looks at one node again, after something was done to it. */
  async refreshOne(id: string): Promise<void> {
    await this.#examine(id);
  }

  /** Looks again at each container that something happens to, until the signal is aborted. */
  async follow(signal: AbortSignal): Promise<void> {
    const { followDockerEvents } = await import('../node/docker');
    let timer: NodeJS.Timeout | undefined;
    let changed: (ChangedContainer | undefined)[] = [];
    const look = (): void => {
      const containers = changed.flatMap((container) => container ?? []);
      const work = containers.length < changed.length ? this.refresh() : this.#lookAtContainers(containers);
      changed = [];
      work.catch((error: unknown) => logUnexpected(this.#log, 'Looking at nodes', error));
    };
    const hear = (container: ChangedContainer | undefined): void => {
      // one start of a service is many events
      changed.push(container);
      clearTimeout(timer);
      timer = setTimeout(look, DEBOUNCE_MS);
    };
    await followDockerEvents(this.#options(''), hear, signal);
    clearTimeout(timer);
  }

  /** Nobody sees the nodes: nothing is kept open for them, and nothing is waited for. */
  rest(): void {
    for (const timer of this.#starting.values()) clearTimeout(timer);
    this.#starting.clear();
    this.#pool?.rest();
  }

  /** What programs that deal with containers need to know. */
  get containers(): { env: NodeOptions['env'] } {
    return { env: this.#options('').env };
  }

  dispose(): void {
    this.rest();
    this.#changed.dispose();
    this.#subscription.dispose();
  }

  async #begin(isWanted: (id: string) => boolean): Promise<void> {
    this.#looking = this.#look(isWanted).finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #look(isWanted: (id: string) => boolean): Promise<void> {
    const ids = await this.#ids();
    for (const id of this.#nodes.keys()) if (!ids.includes(id)) this.#forget(id);
    this.#nodes = new Map(ids.map((id) => [id, this.#nodes.get(id) ?? this.#unknown(id)]));
    this.#changed.fire();
    const waiting = ids.filter(isWanted);
    const inTurn = async (): Promise<void> => {
      for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) await this.#examine(id);
    };
    await Promise.all(Array.from({ length: AT_ONCE }, inTurn));
    await vscode.commands.executeCommand('setContext', CONTEXT.nodesKnown, true);
  }

  /** Looks at the nodes that some containers are, or have become; one that is gone is forgotten. */
  async #lookAtContainers(containers: readonly ChangedContainer[]): Promise<void> {
    if (!vscode.workspace.isTrusted) return;
    const { findDockerNodes } = await import('../node/docker');
    const names = [...new Set(containers.map(({ name }) => name))];
    const found = new Set((await findDockerNodes(this.#options(''), names)).map(({ id }) => id));
    const kept = new Set([...listedNodes(), ...this.target]);
    const services = containers.flatMap(({ service }) =>
      service === undefined ? [] : `compose:${service.project}/${service.service}`,
    );
    const ids = new Set([...names.map((name) => `docker:${name}`), ...services]);
    const looks = [...ids].map(async (id) => {
      if (found.has(id) || kept.has(id)) await this.#untilItServes(id, 0);
      else if (this.#forget(id)) this.#changed.fire();
    });
    await Promise.all(looks);
  }

  /** Takes a node away; a look at it that is under way no longer counts. */
  #forget(id: string): boolean {
    this.#turns.set(id, (this.#turns.get(id) ?? 0) + 1);
    return this.#nodes.delete(id);
  }

  /** Looks at a node, and again after a while as long as it is about to serve. */
  async #untilItServes(id: string, looks: number): Promise<void> {
    clearTimeout(this.#starting.get(id));
    this.#starting.delete(id);
    await this.#examine(id);
    const status = this.#nodes.get(id)?.status;
    const pause = pauseWhileStarting(looks);
    if (status?.running === true || status?.ended !== undefined || pause === undefined) return;
    const again = (): void => {
      this.#untilItServes(id, looks + 1).catch((error: unknown) => logUnexpected(this.#log, `Looking at ${id}`, error));
    };
    this.#starting.set(id, setTimeout(again, pause));
  }

  /** Listed nodes first, then those found. */
  async #ids(): Promise<string[]> {
    const ids = new Set([...listedNodes(), ...this.target]);
    // Restricted Mode starts no program, so nothing is searched for
    if (!vscode.workspace.isTrusted) return [];
    try {
      const { findNodes } = await import('../node/registry');
      await this.#keepOpen();
      const { nodes, troubles } = await findNodes(this.#options(''));
      for (const node of nodes) ids.add(node.id);
      for (const { message } of troubles) this.#log.warn(`Looking for nodes: ${message}`);
    } catch (error) {
      if (error instanceof UserError) this.#log.warn(`Looking for nodes: ${error.message}`);
      else logUnexpected(this.#log, 'Looking for nodes', error);
    }
    return [...ids];
  }

  /** From now on what is opened of containers is kept for the next look. */
  async #keepOpen(): Promise<void> {
    const { containerPool } = await import('../node/container/pool');
    this.#pool ??= containerPool();
  }

  async #examine(id: string): Promise<void> {
    // Restricted Mode starts no program and reads nothing that a workspace names.
    if (!vscode.workspace.isTrusted) return;
    const known = this.#unknown(id);
    const turn = (this.#turns.get(id) ?? 0) + 1;
    this.#turns.set(id, turn);
    try {
      const { statusOf } = await import('../lifecycle/state/status');
      const [node] = await this.open(id);
      if (node !== undefined) {
        known.status = await statusOf(node, { workspace: await this.#plugins.all() });
      }
    } catch (error) {
      known.trouble = messageOf(error);
      if (!(error instanceof UserError)) logUnexpected(this.#log, `Looking at ${id}`, error);
    }
    // One that began later has seen more.
    if (this.#turns.get(id) !== turn) return;
    const outcome = known.status === undefined ? 'failed' : known.status.ended === undefined ? 'told' : 'still';
    this.#times.looked(id, outcome, Date.now());
    this.#nodes.set(id, known);
    this.#changed.fire();
  }

  #unknown(id: string): KnownNode {
    return { id, listed: listedNodes().includes(id), status: undefined, trouble: undefined };
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
      pool: this.#pool,
      kong: kongVersion(),
      adminUrl: adminApiOf(id),
    };
  }
}

/** A token belongs to the address that it was entered for: a workspace that names another one does not get it. */
const tokenKey = (id: string, address: string | undefined): string =>
  address === undefined ? `adminApi.token.${id}` : `adminApi.token.${id} ${address}`;

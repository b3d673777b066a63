// What a document of a configuration needs to know of its node: the schema of the plugin there, what is enabled, and what a plugin can be applied to.
// Asked once as long as the node was not looked at again.
import * as vscode from 'vscode';
import type { PluginSchema } from '../../config/pluginSchema';
import type { NodeView } from '../../lifecycle/state/view';
import { UserError } from '../../system/userError';
import type { WorkspaceNodes } from '../workspaceNodes';

/** What can be configured and where. */
export interface Offered {
  plugins: readonly string[];
  /** `global`, `service:orders` … */
  scopes: readonly string[];
}

const NOTHING: Offered = { plugins: [], scopes: ['global'] };

/** Who knows the nodes, and is told of what could not be known. */
interface Asked {
  nodes: WorkspaceNodes;
  log: vscode.LogOutputChannel;
}

interface Kept {
  status: unknown;
  answer: Promise<unknown>;
}

/** What nodes said. */
export class NodeFacts {
  readonly #kept = new Map<string, Kept>();
  readonly #asked: () => Asked;

  constructor(asked: () => Asked) {
    this.#asked = asked;
  }

  /** The schema as the node has it; undefined where it cannot be known, as where there is no such node. */
  schema(node: string, plugin: string): Promise<PluginSchema | undefined> {
    return this.#once(node, `schema ${plugin}`, undefined, async (view) => {
      const { schemaOn } = await import('../../lifecycle/state/use/schemaOn');
      return (await schemaOn(view, plugin)).schema;
    });
  }

  /** What can be configured on a node; `global` alone where that cannot be known. */
  offered(node: string): Promise<Offered> {
    return this.#once(node, 'offered', NOTHING, async (view) => {
      const [{ storeAndUses }, { targetsOn }, { scopeWords }] = await Promise.all([
        import('../../lifecycle/operations/useSteps'),
        import('../../lifecycle/state/use/targets'),
        import('../../lifecycle/state/use/listUses'),
      ]);
      const { own, shipped } = await enabledPlugins(view);
      const plugins = [...own, ...shipped];
      const targets = await targetsOn((await storeAndUses(view)).store, undefined);
      return { plugins, scopes: ['global', ...targets.map(({ kind, name }) => scopeWords({ on: [{ kind, name }] }))] };
    });
  }

  #once<T>(node: string, what: string, unknown: T, look: (view: NodeView) => Promise<T>): Promise<T> {
    const key = JSON.stringify([node, what]);
    const { status } = this.#asked().nodes.get(node) ?? {};
    const kept = this.#kept.get(key);
    if (kept !== undefined && kept.status === status) return kept.answer as Promise<T>;
    const answer = this.#look(node, what, unknown, look);
    this.#kept.set(key, { status, answer });
    return answer;
  }

  async #look<T>(id: string, what: string, unknown: T, look: (view: NodeView) => Promise<T>): Promise<T> {
    const { viewNode } = await import('../../lifecycle/state/view');
    try {
      const [node] = vscode.workspace.isTrusted ? await this.#asked().nodes.open(id) : [];
      return node === undefined ? unknown : await look(await viewNode(node));
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      this.#asked().log.info(`${what} on ${id}: ${error.message}`);
      return unknown;
    }
  }
}

/** The plugins that are enabled on a node: those that do not ship with its Kong, and those that do. */
export async function enabledPlugins(view: NodeView): Promise<{ own: string[]; shipped: string[] }> {
  const [{ enabledOn }, { bundledPlugins }] = await Promise.all([
    import('../../lifecycle/state/status'),
    import('../../kong/bundledPlugins'),
  ]);
  const enabled = enabledOn(view);
  const bundled = [...bundledPlugins(view.version).keys()].sort();
  return {
    own: [...enabled.keys()].filter((name) => name !== 'bundled' && !bundled.includes(name)).sort(),
    shipped: bundled.filter((name) => enabled.has('bundled') || enabled.has(name)),
  };
}

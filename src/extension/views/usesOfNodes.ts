// The uses below the plugins of the Nodes view: looked at when somebody opens a plugin, once for each look at its node.
import type { NodeStatus } from '../../lifecycle/types';
import type { ComparedUse } from '../../lifecycle/state/use/seenUses';
import { messageAndNext, UserError } from '../../system/userError';
import type { KnownNode, WorkspaceNodes } from '../workspaceNodes';

/** What is seen below a plugin: its uses, and why some may be missing. */
export interface UsesBelow {
  uses: readonly ComparedUse[];
  unseen: string | undefined;
}

/** Makes the memory: asked for what stands below a plugin, it looks at the node unless it has since the node's status was. */
export function usesOfNodes(nodes: WorkspaceNodes): (known: KnownNode, plugin: string) => Promise<UsesBelow> {
  const seen = new WeakMap<NodeStatus, Promise<UsesBelow>>();
  const look = async (id: string): Promise<UsesBelow> => {
    const { seeComparedUses } = await import('../../lifecycle/state/use/seenUses');
    try {
      const [node] = await nodes.open(id);
      return node === undefined ? { uses: [], unseen: undefined } : await seeComparedUses(node);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      return { uses: [], unseen: messageAndNext(error) };
    }
  };
  return async ({ id, status }, plugin) => {
    if (status === undefined) return { uses: [], unseen: undefined };
    const looking = seen.get(status) ?? look(id);
    seen.set(status, looking);
    const { uses, unseen } = await looking;
    return { uses: uses.filter((use) => use.plugin === plugin), unseen };
  };
}

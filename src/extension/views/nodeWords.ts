// How nodes and rungs are put into words; the same in the tree, the status bar and messages.
import path from 'node:path';
import type { NodeStatus, PluginOnNode } from '../../lifecycle/types';
import { portableNodeId } from '../settings';

/** The highest rung a plugin stands on; null stands on none. */
export function rungOf(plugin: PluginOnNode | null): 'in use' | 'loaded' | 'enabled' | 'installed' | 'not installed' {
  if (plugin === null) return 'not installed';
  if ((plugin.inUse ?? 0) > 0) return 'in use';
  if (plugin.loaded === true) return 'loaded';
  if (plugin.enabled) return 'enabled';
  return plugin.installed === null ? 'not installed' : 'installed';
}

/** A node's name as people know it: `folder:node`, `docker:kong`. */
export function nodeName(id: string): string {
  const portable = portableNodeId(id);
  return portable.startsWith('folder:/') ? `folder:${path.basename(portable)}` : portable;
}

const ROLES: Readonly<Record<string, string>> = { control_plane: 'control plane', data_plane: 'data plane' };

/** `Kong 3.9.1 · DB-less · running`, and the part it has in a hybrid deployment. */
export function nodeSummary(status: NodeStatus): string {
  const mode = ROLES[status.role] ?? (status.database === 'off' ? 'DB-less' : status.database);
  const running = status.kind === 'folder' ? null : status.running ? 'running' : 'stopped';
  return [status.kong === null ? null : `Kong ${status.kong}`, mode, running].filter((part) => part !== null).join(' · ');
}

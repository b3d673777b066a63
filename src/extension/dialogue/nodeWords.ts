// How nodes are put into words; the same in the tree, the status bar and messages.
import path from 'node:path';
import type { NodeStatus } from '../../lifecycle/types';
import { portableNodeId } from '../settings';

/** A node's name as people know it: `folder:node`, `docker:kong`. */
export function nodeName(id: string): string {
  const portable = portableNodeId(id);
  return portable.startsWith('folder:/') ? `folder:${path.basename(portable)}` : portable;
}

const ROLES: Readonly<Record<string, string>> = { control_plane: 'control plane', data_plane: 'data plane' };

/** `Kong 3.9.1 · DB-less · running`, and the part it has in a hybrid deployment. */
export function nodeSummary(status: NodeStatus): string {
  const mode = ROLES[status.role] ?? (status.database === 'off' ? 'DB-less' : status.database);
  const running = status.kind === 'folder' ? null : status.running ? 'running' : endOf(status);
  return [status.kong === null ? null : `Kong ${status.kong}`, mode, running].filter((part) => part !== null).join(' · ');
}

/** How a Kong that does not run stands: `stopped (it exited with 1) at 12:03`. */
function endOf({ ended }: NodeStatus): string {
  if (ended === undefined) return 'stopped';
  const at = ended.at === null ? new Date(NaN) : new Date(ended.at);
  if (Number.isNaN(at.getTime())) return ended.how;
  const isToday = at.toDateString() === new Date().toDateString();
  return `${ended.how} ${isToday ? `at ${at.toLocaleTimeString([], { timeStyle: 'short' })}` : `on ${at.toLocaleDateString()}`}`;
}

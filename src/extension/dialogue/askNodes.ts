// Which nodes a command is about: those it was told, or those the person picks, the target first.
import type * as vscode from 'vscode';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { Services } from '../services';
import { clusters, targetNode } from '../settings';
import { choose, rememberAnswer, told } from './ask';
import type { Wanted } from './fits';
import { nodeName, nodeSummary } from './nodeWords';
import { withProgress } from './progress';

/** What one picks nodes from. */
export interface NodePick extends vscode.QuickPickItem {
  id: string;
  ids: readonly string[];
}

const marked = (id: string, description: string): string =>
  [id === targetNode() ? 'target' : '', description].filter(Boolean).join(' · ');

/** A node that does not answer is not waited for longer than this. */
const PATIENCE_MS = 2000;

/** Looks at the nodes, so that what is offered is what is there now: nobody may have seen them for a while. */
async function lookAgain({ nodes }: Services): Promise<void> {
  await withProgress('Looking at nodes', async ({ signal }) => {
    let timer: NodeJS.Timeout | undefined;
    const enough = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, PATIENCE_MS);
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // Without any known node there is nothing to offer before the look ends.
    await (nodes.known.length === 0 ? nodes.refresh() : Promise.race([nodes.refresh(), enough]));
    clearTimeout(timer);
    signal.throwIfAborted();
  });
}

/** The nodes a command can do something on: those that fit, and those of which nothing is known. */
function fitting({ nodes }: Services, wanted: Wanted | undefined): (pick: Pick<NodePick, 'ids'>) => boolean {
  return ({ ids }) =>
    wanted === undefined ||
    ids.some((id) => {
      const status = nodes.get(id)?.status;
      return status === undefined || wanted.fits(status);
    });
}

function noNode({ nodes }: Services, wanted: Wanted | undefined): UserError {
  if (wanted !== undefined && nodes.known.length > 0) return new UserError(wanted.none.message, { next: wanted.none.next });
  return new UserError('No Kong node is known.', { next: 'Run Kong Plugin: Add Node… first.' });
}

/** The known nodes, each by itself. */
export function nodePicks({ nodes }: Services): NodePick[] {
  return nodes.known.map(({ id, status, trouble }) => ({
    id,
    label: nodeName(id),
    description: marked(id, status === undefined ? (trouble ?? '') : nodeSummary(status)),
    ids: [id],
  }));
}

/** The clusters of the settings. */
export function clusterPicks(): NodePick[] {
  return [...clusters()].map(([id, ids]) => ({
    id,
    label: `$(list-tree) ${id}`,
    description: marked(id, ids.map(nodeName).join(', ')),
    ids,
  }));
}

/** One node: the one the command was told, the only one that fits, or the one the person picks (the target first). */
export async function askNode(services: Services, argument: unknown, title: string, wanted?: Wanted): Promise<string> {
  const { node } = told(services, argument);
  if (node !== undefined) return node;
  await lookAgain(services);
  const items = nodePicks(services).filter(fitting(services, wanted));
  const [only] = items;
  if (only === undefined) throw noNode(services, wanted);
  if (items.length === 1) return only.id;
  const target = targetNode();
  items.sort((a, b) => Number(b.id === target) - Number(a.id === target));
  return (await choose(services, 'node', title, items)).id;
}

/** The nodes a command is about: the one it was told, or of those that fit the ones the person picks, the target first. */
export async function askNodes(services: Services, argument: unknown, title: string, wanted?: Wanted): Promise<Node[]> {
  const { node } = told(services, argument);
  if (node !== undefined) return services.nodes.open(node);
  await lookAgain(services);
  const items = [...clusterPicks(), ...nodePicks(services)].filter(fitting(services, wanted));
  const [only] = items;
  if (only === undefined) throw noNode(services, wanted);
  if (items.length === 1) return openAll(services, only.ids);
  const target = targetNode();
  if (target !== undefined) await rememberAnswer(services, 'nodes', target);
  return openAll(services, (await choose(services, 'nodes', title, items)).ids);
}

async function openAll(services: Services, ids: readonly string[]): Promise<Node[]> {
  return (await Promise.all(ids.map((id) => services.nodes.open(id)))).flat();
}

// Which use of a plugin a command is about: the one whose row it was run on, or one that the person picks; as it is on its node now.
import type { ComparedUse } from '../../lifecycle/state/use/seenUses';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { choose } from '../dialogue/ask';
import { askNode } from '../dialogue/askNodes';
import { nodeName } from '../dialogue/nodeWords';
import { withProgress } from '../dialogue/progress';
import type { Services } from '../services';

/** A use, and every Kong that its node's id means. */
export interface AskedUse {
  id: string;
  nodes: Node[];
  use: ComparedUse;
  /** `hello on service orders`. */
  words: string;
}

/** Asks for what the argument does not tell. Throws UserError where nothing is in use, or no longer. */
export async function askUse(services: Services, argument: unknown, title: string): Promise<AskedUse> {
  const id = await askNode(services, argument, title);
  const { scopeSentence, seeComparedUses } = await import('../../lifecycle/state/use/seenUses');
  const { nodes, uses, unseen } = await withProgress(`Looking at ${nodeName(id)}`, async ({ signal }) => {
    const nodes = await services.nodes.openSome(id);
    return { nodes, ...(await seeComparedUses(nodes[0], signal)) };
  });
  const wordsOf = (use: ComparedUse): string => `${use.plugin} ${scopeSentence(use)}`;
  const told = useOf(argument);
  const use = uses.find((one) => one.id === told);
  if (use !== undefined) return { id, nodes, use, words: wordsOf(use) };
  if (told !== undefined) throw new UserError(`That configuration is no longer there: ${told}.`, { next: 'Refresh the nodes.' });
  if (uses.length === 0) throw new UserError(unseen ?? `No plugin is in use on ${nodeName(id)}.`);
  const items = uses.map((one) => ({
    id: one.id,
    label: wordsOf(one),
    description: one.enabled ? '' : 'switched off',
    use: one,
  }));
  const chosen = await choose(services, 'use', title, items);
  return { id, nodes, use: chosen.use, words: chosen.label };
}

/** The id of the use whose row it is. */
function useOf(argument: unknown): string | undefined {
  if (typeof argument !== 'object' || argument === null || !('use' in argument)) return undefined;
  const { use } = argument;
  return typeof use === 'object' && use !== null && 'id' in use && typeof use.id === 'string' ? use.id : undefined;
}

// What an interrupted operation left on a node, looked at before anybody decides about it.
import type { Node } from '../../node/node';
import type { Interrupted } from '../types';
import { interruptedSentence } from './interruptedWords';
import { pathsOf, readJournal, type FoundJournal } from './journal';
import { isLocked } from './lock';

/** What an interrupted operation left on a node; undefined when there is nothing, or when one is at work now. */
export async function interruptedOn(node: Node, prefix: string): Promise<Interrupted | undefined> {
  const left = await readJournal(node, prefix);
  return left === undefined || (await isLocked(node, prefix)) ? undefined : interruption(left);
}

/** What a journal tells of the operation that left it. */
export function interruption(left: FoundJournal): Interrupted {
  const { operation, at, ours } = left;
  const files = pathsOf(left);
  return { operation, at, ours, files, says: interruptedSentence({ operation, at, ours, files }) };
}

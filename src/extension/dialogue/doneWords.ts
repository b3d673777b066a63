// How the end of an operation is told: done where something was done, and not where every step was skipped.
import { whyNothingDone } from '../../lifecycle/seen';
import type { OperationResult } from '../../lifecycle/types';
import { addTo } from '../../text/grouped';

/** What was done in the words of the message, and how nodes are called. */
export interface DoneWords {
  done: string;
  at?: 'from' | undefined;
  nameOf: (node: string) => string;
}

/** `Kong reloaded on docker:kong.`, and of nodes where nothing was done, why; the latter alone where that is so of all. */
export function doneWords(results: readonly OperationResult[], { done, at, nameOf }: DoneWords): string {
  const idle = new Map<string, string[]>();
  const acted: string[] = [];
  for (const result of results) {
    const why = whyNothingDone(result);
    if (why === undefined) acted.push(nameOf(result.node));
    else addTo(idle, why, nameOf(result.node));
  }
  return [
    ...(acted.length === 0 ? [] : [`${done} ${at ?? 'on'} ${acted.join(', ')}.`]),
    ...[...idle].map(([why, nodes]) => `Nothing was done on ${nodes.join(', ')}: ${why}`),
  ].join(' ');
}

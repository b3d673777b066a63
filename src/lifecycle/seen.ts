// Whether a remedy was seen to heal: its last step looks for the finding again, and is skipped where that cannot be seen.
import type { OperationResult } from './types';

/** The step that looks again: done when the finding was looked for and is gone. */
export const LOOK_AGAIN = 'look-again';
/** The step that predicts the next start, which changes nothing. */
export const NEXT_START = 'next-start';
/** What was not seen begins with these words, on every face. */
export const NOT_SEEN = 'Applied, not yet seen:';

/** Whether the finding was looked for again on every node and is gone. */
export function wasSeenHealed(results: readonly OperationResult[]): boolean {
  return results.every(({ ok, steps }) => ok && steps.some(({ name, status }) => name === LOOK_AGAIN && status === 'done'));
}

/** Why a remedy that was applied was not seen to heal, in the words of the first such node; undefined where it was. */
export function whyNotSeen(results: readonly OperationResult[]): string | undefined {
  const steps = results.flatMap((result) => result.steps.filter(({ name }) => name === LOOK_AGAIN));
  return steps.find(({ status }) => status === 'skipped')?.detail;
}

/** Why an operation did nothing on a node, in the words of its last step that was skipped; undefined where it did something. */
export function whyNothingDone({ steps }: OperationResult): string | undefined {
  if (steps.some(({ name, status }) => status === 'done' && name !== NEXT_START)) return undefined;
  return steps.findLast(({ status }) => status === 'skipped')?.detail;
}

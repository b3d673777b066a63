// How the cost of an entry point grows with its input: what a byte of a large one costs beside a byte of a small one, in the same run.
import { outcome, type Entry } from './entries';
import type { Pattern } from './grown';

/** A cost that grows with the square of the length is `LARGER` times as much a byte; one that grows with the length is the same. */
const LARGER = 16;
/** What a cache, the collector and a busy machine may add to a byte of the larger input. */
const MOST = 8;
/** Less than this, in microseconds of CPU time, is nothing that anybody waits for, and noise. */
const NOTHING = 30_000;
const TRIALS = 3;

/** CPU time of one call, in microseconds. What other processes do on the machine is not in it. */
export async function cost(entry: Entry, text: string): Promise<number> {
  const before = process.cpuUsage();
  await outcome(entry, text);
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** How many times as much a byte of a text of `length` costs as one of a sixteenth of it: the least of a few trials, 1 where both cost nothing. */
export async function growth(entry: Entry, pattern: Pattern, length: number): Promise<number> {
  const [small, large] = [pattern.of(length / LARGER), pattern.of(length)];
  let least = Infinity;
  for (let trial = 0; trial < TRIALS && least > MOST; trial++) {
    const after = await cost(entry, large);
    if (after < NOTHING) return 1;
    const before = await cost(entry, small);
    least = Math.min(least, after / Math.max(1, before) / LARGER);
  }
  return least;
}

/** Whether a cost that grew so much grew with more than the length. */
export function isSuperLinear(times: number): boolean {
  return times > MOST;
}

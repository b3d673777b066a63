// When nodes are looked at again without being asked: seldom where a look fails again and again, not at all where only an event can change them.

/** How a look ended: it told of a Kong, it could not, or what it saw stands still until somebody starts it. */
export type LookOutcome = 'told' | 'failed' | 'still';

/** While the view is seen, nodes are looked at this often; one that cannot be looked at each time later. */
export const POLL_MS = 30_000;
const LONGEST_MS = 10 * 60_000;
/** A Kong that starts is looked at after these pauses until it serves. */
const STARTING_MS = [500, 1000, 2000, 4000, 8000, 16_000];

/** Remembers how looks ended. */
export interface PollTimes {
  looked(id: string, outcome: LookOutcome, now: number): void;
  /** Whether it is time to look again. */
  due(id: string, now: number): boolean;
}

/** Makes an empty memory: everything is due. */
export function pollTimes(): PollTimes {
  const next = new Map<string, { at: number; failures: number }>();
  return {
    looked(id, outcome, now) {
      const failures = outcome === 'failed' ? (next.get(id)?.failures ?? 0) + 1 : 0;
      const pause = outcome === 'still' ? Infinity : outcome === 'told' ? 0 : Math.min(POLL_MS * 2 ** failures, LONGEST_MS);
      // The clock that asks is never exact.
      next.set(id, { at: now + pause - POLL_MS / 2, failures });
    },
    due: (id, now) => now >= (next.get(id)?.at ?? 0),
  };
}

/** The pause before the next look at a Kong that starts; undefined when it is no longer waited for. */
export function pauseWhileStarting(looks: number): number | undefined {
  return STARTING_MS[looks];
}

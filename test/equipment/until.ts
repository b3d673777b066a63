// Test equipment: waiting for a condition, never for a time.

const SHORTEST_PAUSE = 50;
const LONGEST_PAUSE = 1000;

/**
 * Tests poll: the value of `look` as soon as it is not undefined. Throws after the limit in milliseconds, saying what was waited for. What takes long is
 * looked at less often, an eighth of the time waited apart: a look may start a program, and that keeps what is waited for from the processor.
 */
export async function until<T>(what: string, look: () => Promise<T | undefined>, limit = 45_000): Promise<T> {
  const began = Date.now();
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    const waited = Date.now() - began;
    if (waited > limit) throw new Error(`waited ${limit} ms for ${what}`);
    const pause = Math.min(LONGEST_PAUSE, Math.max(SHORTEST_PAUSE, waited / 8));
    await new Promise((resolve) => setTimeout(resolve, pause));
  }
}

// Numbers by chance that are the same for the same seed, so that what was found once is found again.

export interface Random {
  /** A whole number from 0, less than `below`. */
  below: (below: number) => number;
  /** One of these. */
  one: <T>(items: readonly T[]) => T;
}

/** A source of numbers (mulberry32). Takes what the numbers depend on: the seed, the target, the number of the input. */
export function random(...of: readonly (string | number)[]): Random {
  let state = 0x9e3779b9;
  for (const character of of.join('\n')) state = Math.imul(state ^ character.charCodeAt(0), 0x01000193) >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  return {
    below,
    one: (items) => {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to choose from');
      return item;
    },
  };
}

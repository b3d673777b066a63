// The index of a scan: which four bytes, met at every eighth position of an input, may belong to one of the literals that are looked for.

export const STEP = 8;
const GRAM = 4;
/** A literal of this length has all its bytes probed at one position at least. */
export const SHORTEST_LITERAL = STEP + GRAM - 1;
const TABLE_BITS = 17;
const ZERO = 48;
const NINE = 57;

/** Something that is looked for. */
interface Sought {
  bytes: Buffer;
  /** Whether each 0 stands for any digit. */
  shape: boolean;
}

export interface Hit {
  /** Where it begins. */
  from: number;
  shape: boolean;
}

export interface GramIndex {
  /** The next position from `at` on whose four bytes occur in a literal, or -1. */
  next(words: Int32Array, at: number, limit: number): number;
  /** What stands around that position, or null. */
  verify(bytes: Buffer, at: number, size: number): Hit | null;
}

/** Makes the index of literals, and of shapes: literals in which 0 stands for any digit. One that is shorter than SHORTEST_LITERAL is an error of the caller. */
export function createIndex(literals: readonly string[], shapes: readonly string[]): GramIndex {
  const table = new Uint8Array(1 << TABLE_BITS);
  const places = new Map<number, { sought: Sought; offset: number }[]>();
  const add = (sought: Sought): void => {
    if (sought.bytes.length < SHORTEST_LITERAL)
      throw new RangeError(`The literal is too short to be scanned for: ${sought.bytes.toString()}`);
    const start = rarestWindow(sought.bytes);
    for (let offset = start; offset < start + STEP; offset++) {
      for (const gram of gramsAt(sought, offset)) {
        table[hash(gram)] = 1;
        const known = places.get(gram);
        if (known === undefined) places.set(gram, [{ sought, offset }]);
        else known.push({ sought, offset });
      }
    }
  };
  for (const text of literals) add({ bytes: Buffer.from(text), shape: false });
  for (const text of shapes) add({ bytes: Buffer.from(text), shape: true });
  return {
    next(words, at, limit) {
      const last = limit >> 2;
      for (let i = at >> 2; i < last; i += STEP >> 2) {
        if (table[hash(words[i] ?? 0)] !== 0) return i << 2;
      }
      return -1;
    },
    verify(bytes, at, size) {
      let shape: Hit | null = null;
      for (const { sought, offset } of places.get(bytes.readInt32LE(at)) ?? []) {
        const from = at - offset;
        const to = from + sought.bytes.length;
        if (from < 0 || to > size || !stands(sought, bytes, from, to)) continue;
        if (!sought.shape) return { from, shape: false };
        shape = { from, shape: true };
      }
      return shape;
    },
  };
}

function stands({ bytes: wanted, shape }: Sought, bytes: Buffer, from: number, to: number): boolean {
  if (!shape) return bytes.compare(wanted, 0, wanted.length, from, to) === 0;
  return wanted.every((byte, i) => {
    const found = bytes[from + i] ?? 0;
    return byte === ZERO ? found >= ZERO && found <= NINE : found === byte;
  });
}

/** The four bytes at an offset; of a shape with every digit where it has one. */
function gramsAt({ bytes, shape }: Sought, offset: number): number[] {
  const gram = Buffer.from(bytes.subarray(offset, offset + GRAM));
  const grams: number[] = [];
  const vary = (i: number): void => {
    if (i === GRAM) grams.push(gram.readInt32LE(0));
    else if (!shape || bytes[offset + i] !== ZERO) vary(i + 1);
    else
      for (let digit = ZERO; digit <= NINE; digit++) {
        gram[i] = digit;
        vary(i + 1);
      }
  };
  vary(0);
  return grams;
}

function hash(gram: number): number {
  return Math.imul(gram, 0x9e3779b1) >>> (32 - TABLE_BITS);
}

/** The part of a literal with the fewest letters that every log is full of. */
function rarestWindow(literal: Buffer): number {
  let best = 0;
  let least = Infinity;
  for (let start = 0; start + SHORTEST_LITERAL <= literal.length; start++) {
    let common = 0;
    for (let i = start; i < start + SHORTEST_LITERAL; i++) if (COMMON.includes(literal[i] ?? 0)) common++;
    if (common < least) [best, least] = [start, common];
  }
  return best;
}

const COMMON = Buffer.from(' etaoinsr/.:0123456789');

// The prefilter of big inputs: finds the few lines worth reading among millions, so that a log of gigabytes takes seconds and little memory.
// Every eighth position is probed for four bytes of one of the literals; only around a real hit are lines decoded and read.
import { createIndex, SHORTEST_LITERAL, STEP } from './grams';
import type { RecordBuilder } from './records';
import { rejoin } from './terminal';

export interface Scanner {
  push(chunk: Uint8Array): void;
  end(): void;
}

/** Inputs up to this size are read line by line. */
const SMALL = 2 << 20;
const BACK_BYTES = 8 << 10;
const BACK_LINES = 60;
const FORWARD_BYTES = 24 << 10;
const FORWARD_LINES = 120;
const KEEP = BACK_BYTES + FORWARD_BYTES + 64;
const BLOCK = 1 << 20;
const MEMO_SIZE = 10_000;
const NEWLINE = 10;

/** The heads of nginx's error messages; 0 is any digit, of the time and of the process. */
const LOUD = ['0 [error] 0', '00 [crit] 0', '0 [alert] 0', '0 [emerg] 0'];
/** Of messages that nothing else is known of, so many different ones are read. */
const MAX_LOUD = 2000;
const LOUD_WIDTH = 200;

/** Where a record begins, in whatever a container or collector wrapped it. */
const RECORD_START = /\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[[a-z]+\]|nginx: \[[a-z]+\]|Error: |HTTP\/1\.\d \d/;

/**
 * Makes a scanner that gives the builder the lines around every occurrence of a literal, with their numbers; of a small input, every line.
 * A literal shorter than SHORTEST_LITERAL is an error of the caller.
 */
export function createScanner(literals: readonly string[], builder: RecordBuilder): Scanner {
  const index = createIndex(literals, LOUD);
  const store = new ArrayBuffer(SMALL + KEEP + BLOCK);
  const bytes = Buffer.from(store);
  const words = new Int32Array(store, 0, store.byteLength >> 2);
  const seen = new Set<string>();
  const loud = new Set<string>();
  let size = 0;
  /** From here on nothing was scanned yet. */
  let fresh = 0;
  /** Up to here lines were given to the builder. */
  let read = 0;
  /** Lines before `counted`. */
  let lines = 0;
  let counted = 0;
  let big = false;

  const take = (from: number, to: number): void => {
    lines += countLines(bytes, words, counted, from);
    let number = lines + 1;
    if (from !== read) builder.gap();
    const texts = bytes.toString('utf8', from, to).split('\n');
    const whole = bytes[to - 1] === NEWLINE;
    texts.forEach((text, i) => {
      if (i < texts.length - 1 || !whole) builder.push(number++, text);
    });
    lines += countLines(bytes, words, from, to);
    counted = to;
    read = to;
  };

  /** Reads the record around a hit; returns where to go on. */
  const readAround = (hit: number): number => {
    const key = bytes.toString('latin1', Math.max(0, hit - 80), Math.min(size, hit + 400));
    if (seen.has(key)) return hit + SHORTEST_LITERAL;
    if (seen.size > MEMO_SIZE) seen.clear();
    seen.add(key);
    const from = recordStart(bytes, hit, read);
    const to = recordEnd(bytes, hit, size);
    take(from, to);
    return to;
  };

  /** Whether an error's head has words behind it that were not read yet; numbers tell nothing, and a request's data stand behind them. */
  const isNews = (hit: number): boolean => {
    if (loud.size >= MAX_LOUD) return false;
    const said = bytes.toString('latin1', hit, Math.min(size, hit + LOUD_WIDTH));
    const key = said
      .slice(0, /\n|, client: /.exec(said)?.index)
      .replace(/[\da-f]+/g, (digits) => (/\d/.test(digits) ? '0' : digits));
    if (loud.has(key)) return false;
    loud.add(key);
    return true;
  };

  const scan = (limit: number): void => {
    let at = fresh - (fresh % STEP);
    while (at < limit) {
      const candidate = index.next(words, at, limit);
      if (candidate < 0) break;
      const hit = index.verify(bytes, candidate, size);
      const passed = hit === null || hit.from < read || (hit.shape && !isNews(hit.from));
      at = passed ? candidate + STEP : Math.max(candidate + STEP, alignDown(readAround(hit.from)));
    }
    fresh = limit;
  };

  /** Drops what no record can reach any more. */
  const shift = (): void => {
    const keep = Math.max(0, size - KEEP);
    const drop = keep - (keep % STEP);
    lines += countLines(bytes, words, counted, drop);
    bytes.copyWithin(0, drop, size);
    size -= drop;
    counted = Math.max(0, counted - drop);
    read = Math.max(0, read - drop);
    fresh = Math.max(0, fresh - drop);
  };

  return {
    push(chunk) {
      for (let at = 0; at < chunk.length;) {
        const room = Math.min((big ? KEEP + BLOCK : SMALL) - size, chunk.length - at);
        bytes.set(chunk.subarray(at, at + room), size);
        size += room;
        at += room;
        if (size < (big ? KEEP + BLOCK : SMALL)) continue;
        big = true;
        scan(size - FORWARD_BYTES);
        shift();
      }
    },
    end() {
      if (big) scan(size);
      else if (size > 0)
        for (const { number, text } of rejoin(bytes.toString('utf8', 0, size).replace(/\n$/, '').split('\n')))
          builder.push(number, text);
    },
  };
}

function alignDown(at: number): number {
  return at - (at % STEP);
}

function recordStart(bytes: Buffer, hit: number, floor: number): number {
  const limit = Math.max(floor, hit - BACK_BYTES, 0);
  let start = hit;
  for (let n = 0; n < BACK_LINES && start > limit; n++) {
    const before = bytes.lastIndexOf(NEWLINE, start - (n === 0 ? 1 : 2));
    // Half a line is read only when the hit itself stands in it.
    const next = before + 1 >= limit ? before + 1 : start === hit ? limit : start;
    const line = bytes.toString('latin1', next, Math.min(start === hit ? hit + 1 : start, next + 400));
    start = next;
    if (RECORD_START.test(line) || before < limit) break;
  }
  return start;
}

function recordEnd(bytes: Buffer, hit: number, size: number): number {
  const limit = Math.min(size, hit + FORWARD_BYTES);
  let end = hit;
  for (let n = 0; n < FORWARD_LINES; n++) {
    const next = bytes.indexOf(NEWLINE, end);
    if (next < 0 || next >= limit) return limit;
    if (n > 0 && RECORD_START.test(bytes.toString('latin1', end, Math.min(next, end + 400)))) return end;
    end = next + 1;
  }
  return end;
}

/** Counts line ends in [from, to), four bytes at a time. */
function countLines(bytes: Buffer, words: Int32Array, from: number, to: number): number {
  let count = 0;
  let at = from;
  for (; at < to && at % 4 !== 0; at++) if (bytes[at] === NEWLINE) count++;
  const last = to >> 2;
  for (let i = at >> 2; i < last;) {
    // Up to 255 words are added up in four counters of eight bits each.
    const stop = Math.min(last, i + 255);
    let sums = 0;
    for (; i < stop; i++) {
      const x = (words[i] ?? 0) ^ 0x0a0a0a0a;
      sums += (~(((x & 0x7f7f7f7f) + 0x7f7f7f7f) | x) >>> 7) & 0x01010101;
    }
    count += (sums & 255) + ((sums >>> 8) & 255) + ((sums >>> 16) & 255) + (sums >>> 24);
  }
  for (at = Math.max(at, last * 4); at < to; at++) if (bytes[at] === NEWLINE) count++;
  return count;
}

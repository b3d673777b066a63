// What differs between two texts, by whole lines: as edits of the first, and as a way back from a line of the second.
import type { TextEdit } from './diagnostic';

/** Lines `from` to `to` (exclusive) of the first text that became lines `start` to `end` of the second. */
export interface LineChange {
  from: number;
  to: number;
  start: number;
  end: number;
}

/** Texts with more pairs of differing lines than this are one change. */
const MAX_PAIRS = 4_000_000;

/** The changes that make the second text of the first, in order; none when they are the same. */
export function lineChanges(before: string, after: string): LineChange[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  let head = 0;
  while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
  const [a, b] = [old.slice(head, old.length - tail), now.slice(head, now.length - tail)];
  if (a.length === 0 && b.length === 0) return [];
  const pairs = a.length * b.length > MAX_PAIRS ? [] : samePairs(a, b);
  const changes: LineChange[] = [];
  let [from, start] = [0, 0];
  for (const [i, j] of [...pairs, [a.length, b.length] as const]) {
    if (i > from || j > start) changes.push({ from: from + head, to: i + head, start: start + head, end: j + head });
    [from, start] = [i + 1, j + 1];
  }
  return changes;
}

/** The changes as edits of the first text. */
export function lineEdits(before: string, after: string): TextEdit[] {
  const [old, now] = [linesOf(before), linesOf(after)];
  const position = (line: number): TextEdit['range']['start'] =>
    line < old.length || line === 0
      ? { line, character: 0 }
      : // A last line without a line break ends in the middle of it.
        /[\r\n]$/.test(old.at(-1) ?? '')
        ? { line, character: 0 }
        : { line: line - 1, character: old.at(-1)?.length ?? 0 };
  return lineChanges(before, after).map(({ from, to, start, end }) => ({
    range: { start: position(from), end: position(to) },
    newText: now.slice(start, end).join(''),
  }));
}

/** The line of the first text that a line of the second was; of a new line the one that it took the place of. */
export function lineBefore(changes: readonly LineChange[], line: number): number {
  let shift = 0;
  for (const { from, to, start, end } of changes) {
    if (line < start) break;
    if (line < end) return Math.max(from, Math.min(from + line - start, to - 1));
    shift = to - end;
  }
  return line + shift;
}

/** The lines of a text with their ends. */
function linesOf(text: string): string[] {
  return text.match(/[^\r\n]*(?:\r\n|\r|\n)|[^\r\n]+$/g) ?? [];
}

/** The places of a longest common part of two lists. */
function samePairs(a: readonly string[], b: readonly string[]): [number, number][] {
  const width = b.length + 1;
  const lengths = new Uint32Array((a.length + 1) * width);
  const at = (i: number, j: number): number => lengths[i * width + j] ?? 0;
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i * width + j] = a[i] === b[j] ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < a.length && j < b.length;) {
    if (a[i] === b[j]) pairs.push([i++, j++]);
    else if (at(i + 1, j) >= at(i, j + 1)) i++;
    else j++;
  }
  return pairs;
}

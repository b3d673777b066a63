// The part of a log that the page shows: all of a small one; of a big one its beginning, its end and what surrounds the decisive lines.
import type { LogLine } from './messages';

const HEAD_LINES = 10_000;
const TAIL_LINES = 5_000;
const AROUND = 100;
const LINE_CHARS = 2_000;
/** Once so many characters are kept, lines are cut shorter. */
const BUDGET = 8_000_000;
const SHORT_CHARS = 200;

/** One line as the page shows it, cut to a length that can be drawn. */
export function shownLine(text: string): string {
  const line = text.replace(/\r$/, '');
  return line.length <= LINE_CHARS ? line : `${line.slice(0, LINE_CHARS)} … (${Buffer.byteLength(line)} bytes)`;
}

export interface Excerpt {
  log: LogLine[];
  /** Lines of the whole log. */
  lines: number;
}

/** Reads a log once and keeps what is worth showing; memory stays bounded whatever the log's size and line lengths. */
export async function excerpt(
  chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  evidence: Iterable<number>,
  signal?: AbortSignal,
): Promise<Excerpt> {
  const wanted = [...evidence].sort((a, b) => a - b);
  const kept: LogLine[] = [];
  let tail: LogLine[] = [];
  let number = 1;
  let next = 0;
  let budget = BUDGET;
  let line: Buffer[] = [];
  let bytes = 0;

  const add = (piece: Buffer): void => {
    // four bytes a character at most
    if (bytes < LINE_CHARS * 4) line.push(piece.subarray(0, LINE_CHARS * 4 - bytes));
    bytes += piece.length;
  };
  const endLine = (): void => {
    while ((wanted[next] ?? Infinity) < number - AROUND) next += 1;
    const near = (wanted[next] ?? Infinity) <= number + AROUND;
    const text = Buffer.concat(line).toString('utf8').replace(/\r$/, '');
    const limit = budget > 0 ? LINE_CHARS : SHORT_CHARS;
    const shown = text.length <= limit && bytes <= LINE_CHARS * 4 ? text : `${text.slice(0, limit)} … (${bytes} bytes)`;
    if (number <= HEAD_LINES || near) {
      kept.push([number, shown]);
      budget -= shown.length;
    } else {
      tail.push([number, shown]);
      if (tail.length > TAIL_LINES * 2) tail = tail.slice(-TAIL_LINES);
    }
    number += 1;
    line = [];
    bytes = 0;
  };

  for await (const chunk of chunks) {
    signal?.throwIfAborted();
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    let start = 0;
    for (let end = buffer.indexOf(10); end >= 0; end = buffer.indexOf(10, start)) {
      add(buffer.subarray(start, end));
      endLine();
      start = end + 1;
    }
    if (start < buffer.length) add(Buffer.from(buffer.subarray(start)));
  }
  if (bytes > 0) endLine();
  const log = [...kept, ...tail.slice(-TAIL_LINES)].sort(([a], [b]) => a - b);
  return { log, lines: number - 1 };
}

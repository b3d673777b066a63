// Lua source as bytes: Lua counts bytes, editors count UTF-16 units; this is where one becomes the other.
import type { Position, Range } from '../text/diagnostic';

/** Which Lua a source is written for. `luajit` is LuaJIT 2.1 as OpenResty builds it. */
export type Dialect = '5.1' | 'luajit';

/** A stretch of a source: byte offsets, end exclusive. */
export interface Span {
  start: number;
  end: number;
}

/** A stretch of a named source; values carry these, because several files may meet in one evaluation. */
export interface Place extends Span {
  source: LuaSource;
}

/** The text of one Lua file, one character a byte. */
export class LuaSource {
  /** The bytes, each as the character with that code. */
  readonly bytes: string;
  /** The file it came from (absolute), when there is one. */
  readonly path: string | undefined;
  readonly #ascii: boolean;
  #lineStarts: number[] | undefined;

  /** Takes a text as editors hold it (it is encoded as UTF-8) or a file's bytes. */
  constructor(source: string | Uint8Array, path?: string) {
    this.bytes = typeof source === 'string' ? bytesOf(source) : Buffer.from(source).toString('latin1');
    this.path = path;
    this.#ascii = !/[^\x00-\x7f]/.test(this.bytes);
  }

  /** The position of a byte offset, as an editor shows the file (bytes that are not UTF-8 count as one replacement character a sequence). */
  position(offset: number): Position {
    const starts = this.#lines();
    const line = lineAt(starts, offset);
    const start = starts[line] ?? 0;
    if (this.#ascii) return { line, character: offset - start };
    return { line, character: textOf(this.bytes.slice(start, offset)).length };
  }

  /** The range of a span. */
  range(span: Span): Range {
    return { start: this.position(span.start), end: this.position(span.end) };
  }

  /** The range of a span, of its first line when it has several: what is missing in a table is not the whole table's fault. */
  firstLine({ start, end }: Span): Range {
    const lineEnd = this.bytes.slice(start, end).search(/[\r\n]/);
    return this.range({ start, end: lineEnd < 0 ? end : start + lineEnd });
  }

  /** The byte offset of a position; a position outside the text is moved to the nearest one inside. */
  offset(position: Position): number {
    const starts = this.#lines();
    const start = starts[position.line];
    if (start === undefined) return this.bytes.length;
    const next = starts[position.line + 1] ?? this.bytes.length;
    if (this.#ascii) return Math.min(start + position.character, next);
    const line = this.bytes.slice(start, next);
    return start + bytesOf(textOf(line).slice(0, position.character)).length;
  }

  /** The one-based line of a byte offset, as Lua counts. */
  line(offset: number): number {
    return lineAt(this.#lines(), offset) + 1;
  }

  /** The text of a span as an editor shows it. */
  text(span: Span): string {
    return textOf(this.bytes.slice(span.start, span.end));
  }

  #lines(): number[] {
    if (this.#lineStarts === undefined) {
      const starts = [0];
      const { bytes } = this;
      for (let i = 0; i < bytes.length; i++) {
        const code = bytes.charCodeAt(i);
        if (code === 10 || (code === 13 && bytes.charCodeAt(i + 1) !== 10)) starts.push(i + 1);
      }
      this.#lineStarts = starts;
    }
    return this.#lineStarts;
  }
}

function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Texts that are their own bytes: names of fields are asked for again and again. */
const ascii = new Set<string>();
const MAX_ASCII = 10_000;

/** A text as a byte string: its UTF-8 bytes, one character each. */
export function bytesOf(text: string): string {
  if (ascii.has(text)) return text;
  const isAscii = !/[^\x00-\x7f]/.test(text);
  if (isAscii && text.length < 40 && ascii.size < MAX_ASCII) ascii.add(text);
  return !isAscii ? Buffer.from(text, 'utf8').toString('latin1') : text;
}

/** A byte string as text: decoded as UTF-8, bytes that are not UTF-8 replaced. */
export function textOf(bytes: string): string {
  return /[^\x00-\x7f]/.test(bytes) ? Buffer.from(bytes, 'latin1').toString('utf8') : bytes;
}

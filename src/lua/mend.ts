// A text that somebody is still writing, made to parse: what the parser expects is put in where it expects it, what it cannot read is blanked.
// What was read so is only good for looking at: nothing is ever written from it, and no problem is told of it.
import { isName, type LuaSyntaxError } from './lexer';
import { firstError } from './parser';
import { LuaSource, type Span } from './source';
import type { Range } from '../text/diagnostic';

/** A source that parses, as far as could be, and the way between its offsets and those of the text it was made from. */
export interface Mended {
  source: LuaSource;
  /** A name was put in at the cursor: another cursor would give another text. */
  atCursor: boolean;
  /** The offset in the mended text; what was put in at this very place stands behind it. */
  toMended: (offset: number) => number;
  toOriginal: (offset: number) => number;
}

/** A stretch that was put in; offsets are those of the text at that time. */
interface Insertion {
  at: number;
  length: number;
}

/** The name that stands where one is still to be written. */
const PLACEHOLDER = '_';
/** Many more than a person leaves open at once. */
const MAX_REPAIRS = 20;
/** A name or what ends a value, and behind it the dot or colon that waits for a name. */
const WAITS_FOR_NAME = /(?:[A-Za-z_][A-Za-z_0-9]*|[)\]"'])[ \t]*[.:]$/;
const LINE = 400;
/** How an `end` that was put in is told from one that was written. */
const PUT_IN_END = 'end  ';
/** What goes on with an open block under another condition. */
const CLAUSES = new Set(['elseif', 'else', 'until']);
/** A line that goes on with what is open, or says nothing. */
const GOES_ON = /^\s*(?:(?:end|else|elseif|until)\b(?! {2})|[)}\]]|--|$)/;

const originals = new WeakMap<LuaSource, { original: LuaSource; mended: Mended }>();
const wholes = new WeakMap<LuaSource, Mended>();

/** Makes a source parse. With a cursor (a byte offset) behind a dot or colon a name is put in there, so that the next line is not taken for it. */
export function mend(source: LuaSource, cursor?: number): Mended {
  const waits = cursor !== undefined && waitsForName(source.bytes, cursor);
  const known = waits ? undefined : wholes.get(source);
  if (known !== undefined) return known;
  const work = new Mending(source);
  if (waits) work.insert(cursor, PLACEHOLDER);
  const mended = { ...work.run(), atCursor: waits };
  if (!waits) wholes.set(source, mended);
  if (mended.source !== source) originals.set(mended.source, { original: source, mended });
  return mended;
}

/** The range of a span as the person's own text has it, whether its source was mended or not. */
export function rangeOf(source: LuaSource, { start, end }: Span): Range {
  const from = originals.get(source);
  if (from === undefined) return source.range({ start, end });
  return from.original.range({ start: from.mended.toOriginal(start), end: from.mended.toOriginal(end) });
}

function waitsForName(bytes: string, cursor: number): boolean {
  if (/[A-Za-z_0-9]/.test(bytes.charAt(cursor))) return false;
  return WAITS_FOR_NAME.test(bytes.slice(Math.max(0, cursor - LINE), cursor));
}

class Mending {
  #bytes: string;
  readonly #insertions: Insertion[] = [];
  /** How often what was put in before which token: what does not help is not put in for ever. */
  readonly #tries = new Map<string, number>();

  constructor(private readonly original: LuaSource) {
    this.#bytes = original.bytes;
  }

  run(): Omit<Mended, 'atCursor'> {
    let source = this.#source();
    for (let i = 0; i < MAX_REPAIRS; i++) {
      const error = firstError(source, 'luajit');
      if (error === undefined || !this.#repair(error)) break;
      source = this.#source();
    }
    const insertions = [...this.#insertions];
    return {
      source,
      toMended: (offset) => insertions.reduce((at, { at: put, length }) => (put < at ? at + length : at), offset),
      toOriginal: (offset) =>
        insertions.reduceRight((at, { at: put, length }) => (at >= put + length ? at - length : Math.min(at, put)), offset),
    };
  }

  insert(at: number, text: string): void {
    this.#bytes = this.#bytes.slice(0, at) + text + this.#bytes.slice(at);
    this.#insertions.push({ at, length: text.length });
  }

  #source(): LuaSource {
    if (this.#bytes === this.original.bytes) return this.original;
    return new LuaSource(Buffer.from(this.#bytes, 'latin1'), this.original.path);
  }

  #blank({ start, end }: Span): boolean {
    if (end <= start) return false;
    const blanked = this.#bytes.slice(start, end).replace(/[^\r\n]/g, ' ');
    if (blanked === this.#bytes.slice(start, end)) return false;
    this.#bytes = this.#bytes.slice(0, start) + blanked + this.#bytes.slice(end);
    return true;
  }

  /** Takes one step towards a text that parses; false when there is none. */
  #repair({ message, span }: LuaSyntaxError): boolean {
    if (message.startsWith('unfinished string')) {
      const rest = this.#bytes.slice(span.start).search(/[\r\n]/);
      this.insert(rest < 0 ? this.#bytes.length : span.start + rest, this.#bytes.charAt(span.start));
      return true;
    }
    const token = this.#bytes.slice(span.start, span.end);
    const missing = missingText(message, token, this.#bytes.slice(0, span.start).trimEnd());
    const opener = Number(/^'end' expected \(to close '\w+' at line (\d+)\)/.exec(message)?.[1] ?? NaN);
    if (missing === undefined || this.#isTried(span.start, missing)) return this.#blank(span);
    if (CLAUSES.has(token) && !Number.isNaN(opener) && this.#stands(opener) < this.#depth(span.start)) {
      // What it is a clause of is not written, or no longer.
      const rest = this.#bytes.slice(span.start).search(/[\r\n]/);
      return this.#blank({ start: span.start, end: rest < 0 ? this.#bytes.length : span.start + rest });
    }
    const at = Number.isNaN(opener) ? this.#before(span.start) : Math.min(this.#endOfBlock(opener), span.start);
    const text = Number.isNaN(opener) ? ` ${missing} ` : PUT_IN_END;
    const inComment = at === this.#bytes.length && /--[^\n]*$/.test(this.#bytes);
    this.insert(at, inComment ? `\n${text}` : text);
    return true;
  }

  /** Whether the same was put in before the same token too often already; at the end of the text there is always more to close. */
  #isTried(start: number, missing: string): boolean {
    const left = this.#bytes.length - start;
    const tries = this.#tries.get(`${left} ${missing}`) ?? 0;
    this.#tries.set(`${left} ${missing}`, tries + 1);
    return left > 0 && tries > 3;
  }

  /** Where to put in what belongs before a token: at the end of the line before, when the token is the first of its line. */
  #before(start: number): number {
    const lineEnd = this.#bytes.lastIndexOf('\n', start - 1);
    const line = this.#bytes.slice(this.#bytes.lastIndexOf('\n', lineEnd - 1) + 1, Math.max(0, lineEnd));
    return lineEnd < 0 || /\S/.test(this.#bytes.slice(lineEnd, start)) || line.includes('--') ? start : lineEnd;
  }

  /** How deep the line of an offset is indented. */
  #depth(offset: number): number {
    const start = this.#bytes.lastIndexOf('\n', offset - 1) + 1;
    return this.#bytes.slice(start).search(/\S/);
  }

  /** How deep a line (from one) is indented. */
  #stands(line: number): number {
    return this.#bytes.split('\n')[line - 1]?.search(/\S/) ?? 0;
  }

  /** Where a block that began in that line (from one) ends by its indentation: before the next line that stands no deeper. */
  #endOfBlock(line: number): number {
    let at = 0;
    let indent: number | undefined;
    for (const [i, text] of this.#bytes.split('\n').entries()) {
      const depth = text.search(/[^\s]/);
      if (i === line - 1) indent = depth;
      if (i >= line && indent !== undefined && depth <= indent && !GOES_ON.test(text)) return at + depth;
      at += text.length + 1;
    }
    return this.#bytes.length;
  }
}

/** What to put in before the token that the parser stumbled over; undefined when that is too much rather than something before it too little. */
function missingText(message: string, token: string, before: string): string | undefined {
  const expected = /^'([^']+)' expected/.exec(message)?.[1];
  switch (expected) {
    case '<eof>':
      return undefined;
    case '<name>':
      return PLACEHOLDER;
    case '(':
      return '()';
    case '=':
      // A key in brackets waits for its value; a name alone is called, because that is no less than a statement.
      return before.endsWith(']') ? `= ${PLACEHOLDER}` : '()';
    case '}':
      // A table whose next field begins: only the comma is missing.
      return isName(token) || /^["'{[\d]/.test(token) ? ',' : '}';
    case undefined:
      break;
    default:
      return expected;
  }
  if (message.startsWith("'=' or 'in' expected")) return `in ${PLACEHOLDER}`;
  if (message.startsWith('function arguments expected')) return '()';
  if (/^(?:unexpected symbol|<name> or '\.\.\.' expected)/.test(message)) return PLACEHOLDER;
  return undefined;
}

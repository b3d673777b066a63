// Bytes to tokens, in the two dialects that read a plugin: plain Lua 5.1 (llex.c) and Kong's LuaJIT (lj_lex.c, built with LUA52COMPAT).
import { numeral } from './numerals';
import { bytesOf, textOf, type Dialect, type Span } from './source';

/** A token's type is its own text, or one of `<name>`, `<string>`, `<number>`, `<cdata>`, `<eof>`; `<stop>` ends the parsing of what is broken. */
export interface Token extends Span {
  type: string;
  /** Name, or bytes of a string. */
  text: string;
  number: number;
  line: number;
}

/** What Lua says about source that it cannot read: its own words, without file and line. */
export class LuaSyntaxError extends Error {
  constructor(
    /** Bytes, as Lua prints them. */
    message: string,
    readonly span: Span,
    /** One-based, as Lua counts. */
    readonly line: number,
  ) {
    super(textOf(message));
    this.name = 'LuaSyntaxError';
  }
}

const KEYWORDS = new Set(
  'and break do else elseif end false for function if in local nil not or repeat return then true until while'.split(' '),
);
const ESCAPES: Readonly<Record<string, string>> = { a: '\x07', b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' };
const LETTER = /[A-Za-z_]/;
/** A numeral of Lua 5.1 (read_numeral, llex.c). */
const NUMERAL = /[0-9.]*(?:[Ee][+-]?)?[0-9A-Za-z_]*/y;
const SYMBOL = /\.\.\.|\.\.|==|~=|<=|>=|::|[^]/y;

/** Reads tokens one after the other; throws LuaSyntaxError. */
export class Lexer {
  position: number;
  line = 1;

  constructor(
    private readonly bytes: string,
    private readonly dialect: Dialect,
  ) {
    this.position = this.#start();
  }

  /** What stands before the first token: a byte order mark (LuaJIT only), a `#` line (LuaRocks and luaL_loadfile). */
  #start(): number {
    let at = 0;
    if (this.dialect === 'luajit' && this.bytes.startsWith('\xef\xbb\xbf')) at = 3;
    if (this.dialect === 'luajit' && this.bytes.startsWith('#', at)) {
      const length = this.bytes.slice(at).search(/[\r\n]/);
      return length < 0 ? this.bytes.length : this.#newline(at + length);
    }
    if (this.dialect === '5.1' && /^#![^\n]*\n/.test(this.bytes)) return this.#newline(this.bytes.indexOf('\n'));
    return at;
  }

  next(): Token {
    this.#skipBlank();
    const start = this.position;
    const char = this.bytes.charAt(start);
    if (char === '') return this.#token('<eof>', start, start);
    const nameEnd = this.#nameEnd(start);
    if (nameEnd > start) {
      const name = this.bytes.slice(start, nameEnd);
      const keyword = KEYWORDS.has(name) || (name === 'goto' && this.dialect === 'luajit');
      return this.#token(keyword ? name : '<name>', start, nameEnd, name);
    }
    if (isDigit(char) || (char === '.' && isDigit(this.bytes.charAt(start + 1)))) return this.#numeral(start);
    if (char === '"' || char === "'") return this.#quoted(start, char);
    if (char === '[') {
      const level = this.#bracketLevel(start);
      if (level >= 0) {
        const text = this.#long(start, level, 'string');
        return this.#token('<string>', start, this.position, text);
      }
      if (level < -1) this.#fail('invalid long string delimiter', start, start - level, this.bytes.slice(start, start - level));
    }
    let symbol = this.#match(SYMBOL);
    if (symbol === '::' && this.dialect === '5.1') symbol = ':';
    return this.#token(symbol, start, start + symbol.length);
  }

  #token(type: string, start: number, end: number, text = '', number = 0): Token {
    this.position = end;
    return { type, start, end, text, number, line: this.line };
  }

  /** Where the name that begins at an offset ends; the offset itself when none begins there. Most tokens are names: this is the hottest path. */
  #nameEnd(start: number): number {
    const { bytes } = this;
    const high = this.dialect === 'luajit';
    let at = start;
    for (; at < bytes.length; at++) {
      const code = bytes.charCodeAt(at);
      const isLetter = (code | 32) - 97 >= 0 && (code | 32) - 97 < 26 && code < 128;
      if (!isLetter && code !== 95 && !(high && code >= 128) && !(at > start && code >= 48 && code <= 57)) break;
    }
    return at;
  }

  #match(shape: RegExp): string {
    shape.lastIndex = this.position;
    return shape.exec(this.bytes)?.[0] ?? '';
  }

  #fail(message: string, start: number, end: number, near: string): never {
    throw new LuaSyntaxError(message + nearBytes(near), { start, end: Math.max(end, start) }, this.line);
  }

  /** Counts a line break at `at` and returns the offset behind it; `\r\n` and `\n\r` are one break. */
  #newline(at: number): number {
    this.line++;
    const pair = this.bytes.slice(at, at + 2);
    return at + (pair === '\r\n' || pair === '\n\r' ? 2 : 1);
  }

  #skipBlank(): void {
    for (;;) {
      const code = this.bytes.charCodeAt(this.position);
      if (code === 10 || code === 13) this.position = this.#newline(this.position);
      else if (code === 32 || code === 9 || code === 11 || code === 12) this.position++;
      else if (code === 45 && this.bytes.charCodeAt(this.position + 1) === 45) this.#comment();
      else return;
    }
  }

  #comment(): void {
    const start = this.position;
    const level = this.bytes.charAt(start + 2) === '[' ? this.#bracketLevel(start + 2) : -1;
    if (level >= 0) {
      this.#long(start + 2, level, 'comment');
      return;
    }
    while (this.position < this.bytes.length && !isNewline(this.bytes.charCodeAt(this.position))) this.position++;
  }

  /** The number of `=` of a long bracket at `at`; -1 for a plain `[`, less than -1 for `[==` without its second bracket. */
  #bracketLevel(at: number): number {
    let end = at + 1;
    while (this.bytes.charAt(end) === '=') end++;
    const level = end - at - 1;
    return this.bytes.charAt(end) === '[' ? level : -level - 1;
  }

  #long(start: number, level: number, what: 'string' | 'comment'): string {
    const close = `]${'='.repeat(level)}]`;
    const from = start + level + 2;
    const end = this.bytes.indexOf(close, from);
    const inner = this.bytes.slice(from, end < 0 ? this.bytes.length : end);
    const nested = this.dialect === '5.1' && level === 0 ? inner.indexOf('[[') : -1;
    if (nested >= 0) {
      this.line += countLines(inner.slice(0, nested));
      this.#fail('nesting of [[...]] is deprecated', from + nested, from + nested + 2, '[');
    }
    const lines = countLines(inner);
    if (end < 0) {
      this.line += lines;
      this.#fail(`unfinished long ${what}`, start, start + level + 2, '<eof>');
    }
    this.line += lines;
    this.position = end + close.length;
    const text = inner.includes('\r') ? inner.replace(/\r\n|\n\r|\r/g, '\n') : inner;
    return text.startsWith('\n') ? text.slice(1) : text;
  }

  #quoted(start: number, quote: string): Token {
    const { bytes } = this;
    let text = '';
    let at = start + 1;
    for (;;) {
      const from = at;
      while (at < bytes.length && !endsRun(bytes.charCodeAt(at), quote)) at++;
      text += bytes.slice(from, at);
      const char = bytes.charAt(at);
      if (char === quote) return this.#token('<string>', start, at + 1, text);
      if (char === '') this.#fail('unfinished string', start, at, '<eof>');
      if (char !== '\\') this.#fail('unfinished string', start, at, quote + text);
      [text, at] = this.#escape(text, at + 1, start);
    }
  }

  /** Reads the escape whose backslash stands before `at`; returns the text with it and the offset behind it. */
  #escape(text: string, at: number, start: number): [string, number] {
    const { bytes } = this;
    const char = bytes.charAt(at);
    const simple = ESCAPES[char];
    if (simple !== undefined) return [text + simple, at + 1];
    if (isNewline(bytes.charCodeAt(at))) return [`${text}\n`, this.#newline(at)];
    if (char === '') return [text, at];
    if (isDigit(char)) {
      const digits = /^\d{1,3}/.exec(bytes.slice(at, at + 3))?.[0] ?? '';
      if (Number(digits) > 255) {
        const message = this.dialect === '5.1' ? 'escape sequence too large' : 'invalid escape sequence';
        this.#fail(message, at - 1, at + digits.length, bytes.charAt(start) + text);
      }
      return [text + String.fromCharCode(Number(digits)), at + digits.length];
    }
    if (this.dialect === '5.1' || /[\\"']/.test(char)) return [text + char, at + 1];
    if (char === 'z') {
      at++;
      while (/[ \t-\r]/.test(bytes.charAt(at))) at = isNewline(bytes.charCodeAt(at)) ? this.#newline(at) : at + 1;
      return [text, at];
    }
    const hex = /^x([0-9A-Fa-f]{2})/.exec(bytes.slice(at, at + 3))?.[1];
    if (hex !== undefined) return [text + String.fromCharCode(parseInt(hex, 16)), at + 3];
    if (bytes.startsWith('u{', at)) {
      const digits = /^[0-9A-Fa-f]*/.exec(bytes.slice(at + 2, bytes.indexOf('}', at)))?.[0] ?? '';
      const code = parseInt(digits, 16);
      const surrogate = code >= 0xd800 && code < 0xe000;
      if (code <= 0x10ffff && !surrogate && bytes.charAt(at + 2 + digits.length) === '}')
        return [text + bytesOf(String.fromCodePoint(code)), at + digits.length + 3];
    }
    return this.#fail('invalid escape sequence', at - 1, at + 1, bytes.charAt(start) + text);
  }

  /** Where a numeral of LuaJIT ends (lex_number, lj_lex.c). By hand: an expression with a choice for each of millions of digits runs over V8's stack. */
  #numeralEnd(start: number): number {
    const { bytes } = this;
    const first = bytes.charAt(start) === '.' ? start + 1 : start;
    const exponent = /^0x/i.test(bytes.slice(first, first + 2)) ? 'p' : 'e';
    let at = start;
    for (; at < bytes.length; at++) {
      const char = bytes.charAt(at);
      const isSign = (char === '+' || char === '-') && at > start && bytes.charAt(at - 1).toLowerCase() === exponent;
      if (!isSign && char !== '.' && !/[0-9A-Za-z_\x80-\xff]/.test(char)) break;
    }
    return at;
  }

  #numeral(start: number): Token {
    const text = this.dialect === '5.1' ? this.#match(NUMERAL) : this.bytes.slice(start, this.#numeralEnd(start));
    const end = start + text.length;
    const number = numeral(text, this.dialect);
    if (number === 'cdata') return this.#token('<cdata>', start, end, text);
    if (number !== undefined) return this.#token('<number>', start, end, text, number);
    return this.#fail('malformed number', start, end, text);
  }
}

/** The end of a message that names what it stumbled over: a C string, so a NUL byte ends it. */
function nearBytes(bytes: string): string {
  const end = bytes.indexOf('\0');
  return ` near '${end < 0 ? bytes : bytes.slice(0, end)}'`;
}

/** How Lua's messages name a token (luaX_token2str): a string as it was read, its escapes replaced; nothing for a NUL byte. */
export function nearToken({ type, text }: Token, written: string): string {
  if (type === '<string>') {
    const open = /^\[=*\[|^["']/.exec(written)?.[0] ?? '';
    return nearBytes(open + text + open.replaceAll('[', ']'));
  }
  const code = written.charCodeAt(0);
  if (code === 0) return '';
  if (written.length === 1 && (code < 32 || code === 127)) return nearBytes(`char(${code})`);
  return nearBytes(type === '<eof>' ? type : written);
}

/** Whether a text is a Lua name and not a keyword. */
export function isName(text: string): boolean {
  return LETTER.test(text.charAt(0)) && /^[A-Za-z_0-9]+$/.test(text) && !KEYWORDS.has(text);
}

function isDigit(char: string): boolean {
  return char >= '0' && char <= '9';
}

function isNewline(code: number): boolean {
  return code === 10 || code === 13;
}

function endsRun(code: number, quote: string): boolean {
  return code === 92 || code === 10 || code === 13 || code === quote.charCodeAt(0);
}

function countLines(text: string): number {
  return text.match(/\r\n|\n\r|\r|\n/g)?.length ?? 0;
}

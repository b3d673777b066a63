// Lua patterns (lib_string.c of LuaJIT): matching on bytes, with every step counted.

interface Capture {
  start: number;
  /** In bytes, or OPEN, or POSITION. */
  length: number;
}

/** Where a pattern matched; its captures may be unfinished. */
export interface Match {
  start: number;
  end: number;
  captures: readonly Capture[];
}

/** A pattern that Lua refuses; the message is Lua's. */
export class PatternError extends Error {}

const MAX_CAPTURES = 32;
const MAX_NESTING = 200;
const OPEN = -1;
const POSITION = -2;
const CLASSES: Readonly<Record<string, RegExp>> = {
  a: /[A-Za-z]/,
  c: /[\x00-\x1f\x7f]/,
  d: /[0-9]/,
  g: /[!-~]/,
  l: /[a-z]/,
  p: /[!-/:-@[-`{-~]/,
  s: /[ \t-\r]/,
  u: /[A-Z]/,
  w: /[A-Za-z0-9]/,
  x: /[A-Fa-f0-9]/,
  z: /\x00/,
};

/** A pattern as C sees it: it ends at its first NUL byte. A `^` at its start anchors it, except for gmatch. */
export interface Pattern {
  items: string;
  anchored: boolean;
}

/** Reads a pattern; `anchors` is false for gmatch, to which a `^` is like any other character. */
export function readPattern(bytes: string, anchors = true): Pattern {
  const end = bytes.indexOf('\0');
  const whole = end < 0 ? bytes : bytes.slice(0, end);
  const anchored = anchors && whole.startsWith('^');
  return { items: anchored ? whole.slice(1) : whole, anchored };
}

/** Finds the first match of a pattern at or behind `from` (zero-based); `step` is called for every comparison and may throw. */
export function findMatch(text: string, pattern: Pattern, from: number, step: (count: number) => void): Match | undefined {
  for (let start = from; start <= text.length; start++) {
    const match = matchAt(text, pattern, start, step);
    if (match !== undefined || pattern.anchored) return match;
  }
  return undefined;
}

/** Matches a pattern at one place only. */
export function matchAt(text: string, { items }: Pattern, start: number, step: (count: number) => void): Match | undefined {
  const matcher = new Matcher(text, items, step);
  const end = matcher.match(start, 0, 1);
  return end === undefined ? undefined : { start, end, captures: matcher.captures };
}

/** The text of a capture (zero-based), or the number of a position capture; a match without captures is its own first one. */
export function captureAt(text: string, match: Match, index: number): string | number {
  const capture = match.captures[index];
  if (capture === undefined) {
    if (index === 0) return text.slice(match.start, match.end);
    throw new PatternError('invalid capture index');
  }
  if (capture.length === OPEN) throw new PatternError('unfinished capture');
  return capture.length === POSITION ? capture.start + 1 : text.slice(capture.start, capture.start + capture.length);
}

class Matcher {
  readonly captures: Capture[] = [];

  constructor(
    private readonly text: string,
    private readonly pattern: string,
    private readonly step: (count: number) => void,
  ) {}

  match(s: number, p: number, depth: number): number | undefined {
    if (depth > MAX_NESTING) throw new PatternError('pattern too complex');
    const { text, pattern } = this;
    for (;;) {
      this.step(1);
      if (p >= pattern.length) return s;
      const char = pattern.charAt(p);
      const next = pattern.charAt(p + 1);
      if (char === '(') return next === ')' ? this.#open(s, p + 2, POSITION, depth) : this.#open(s, p + 1, OPEN, depth);
      if (char === ')') return this.#close(s, p + 1, depth);
      if (char === '$' && p + 1 === pattern.length) return s === text.length ? s : undefined;
      if (char === '%' && next === 'b') {
        const end = this.#balance(s, p + 2);
        if (end === undefined) return undefined;
        s = end;
        p += 4;
        continue;
      }
      if (char === '%' && next === 'f') {
        p += 2;
        if (pattern.charAt(p) !== '[') throw new PatternError("missing '[' after '%f' in pattern");
        const end = this.#itemEnd(p);
        const before = s === 0 ? '\0' : text.charAt(s - 1);
        if (this.#inSet(before, p, end - 1) || !this.#inSet(s < text.length ? text.charAt(s) : '\0', p, end - 1))
          return undefined;
        p = end;
        continue;
      }
      if (char === '%' && next >= '0' && next <= '9') {
        const end = this.#backReference(s, next);
        if (end === undefined) return undefined;
        s = end;
        p += 2;
        continue;
      }
      const end = this.#itemEnd(p);
      const suffix = pattern.charAt(end);
      if (suffix === '?') {
        if (this.#single(s, p, end)) {
          const result = this.match(s + 1, end + 1, depth + 1);
          if (result !== undefined) return result;
        }
        p = end + 1;
        continue;
      }
      if (suffix === '*') return this.#most(s, p, end, 0, depth);
      if (suffix === '+') return this.#most(s, p, end, 1, depth);
      if (suffix === '-') return this.#least(s, p, end, depth);
      if (!this.#single(s, p, end)) return undefined;
      s++;
      p = end;
    }
  }

  #open(s: number, p: number, kind: number, depth: number): number | undefined {
    if (this.captures.length >= MAX_CAPTURES) throw new PatternError('too many captures');
    this.captures.push({ start: s, length: kind });
    const result = this.match(s, p, depth + 1);
    if (result === undefined) this.captures.pop();
    return result;
  }

  #close(s: number, p: number, depth: number): number | undefined {
    const capture = this.captures.findLast((candidate) => candidate.length === OPEN);
    if (capture === undefined) throw new PatternError('invalid pattern capture');
    capture.length = s - capture.start;
    const result = this.match(s, p, depth + 1);
    if (result === undefined) capture.length = OPEN;
    return result;
  }

  #balance(s: number, p: number): number | undefined {
    const [open, close] = [this.pattern.charAt(p), this.pattern.charAt(p + 1)];
    if (close === '') throw new PatternError('unbalanced pattern');
    if (s >= this.text.length || this.text.charAt(s) !== open) return undefined;
    let level = 1;
    for (let i = s + 1; i < this.text.length; i++) {
      this.step(1);
      const char = this.text.charAt(i);
      if (char === close) {
        if (--level === 0) return i + 1;
      } else if (char === open) level++;
    }
    return undefined;
  }

  #backReference(s: number, digit: string): number | undefined {
    const capture = this.captures[Number(digit) - 1];
    if (capture === undefined || capture.length === OPEN) throw new PatternError('invalid capture index');
    if (capture.length === POSITION) return undefined;
    const known = this.text.slice(capture.start, capture.start + capture.length);
    this.step(known.length);
    return this.text.startsWith(known, s) ? s + known.length : undefined;
  }

  #most(s: number, p: number, end: number, least: number, depth: number): number | undefined {
    let count = 0;
    while (this.#single(s + count, p, end)) count++;
    this.step(count);
    for (; count >= least; count--) {
      const result = this.match(s + count, end + 1, depth + 1);
      if (result !== undefined) return result;
    }
    return undefined;
  }

  #least(s: number, p: number, end: number, depth: number): number | undefined {
    for (;;) {
      const result = this.match(s, end + 1, depth + 1);
      if (result !== undefined) return result;
      if (!this.#single(s, p, end)) return undefined;
      s++;
    }
  }

  /** The offset behind the single-character item at `p`. */
  #itemEnd(p: number): number {
    const { pattern } = this;
    const char = pattern.charAt(p);
    if (char === '%') {
      if (p + 1 >= pattern.length) throw new PatternError("malformed pattern (ends with '%')");
      return p + 2;
    }
    if (char !== '[') return p + 1;
    let at = p + 1;
    if (pattern.charAt(at) === '^') at++;
    do {
      if (at >= pattern.length) throw new PatternError("malformed pattern (missing ']')");
      if (pattern.charAt(at++) === '%') at++;
    } while (pattern.charAt(at) !== ']');
    return at + 1;
  }

  #single(s: number, p: number, end: number): boolean {
    if (s >= this.text.length) return false;
    const char = this.text.charAt(s);
    const item = this.pattern.charAt(p);
    if (item === '.') return true;
    if (item === '%') return inClass(char, this.pattern.charAt(p + 1));
    if (item === '[') return this.#inSet(char, p, end - 1);
    return char === item;
  }

  /** Whether a character is in the set whose `[` is at `p` and whose `]` is at `end`. */
  #inSet(char: string, p: number, end: number): boolean {
    const { pattern } = this;
    const negated = pattern.charAt(p + 1) === '^';
    let at = negated ? p + 2 : p + 1;
    for (; at < end; at++) {
      const item = pattern.charAt(at);
      if (item === '%') {
        if (inClass(char, pattern.charAt(++at))) return !negated;
      } else if (pattern.charAt(at + 1) === '-' && at + 2 < end) {
        if (item <= char && char <= pattern.charAt(at + 2)) return !negated;
        at += 2;
      } else if (item === char) return !negated;
    }
    return negated;
  }
}

function inClass(char: string, letter: string): boolean {
  const known = CLASSES[letter.toLowerCase()];
  if (known === undefined) return letter === char;
  return known.test(char) === (letter === letter.toLowerCase());
}

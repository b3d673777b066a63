// Lua patterns in the words of JavaScript's regular expressions, as far as both have them.

const CLASSES: Readonly<Record<string, string>> = {
  a: 'A-Za-z',
  c: '\\x00-\\x1F\\x7F',
  d: '0-9',
  l: 'a-z',
  p: '!-\\/:-@\\[-`{-~',
  s: '\\t-\\r ',
  u: 'A-Z',
  w: 'A-Za-z0-9',
  x: 'A-Fa-f0-9',
  z: '\\x00',
};

const escaped = (char: string): string => char.replace(/[\\^$.*+?()[\]{}|/]/, '\\$&');
const member = (char: string): string => (char === '-' ? '\\-' : escaped(char));

/** The regular expression that matches where a Lua pattern does; undefined for what it cannot say (`%b`, `%f`, back references). */
export function regexOfLuaPattern(pattern: string): string | undefined {
  let out = pattern.startsWith('^') ? '^' : '';
  let at = out.length;
  while (at < pattern.length) {
    const char = pattern[at] ?? '';
    if (char === '$' && at === pattern.length - 1) return `${out}$`;
    if (char === '(' || char === ')') {
      // A capture of a position captures nothing.
      out += pattern.startsWith('()', at) ? '' : char;
      at += pattern.startsWith('()', at) ? 2 : 1;
      continue;
    }
    const item = char === '[' ? set(pattern, at) : single(pattern, at);
    if (item === undefined) return undefined;
    at = item.end;
    const quantifier = pattern[at] ?? '';
    if ('*+?-'.includes(quantifier) && quantifier !== '') at++;
    out += item.text + (quantifier === '-' ? '*?' : '*+?'.includes(quantifier) ? quantifier : '');
  }
  return out;
}

interface Item {
  text: string;
  end: number;
}

function single(pattern: string, at: number): Item | undefined {
  const char = pattern[at] ?? '';
  if (char === '.') return { text: '[^]', end: at + 1 };
  if (char !== '%') return { text: escaped(char), end: at + 1 };
  const next = pattern[at + 1];
  if (next === undefined || /[bf\d]/.test(next)) return undefined;
  const members = CLASSES[next.toLowerCase()];
  if (members === undefined) return { text: escaped(next), end: at + 2 };
  return { text: `[${/[A-Z]/.test(next) ? '^' : ''}${members}]`, end: at + 2 };
}

function set(pattern: string, start: number): Item | undefined {
  let at = start + 1;
  let out = '[';
  if (pattern[at] === '^') {
    out += '^';
    at++;
  }
  // A bracket that comes first is a member.
  for (let first = true; first || pattern[at] !== ']'; first = false) {
    const char = pattern[at];
    if (char === undefined) return undefined;
    if (char === '%') {
      const next = pattern[at + 1];
      if (next === undefined) return undefined;
      const members = CLASSES[next.toLowerCase()];
      if (members !== undefined && /[A-Z]/.test(next)) return undefined;
      out += members ?? member(next);
      at += 2;
    } else if (pattern[at + 1] === '-' && (pattern[at + 2] ?? ']') !== ']') {
      out += `${member(char)}-${member(pattern[at + 2] ?? '')}`;
      at += 3;
    } else {
      out += member(char);
      at++;
    }
  }
  return { text: `${out}]`, end: at + 1 };
}

// Where a cursor stands in a rockspec, also while the file does not parse: a lenient scan of tokens and braces, nothing evaluated.

/** A cursor's surroundings. Offsets are UTF-16 units of the text. */
export interface Cursor {
  /** Keys from the top down to the table around the cursor: `[]` at the top level, `['build', 'modules']`; a list item's table is `#`, an unreadable key `?`. */
  path: readonly string[];
  /** `field`: a key or, in a list, a value may begin here. `key`: inside `["…"]` or behind a dot. `value`: the value of `key`. */
  role: 'field' | 'key' | 'value';
  /** The key whose value the cursor is in; undefined for a list item and at a field's beginning. */
  key: string | undefined;
  /** Whether the cursor is between quotes: then what is inserted needs none. */
  quoted: boolean;
  /** The stretch that a completion replaces, and the part of it before the cursor. */
  start: number;
  end: number;
  typed: string;
  /** Keys and list strings that the table already has. */
  present: ReadonlySet<string>;
  /** The string that the table's field `type` has. */
  type: string | undefined;
}

interface CursorToken {
  kind: 'name' | 'string' | 'number' | 'symbol';
  /** The name, symbol or (raw) string content. */
  text: string;
  start: number;
  end: number;
  /** Of a string: where its content lies, and whether it is closed. */
  inner?: { start: number; end: number; closed: boolean };
}

/** Where something stands: a key in what is around it. Whole paths are made only of what is asked for, because tables may be nested deep. */
interface Way {
  around: Way | undefined;
  key: string;
}

interface Table {
  /** Undefined at the top. */
  way: Way | undefined;
  present: Set<string>;
  type: string | undefined;
  /** The key whose value comes next. */
  pending: string | undefined;
}

interface Spot {
  table: Table;
  role: Cursor['role'];
  key: string | undefined;
}

/** A text larger than this is no rockspec that anyone edits by hand. */
const MAX_LENGTH = 2_000_000;

const TOKEN =
  /(?<comment>--(?:\[(?<c>=*)\[[^]*?(?:\]\k<c>\]|$)|[^\n]*))|\[(?<l>=*)\[(?<long>[^]*?)(?<closed>\]\k<l>\]|$)|"(?<double>(?:\\[^]|[^"\\\n])*)(?<dq>"?)|'(?<single>(?:\\[^]|[^'\\\n])*)(?<sq>'?)|(?<name>[A-Za-z_]\w*)|(?<number>\d[\w.]*)|(?<symbol>\.\.\.|\.\.|[=~<>]=|\S)/g;

/** Fields whose assignment at the beginning of a line ends whatever was left open above it. */
const TOP_FIELD =
  /^(?:rockspec_format|package|version|description|supported_platforms|(?:build_|test_|external_)?dependencies|source|build|hooks|deploy|test)$/;

/** The surroundings of `offset`; undefined where nothing can be completed (a comment, an expression, a text too large). */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  if (text.length > MAX_LENGTH) return undefined;
  const { tokens, inComment } = scan(text, offset);
  if (inComment) return undefined;
  // The word under the cursor is what a completion replaces; what stands before it says where we are.
  const at = tokens.findIndex((token) => token.end >= offset && token.start <= offset && isWord(token, offset));
  const word = at < 0 ? undefined : tokens[at];
  const index = at < 0 ? lengthBefore(tokens, offset) : at;
  const { spot, aliases } = walk(tokens, index, text);
  if (spot === undefined) return undefined;
  const inner = word?.inner;
  const start = inner?.start ?? word?.start ?? offset;
  const path = resolveAlias(pathOf(spot.table.way), aliases);
  return {
    path,
    role: spot.role,
    key: spot.key,
    quoted: inner !== undefined,
    start,
    end: inner === undefined ? (word?.end ?? offset) : inner.closed ? inner.end : offset,
    typed: text.slice(start, offset),
    present: spot.table.present,
    type: spot.table.type,
  };
}

/** The tokens of a text, comments left out, and whether `offset` is inside a comment. */
function scan(text: string, offset: number): { tokens: CursorToken[]; inComment: boolean } {
  const tokens: CursorToken[] = [];
  let inComment = false;
  for (const match of text.matchAll(TOKEN)) {
    const groups = match.groups ?? {};
    const start = match.index;
    const end = start + match[0].length;
    if (groups['comment'] !== undefined) {
      inComment ||= start < offset && (offset < end || (offset === end && !match[0].endsWith(']')));
      continue;
    }
    const content = groups['double'] ?? groups['single'] ?? groups['long'];
    if (content !== undefined) {
      const closing = groups['dq'] ?? groups['sq'] ?? groups['closed'] ?? '';
      const innerEnd = end - closing.length;
      const inner = { start: innerEnd - content.length, end: innerEnd, closed: closing !== '' };
      tokens.push({ kind: 'string', text: content, start, end, inner });
    } else {
      const kind = groups['name'] !== undefined ? 'name' : groups['number'] !== undefined ? 'number' : 'symbol';
      tokens.push({ kind, text: match[0], start, end });
    }
  }
  return { tokens, inComment };
}

function isWord(token: CursorToken, offset: number): boolean {
  if (token.inner !== undefined) return token.inner.start <= offset && offset <= token.inner.end;
  return token.kind === 'name' && offset > token.start;
}

function lengthBefore(tokens: readonly CursorToken[], offset: number): number {
  const next = tokens.findIndex((token) => token.end > offset);
  return next < 0 ? tokens.length : next;
}

/** Walks all tokens once; `spot` is what holds just before token number `index`, `aliases` maps a local table to the path it is assigned to. */
function walk(
  tokens: readonly CursorToken[],
  index: number,
  text: string,
): { spot: Spot | undefined; aliases: Map<string, Way | undefined> } {
  const top: Table = { way: undefined, present: new Set(), type: undefined, pending: undefined };
  let stack: (Table | undefined)[] = [top];
  const aliases = new Map<string, Way | undefined>();
  let spot: Spot | undefined;
  /** What the statement at hand assigns to, once its `=` is read. */
  let target: readonly string[] | undefined;
  for (let i = 0; i <= tokens.length; i++) {
    const token = tokens[i];
    const previous = tokens[i - 1];
    const current = stack.at(-1);
    if (token !== undefined && stack.length > 1 && beginsField(token, tokens[i + 1], text)) {
      stack = [top];
      target = undefined;
    }
    if (i === index) spot = spotAt(tokens, i, stack, target);
    if (token === undefined) break;
    const inTable = current !== undefined && current !== top;
    switch (token.text) {
      case '{':
        if (token.kind !== 'symbol') break;
        if (inTable) stack.push(newTable({ around: current.way, key: current.pending ?? '#' }));
        else stack.push(newTable(wayOf(current === undefined ? ['?'] : (target ?? ['?']))));
        continue;
      case '(':
      case '[':
        if (token.kind === 'symbol') stack.push(undefined);
        continue;
      case '}':
      case ')':
      case ']':
        if (token.kind === 'symbol' && stack.length > 1) stack.pop();
        continue;
      case '=':
        if (inTable) {
          const key = keyBefore(tokens, i);
          current.pending = key ?? '?';
          if (key !== undefined) current.present.add(key);
        } else if (current === top) {
          target = targetBefore(tokens, i);
          if (target.length === 1 && target[0] !== undefined) top.present.add(target[0]);
        }
        continue;
      case ',':
      case ';':
        if (inTable) current.pending = undefined;
        continue;
    }
    if (token.kind === 'string' && inTable && current.pending === 'type') current.type = token.text;
    if (token.kind === 'string' && inTable && current.pending === undefined && tokens[i + 1]?.text !== '..')
      current.present.add(token.text);
    if (token.kind === 'name' && previous?.text === '=' && !isOperator(tokens[i + 1])) {
      const way = inTable ? { around: current.way, key: current.pending ?? '?' } : target && wayOf(target);
      if (way !== undefined && !aliases.has(token.text)) aliases.set(token.text, way);
    }
  }
  return { spot, aliases };
}

function newTable(way: Way | undefined): Table {
  return { way, present: new Set(), type: undefined, pending: undefined };
}

function wayOf(path: readonly string[]): Way | undefined {
  return path.reduce<Way | undefined>((around, key) => ({ around, key }), undefined);
}

function pathOf(way: Way | undefined): string[] {
  const path: string[] = [];
  for (let at = way; at !== undefined; at = at.around) path.push(at.key);
  return path.reverse();
}

function spotAt(
  tokens: readonly CursorToken[],
  index: number,
  stack: readonly (Table | undefined)[],
  target: readonly string[] | undefined,
): Spot | undefined {
  const before = tokens[index - 1];
  const current = stack.at(-1);
  if (current === undefined) return inBrackets(tokens, index, stack);
  if (before?.text === '.' && before.kind === 'symbol') {
    return stack.length > 1
      ? undefined
      : { table: newTable(wayOf(targetBefore(tokens, index - 1))), role: 'key', key: undefined };
  }
  if (stack.length === 1) {
    if (before?.text === '=' && before.kind === 'symbol') {
      if (target === undefined) return undefined;
      return { table: newTable(wayOf(target.slice(0, -1))), role: 'value', key: target.at(-1) };
    }
    return endsStatement(before) ? { table: current, role: 'field', key: undefined } : undefined;
  }
  if (before?.kind !== 'symbol') return undefined;
  if (before.text === '=') return { table: current, role: 'value', key: current.pending };
  return /^[{,;]$/.test(before.text) ? { table: current, role: 'field', key: undefined } : undefined;
}

/** Inside `["…"]` of a table or of `build.modules["…"]`. */
function inBrackets(tokens: readonly CursorToken[], index: number, stack: readonly (Table | undefined)[]): Spot | undefined {
  const table = stack.at(-2);
  if (tokens[index - 1]?.text !== '[' || table === undefined) return undefined;
  const opener = tokens[index - 2];
  if (stack.length > 2)
    return opener !== undefined && /^[{,;]$/.test(opener.text) ? { table, role: 'key', key: undefined } : undefined;
  return { table: newTable(wayOf(targetBefore(tokens, index - 1))), role: 'key', key: undefined };
}

/** The key that stands before the `=` at `index` in a table: a name or `["…"]`. */
function keyBefore(tokens: readonly CursorToken[], index: number): string | undefined {
  const before = tokens[index - 1];
  if (before?.kind === 'name') return before.text;
  const inside = tokens[index - 2];
  return before?.text === ']' && inside?.kind === 'string' && tokens[index - 3]?.text === '[' ? inside.text : undefined;
}

/** The path that the tokens before `index` name: `build.modules` or `build["modules"]`; a local is a path of its name alone. */
function targetBefore(tokens: readonly CursorToken[], index: number): string[] {
  const path: string[] = [];
  for (let i = index - 1; i >= 0;) {
    const token = tokens[i];
    if (token?.kind === 'name') {
      path.push(token.text);
      if (tokens[i - 1]?.text !== '.') break;
      i -= 2;
    } else {
      const key = keyBefore(tokens, i + 1);
      if (key === undefined) break;
      path.push(key);
      i -= 3;
    }
  }
  return path.reverse();
}

function beginsField(token: CursorToken, next: CursorToken | undefined, text: string): boolean {
  const atLineStart = token.start === 0 || text[token.start - 1] === '\n';
  return atLineStart && token.kind === 'name' && next?.text === '=' && TOP_FIELD.test(token.text);
}

function endsStatement(token: CursorToken | undefined): boolean {
  if (token === undefined || token.kind === 'string' || token.kind === 'number') return true;
  if (token.kind === 'name') return !/^(?:and|or|not|local|return|in|for|while|if|elseif|until|function|goto)$/.test(token.text);
  return /^[})\];]$/.test(token.text);
}

function isOperator(token: CursorToken | undefined): boolean {
  return token?.kind === 'symbol' && /^(?:\.\.|[.:([{+\-*/%^]|[=~<>]=|[<>])$/.test(token.text);
}

/** A table that a local holds stands where the local is used. */
function resolveAlias(path: readonly string[], aliases: ReadonlyMap<string, Way | undefined>): readonly string[] {
  const [first, ...rest] = path;
  const target = first === undefined || TOP_FIELD.test(first) ? undefined : aliases.get(first);
  return target === undefined ? path : [...pathOf(target), ...rest];
}

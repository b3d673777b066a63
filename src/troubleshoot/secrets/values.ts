// Where the value behind a name begins and ends: quoted, bare, listed, over several lines, or none at all but a complaint about the name.
import { looksMade } from './names';
import { closingOf, lineEnd, quoteAt } from './quotes';

/** A piece of a text, from its first character to the one behind its last. */
export interface Span {
  from: number;
  to: number;
}

/** What stands around a value. */
export interface Around {
  /** Nothing but blanks and list marks stands before its name in its line. */
  startsLine: boolean;
  /** Its name is a parameter of a URL or of a form. */
  inQuery: boolean;
  /** Only what looks like a secret is one. */
  likely: boolean;
  /** The path of a file that holds the secret is none. */
  mayBeFile: boolean;
}

const OPERATOR =
  /\]?[ \t]{0,32}(=>|:=|={1,2}|:(?![:/]{2})|%3D|%3A|&#61;)(?:[ \t]|%20){0,64}(?:\r?\n[ \t]{0,64}(?=\\{0,7}["']))?/iy;
/** `{"name":"KONG_PG_PASSWORD","value":"x"}`, and the same in YAML, XML and HTML. */
const PAIRED =
  /(?:["']|&quot;)?(?:<\/\w{1,20}>\s{0,8}<val(?:ue)?>|\s{0,40},?\s{0,40}(?:["']|&quot;)?val(?:ue)?(?:["']|&quot;)?\s{0,3}[:=]\s{0,3})/iy;
/** How Kong and others go on after a name that they complain about, in a word … */
const WORD_OF_COMPLAINT =
  /(?:nil|null|none|true|false|undefined|required|missing|invalid|expected|unknown|string|number|boolean|\d{1,3})(?=[\s,;)}\]"'\\]|$)|(?:function|table|userdata|thread|cdata):|\d{1,9}:|<(?:nil|empty|none|hidden|redacted)>/iy;
/** … and in a sentence. */
const COMPLAINT =
  /(?:expected|unknown|required|missing|invalid|cannot|can't|couldn't|doesn't|isn't|must|should|may|might|could|is|was|are|has|have|not|no|only|attempt|length|field|value|values|failed|fails|unable|bad|too|does|did|at|in|error|conflicting|unsupported|unexpected|malformed|expired|absent|empty|optional|string|number|boolean|array|table|map|record|set|function|module|plugin|signature|verification|already|loading|schema|neither|cyclic)[ \t]+['"`(]?[a-z]/iy;
const NOTHING = /(?:nil|null|none|true|false|undefined)(?=[\s,;)}\]"'\\&]|$)|(?:function|table|userdata|thread|cdata):/iy;
const REFERENCE = /\{vault:\/\/[^\s{}"']{1,300}\}/y;
const BLOCK = /[|>][-+]?\d?[ \t]{0,8}\r?\n/y;
const NEXT_PAIR = /\s{0,8}[\w.-]{1,40}["']?\s{0,3}[=:]/y;
const NEXT_FIELD = /,[ \t]{1,4}[a-z][\w-]{0,30}:/iy;
/** Signs that never end a value. */
const PLAIN = /[\w.~+/=$!@%^*#?-]+/y;
const SOMETHING = /[^\s,;:.]/;
const PATH = /^(?:[A-Z]:\\|\.{0,2}\/)[\w./\\-]{1,400}(?=\s|$)/i;
/** Kong lists migrations by the plugins that brought them. */
const MIGRATION = /\d{3}_[a-z]\w{0,60}(?=[,\s]|$)/y;
const MASKED = '******';
const MAX_BLANKS = 64;

/** Where what a sticky pattern matches at a place ends; undefined when it does not match there. */
export function at(pattern: RegExp, text: string, place: number): number | undefined {
  pattern.lastIndex = place;
  const found = pattern.exec(text);
  return found === null ? undefined : place + found[0].length;
}

/** What says that a value follows a name that ends at a place: where the value begins, and the sign between. */
export function assignedAt(text: string, end: number): { sign: string; value: number } | undefined {
  const quote = quoteAt(text, end);
  for (const from of quote === undefined ? [end] : [quote.end, end]) {
    OPERATOR.lastIndex = from;
    const found = OPERATOR.exec(text);
    if (found?.[1] !== undefined)
      return { sign: found[1].toUpperCase().replace('%3D', '=').replace('%3A', ':'), value: OPERATOR.lastIndex };
  }
  const paired = at(PAIRED, text, end);
  return paired === undefined ? undefined : { sign: '=', value: paired };
}

/** The parts of the text that hold the value which begins at a place; none when it holds no secret. `to` is where reading goes on. */
export function valueSpans(text: string, from: number, sign: string, around: Around): Span[] {
  if (text.startsWith(MASKED, from)) return [];
  if (isNothing(text, from, sign)) return [];
  const quote = quoteAt(text, from);
  if (quote !== undefined) return quotedSpans(text, quote, around);
  const first = text[from];
  if (first === '[' || first === '{' || first === '(') return listSpans(text, from, around);
  const block = at(BLOCK, text, from);
  if (block !== undefined) return blockSpans(text, from, block);
  const to = around.startsLine && !around.likely ? settingEnd(text, from, sign) : bareEnd(text, from, around.inQuery);
  return wanted(text, { from, to }, around);
}

function wanted(text: string, span: Span, { likely, mayBeFile }: Around): Span[] {
  const value = text.slice(span.from, span.to);
  if (!SOMETHING.test(value) || (mayBeFile && PATH.test(value))) return [];
  return !likely || looksMade(value) ? [span] : [];
}

/** Whether what stands behind a name is no value, but nothing, a reference to a vault, or what is wrong with it. */
export function isNothing(text: string, from: number, sign: string): boolean {
  if (at(NOTHING, text, from) !== undefined || at(REFERENCE, text, from) !== undefined) return true;
  return (
    sign === ':' &&
    (at(MIGRATION, text, from) !== undefined ||
      at(WORD_OF_COMPLAINT, text, from) !== undefined ||
      at(COMPLAINT, text, from) !== undefined)
  );
}

function quotedSpans(text: string, quote: NonNullable<ReturnType<typeof quoteAt>>, around: Around): Span[] {
  const from = quote.end;
  if (text.startsWith(MASKED, from) || at(REFERENCE, text, from) !== undefined || at(COMPLAINT, text, from) !== undefined)
    return [];
  return wanted(text, { from, to: closingOf(text, quote) }, around);
}

/** `["a", "b"]`, `{ "a", "b" }` and `[a, b]`; not what has names of its own. */
function listSpans(text: string, from: number, around: Around): Span[] {
  const spans: Span[] = [];
  let place = afterBlanks(text, from + 1);
  for (;;) {
    const quote = quoteAt(text, place);
    if (quote === undefined) break;
    const to = closingOf(text, quote);
    const behind = afterBlanks(text, quoteAt(text, to)?.end ?? to);
    if (text[behind] === ':' || text[behind] === '=') break;
    spans.push(...wanted(text, { from: quote.end, to }, around));
    if (text[behind] !== ',') return spans;
    place = afterBlanks(text, behind + 1);
  }
  if (spans.length > 0 || text[from] !== '[') return spans;
  const to = bareEnd(text, place, false);
  return to > place && text[to] === ']' ? wanted(text, { from: place, to }, around) : [];
}

function afterBlanks(text: string, from: number): number {
  let place = from;
  while (place - from < MAX_BLANKS && /\s/.test(text[place] ?? '')) place++;
  return place;
}

/** A block of YAML: its lines that stand deeper than the line of its name. */
function blockSpans(text: string, from: number, first: number): Span[] {
  const depth = indentOf(text, text.lastIndexOf('\n', from) + 1);
  const spans: Span[] = [];
  let place = first;
  while (place < text.length) {
    const end = lineEnd(text, place);
    const indent = indentOf(text, place);
    if (place + indent < end && indent <= depth) break;
    if (place + indent < end) spans.push({ from: place + indent, to: end });
    place = end + 1;
  }
  return spans;
}

function indentOf(text: string, from: number): number {
  let place = from;
  while (text[place] === ' ' || text[place] === '\t') place++;
  return place - from;
}

/** A value of kong.conf or YAML goes to the end of its line, or to a comment. */
function settingEnd(text: string, from: number, sign: string): number {
  if (!/\s/.test(text[from - 1] ?? '')) return bareEnd(text, from, false);
  const end = lineEnd(text, from);
  for (let place = from; place < end; place++) {
    if (text[place] === '#' && /\s/.test(text[place - 1] ?? '')) return trimmed(text, from, place);
    if (text[place] === ',' && at(NEXT_FIELD, text, place) !== undefined) return trimmed(text, from, place);
    if (sign === '=' && text[place] === ' ' && at(NEXT_PAIR, text, place) !== undefined) return trimmed(text, from, place);
  }
  return trimmed(text, from, end);
}

function trimmed(text: string, from: number, to: number): number {
  let end = to;
  while (end > from && /\s/.test(text[end - 1] ?? '')) end--;
  return end;
}

/** Where a value without quotes ends: at a blank, or at a sign that belongs to what holds it. */
export function bareEnd(text: string, from: number, inQuery: boolean): number {
  for (let place = from; ; place++) {
    place = at(PLAIN, text, place) ?? place;
    if (place >= text.length || endsBare(text, place, inQuery)) return place;
  }
}

function endsBare(text: string, place: number, inQuery: boolean): boolean {
  const sign = text[place] ?? '';
  const next = text[place + 1] ?? '';
  switch (sign) {
    case '&':
      return inQuery || next === '&' || at(NEXT_PAIR, text, place + 1) !== undefined;
    case ',':
    case ';':
      return !/[^\s"'{}\]]/.test(next) || at(NEXT_PAIR, text, place + 1) !== undefined;
    case '\\':
      return /["'`nrtux\\]/.test(next);
    case '<':
      return /[/!]/.test(next);
    default:
      return /\s/.test(sign) || (/["'`)\]}>]/.test(sign) && !/\w/.test(next));
  }
}

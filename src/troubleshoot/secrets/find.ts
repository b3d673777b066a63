// Finds the secrets of a text: one walk over the words that can lead to one, each looked at once.
import { encodedLoginFinder, loginFinder } from './addresses';
import { authorityEnd, cookiesEnd, schemeSpan } from './headers';
import { looksChosen, nameKind } from './names';
import { closingOf, quoteAt } from './quotes';
import { pemSpan, shapeAt, shapeRun, SHAPE_STARTS } from './shapes';
import { assignedAt, at, bareEnd, isNothing, valueSpans, type Span } from './values';

const NAME_WORDS =
  'passw|passphrase|passcode|pass(?![a-z])|secret|token|credential|cred|key|license_data|connection|authorization|cookie|jwt|pwd|sig(?![a-z])|signature|dsn|psk|hmac|otp|auth(?![a-z])|code=|sess|sid=|assertion|saml|masterauth';
/** Which of them it was is told by its group. */
const LEAD = new RegExp(
  [
    '(?<pem>-----BEGIN )',
    '(?<address>://)',
    '(?<encoded>%3A%2F%2F)',
    '(?<scheme>\\b(?:bearer|basic|digest|negotiate|ntlm|aws4-hmac-sha256)(?=[\\s:=%+]))',
    '(?<user>\\s(?:-u|--user|--proxy-user)[ \\t=]{0,8}["\']?)',
    '(?<identified>\\bidentified by )',
    '(?<login>\\w:)(?=[^\\s:/@"\'{}()]{1,200}@(?!sha\\d+:)(?:(?:tcp|unix)\\(|[\\w.-]{1,100}:\\d))',
    `(?<shape>(?<![a-z0-9])(?:${SHAPE_STARTS}))`,
    `(?<word>${NAME_WORDS})`,
  ].join('|'),
  'gi',
);
const NAME_SIGNS = /[\w.-]{0,64}/y;
const LONGEST_NAME = 64;
const FOUND_WITH = /["']? ENV found with "/y;
const OPTION_VALUE = /[ \t]{1,8}(?!-{1,2}[a-z])/iy;
const QUOTED_BEHIND = /[ \t]{1,3}(?=\\{0,3}["'`])/y;
const SAID = /[ \t]{1,3}(?:(?:is|was|to|of|equals)[ \t]{1,3}["']?)?/iy;
const TAG = /(?:\s[^<>]{0,100})?>(?:<!\[CDATA\[)?(?=[^<\s])/y;
const ELEMENT = /[^<]+/y;
const COMMA = /\s{0,8},\s{0,8}/y;
const USER = /[^\s:"']{1,200}:/y;
/** Names of which a value in quotes behind them is one, in SQL and in sentences; others have to look so. */
const LOGS_IN = /passw|passphrase|secret_?key|api[_-]?key/i;
/** Of a server's own file: `requirepass secret`. */
const OF_SERVERS = /^(?:requirepass|masterauth)$/i;
const SHAPES_IN_A_RUN = 16;

/** The parts of a text that hold secrets, in their order; they do not overlap. */
export function secretSpans(text: string): Span[] {
  const spans: Span[] = [];
  const login = loginFinder(text);
  const encodedLogin = encodedLoginFinder(text);
  let run = { end: 0, tried: 0 };
  let likelyEnd = 0;
  LEAD.lastIndex = 0;
  for (let found = LEAD.exec(text); found !== null; found = LEAD.exec(text)) {
    const from = found.index;
    const end = from + found[0].length;
    const lead = found.groups ?? {};
    let next = end;
    let held: readonly (Span | undefined)[] = [];
    if (lead['pem'] !== undefined) held = [pemSpan(text, from)];
    else if (lead['address'] !== undefined) held = [login(end)];
    else if (lead['encoded'] !== undefined) held = [encodedLogin(end)];
    else if (lead['scheme'] !== undefined) held = [schemeSpan(text, end, lead['scheme'].toLowerCase())];
    else if (lead['user'] !== undefined) held = [userSpan(text, end)];
    else if (lead['identified'] !== undefined) held = [quotedSpan(text, end)];
    else if (lead['login'] !== undefined) held = [{ from: end, to: text.indexOf('@', end) }];
    else if (lead['shape'] !== undefined) {
      if (from >= run.end) run = { end: shapeRun(text, from), tried: 0 };
      if (run.tried++ < SHAPES_IN_A_RUN) held = [shapeAt(text, from, run.end)];
    } else {
      const name = nameAround(text, from);
      const behind = namedSpans(text, name, from < likelyEnd);
      held = behind.spans;
      likelyEnd = Math.max(likelyEnd, behind.likelyEnd);
      next = Math.max(end, name.end);
    }
    for (const span of held) {
      if (span === undefined || span.to <= span.from) continue;
      spans.push(span);
      next = Math.max(next, span.to);
    }
    LEAD.lastIndex = next;
  }
  return spans;
}

/** Letters, digits, `_`, `-` and `.`. */
function isNameSign(code: number): boolean {
  const letter = code | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x5f || code === 0x2d || code === 0x2e;
}

interface Name {
  from: number;
  end: number;
  text: string;
}

/** The name that a word is part of, without the escape that its first letters belong to. */
function nameAround(text: string, word: number): Name {
  let from = word;
  while (from > 0 && word - from < LONGEST_NAME && isNameSign(text.charCodeAt(from - 1))) from--;
  const end = at(NAME_SIGNS, text, word) ?? word;
  const escape =
    text[from - 1] === '%' ? /^[\da-f]{2}/i : text[from - 1] === '\\' ? /^(?:x[\da-f]{2}|u[\da-f]{4}|[nrt])/i : undefined;
  const skipped = escape?.exec(text.slice(from, end))?.[0].length ?? 0;
  return { from: from + skipped, end, text: text.slice(from + skipped, end).replace(/[.-]+$/, '') };
}

const NONE = { spans: [] as Span[], likelyEnd: 0 };

/** What a name holds, by all the ways of writing that down; `likelyEnd` is how far a value was read that does not look like a secret. */
function namedSpans(text: string, name: Name, rejected: boolean): { spans: readonly (Span | undefined)[]; likelyEnd: number } {
  const bare = name.text.replace(/^[-.]+/, '');
  const kind = nameKind(bare);
  if (kind === undefined || (kind === 'likely' && rejected)) return NONE;
  const assigned = assignedAt(text, name.end);
  if (assigned === undefined) return { spans: kind === 'likely' ? [] : [looselySpan(text, name)], likelyEnd: 0 };
  const { sign, value } = assigned;
  if (sign === ':' && isMention(text, name)) return NONE;
  const inside = quoteAt(text, value) !== undefined || /[[{(]/.test(text[value] ?? '');
  if (kind === 'header' || (kind === 'cookie' && (sign === ':' || /^(?:set-)?cookie$/i.test(bare)))) {
    if (!inside) {
      if (isNothing(text, value, sign)) return NONE;
      return {
        spans: [{ from: value, to: kind === 'header' ? authorityEnd(text, value) : cookiesEnd(text, value) }],
        likelyEnd: 0,
      };
    }
  }
  const likely = kind === 'likely';
  const inQuery = /[?&]/.test(text[name.from - 1] ?? '');
  const spans = valueSpans(text, value, sign, {
    startsLine: startsLine(text, name.from),
    inQuery,
    likely,
    mayBeFile: kind === 'file',
  });
  return { spans, likelyEnd: likely && spans.length === 0 && !inside ? bareEnd(text, value, inQuery) : 0 };
}

function startsLine(text: string, from: number): boolean {
  let place = from;
  while (place > 0 && /[ \t-]/.test(text[place - 1] ?? '')) place--;
  return place === 0 || text[place - 1] === '\n';
}

/** `on plugin 'my-token': …` and `field token: …` speak of what has that name, and give it no value. */
function isMention(text: string, { from, end }: Name): boolean {
  const before = text.slice(Math.max(0, from - 24), from);
  if (quoteAt(text, end) === undefined)
    return /\b(?:plugin|module|schema|field|entity|function|local|upvalue|global|method) $/i.test(before);
  return /\w[ \t]{1,3}\\{0,7}["'`]$/.test(before);
}

/** What stands behind a name without a sign between: of an option, in quotes, in an element, as the second of a pair, in a sentence. */
function looselySpan(text: string, { from, end, text: name }: Name): Span | undefined {
  const found = at(FOUND_WITH, text, end);
  if (found !== undefined) return { from: found, to: closingOf(text, { end: found, mark: '"', escapes: 0 }) };
  if (text[from - 1] === '<' || text[from - 1] === ':') {
    const inner = at(TAG, text, end);
    if (inner !== undefined) return { from: inner, to: at(ELEMENT, text, inner) ?? inner };
  }
  const pair = quoteAt(text, end);
  if (pair !== undefined) return pairSpan(text, from, pair.end);
  const quoted = at(QUOTED_BEHIND, text, end);
  if (quoted !== undefined)
    return spanIf(text, quotedSpan(text, quoted), (value) => name.startsWith('-') || looksChosen(value) || LOGS_IN.test(name));
  const option = name.startsWith('-') ? at(OPTION_VALUE, text, end) : undefined;
  if (option !== undefined) return { from: option, to: bareEnd(text, option, false) };
  const said = at(SAID, text, end);
  if (said === undefined) return undefined;
  const login = /\blogin\s{1,8}\S{1,60}\s{1,8}$/.test(text.slice(Math.max(0, from - 80), from)) || OF_SERVERS.test(name);
  return spanIf(text, { from: said, to: bareEnd(text, said, false) }, (value) => login || looksChosen(value));
}

/** `set_header("authorization", "…")` and `["cookie", "…"]`. */
function pairSpan(text: string, from: number, behind: number): Span | undefined {
  if (!/[([]\s{0,8}\\{0,7}["'`]$/.test(text.slice(Math.max(0, from - 16), from))) return undefined;
  const value = at(COMMA, text, behind);
  const span = value === undefined ? undefined : quotedSpan(text, value);
  const closed = span === undefined ? undefined : quoteAt(text, span.to)?.end;
  return closed !== undefined && /^\s{0,8}[)\]]/.test(text.slice(closed, closed + 10)) ? span : undefined;
}

function quotedSpan(text: string, from: number): Span | undefined {
  const quote = quoteAt(text, from);
  return quote === undefined || text.startsWith('***', quote.end) ? undefined : { from: quote.end, to: closingOf(text, quote) };
}

/** `-u kong:secret`. */
function userSpan(text: string, from: number): Span | undefined {
  const colon = at(USER, text, from);
  return colon === undefined ? undefined : { from: colon, to: bareEnd(text, colon, false) };
}

/** Only a value's beginning is looked at to tell. */
function spanIf(text: string, span: Span | undefined, isSecret: (value: string) => boolean): Span | undefined {
  return span !== undefined && isSecret(text.slice(span.from, Math.min(span.to, span.from + 200))) ? span : undefined;
}

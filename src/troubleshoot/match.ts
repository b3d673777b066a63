// Claims against the catalogue: the most telling message wins, and says which plugin, file and line it is about.
import { CATALOGUE, type EntryId } from './catalogue';
import type { CatalogueEntry, Message, Weight, Where } from './catalogue/entry';
import { namedModules, placesIn, pluginOfModule, resolvePath, type NamedPlace } from './frames';
import { blame } from './lua/blame';
import { groundWords } from './lua/ground';
import { meaningOf } from './lua/messages';
import { flatten, type LogRecord } from './records';
import { SHORTEST_LITERAL } from './grams';
import { claimsOf, type Claim } from './claims';
import { compile, type Pattern } from './template';

/** The catalogue ready to match. */
export interface Matcher {
  /** What a record says, in the catalogue's terms. */
  match(record: LogRecord): EntryMatch[];
  /** The most telling message in a text of which is known where it stands. */
  matchText(text: string, where: Where | null): EntryMatch | undefined;
  /** A literal of every message, to scan big inputs for; it stands in one line, however the text is wrapped. */
  literals: string[];
}

/** One message found in one record. */
export interface EntryMatch {
  id: EntryId;
  entry: CatalogueEntry;
  message: Message;
  record: LogRecord;
  words: Record<string, string>;
  plugin: string | null;
  place: NamedPlace | null;
  /** Every place that the record names: the one that raised the error, and its stack. */
  stack: readonly NamedPlace[];
  module: string | null;
  from: number;
  to: number;
  /** How much it decides here: the same words in an answer of the Admin API stop nothing. */
  weight: Weight;
  /** It stands in an answer of the Admin API. */
  answer: boolean;
}

interface Candidate extends Pattern {
  id: EntryId;
  entry: CatalogueEntry;
  message: Message;
}

interface Hit {
  candidate: Candidate;
  words: Record<string, string>;
  from: number;
  to: number;
}

const BEFORE = 1200;
const AFTER = 3000;
const OCCURRENCES = 4;
/** How much of a message stands for its error, where its form does not say which part that is. */
export const ERROR_WIDTH = 200;
const QUIET_LEVELS = new Set(['debug', 'verbose', 'info', 'notice']);

let made: Matcher | undefined;

/** The catalogue's matcher; its messages are compiled when it is first asked for. */
export function catalogueMatcher(): Matcher {
  return (made ??= createMatcher());
}

function createMatcher(): Matcher {
  const candidates: Candidate[] = (Object.entries(CATALOGUE) as [EntryId, CatalogueEntry][]).flatMap(([id, entry]) =>
    entry.messages.filter((message) => !message.sign).map((message) => ({ id, entry, message, ...compile(message.text) })),
  );
  const weakLast = (a: Candidate, b: Candidate): number => Number(a.message.weak ?? false) - Number(b.message.weak ?? false);
  const byWhere = new Map<Where | null, Candidate[]>();
  const of = (where: Where | null): Candidate[] => {
    const known = byWhere.get(where);
    if (known !== undefined) return known;
    const own = candidates.filter(({ message }) => message.in === where || (message.in === undefined && !LEAVES.has(where)));
    // The first hit is the best one: the most telling, or among the leaves of a violation the first of the table.
    own.sort((a, b) => weakLast(a, b) || (LEAVES.has(where) ? 0 : b.weight - a.weight));
    byWhere.set(where, own);
    return own;
  };
  return {
    literals: [...new Set(candidates.flatMap(scanLiteral))],
    match(record) {
      const quiet = record.level !== null && QUIET_LEVELS.has(record.level);
      return claimsOf(record).flatMap((claim) => {
        return find(of(claim.where), claim, record, quiet).sort((a, b) => a.from - b.from);
      });
    },
    matchText(text, where) {
      const flat = flatten(text);
      const record: LogRecord = { text: flat, marks: [], level: null, requestBound: false };
      return find(of(where), { where, text: flat, plugin: null, from: 0, to: flat.length }, record, false)[0];
    },
  };
}

/** Places whose claims are single leaves: only messages made for them count. */
const LEAVES: ReadonlySet<Where | null> = new Set<Where | null>(['schema', 'admin', 'declarative', 'log']);

/** One hit; in text without any structure of Kong's (pasted pieces) every message that does not overlap a better one, the most telling first. */
function find(candidates: readonly Candidate[], claim: Claim, record: LogRecord, quiet: boolean): EntryMatch[] {
  const text =
    claim.where === null || claim.where === 'request' || claim.where === 'cli' ? claim.text.slice(claim.from) : claim.text;
  const shift = text === claim.text ? 0 : claim.from;
  const whole = LEAVES.has(claim.where) || claim.where === 'load';
  const loose = claim.where === null || claim.where === 'cli';
  const found: EntryMatch[] = [];
  for (const candidate of candidates) {
    if (quiet && !candidate.message.quiet) continue;
    if (found.length > 0 && candidate.message.weak) break;
    if (!text.includes(candidate.anchor)) continue;
    const hit = test(candidate, text);
    if (hit === null) continue;
    const from = whole ? claim.from : hit.from + shift;
    const to = whole ? claim.to : hit.to + shift;
    if (found.some((other) => from < other.to && other.from < to)) continue;
    const match = locate({ ...hit, from, to }, claim, record);
    if (candidate.message.place !== undefined && (placeKind(match.place) ?? 'none') !== candidate.message.place) continue;
    found.push(match);
    if (!loose) break;
  }
  return found;
}

const PLACEHOLDER = /\{(?:\w+(?:=[^{}]+)?|[^{}=]+\|[^{}=]+)\}|["\n]/;
const LINE_BREAKS = /: |; | -- /;

/** The longest literal part that JSON does not escape and, if possible, that no line break divides. Leaves with short words stand in longer ones. */
function scanLiteral({ message }: Candidate): string[] {
  const parts = message.text.replace(/^\^/, '').split(PLACEHOLDER);
  const whole = longest(parts.flatMap((part) => part.split(LINE_BREAKS)));
  const literal = whole.length >= SHORTEST_LITERAL ? whole : longest(parts);
  return literal.length >= SHORTEST_LITERAL ? [literal] : [];
}

function longest(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).reduce((a, b) => (b.length > a.length ? b : a), '');
}

/** Looks only around the anchor, so that a long record costs no more than a short one. */
function test(candidate: Candidate, text: string): Hit | null {
  if (candidate.message.text.startsWith('^') || candidate.message.text.endsWith('$')) {
    const match = candidate.regexp.exec(text.slice(0, BEFORE + AFTER));
    return match === null ? null : { candidate, words: wordsOf(match), from: match.index, to: match.index + match[0].length };
  }
  let at = text.indexOf(candidate.anchor);
  for (let n = 0; at >= 0 && n < OCCURRENCES; n++) {
    const start = Math.max(0, at - BEFORE);
    const match = candidate.regexp.exec(text.slice(start, at + AFTER));
    if (match !== null) {
      const from = start + match.index;
      return { candidate, words: wordsOf(match), from, to: from + match[0].length };
    }
    at = text.indexOf(candidate.anchor, at + candidate.anchor.length + AFTER - BEFORE);
  }
  return null;
}

function placeKind(place: NamedPlace | null): 'plugin' | 'library' | null {
  if (place?.file === undefined || place.file === null) return null;
  return place.plugin === null ? 'library' : 'plugin';
}

function wordsOf(match: RegExpExecArray): Record<string, string> {
  const words = Object.entries<string | undefined>(match.groups ?? {}).map(
    ([name, word]) => [name, word?.split(/ stack traceback:|, context: /)[0]?.trim() ?? ''] as const,
  );
  return Object.fromEntries(words.filter(([, word]) => word !== ''));
}

function locate(hit: Hit, claim: Claim, record: LogRecord): EntryMatch {
  const words: Record<string, string> = {
    error: record.text.slice(hit.from, Math.min(hit.to, hit.from + ERROR_WIDTH)),
    ...hit.words,
  };
  const known = namedModules(record.text);
  const named = claim.plugin ?? words['plugin'] ?? null;
  if (named !== null) known.push(`kong.plugins.${named}.handler`, `kong.plugins.${named}.schema`);
  const line = words['line'] === undefined ? null : Number(words['line']);
  const path = words['path'];
  const stack = placesIn(record.text, known);
  const own = stack.find((frame) => frame.plugin !== null) ?? null;
  let place = path?.endsWith('.lua') ? resolvePath(path, line, known) : null;
  if ((place?.file ?? null) === null) place = own ?? place;
  const module = words['module'] ?? place?.module ?? null;
  const owner = module === null ? null : pluginOfModule(module);
  return blame({
    id: hit.candidate.id,
    entry: hit.candidate.entry,
    message: hit.candidate.message,
    record,
    words: { ...words, ...groundWords(record.text), meaning: meaningOf(saidFrom(record.text, hit.from)) },
    plugin: named ?? place?.plugin ?? owner ?? own?.plugin ?? null,
    place,
    stack,
    module,
    from: hit.from,
    to: hit.to,
    answer: claim.answer ?? false,
    weight: claim.answer ? 'refuse' : hit.candidate.entry.weight,
  });
}

/** The message that begins there, without its stack. */
function saidFrom(text: string, from: number): string {
  const traceback = text.indexOf(' stack traceback:', from);
  return text.slice(from, traceback < 0 ? from + 1_000 : Math.min(traceback, from + 1_000));
}

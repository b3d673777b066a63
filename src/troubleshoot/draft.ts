// What one problem adds up to before it is told: drafts of findings, from what a log says and from what is known without one.
import { CATALOGUE, type EntryId } from './catalogue';
import type { CatalogueEntry, Weight } from './catalogue/entry';
import type { Finding } from './finding';
import { maskSecrets } from './secrets/mask';
import { ERROR_WIDTH, type EntryMatch } from './match';
import type { KnownProblem } from './problem';
import { flatten, type LogRecord } from './records';
import { decisiveAt, unknownError } from './unknown';
import type { RemedyKind } from './remedyKinds';

/** A finding before its prose: what the matches of one problem add up to. */
export interface Draft {
  id: EntryId;
  /** What tells one error that no entry knows from another. */
  kind?: string;
  entry: CatalogueEntry;
  plugin: string | null;
  module: string | null;
  file: string | null;
  line: number | null;
  words: Record<string, string>;
  /** The cause in the words of the message, where it has some. */
  means?: string | undefined;
  /** The remedies of that message, where it has its own. */
  fixes?: readonly RemedyKind[] | undefined;
  forms: Set<string>;
  weak: boolean;
  /** It was only a warning: what the command ended with comes first. */
  warning: boolean;
  weight: Weight;
  order: number;
  evidence: Line[];
}

type Line = Finding['evidence'][number];

/** As many lines as evidence has. */
export const EVIDENCE_LINES = 6;
const EVIDENCE_WIDTH = 400;

/** As much as a placeholder of a message takes. */
const WORD_WIDTH = 400;

/** The draft of a match; `order` is its place among the others. */
export function draftOfMatch(match: EntryMatch, order: number): Draft {
  const place = match.place === null || match.place.core ? null : match.place;
  return {
    id: match.id,
    entry: match.entry,
    plugin: match.plugin,
    module: match.module,
    file: place?.file ?? null,
    line: place?.line ?? null,
    words: match.words,
    means: match.entry.messages.includes(match.message) ? match.message.means : undefined,
    fixes: match.entry.messages.includes(match.message) ? match.message.fixes : undefined,
    forms: new Set([match.message.text]),
    weak: match.message.weak ?? false,
    warning: isWarned(match),
    weight: match.weight,
    order,
    evidence: evidenceOf(linesOf(match)),
  };
}

const SAID_AS = /(?:^|\s)(Warning|Error|ERROR|fatal|FATAL): /g;

/** Whether what stands there was called a warning; a record without line breaks holds warnings and errors alike. */
function isWarned({ record, from }: EntryMatch): boolean {
  let last: string | undefined;
  for (const { index, 0: sign, 1: word } of record.text.matchAll(SAID_AS)) {
    if (index > from + sign.length - sign.trimStart().length) break;
    last = word;
  }
  return last === 'Warning';
}

/** The draft of a problem that is known without a log: its evidence is what Kong would say, which no log holds. */
export function draftOfProblem({ id, words, form, plugin, named, said }: KnownProblem, order: number): Draft {
  const lines = said.split('\n').map((text, i) => ({ line: i + 1, text }));
  return {
    ...ofEntry(id),
    plugin,
    module: named?.module ?? null,
    file: named?.file ?? null,
    line: named?.line ?? null,
    words: {
      error: flatten(said).slice(0, ERROR_WIDTH),
      ...Object.fromEntries(Object.entries(words).map(([name, word]) => [name, flatten(word).slice(0, WORD_WIDTH)])),
    },
    forms: new Set([form ?? said]),
    weak: false,
    warning: false,
    order,
    evidence: evidenceOf(lines),
  };
}

/** The draft of an error that no entry explains. */
export function draftOfUnknown(record: LogRecord, order: number): Draft {
  const { kind, plugin, place, words } = unknownError(record);
  return {
    ...ofEntry('unknown-error'),
    kind,
    plugin,
    module: place?.module ?? null,
    file: place?.file ?? null,
    line: place?.line ?? null,
    words,
    forms: new Set([kind]),
    weak: false,
    warning: false,
    order,
    evidence: evidenceOf(linesOf({ record, from: decisiveAt(record), to: record.text.length })),
  };
}

/** What a draft takes from its entry. */
export function ofEntry(id: EntryId): Pick<Draft, 'id' | 'entry' | 'weight'> {
  return { id, entry: CATALOGUE[id], weight: CATALOGUE[id].weight };
}

/** The lines that a match stands in, without the traceback behind it. */
function linesOf({ record: { text, marks }, from, to }: Pick<EntryMatch, 'record' | 'from' | 'to'>): Line[] {
  const traceback = text.indexOf(' stack traceback:', from);
  const end = traceback < 0 ? to : Math.min(to, traceback);
  return marks.filter(({ at }, i) => at < end && (marks[i + 1]?.at ?? Infinity) > from);
}

function evidenceOf(lines: readonly Line[]): Line[] {
  return lines
    .filter(({ text }) => text.trim() !== '')
    .slice(0, EVIDENCE_LINES)
    .map(quote);
}

/** Of a longer line nothing else is looked at. */
const LONGEST_LOOK = 20_000;

/** A line as evidence shows it: without secrets, and not too long. */
export function quote({ line, text }: Line): Line {
  const shown = maskSecrets(text.slice(0, LONGEST_LOOK).trimEnd());
  return { line, text: shown.length <= EVIDENCE_WIDTH ? shown : `${shown.slice(0, EVIDENCE_WIDTH - 1)}…` };
}

// What mends a problem of a configuration, where there is one right answer: the name that was meant, fields that must be given, the format.
import { isMap, isScalar } from 'yaml';
import { withFields, type FieldChange } from '../../kong/declarative/edits';
import { inlineText } from '../../kong/declarative/places';
import { newestFormat, withFormatVersion } from '../../kong/declarative/read';
import { nearestName } from '../../rockspec/checks/didYouMean';
import { UserError } from '../../system/userError';
import type { Fix, Range, TextEdit } from '../../text/diagnostic';
import type { Lines } from '../../text/lines';
import type { ConfigProblem } from '../declarative/entities';
import type { Span, Step } from '../declarative/yamlText';
import type { Json } from '../luaTables';
import { sample } from '../views/skeleton';
import { entitiesOf, namesOf } from './entityTree';
import { namesIn, partsAt, slotAt, type OpenConfig, type Slot } from './slots';
import { nameOf, nodeAt, spanOf } from './tree';

/** Whose fixes are asked for: what is said of the file at `path` in some ranges. */
export interface WantedFixes {
  path: string;
  isWanted: (range: Range) => boolean;
}

/** A problem's document. */
export interface FixPlace {
  text: string;
  lines: Lines;
  open: OpenConfig;
  /** The document's stretch of the text. */
  document: Span;
  /** Everything that is wrong in it. */
  problems: readonly ConfigProblem[];
}

type Change = Pick<Fix, 'title' | 'safe'> & { edits: TextEdit[] };

/** The fixes of a problem, the likeliest first. */
export async function fixesOf(problem: ConfigProblem, at: FixPlace, path: string): Promise<Fix[]> {
  const changes = await changesFor(problem, at);
  return changes
    .filter(({ edits }) => edits.length > 0)
    .map(({ title, safe, edits }) => ({ title, safe, changes: [{ kind: 'edit', path, edits }] }));
}

async function changesFor(problem: ConfigProblem, at: FixPlace): Promise<Change[]> {
  const { kind, path } = problem;
  const { open, text } = at;
  switch (kind) {
    case 'format-version': {
      const format = newestFormat(open.schemas.version);
      const edits = difference(at, text, withFormatVersion(text, format), 0);
      return [{ title: `Write _format_version: "${format}"`, safe: true, edits }];
    }
    case 'unknown-plugin':
      return otherValue(at, path, open.schemas.names());
    case 'unknown-field':
      return otherName(at, path);
    case 'reference': {
      const slot = await slotAt(open, path);
      return otherValue(at, path, namesOf(open, slot?.collection));
    }
    case 'invalid':
      return invalidChanges(problem, at);
    default:
      return [];
  }
}

async function invalidChanges({ message, path }: ConfigProblem, at: FixPlace): Promise<Change[]> {
  if (message === 'required field missing') return missingFields(at, path);
  const slot = await slotAt(at.open, path);
  const listed = slot?.field.rules.one_of;
  if (message.startsWith('expected one of') && Array.isArray(listed))
    return otherValue(
      at,
      path,
      (listed as Json[]).filter((value) => typeof value === 'string'),
    );
  return ofOtherType(at, path, message);
}

/** The value that was most likely meant. */
function otherValue(at: FixPlace, path: readonly Step[], known: readonly string[]): Change[] {
  const node = nodeAt(at.open.tree, path);
  const span = spanOf(node);
  if (!isScalar(node) || typeof node.value !== 'string' || span === undefined) return [];
  const meant = nearestName(node.value, known);
  if (meant === undefined || meant === node.value) return [];
  return [{ title: `Change to ${meant}`, safe: false, edits: [edit(at, span, likeBefore(at, span, meant))] }];
}

/** The field that was most likely meant, of those that are not given. */
async function otherName(at: FixPlace, path: readonly Step[]): Promise<Change[]> {
  const around = path.slice(0, -1);
  const name = path.at(-1);
  const map = nodeAt(at.open.tree, around);
  const slot = await slotAt(at.open, around);
  if (typeof name !== 'string' || !isMap(map) || slot === undefined) return [];
  const span = spanOf(map.items.findLast((pair) => nameOf(pair) === name)?.key);
  const given = namesIn(map);
  const parts = await partsAt(at.open, slot, around);
  const meant = nearestName(
    name,
    parts.map(({ field }) => field.name).filter((part) => !given.includes(part)),
  );
  if (span === undefined || meant === undefined) return [];
  return [{ title: `Rename to ${meant}`, safe: false, edits: [edit(at, span, likeBefore(at, span, meant))] }];
}

/** Fields that must be given: this one, and all that are missing in the same entity. */
async function missingFields(at: FixPlace, path: readonly Step[]): Promise<Change[]> {
  const entity = path.slice(0, path.findLastIndex((step) => typeof step === 'number') + 1);
  const isThere = (other: readonly Step[]): boolean => entity.every((step, i) => step === other[i]);
  const missing = at.problems.filter(
    ({ message, path: other }) =>
      message === 'required field missing' &&
      isThere(other) &&
      other.slice(entity.length).every((step) => typeof step === 'string'),
  );
  const changes: FieldChange[] = [];
  for (const { path: other } of missing) {
    const slot = await slotAt(at.open, other);
    const value = slot && valueFor(slot, at.open);
    if (value !== undefined) changes.push({ path: other.slice(entity.length).map(String), value });
  }
  const own = changes.filter((change) => JSON.stringify([...entity, ...change.path]) === JSON.stringify(path));
  const [first] = own;
  if (first === undefined) return [];
  const one = { title: `Add ${first.path.join('.')}`, safe: false, edits: added(at, entity, own) };
  const all = { title: `Add the ${changes.length} fields that must be given`, safe: false, edits: added(at, entity, changes) };
  return changes.length > 1 ? [one, all] : [one];
}

/** A value to begin with; undefined where none is known. */
function valueFor({ kind, field, collection }: Slot, open: OpenConfig): Exclude<FieldChange['value'], undefined> | undefined {
  if (kind === 'list' || kind === 'name') return undefined;
  if (kind === 'reference') return entitiesOf(open).find((entity) => entity.collection === collection)?.name?.text;
  return sample(field) as FieldChange['value'];
}

function added(at: FixPlace, entity: readonly Step[], changes: readonly FieldChange[]): TextEdit[] {
  const { start, end } = at.document;
  const before = at.text.slice(start, end);
  try {
    return difference(at, before, withFields(before, entity, changes), start);
  } catch (error) {
    // As it is written it cannot be changed alone: a person must.
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** The same value as the type that is wanted. */
function ofOtherType(at: FixPlace, path: readonly Step[], message: string): Change[] {
  const node = nodeAt(at.open.tree, path);
  const span = spanOf(node);
  if (!isScalar(node) || span === undefined) return [];
  const written = at.text.slice(span.start, span.end);
  const text = typeof node.value === 'string' ? node.value : (node.source ?? '');
  const put = (value: string): Change[] => [{ title: `Write ${value}`, safe: false, edits: [edit(at, span, value)] }];
  const isText = typeof node.value === 'string';
  if (message === 'expected a string' && !isText && node.value !== null && text !== '') return put(JSON.stringify(written));
  if (message === 'expected a number' && isText && /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/.test(text)) return put(text);
  if (message === 'expected an integer' && isText && /^-?(?:0|[1-9]\d*)$/.test(text)) return put(text);
  if (message === 'expected a boolean' && isText && /^(?:true|false)$/i.test(text)) return put(text.toLowerCase());
  if ((message === 'expected an array' || message === 'expected a set') && node.value !== null)
    return put(`[${isText && !/^[a-z][\w-]*$/i.test(text) ? inlineText(text, true) : written}]`);
  return [];
}

/** A text written with the quotes that were there. */
function likeBefore({ text }: FixPlace, { start }: Span, value: string): string {
  const quote = text[start];
  if (quote === '"') return JSON.stringify(value);
  return quote === "'" ? `'${value.replaceAll("'", "''")}'` : inlineText(value, false);
}

function edit({ lines }: FixPlace, { start, end }: Span, newText: string): TextEdit {
  return { range: lines.range(start, end), newText };
}

/** The one edit that makes a stretch of the text another. */
function difference({ lines }: FixPlace, before: string, after: string, offset: number): TextEdit[] {
  if (before === after) return [];
  const most = Math.min(before.length, after.length);
  let start = 0;
  while (start < most && before[start] === after[start]) start++;
  let end = 0;
  while (end < most - start && before.at(-1 - end) === after.at(-1 - end)) end++;
  const range = lines.range(offset + start, offset + before.length - end);
  return [{ range, newText: after.slice(start, after.length - end) }];
}

// What can be written at a cursor in a configuration: names of fields and plugins, values, and names that the file has where a reference stands.
import { isMap, isSeq } from 'yaml';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { inlineText } from '../../kong/declarative/places';
import { Lines } from '../../text/lines';
import type { Range } from '../../text/diagnostic';
import type { Step } from '../declarative/yamlText';
import type { Field } from '../fieldOf';
import type { Schemas } from '../findSchema';
import type { Json } from '../luaTables';
import { cursorAt, type Cursor } from './cursor';
import { namesOf } from './entityTree';
import { fieldDetail, fieldMarkdown } from './fieldWords';
import { elementOf, keyOf, namesIn, partsAt, rootSlot, slotAt, type OpenConfig, type Slot, type UseAround } from './slots';

/** One suggestion: `insertText` takes the place of `range`. */
export interface ConfigSuggestion {
  label: string;
  kind: 'field' | 'value' | 'plugin' | 'entity';
  insertText: string;
  snippet: false;
  range: Range;
  detail: string | undefined;
  documentation: string | undefined;
  filterText: string;
  rank: number;
}

type Offer = Pick<ConfigSuggestion, 'label' | 'kind' | 'insertText'> &
  Partial<Pick<ConfigSuggestion, 'detail' | 'documentation'>>;

/** The suggestions at an offset, in the order to show them; none where nothing of ours stands; `use` is for the document of one use. Never throws for what is in the text. */
export async function completeConfig(
  text: string,
  offset: number,
  schemas: Schemas,
  use?: UseAround,
): Promise<ConfigSuggestion[]> {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined) return [];
  const open = { tree: cursor.tree, schemas, use };
  const root = rootSlot(open);
  // Kong reads the first document and no other; manifests stand in many.
  if (root === undefined || (cursor.document > 0 && root.kind !== 'manifest')) return [];
  const isJson = /^\s*[[{]/.test(text.slice(0, 1000));
  const range = new Lines(text).range(cursor.word.start, cursor.word.end);
  return (await offers(open, cursor, isJson)).map((offer, rank) => ({
    detail: undefined,
    documentation: undefined,
    ...offer,
    snippet: false,
    range,
    filterText: offer.insertText,
    rank,
  }));
}

async function offers(open: OpenConfig, cursor: Cursor, isJson: boolean): Promise<Offer[]> {
  const { spot, isLine } = cursor;
  if (spot.on === 'value') {
    const slot = await slotAt(open, spot.path);
    return slot === undefined ? [] : values(open, slot, cursor, isJson);
  }
  const path = spot.path.slice(0, -1);
  const slot = await slotAt(open, path);
  if (slot === undefined) return [];
  const names = await fieldOffers(open, slot, path, cursor, isJson);
  if (names.length > 0 || !isLine || cursor.hasColon) return names;
  // What was taken for a name is alone in its place: it may be a value, or the first item of a list.
  const isAlone = namesIn(spot.around).length <= 1;
  if (!isAlone) return [];
  const element = elementOf(slot);
  if (element === undefined) return values(open, slot, cursor, isJson);
  if (isJson || cursor.isItem) return [];
  return firstItems(open, element, path, cursor);
}

/** Names of fields that the record does not have yet. */
async function fieldOffers(
  open: OpenConfig,
  slot: Slot,
  path: readonly Step[],
  { spot, hasColon, quote }: Cursor,
  isJson: boolean,
): Promise<Offer[]> {
  const given = new Set(namesIn(spot.around));
  const parts = await partsAt(open, slot, path);
  return parts
    .filter(({ field }) => !given.has(field.name))
    .sort((a, b) => Number(a.field.deprecated !== undefined) - Number(b.field.deprecated !== undefined))
    .map(({ field, path: names }) => {
      const isBlock = field.type === 'record' || field.type === 'array' || field.type === 'set' || field.type === 'map';
      const name = isJson && quote === undefined ? JSON.stringify(field.name) : field.name;
      const colon = hasColon || quote !== undefined ? '' : isBlock && !isJson ? ':' : ': ';
      return {
        label: field.name,
        kind: 'field',
        insertText: `${name}${colon}`,
        detail: fieldDetail(field),
        documentation: fieldMarkdown(names.length === 0 ? field.name : names.join('.'), field),
      };
    });
}

/** The beginning of the first item of a list. */
async function firstItems(open: OpenConfig, element: Slot, path: readonly Step[], cursor: Cursor): Promise<Offer[]> {
  if (element.kind === 'entity') {
    const name = keyOf(element.collection ?? '', open.schemas);
    return [{ label: `- ${name}:`, kind: 'field', insertText: `- ${name}: ` }];
  }
  const parts = await partsAt(open, element, [...path, 0]);
  const [first] = parts;
  if (first !== undefined) return [{ label: `- ${first.field.name}:`, kind: 'field', insertText: `- ${first.field.name}: ` }];
  return values(open, element, cursor, false).map((offer) => ({ ...offer, insertText: `- ${offer.insertText}` }));
}

/** What a value may be, as far as that can be listed. */
function values(open: OpenConfig, slot: Slot, cursor: Cursor, isJson: boolean): Offer[] {
  const written = writer(cursor, isJson);
  if (slot.kind === 'name') return pluginOffers(open.schemas, written);
  if (slot.kind === 'reference') {
    return namesOf(open, slot.collection).map((name) => ({
      label: name,
      kind: 'entity',
      insertText: written(name),
      detail: slot.collection,
    }));
  }
  if (slot.kind !== 'field') return [];
  const { field, known = [] } = slot;
  if (known.length > 0) return known.map((name) => ({ label: name, kind: 'entity', insertText: written(name) }));
  // Items of a list that stand in it already are not said again.
  const taken = isSeq(cursor.spot.around) ? cursor.spot.around.items.map((item) => JSON.stringify(item)) : [];
  return allowed(field).flatMap((value): Offer[] => {
    const label = typeof value === 'string' ? value : JSON.stringify(value);
    if (taken.includes(JSON.stringify(value))) return [];
    // In quotes only a text can be meant.
    if (cursor.quote !== undefined && typeof value !== 'string') return [];
    const detail = JSON.stringify(value) === JSON.stringify(field.preset) ? 'default' : undefined;
    return [{ label, kind: 'value', insertText: written(value), ...(detail === undefined ? {} : { detail }) }];
  });
}

/** The values of a field that can be listed: those of `one_of`, yes and no, the default. */
function allowed({ rules, type, preset }: Field): Json[] {
  const listed = Array.isArray(rules.one_of) ? (rules.one_of as Json[]) : type === 'boolean' ? [true, false] : [];
  const more = [rules.eq, preset].filter((value) => value !== undefined && value !== null && typeof value !== 'object');
  const all = [...listed, ...(listed.length > 0 ? [] : more)] as Json[];
  return all.filter((value, i) => all.indexOf(value) === i);
}

/** How a value is written where the cursor is. */
function writer({ quote, spot }: Cursor, isJson: boolean): (value: Json) => string {
  const isFlow = (isMap(spot.around) || isSeq(spot.around)) && spot.around.flow === true;
  return (value) => {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (quote === '"') return JSON.stringify(text).slice(1, -1);
    if (quote !== undefined) return text.replaceAll("'", "''");
    const isWord = typeof value === 'string' && /^[a-z][\w-]*$/i.test(value);
    return isJson ? JSON.stringify(value) : inlineText(value as Parameters<typeof inlineText>[0], isFlow && !isWord);
  };
}

function pluginOffers(schemas: Schemas, written: (value: Json) => string): Offer[] {
  const bundled = bundledPlugins(schemas.version);
  return schemas.names().map((name): Offer => {
    const isOwn = schemas.pluginNamed(name) !== undefined;
    const priority = bundled.get(name);
    return {
      label: name,
      kind: 'plugin',
      insertText: written(name),
      detail: isOwn
        ? 'of the workspace'
        : typeof priority === 'number'
          ? `ships with Kong, priority ${priority}`
          : 'ships with Kong',
    };
  });
}

// Single entries of plugins put into a declarative file, changed, or taken out of it; every other byte stays what it was. The edits are made at the
// places of the syntax tree, and what comes of them is read again: where it says anything else than was meant (aliases, merges), nothing is changed.
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, isSeq, type Document, type Node as YamlNode, type Pair, type YAMLMap, type YAMLSeq } from 'yaml';
import { UserError } from '../../system/userError';
import { firstDocument } from '../../text/yaml';
import type { Json } from '../adminClient';
import { blockText, columnOf, indentOf, inlineText, insertLines, newlineOf, withoutLines } from './places';
import { blockEnd, MAX_ALIASES, type DeclaredStep } from './read';

/** A field of an entry and its new value. */
export interface FieldChange {
  path: readonly string[];
  value: Json;
}

type Fields = Readonly<Record<string, Json>>;

/** The text with one more entry in the list of plugins at the top. Throws UserError where nobody can tell where to put it. */
export function withEntry(text: string, entry: Fields): string {
  const document = readable(text);
  const root = document.contents;
  if (!isMap(root)) throw notEdited('it holds no object that a list of plugins could stand in');
  const pair = pairOf(root, 'plugins');
  const edited = pair === undefined ? withList(text, root, entry) : withItem(text, pair, entry);
  return proved(document, edited, (data) => {
    const list = data['plugins'];
    return { ...data, plugins: [...(Array.isArray(list) ? list : []), entry] };
  });
}

/** The text without one entry. A list in block style goes with its last entry, one in flow style stays as an empty one. Throws UserError where it cannot be taken out alone. */
export function withoutEntry(text: string, path: readonly DeclaredStep[]): string {
  const document = readable(text);
  const place = path.at(-1);
  const { node: list, pair, map } = nodeAt(document, path.slice(0, -1));
  const item = isSeq(list) && typeof place === 'number' ? (list.items[place] as YamlNode | undefined) : undefined;
  if (!isSeq(list) || !item?.range || typeof place !== 'number') throw notEdited('the entry is not where it was');
  if (list.items.length > 1) return proved(document, cutItem(text, list, item.range), (data) => removed(data, path));
  const line = pair === undefined || map === undefined || list.flow === true ? undefined : linesOf(text, pair, map);
  if (line !== undefined) return proved(document, withoutLines(text, line.start, line.end), (data) => removed(data, path, true));
  const [start, end] = list.range ?? item.range;
  const emptied =
    list.flow === true
      ? cutItem(text, list, item.range)
      : `${text.slice(0, text.lastIndexOf(':', start) + 1)} []${newlineOf(text)}${text.slice(blockEnd(text, end))}`;
  return proved(document, emptied, (data) => removed(data, path));
}

/** The text with fields of one entry changed or added. Throws UserError where they cannot be changed alone. */
export function withFields(text: string, path: readonly DeclaredStep[], changes: readonly FieldChange[]): string {
  const document = readable(text);
  const edited = changes.reduce((now, change) => withField(now, path, change), text);
  return proved(document, edited, (data) =>
    changes.reduce<Fields>((now, change) => asFields(replaced(now, [...path, ...change.path], change.value)), data),
  );
}

function readable(text: string): Document.Parsed {
  const document = firstDocument(text);
  const [error] = document.errors;
  if (error !== undefined) throw notEdited(`it cannot be read (${error.message})`);
  return document;
}

function notEdited(why: string): UserError {
  return new UserError(`The declarative file is not changed: ${why}.`, { next: 'Change it by hand.' });
}

/** The edited text, when it says what the old one said with the change that was meant, and nothing else. */
function proved(before: Document.Parsed, edited: string, change: (data: Fields) => Fields): string {
  const after = firstDocument(edited);
  const isMeant =
    after.errors.length === 0 && isDeepStrictEqual(dataOf(after), JSON.parse(JSON.stringify(change(dataOf(before)))));
  if (!isMeant) throw notEdited('with this change it would say something else, too, as it is written (aliases, merges, tags)');
  return edited;
}

/** A document as plain data that shares nothing: what aliases stand for is there as often as they stand. */
function dataOf(document: Document.Parsed): Fields {
  try {
    return asFields(JSON.parse(JSON.stringify(document.toJS({ maxAliasCount: MAX_ALIASES }))) as Json);
  } catch (error) {
    if (error instanceof ReferenceError) throw notEdited('its aliases stand for more than is read');
    throw error;
  }
}

function asFields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : {};
}

/** Data with one item taken out of a list, or with the whole list taken out. */
function removed(data: Fields, path: readonly DeclaredStep[], isListGone = false): Fields {
  const list = path.slice(0, -1);
  const items = valueAt(data, list);
  const left = (Array.isArray(items) ? items : []).filter((_, i) => i !== path.at(-1));
  if (!isListGone) return asFields(replaced(data, list, left));
  const around = asFields(valueAt(data, list.slice(0, -1)));
  const rest = Object.fromEntries(Object.entries(around).filter(([name]) => name !== list.at(-1)));
  return asFields(replaced(data, list.slice(0, -1), rest));
}

function valueAt(value: Json | undefined, path: readonly DeclaredStep[]): Json | undefined {
  return path.reduce<Json | undefined>(
    (at, step) => (typeof at === 'object' && at !== null ? (at as Record<string, Json>)[step] : undefined),
    value,
  );
}

function replaced(value: Json | undefined, path: readonly DeclaredStep[], put: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return put;
  if (Array.isArray(value)) return value.map((item, i) => (i === step ? replaced(item, rest, put) : item));
  const fields = asFields(value);
  const name = String(step);
  const part = replaced(Object.hasOwn(fields, name) ? fields[name] : undefined, rest, put);
  return Object.fromEntries([...Object.entries(fields).filter(([key]) => key !== name), [name, part]]);
}

/** The last pair of that name, which is the one that counts. */
function pairOf(map: YAMLMap, name: string): Pair | undefined {
  return map.items.findLast(({ key }) => isScalar(key) && key.value === name);
}

interface Found {
  node: unknown;
  /** The pair whose value it is, and the map that this stands in. */
  pair: Pair | undefined;
  map: YAMLMap | undefined;
}

/** What stands at a path; aliases are not followed. */
function nodeAt(document: Document.Parsed, path: readonly DeclaredStep[]): Found {
  return path.reduce<Found>(
    ({ node }, step) => {
      if (isSeq(node) && typeof step === 'number') return { node: node.items[step], pair: undefined, map: undefined };
      const pair = isMap(node) ? pairOf(node, String(step)) : undefined;
      return { node: pair?.value, pair, map: isMap(node) ? node : undefined };
    },
    { node: document.contents, pair: undefined, map: undefined },
  );
}

const startOf = (node: unknown): number => (node as YamlNode | null | undefined)?.range?.[0] ?? 0;
const endOf = (node: unknown): number => (node as YamlNode | null | undefined)?.range?.[1] ?? 0;

/** Where a pair ends: with its value, or its key where it has none. */
function endOfPair({ key, value }: Pair): number {
  return Math.max(endOf(key), endOf(value));
}

/** A new list of plugins at the end of the object. */
function withList(text: string, root: YAMLMap, entry: Fields): string {
  if (root.flow === true) return withPair(text, root, 'plugins', [entry]);
  const last = root.items.at(-1);
  const column = columnOf(text, startOf(root.items[0]?.key));
  const style = root.items.find(({ value }) => isSeq(value) && value.flow !== true && value.items.length > 0);
  const inner = style === undefined ? 0 : Math.max(0, columnOf(text, startOf(style.value)) - column);
  const block = `plugins:\n${blockText([entry], ' '.repeat(inner))}`;
  return insertLines(text, last === undefined ? text.length : blockEnd(text, endOfPair(last)), block, ' '.repeat(column));
}

/** One more item in the list. */
function withItem(text: string, { key, value }: Pair, entry: Fields): string {
  if (value === null || value === undefined || (isScalar(value) && value.value === null)) {
    if (isScalar(value) && value.source !== undefined && value.source !== '')
      return `${text.slice(0, startOf(value))}[${inlineText(entry, true)}]${text.slice(endOf(value))}`;
    return insertLines(text, blockEnd(text, endOf(key)), blockText([entry]), indentOf(text, startOf(key)));
  }
  if (!isSeq(value)) throw notEdited('its plugins are no list that is written there');
  const last = value.items.at(-1) as YamlNode | undefined;
  if (value.flow === true) return withFlowItem(text, value, last, entry);
  const dash = ' '.repeat(columnOf(text, startOf(value)));
  return insertLines(text, blockEnd(text, endOf(last ?? key)), blockText([entry]), dash);
}

function withFlowItem(text: string, list: YAMLSeq, last: YamlNode | undefined, entry: Fields): string {
  const close = endOf(list) - 1;
  if (last === undefined) return `${text.slice(0, close)}${inlineText(entry, true)}${text.slice(close)}`;
  const end = endOf(last);
  const isTall = text.slice(end, close).includes('\n');
  const indent = indentOf(text, startOf(last));
  const written = isTall
    ? JSON.stringify(entry, null, 2).replaceAll('\n', `${newlineOf(text)}${indent}`)
    : inlineText(entry, true);
  return `${text.slice(0, end)},${isTall ? `${newlineOf(text)}${indent}` : ' '}${written}${text.slice(end)}`;
}

/** A list without one item: whole lines in block style, the item and its comma in flow style. */
function cutItem(text: string, list: YAMLSeq, [start, end]: readonly [number, number, number]): string {
  if (list.flow !== true)
    return withoutLines(text, text.lastIndexOf('\n', text.lastIndexOf('-', start)) + 1, blockEnd(text, end));
  const before = /,\s*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  const after = before > 0 ? 0 : (/^\s*,\s*/.exec(text.slice(end))?.[0].length ?? 0);
  return text.slice(0, start - before) + text.slice(end + after);
}

/** The lines of a pair, where it stands on lines of its own and not alone in its object. */
function linesOf(text: string, pair: Pair, map: YAMLMap): { start: number; end: number } | undefined {
  const key = startOf(pair.key);
  const start = text.lastIndexOf('\n', key - 1) + 1;
  if (map.flow === true || map.items.length < 2 || text.slice(start, key).trim() !== '') return undefined;
  return { start, end: blockEnd(text, endOfPair(pair)) };
}

function withField(text: string, entry: readonly DeclaredStep[], { path, value }: FieldChange): string {
  const document = readable(text);
  for (let known = path.length; known >= 0; known--) {
    const { node, pair, map } = nodeAt(document, [...entry, ...path.slice(0, known)]);
    const rest = path.slice(known).reduceRight<Json>((inner, name) => ({ [name]: inner }), value);
    if (known < path.length && isMap(node)) {
      const [name = ''] = path.slice(known);
      return withPair(text, node, name, asFields(rest)[name] ?? null);
    }
    if (pair !== undefined && map !== undefined) return withValue(text, pair, map, rest);
  }
  throw notEdited('the entry is not where it was');
}

/** Another value in the place of one that is there. */
function withValue(text: string, pair: Pair, map: YAMLMap, value: Json): string {
  const node = pair.value as YamlNode | null;
  const isBlock =
    (isScalar(node) && (node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED')) ||
    ((isMap(node) || isSeq(node)) && node.flow !== true);
  if (isBlock) {
    const indent = ' '.repeat(columnOf(text, startOf(pair.key)));
    const name = String((pair.key as { value?: unknown }).value);
    const written = blockText({ [name]: value }, indent, newlineOf(text)).trimStart();
    return `${text.slice(0, startOf(pair.key))}${written}${text.slice(blockEnd(text, endOf(node)))}`;
  }
  if (!isScalar(node) && !isMap(node) && !isSeq(node) && node !== null)
    throw notEdited('a field of the entry stands for another place');
  const colon = text.indexOf(':', endOf(pair.key)) + 1;
  const [start, end] = node?.range ?? [colon, colon];
  // A value that was nothing may stand right behind the colon.
  const gap = start === end && text[start - 1] === ':' ? ' ' : '';
  return `${text.slice(0, start)}${gap}${inlineText(value, map.flow === true)}${text.slice(end)}`;
}

/** One more field at the end of an object. */
function withPair(text: string, map: YAMLMap, name: string, value: Json): string {
  if (map.flow === true) {
    const close = endOf(map) - 1;
    const last = map.items.at(-1);
    const written = `${JSON.stringify(name)}: ${inlineText(value, true)}`;
    if (last === undefined) return `${text.slice(0, close)}${written}${text.slice(close)}`;
    const end = endOfPair(last);
    const gap = /^[\s,]*/.exec(text.slice(end, close))?.[0] ?? '';
    const line = gap.includes('\n') ? `${newlineOf(text)}${indentOf(text, startOf(last.key))}` : ' ';
    return `${text.slice(0, end)},${line}${written}${text.slice(end)}`;
  }
  const last = map.items.at(-1);
  const indent = ' '.repeat(columnOf(text, startOf(map.items[0]?.key)));
  return insertLines(
    text,
    last === undefined ? text.length : blockEnd(text, endOfPair(last)),
    blockText({ [name]: value }),
    indent,
  );
}

// Faults of the fields of a schema that have one likely answer, put right in the text: an attribute's name, a type, a default, what is missing.
import type { Expression, TableExpression, TableField } from '../../lua/ast';
import { isName } from '../../lua/lexer';
import { parse } from '../../lua/parser';
import type { LuaSource, Span } from '../../lua/source';
import { fieldNamed, syntaxNodes } from '../../lua/walk';
import { nearestName } from '../../rockspec/checks/didYouMean';
import type { Fix } from '../../text/diagnostic';
import { own } from '../../text/own';
import { changeOf, type LuaEdit } from './moduleTable';

/** The constructors of a file that hold a span, the smallest last. */
function tablesAround(source: LuaSource, at: Span): TableExpression[] {
  const { chunk } = parse(source, 'luajit');
  return [...syntaxNodes(chunk.body.block)].filter(
    (node): node is TableExpression => node.kind === 'table' && node.start <= at.start && at.end <= node.end,
  );
}

/** The field of the smallest constructor around a span that has it as its key, its value or itself. */
function fieldAt(source: LuaSource, at: Span): { table: TableExpression; field: TableField } | undefined {
  const is = (span: Span | undefined): boolean => span?.start === at.start && span.end === at.end;
  for (const table of tablesAround(source, at).reverse()) {
    const field = table.fields.find((one) => is(one.key) || is(one.value) || is(one));
    if (field !== undefined) return { table, field };
  }
  return undefined;
}

function valueOf(table: TableExpression, name: string): Expression | undefined {
  return fieldNamed(table, name)?.value;
}

function textOf(value: Expression | undefined): string | undefined {
  return value?.kind === 'string' ? value.value : undefined;
}

function fix(source: LuaSource, title: string, edits: readonly LuaEdit[], safe = false): Fix[] {
  const changes = changeOf(source, edits);
  return changes.length === 0 ? [] : [{ title, changes, safe }];
}

/** A text in the quotes, or without them, that another one is written with. */
function writtenAs(source: LuaSource, at: Span, text: string): string | undefined {
  const written = source.bytes.slice(at.start, at.end);
  const quote = /^["']/.exec(written)?.[0];
  if (quote !== undefined) return `${quote}${text}${quote}`;
  return isName(written) && isName(text) ? text : undefined;
}

/** What attributes of Kong before 1.0 are called now, where nothing but the name changed. */
const RENAMED: Readonly<Record<string, string>> = { enum: 'one_of' };

/** The name that an unknown attribute was meant to have: `one_of` for `enum`, and the nearest one that the Kong knows. */
export function renameAttribute(source: LuaSource, at: Span, known: readonly string[]): Fix[] {
  const found = fieldAt(source, at);
  const { key } = found?.field ?? {};
  if (found === undefined || key?.kind !== 'string') return [];
  const renamed = own(RENAMED, key.value);
  const meant = renamed ?? nearestName(key.value, known);
  if (meant === undefined || valueOf(found.table, meant) !== undefined) return [];
  const newText = writtenAs(source, key, meant);
  const edits = newText === undefined ? [] : [{ start: key.start, end: key.end, newText }];
  return fix(source, `Write ${meant}`, edits, renamed !== undefined);
}

/** What types of other languages are called here. */
const TYPES_ELSEWHERE: Readonly<Record<string, string>> = {
  int: 'integer',
  bool: 'boolean',
  str: 'string',
  text: 'string',
  float: 'number',
  double: 'number',
  list: 'array',
};

/** The type that an unknown one was meant to be. */
export function renameType(source: LuaSource, at: Span, types: readonly string[]): Fix[] {
  const found = fieldAt(source, at);
  const value = found === undefined ? undefined : valueOf(found.table, 'type');
  const written = textOf(value);
  if (value === undefined || written === undefined || types.includes(written)) return [];
  const meant = own(TYPES_ELSEWHERE, written.toLowerCase()) ?? nearestName(written, types);
  const newText = meant === undefined ? undefined : writtenAs(source, value, meant);
  return newText === undefined ? [] : fix(source, `Write type = ${newText}`, [{ start: value.start, end: value.end, newText }]);
}

const PARTS: Readonly<Record<string, readonly string[]>> = { array: ['elements'], set: ['elements'], map: ['keys', 'values'] };

/** Elements for an array or set, keys and values for a map, of the type that its default shows; texts where it shows none. */
export function addParts(source: LuaSource, at: Span): Fix[] {
  for (const table of tablesAround(source, at).reverse()) {
    const type = valueOf(table, 'type');
    const missing = (own(PARTS, textOf(type) ?? '') ?? []).filter((part) => valueOf(table, part) === undefined);
    if (type === undefined || missing.length === 0) continue;
    const parts = missing.map((part) => `${part} = { type = "${part === 'keys' ? 'string' : itemType(table)}" }`);
    return fix(source, `Add ${parts.join(', ')}`, [{ start: type.end, end: type.end, newText: `, ${parts.join(', ')}` }]);
  }
  return [];
}

/** The type of what the default of a field holds. */
function itemType(table: TableExpression): string {
  const given = valueOf(table, 'default');
  const items = given?.kind === 'table' ? given.fields.map(({ value }) => value) : [];
  if (items.length === 0) return 'string';
  if (items.every((item) => item.kind === 'number')) return 'number';
  return items.every(({ kind }) => kind === 'true' || kind === 'false') ? 'boolean' : 'string';
}

/** The default as the type of its field wants it: `5` for `"5"`, `"5"` for `5`, `true` for `"true"`, `{ "a" }` for `"a"`. */
export function convertDefault(source: LuaSource, at: Span): Fix[] {
  for (const table of tablesAround(source, at).reverse()) {
    const value = valueOf(table, 'default');
    const type = textOf(valueOf(table, 'type'));
    if (value === undefined || type === undefined) continue;
    const newText = asType(source, value, type);
    return newText === undefined
      ? []
      : fix(source, `Write default = ${newText}`, [{ start: value.start, end: value.end, newText }]);
  }
  return [];
}

function asType(source: LuaSource, value: Expression, type: string): string | undefined {
  const written = source.text(value);
  const isScalar = ['string', 'number', 'true', 'false'].includes(value.kind);
  switch (type) {
    case 'number':
      return value.kind === 'string' && /^-?\d+(?:\.\d+)?$/.test(value.value) ? value.value : undefined;
    case 'integer':
      return value.kind === 'string' && /^-?\d+$/.test(value.value) ? value.value : undefined;
    case 'string':
      return isScalar && value.kind !== 'string' ? `"${written}"` : undefined;
    case 'boolean':
      return value.kind === 'string' && /^(?:true|false)$/i.test(value.value) ? value.value.toLowerCase() : undefined;
    case 'array':
    case 'set':
      return isScalar ? `{ ${written} }` : undefined;
    default:
      return undefined;
  }
}

/** Braces of its own around each field in the list of fields that holds a span, or is it. */
export function wrapFields(source: LuaSource, at: Span): Fix[] {
  const around = tablesAround(source, at);
  for (const table of around.reverse()) {
    const fields = valueOf(table, 'fields');
    if (fields?.kind !== 'table') continue;
    const edits = fields.fields.flatMap((field): LuaEdit[] => {
      if (field.key !== undefined) return isDefinition(field.value) ? braces(field) : [];
      return field.value.kind === 'table' ? apart(source, field.value) : [];
    });
    if (edits.length > 0) return fix(source, 'Put each field in braces of its own', edits, true);
  }
  return [];
}

function braces({ start, end }: Span): LuaEdit[] {
  return [
    { start, end: start, newText: '{ ' },
    { start: end, end, newText: ' }' },
  ];
}

/** `{ a = …, b = … }` as two entries. */
function apart(source: LuaSource, { fields }: TableExpression): LuaEdit[] {
  if (fields.length < 2 || !fields.every(({ key, value }) => key?.kind === 'string' && isDefinition(value))) return [];
  const gaps = fields.slice(1).map((field, i) => ({ start: fields[i]?.end ?? 0, end: field.start }));
  const isPlain = gaps.every(({ start, end }) => /^\s*[,;]\s*$/.test(source.bytes.slice(start, end)));
  return isPlain ? gaps.map((gap) => ({ ...gap, newText: ' }, { ' })) : [];
}

/** What defines a field: a table, or what a typedef or a function gives. */
function isDefinition({ kind }: Expression): boolean {
  return kind === 'table' || kind === 'index' || kind === 'call' || kind === 'method';
}

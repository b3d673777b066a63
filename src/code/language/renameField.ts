// A field of the configuration by another name: in the schema, where the schema names its fields in checks, and in the code.
import { isName } from '../../lua/lexer';
import type { LuaSource, Place, Span } from '../../lua/source';
import { LuaString, LuaTable, type Value } from '../../lua/values';
import { mend } from '../../lua/mend';
import { UserError } from '../../system/userError';
import type { FileChange, TextEdit } from '../../text/diagnostic';
import { recordAt } from './configPath';
import type { OpenCode, Opened } from './opened';
import { fieldAtPlace, readsOf, type FoundField } from './places';

/** What the schema says in a check beside names of fields. */
const NO_NAMES = /^(?:if_match|then_match|else_match|err|then_err|else_then_err|fn)$/;
const MAX_DEPTH = 12;

/** The changes that give the field at a place another name; undefined where there is no field. Throws UserError for a name that is none or is taken, and as namedIn. */
export function renameField(opened: Opened, code: OpenCode, name: string): FileChange[] | undefined {
  const found = fieldAtPlace(opened);
  if (found === undefined) return undefined;
  if (!isName(name)) throw new UserError(`${name} cannot be the name of a field.`);
  const { context } = opened;
  if (recordAt(context.schema, found.path.slice(0, -1))?.fields.has(name) === true) {
    throw new UserError(`There is a field ${name} already.`);
  }
  const spelled = namedIn(found, code);
  const edits = new Map<string, TextEdit[]>();
  const add = (source: LuaSource, span: Span): void => {
    const { path } = source;
    if (path === undefined) return;
    const range = source.range(span);
    const known = edits.get(path) ?? [];
    const isNew = known.every(
      ({ range: { start } }) => start.line !== range.start.line || start.character !== range.start.character,
    );
    if (isNew) edits.set(path, [...known, { range, newText: name }]);
  };
  for (const place of spelled) add(place.source, place);
  for (const { source, span } of readsOf(found.path, context)) add(source, span);
  return [...edits].map(([path, all]) => ({ kind: 'edit', path, edits: all }));
}

/**
 * Where the schema spells a field: its definition first. Throws UserError when a file does not parse, so that not every place is known, and when
 * the name is put together as the schema runs.
 */
export function namedIn({ path, field }: FoundField, { sources, schema }: OpenCode): Place[] {
  const broken = [...sources.values()].find((source) => mend(source).source !== source);
  if (broken !== undefined) {
    throw new UserError(`${broken.path ?? 'A file'} does not parse, so not every use of the field is known.`);
  }
  const definition = field.place && spelledAt(field.place, field.name);
  if (definition === undefined) {
    throw new UserError(`The schema puts the name ${field.name} together as it runs, so it cannot be changed from here.`);
  }
  return [definition, ...mentions(schema, ['config', ...path])];
}

/** Where the checks of a record, and of those in it, name the field at a path below it. */
function mentions(record: Value, path: readonly string[], depth = 0): Place[] {
  if (!(record instanceof LuaTable) || path.length === 0 || depth > MAX_DEPTH) return [];
  const wanted = path.join('.');
  const found: Place[] = [];
  const look = (value: Value, deep: number): void => {
    if (value instanceof LuaString) {
      const place = value.text === wanted && value.origin?.kind === 'literal' ? spelledAt(value.origin.place, wanted) : undefined;
      const last = path.at(-1) ?? '';
      if (place !== undefined) found.push({ ...place, start: place.end - last.length });
    } else if (value instanceof LuaTable && deep < MAX_DEPTH) {
      for (const { keyString, value: below } of value.fields.values()) {
        if (keyString === undefined || !NO_NAMES.test(keyString.text)) look(below, deep + 1);
      }
    }
  };
  for (const part of ['entity_checks', 'transformations']) look(record.get(part), 0);
  const [first = '', ...rest] = path;
  return [...found, ...mentions(fieldIn(record, first), rest, depth + 1)];
}

/** The definition of a field in the list of a record. */
function fieldIn(record: LuaTable, name: string): Value {
  const fields = record.get('fields');
  if (!(fields instanceof LuaTable)) return undefined;
  for (const { value } of fields.list()) {
    const found = value instanceof LuaTable ? value.get(name) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}

/** The name itself at a place, without quotes; undefined when something else stands there. */
function spelledAt({ source, start, end }: Place, name: string): Place | undefined {
  const quoted = /^["']/.test(source.bytes.charAt(start));
  const place = quoted ? { source, start: start + 1, end: end - 1 } : { source, start, end };
  return source.bytes.slice(place.start, place.end) === name ? place : undefined;
}

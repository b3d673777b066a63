// What a default of a schema comes to, behind one that is not written out: a local, a sum, what a function gives.
import { rangeOf } from '../../lua/mend';
import { LuaTable, LuaUnknown, type Value } from '../../lua/values';
import { defaultWords } from '../fieldWords';
import type { CodeContext } from '../checks/context';
import type { CodeFile } from '../file';
import type { SchemaField, SchemaRecord } from '../schemaFields';
import type { CodeHint } from './outline';

/** What is written out says itself what it is. */
const LITERALS = new Set(['string', 'number', 'true', 'false', 'nil', 'table', 'function']);

const MAX_DEPTH = 12;

/** Behind every default in the plugin's schema that is computed in this file: its value, as far as that is known. */
export function defaultHints(file: CodeFile, { schema }: CodeContext): CodeHint[] {
  if (schema === undefined) return [];
  const written = new Map(
    file.nodes.flatMap((node) => (node.kind === 'table' ? node.fields.map((field) => [field.start, field] as const) : [])),
  );
  return fieldsIn(schema).flatMap(({ name, definition }) => {
    const place = definition?.entry('default')?.place;
    const words = definition === undefined ? undefined : defaultWords(definition);
    if (place?.source !== file.source || words === undefined || !isKnown(definition?.get('default'))) return [];
    const field = written.get(place.start);
    if (field === undefined || LITERALS.has(field.value.kind)) return [];
    const { end } = field.value;
    const position = rangeOf(file.source, { start: end, end }).end;
    return [{ position, label: `= ${words}`, tooltip: `The default of ${name} that Kong sees.` }];
  });
}

/** Whether all of a value is known. */
function isKnown(value: Value, depth = 0): boolean {
  if (!(value instanceof LuaTable)) return !(value instanceof LuaUnknown);
  return depth < MAX_DEPTH && !value.open && [...value.fields.values()].every((entry) => isKnown(entry.value, depth + 1));
}

/** The fields of a record and of those in it. */
function fieldsIn({ fields }: SchemaRecord): SchemaField[] {
  return [...fields.values()].flatMap((field) => [
    field,
    ...(field.record === undefined ? [] : fieldsIn(field.record)),
    ...(field.items === undefined ? [] : fieldsIn(field.items)),
  ]);
}

// The fields of a plugin's configuration as its schema says them, with what is not known of them.
import { NULL } from '../kong/typedefs';
import type { Place } from '../lua/source';
import { LuaString, LuaTable, LuaUnknown, type Value } from '../lua/values';

/** One field. */
export interface SchemaField {
  name: string;
  /** `string`, `record` …; empty when it cannot be known. */
  type: string;
  /** It always has a value: required, or with a default. */
  always: boolean;
  /** Kong turns it into other fields before the code gets the configuration. */
  shorthand: boolean;
  /** Where its name is written. */
  place: Place | undefined;
  /** What the schema says of it; undefined when that cannot be known. */
  definition: LuaTable | undefined;
  /** The fields of a record; undefined for what is none. */
  record: SchemaRecord | undefined;
  /** The fields of each record in a list, set or map; undefined for what holds none. */
  items: SchemaRecord | undefined;
}

/** The fields of a record. */
export interface SchemaRecord {
  fields: ReadonlyMap<string, SchemaField>;
  /** Nothing is missing: what is not listed does not exist. */
  complete: boolean;
  /** Checks over several fields, or in code: a field may be certain in a way that its definition does not say. */
  hasChecks: boolean;
  /** The list that its fields stand in. */
  list: LuaTable | undefined;
}

const MAX_DEPTH = 12;

/** The configuration that a schema describes, as schema.lua returns it; undefined when that cannot be known. */
export function configRecord(schema: Value): SchemaRecord | undefined {
  if (!(schema instanceof LuaTable) || schema.open) return undefined;
  const fields = schema.get('fields');
  if (!(fields instanceof LuaTable) || fields.open) return undefined;
  for (const item of fields.list()) {
    if (!(item.value instanceof LuaTable)) return undefined;
    const config = item.value.get('config');
    if (config instanceof LuaTable) return recordOf(config, schema, 0);
  }
  return undefined;
}

function recordOf(definition: LuaTable, schema: LuaTable | undefined, depth: number): SchemaRecord {
  const fields = new Map<string, SchemaField>();
  let complete = !definition.open && depth < MAX_DEPTH;
  const list = definition.get('fields');
  for (const name of ['fields', 'shorthand_fields', 'shorthands']) {
    const part = definition.get(name);
    if (part === undefined) {
      complete &&= name !== 'fields';
      continue;
    }
    if (!(part instanceof LuaTable) || part.open) {
      complete = false;
      continue;
    }
    for (const { value } of part.fields.values()) {
      if (!(value instanceof LuaTable) || value.open) {
        complete = false;
        continue;
      }
      for (const entry of value.fields.values()) {
        const field = entry.keyString?.text;
        if (field === undefined || entry.maybe) complete = false;
        else fields.set(field, fieldOf(field, entry.value, entry.keyPlace, part === list, depth));
      }
    }
  }
  const hasChecks = [definition, schema].some(
    (table) =>
      table !== undefined &&
      (['entity_checks', 'custom_validator', 'check'] as const).some((name) => table.get(name) !== undefined),
  );
  return { fields, complete, hasChecks, list: list instanceof LuaTable ? list : undefined };
}

function fieldOf(name: string, value: Value, place: Place | undefined, listed: boolean, depth: number): SchemaField {
  const shorthand = !listed;
  if (!(value instanceof LuaTable)) {
    return { name, type: '', always: true, shorthand, place, definition: undefined, record: undefined, items: undefined };
  }
  const type = value.get('type');
  const required = value.get('required');
  const fallback = value.get('default');
  const isRecord = type instanceof LuaString && type.text === 'record';
  const always =
    shorthand ||
    // Kong makes records required unless they say that they are not (make_records_required of kong/db/schema/entity.lua).
    (isRecord && required === undefined) ||
    value.open ||
    value.metatable instanceof LuaUnknown ||
    (required !== undefined && required !== false) ||
    (fallback !== undefined && fallback !== NULL) ||
    value.get('auto') !== undefined;
  return {
    name,
    type: type instanceof LuaString ? type.text : '',
    always,
    shorthand,
    place,
    definition: value,
    record: isRecord && depth < MAX_DEPTH ? recordOf(value, undefined, depth + 1) : undefined,
    items: itemsOf(value, depth),
  };
}

/** The record that the elements of a list or set are, or the values of a map. */
function itemsOf(definition: LuaTable, depth: number): SchemaRecord | undefined {
  const item = definition.get('elements') ?? definition.get('values');
  const type = item instanceof LuaTable ? item.get('type') : undefined;
  const isRecord = type instanceof LuaString && type.text === 'record';
  return item instanceof LuaTable && isRecord && depth < MAX_DEPTH ? recordOf(item, undefined, depth + 1) : undefined;
}

/** What a path of fields leads to: a field, `missing` with the record that lacks it, or undefined when that cannot be known. */
export function fieldAt(
  config: SchemaRecord,
  path: readonly string[],
): { kind: 'field'; field: SchemaField } | { kind: 'missing'; name: string; record: SchemaRecord; depth: number } | undefined {
  let record: SchemaRecord | undefined = config;
  let field: SchemaField | undefined;
  for (const [depth, name] of path.entries()) {
    if (record === undefined) return undefined;
    field = record.fields.get(name);
    if (field === undefined) return record.complete ? { kind: 'missing', name, record, depth } : undefined;
    ({ record } = field);
  }
  return field === undefined ? undefined : { kind: 'field', field };
}

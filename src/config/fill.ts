// What Kong fills in before it validates: shorthand fields, defaults, nulls (process_auto_fields and adjust_field_for_context of
// kong/db/schema/init.lua, tags 2.8.5 and 3.9.1, in the context "insert").
import { randomUUID } from 'node:crypto';
import { NULL } from '../kong/typedefs';
import { isAtLeast } from '../kong/versions';
import { BudgetExceeded, LuaError } from '../lua/errors';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, str, valueOfKey, type Value } from '../lua/values';
import { ErrorTree, type ErrorLeaf } from '../plugin/schema/errorTree';
import { fieldsOf, isSequence, validateField } from '../plugin/schema/validator';
import { CannotValidate, luaText, stringOf, truthy, type Validation } from '../plugin/schema/validation';
import { copyTable, deepEqual, markAsList } from './luaTables';

/** Raised where shorthand fields are wrong: Kong goes no further, and tells their errors without the records around them. */
class ShorthandErrors extends Error {
  constructor(readonly errors: ErrorTree) {
    super('shorthand fields');
  }
}

/** Values that everything has been filled in. */
const complete = new WeakSet<LuaTable>();

/** A record's value with everything that Kong fills in, on a copy; the errors of shorthand fields where there are any. */
export function completeRecord(record: LuaTable, value: LuaTable, on: Validation): LuaTable | ErrorTree {
  // What stands in a record that was completed is complete itself.
  if (complete.has(value)) return value;
  try {
    return processRecord(record, copyTable(value), on);
  } catch (error) {
    if (error instanceof ShorthandErrors) return error.errors;
    throw error;
  }
}

/** Fills in a record's value in place. */
function processRecord(record: LuaTable, data: LuaTable, on: Validation): LuaTable {
  const unknown = expandShorthands(record, data, on);
  for (const [name, field] of fieldsOf(record)) {
    const given = data.get(name) ?? automatic(name, field);
    const isUnknown = given === undefined && unknown !== undefined && field.get('default') === undefined;
    data.set(name, isUnknown ? unknown : adjust(field, given, on));
  }
  complete.add(data);
  return data;
}

/** What Kong makes up itself for a field that is `auto`. */
function automatic(name: string, field: LuaTable): Value {
  if (!truthy(field.get('auto'))) return undefined;
  if (truthy(field.get('uuid'))) return str(randomUUID());
  const type = stringOf(field.get('type'));
  if (type === 'string') return str(randomUUID().replaceAll('-', ''));
  if (name !== 'created_at' && name !== 'updated_at') return undefined;
  return type === 'integer' ? Math.floor(Date.now() / 1000) : Date.now() / 1000;
}

function adjust(field: LuaTable, value: Value, on: Validation): Value {
  if (truthy(field.get('abstract'))) return value;
  const type = stringOf(field.get('type'));
  if (type === 'record') {
    if (value === undefined && field.get('required') !== true) return missing(field, value, on);
    const given = value ?? missing(field, value, on);
    if (!(given instanceof LuaTable) || given === NULL || !(field.get('fields') instanceof LuaTable)) return given;
    return processNested(field, given, on);
  }
  if (value instanceof LuaTable && value !== NULL) return adjustParts(field, type, value, on);
  return value ?? missing(field, value, on);
}

/** A record in another. Before 3.3 Kong dropped the errors of its shorthand fields, and with them the record. */
function processNested(field: LuaTable, value: LuaTable, on: Validation): Value {
  const process = (): Value => processRecord(field, value, on);
  return isAtLeast(on.version, '3.3') ? process() : withoutErrors(process);
}

/** What is processed, or nothing where shorthand fields are wrong. */
function withoutErrors(process: () => Value): Value {
  try {
    return process();
  } catch (error) {
    if (error instanceof ShorthandErrors) return undefined;
    throw error;
  }
}

function adjustParts(field: LuaTable, type: string | undefined, value: LuaTable, on: Validation): LuaTable {
  const part = field.get(type === 'map' ? 'values' : 'elements');
  const isList = type === 'array' || type === 'set';
  if (!(part instanceof LuaTable) || (!isList && type !== 'map')) return value;
  const parts = type === 'set' && isSequence(value) ? withoutRepeats(value) : value;
  if (isList && isSequence(parts)) markAsList(parts);
  // Before 3.0 only what `#` counts was looked at, so never the values of a map.
  if (!isList && !isAtLeast(on.version, '3.0')) return parts;
  for (const [key, entry] of [...parts.fields]) {
    const value = withoutErrors(() => adjust(part, entry.value, on));
    if (value === undefined) parts.fields.delete(key);
    else parts.fields.set(key, { ...entry, value });
  }
  return parts;
}

/** A set keeps the first of equal values. */
function withoutRepeats(list: LuaTable): LuaTable {
  const kept = markAsList(new LuaTable(list.place));
  const seen = new Set<unknown>();
  for (const { value } of list.list()) {
    const id = value instanceof LuaString ? `text ${value.value}` : value;
    if (seen.has(id)) continue;
    seen.add(id);
    kept.set(kept.fields.size + 1, value);
  }
  return kept;
}

/** What stands for a field that is not there (handle_missing_field). */
function missing(field: LuaTable, value: Value, on: Validation): Value {
  const preset = field.get('default');
  if (preset instanceof LuaUnknown) {
    on.assume(preset.reason);
    return preset;
  }
  if (preset !== undefined) return preset instanceof LuaTable ? copyTable(preset) : preset;
  if (truthy(field.get('nilable'))) return value;
  if (field.get('required') !== true) return NULL;
  if (stringOf(field.get('type')) !== 'record' || !(field.get('fields') instanceof LuaTable)) return undefined;
  return processNested(field, new LuaTable(), on);
}

/** Replaces shorthand fields by what they stand for. Where that cannot be known, neither can any field be that is not given. */
function expandShorthands(record: LuaTable, data: LuaTable, on: Validation): LuaUnknown | undefined {
  const list = record.get('shorthand_fields');
  if (list instanceof LuaUnknown) on.assume(list.reason);
  if (!(list instanceof LuaTable)) return undefined;
  const errors = new ErrorTree();
  let unknown: LuaUnknown | undefined;
  for (const item of list.list()) {
    const [entry] = item.value instanceof LuaTable ? item.value.fields.values() : [];
    if (!(entry?.value instanceof LuaTable) || entry.keyString === undefined) continue;
    const name = entry.keyString.text;
    const value = data.get(name);
    if (value === undefined) continue;
    const error = validateField(entry.value, { value, place: undefined }, on) ?? mismatch(name, entry.value, value, data, on);
    if (error !== undefined) errors.set(name, error);
    else {
      data.set(name, undefined);
      const made = standsFor(entry.value, value, on);
      if (made instanceof LuaUnknown) unknown = made;
      else if (made instanceof LuaTable) expand(entry.value, made, data, on);
    }
  }
  if (errors.parts.size > 0) throw new ShorthandErrors(errors);
  return unknown;
}

/** What a deprecated field and the one in its place must not do: disagree (validate_deprecation_exclusiveness). */
function mismatch(name: string, definition: LuaTable, value: Value, data: LuaTable, on: Validation): ErrorLeaf | undefined {
  if (!isAtLeast(on.version, '3.8') || value === NULL) return undefined;
  for (const { path, reverse } of replacements(definition)) {
    const now = reverse === undefined ? valueAt(data, path) : callHost(reverse, [data], on);
    if (now instanceof LuaUnknown) {
      on.assume(now.reason);
      continue;
    }
    if (now === undefined || now === false || now === NULL || deepEqual(now, value)) continue;
    const message = `both deprecated and new field are used but their values mismatch: ${name} = ${luaText(value)} vs ${path.join('.')} = ${luaText(now)}`;
    return { message, place: undefined };
  }
  return undefined;
}

/** The fields that stand for a deprecated one now, each with the function that makes the old value of it. */
export function replacements(definition: LuaTable): { path: string[]; reverse: LuaFunction | undefined }[] {
  const deprecation = definition.get('deprecation');
  const list = deprecation instanceof LuaTable ? deprecation.get('replaced_with') : undefined;
  if (!(list instanceof LuaTable)) return [];
  return list.list().flatMap(({ value }) => {
    if (!(value instanceof LuaTable)) return [];
    const path = value.get('path');
    const reverse = value.get('reverse_mapping_function');
    return {
      path: path instanceof LuaTable ? path.list().map((part) => luaText(part.value)) : [],
      reverse: reverse instanceof LuaFunction ? reverse : undefined,
    };
  });
}

/** A value in nested tables (table_path). */
export function valueAt(table: Value, path: readonly string[]): Value {
  let at = table;
  for (const name of path) {
    if (!(at instanceof LuaTable) || at === NULL) return undefined;
    at = at.get(name);
  }
  return at;
}

/** What a function of the schema answers; unknown where it takes too much work. Kong itself fails where it raises an error. */
export function callHost(callee: LuaFunction, args: Value[], on: Validation): Value {
  try {
    return on.machine.call(callee, args)[0];
  } catch (error) {
    if (error instanceof LuaError) throw new CannotValidate();
    if (!(error instanceof BudgetExceeded) && !(error instanceof RangeError)) throw error;
    return new LuaUnknown('what a function of the schema makes of a value');
  }
}

/** What a shorthand field stands for: what its function says or, in data without functions, the one field that replaces it. */
function standsFor(definition: LuaTable, value: Value, on: Validation): Value {
  const translate = definition.get('func');
  if (translate instanceof LuaFunction) return callHost(translate, [value], on);
  const told = definition.get('$stands_for');
  const [replaced, ...others] = replacements(definition);
  const path = told instanceof LuaTable ? told.list().map((part) => luaText(part.value)) : (replaced?.path ?? []);
  if (translate !== undefined || others.length > 0 || path.length === 0)
    return new LuaUnknown('what a shorthand field stands for');
  return path.reduceRight<Value>((inner, name) => new LuaTable().set(name, inner), value);
}

function expand(definition: LuaTable, made: LuaTable, data: LuaTable, on: Validation): void {
  const isDeprecated = truthy(definition.get('deprecation'));
  const merges = isAtLeast(on.version, '3.8');
  for (const [key, entry] of made.fields) {
    const before = data.fields.get(key)?.value;
    const isSet = before !== undefined && before !== NULL;
    if (merges && entry.value instanceof LuaTable && entry.value !== NULL) {
      const source = isSet && before instanceof LuaTable ? before : new LuaTable();
      const merged = isDeprecated ? merge(entry.value, source, true) : merge(source, entry.value, false);
      data.fields.set(key, { ...entry, value: merged });
    } else if (!merges || !isDeprecated || !isSet) data.set(luaText(valueOfKey(entry)), entry.value);
  }
}

/** Both tables in one; the second goes before the first, but for its nulls when they do not count. */
function merge(one: LuaTable, other: LuaTable, nullsYield: boolean): LuaTable {
  const merged = new LuaTable();
  for (const [key, entry] of one.fields) merged.fields.set(key, entry);
  for (const [key, entry] of other.fields) {
    if (!nullsYield || entry.value !== NULL || merged.fields.get(key)?.value === undefined) merged.fields.set(key, entry);
  }
  return merged;
}

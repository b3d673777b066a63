// Kong's validation of a value by a schema's field definition (validate_field, validate_fields and validate of kong/db/schema/init.lua, tags
// 1.2.3 to 3.9.3), on values that may be unknown in part: what is not known is taken to be right, and noted.
import { NULL } from '../../kong/typedefs';
import { BudgetExceeded, LuaError } from '../../lua/errors';
import type { Place } from '../../lua/source';
import { LuaString, LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../../lua/values';
import { runEntityChecks } from './entityChecks';
import { ErrorTree, type ErrorNode } from './errorTree';
import { fieldTypes } from './metaschema';
import {
  CannotValidate,
  isReference,
  keyName,
  luaText,
  placed,
  stringOf,
  truthy,
  type Placed,
  type Validation,
} from './validation';
import { VALIDATORS } from './validators';

/** Lists of fields that were read: a definition is asked for its fields with every value. */
const fieldsByList = new WeakMap<LuaTable, ReadonlyMap<string, LuaTable>>();

/** A field definition by name, in the order of the schema. */
export function fieldsOf(record: LuaTable): ReadonlyMap<string, LuaTable> {
  const list = record.get('fields');
  if (!(list instanceof LuaTable)) return new Map();
  const known = fieldsByList.get(list);
  if (known?.size === list.fields.size) return known;
  const fields = new Map<string, LuaTable>();
  fieldsByList.set(list, fields);
  for (const { value: item } of list.list()) {
    const first = item instanceof LuaTable ? item.fields.values().next().value : undefined;
    if (first?.value instanceof LuaTable && first.keyString !== undefined) fields.set(first.keyString.text, first.value);
  }
  return fields;
}

/** What is wrong with a value by a field definition; undefined when nothing is. */
export function validateField(definition: LuaTable, { value, place }: Placed, on: Validation): ErrorNode | undefined {
  const leaf = (message: string): ErrorNode => ({ message, place });
  const own = (message: string): ErrorNode => leaf(stringOf(definition.get('err')) ?? message);
  if (value === NULL || value === undefined) {
    const eq = definition.get('eq');
    if (definition.get('ne') === NULL) return own('value must not be null');
    if (eq !== undefined && eq !== NULL) return leaf(`value must be ${luaText(eq)}`);
    return isRequired(definition, on) ? leaf('required field missing') : undefined;
  }
  if (definition.get('eq') === NULL) return own('value must be null');
  if (truthy(definition.get('abstract'))) return leaf('error in schema definition: abstract field was not specialized');
  if (value instanceof LuaUnknown) {
    on.assume(value.reason);
    return undefined;
  }
  const type = definition.get('type');
  if (type instanceof LuaUnknown) {
    on.assume(type.reason);
    return undefined;
  }
  const typed = validateType(definition, stringOf(type), value, place, on);
  if (typed !== undefined) return typed;
  if (stringOf(type) === 'string' && truthy(definition.get('referenceable')) && isReference(value)) return undefined;
  for (const [name, check] of VALIDATORS) {
    // An empty string is refused unless the definition says how long it must be.
    const argument = definition.get(name) ?? (name === 'len_min' && stringOf(type) === 'string' ? 1 : undefined);
    if (argument === undefined) continue;
    if (argument instanceof LuaUnknown) {
      on.assume(argument.reason);
      continue;
    }
    const message = check(value, argument, stringOf(type), on);
    if (message !== undefined) return own(message);
  }
  return undefined;
}

function validateType(
  definition: LuaTable,
  type: string | undefined,
  value: Value,
  place: Place | undefined,
  on: Validation,
): ErrorNode | undefined {
  const expected = (what: string): ErrorNode => ({ message: `expected ${what}`, place });
  switch (type) {
    case 'array':
    case 'set':
      return value instanceof LuaTable && isSequence(value)
        ? validateItems(definition, value, on)
        : expected(type === 'set' ? 'a set' : 'an array');
    case 'map':
      return value instanceof LuaTable ? validateMap(definition, value, on) : expected('a map');
    case 'record':
      return value instanceof LuaTable ? validateRecord(definition, value, place, on) : expected('a record');
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value) ? undefined : expected('an integer');
    case 'string':
    case 'number':
    case 'boolean':
    case 'function':
      return typeName(value) === type ? undefined : expected(`a ${type}`);
    case 'foreign':
    case 'any':
      return undefined;
    case 'json':
      if (!fieldTypes(on.version).includes('json')) break;
      on.assume('a value by a JSON schema');
      return undefined;
    case undefined:
  }
  return { message: `invalid type: ${type ?? luaText(definition.get('type'))}`, place };
}

function part(definition: LuaTable, name: string): LuaTable | LuaUnknown {
  const found = definition.get(name);
  if (found instanceof LuaTable || found instanceof LuaUnknown) return found;
  throw new CannotValidate();
}

function isRequired(definition: LuaTable, on: Validation): boolean {
  return truthy(definition.get('required')) || on.requiredParts?.has(definition) === true;
}

/** Elements, keys and values are required whatever their definition says. */
function validatePart(definition: LuaTable | LuaUnknown, value: Placed, on: Validation): ErrorNode | undefined {
  if (definition instanceof LuaUnknown) {
    on.assume(definition.reason);
    return undefined;
  }
  return value.value === NULL ? { message: 'required field missing', place: value.place } : validateField(definition, value, on);
}

function noteUsed(definition: LuaTable | LuaUnknown, on: Validation): void {
  if (definition instanceof LuaTable) on.requiredParts?.add(definition);
}

function validateItems(definition: LuaTable, list: LuaTable, on: Validation): ErrorNode | undefined {
  noteOpen(list, on);
  const elements = part(definition, 'elements');
  noteUsed(elements, on);
  const errors = new ErrorTree();
  for (const [i, entry] of list.list().entries()) {
    const error = validatePart(elements, placed(entry), on);
    if (error !== undefined) errors.set(i + 1, error);
  }
  return errors.parts.size > 0 ? errors : undefined;
}

function validateMap(definition: LuaTable, map: LuaTable, on: Validation): ErrorNode | undefined {
  noteOpen(map, on);
  const keys = part(definition, 'keys');
  const values = part(definition, 'values');
  noteUsed(keys, on);
  noteUsed(values, on);
  for (const entry of map.fields.values()) {
    const error = validatePart(keys, keyOf(entry), on) ?? validatePart(values, placed(entry), on);
    if (error !== undefined) return error;
  }
  return undefined;
}

function keyOf(entry: Entry): Placed {
  const value = typeof entry.key === 'string' ? (entry.keyString ?? new LuaString(entry.key)) : entry.key;
  return { value, place: entry.keyPlace ?? entry.place };
}

/** A record inside another: its own schema, complete. */
function validateRecord(definition: LuaTable, value: LuaTable, place: Place | undefined, on: Validation): ErrorNode | undefined {
  const fields = definition.get('fields');
  if (fields instanceof LuaUnknown) {
    on.assume(fields.reason);
    return undefined;
  }
  if (!(fields instanceof LuaTable)) throw new CannotValidate();
  const complete = on.complete?.(definition, value) ?? value;
  // Kong goes on with nothing where the shorthand fields of a record are wrong, and fails on it.
  if (complete instanceof ErrorTree) throw new CannotValidate();
  const errors = validateEntity(definition, complete, place, on);
  return errors.parts.size > 0 ? errors : undefined;
}

/** The errors of a table by a record's definition: unknown fields, fields that do not fit, fields that are missing, entity checks. */
export function validateEntity(definition: LuaTable, value: LuaTable, place: Place | undefined, on: Validation): ErrorTree {
  const errors = new ErrorTree();
  const fields = fieldsOf(definition);
  noteOpen(value, on);
  for (const entry of value.fields.values()) {
    if (entry.value === undefined) continue;
    const name = keyName(entry);
    const field = fields.get(name);
    // What Kong does not know at all is still right when it turns out to be nil.
    if (field === undefined && (entry.value instanceof LuaUnknown || entry.maybe)) {
      on.assume(`whether "${name}" is there`);
      continue;
    }
    const key = typeof entry.key === 'number' ? entry.key : name;
    const error =
      field === undefined
        ? { message: 'unknown field', place: entry.keyPlace ?? entry.place }
        : stringOf(field.get('type')) === 'self'
          ? validateDefault(value, placed(entry), on)
          : validateField(field, placed(entry), on);
    if (error !== undefined) errors.set(key, error);
  }
  for (const [name, field] of fields) {
    const given = value.get(name);
    if (given !== undefined && given !== NULL) continue;
    const needed = isRequired(field, on);
    if (given === undefined && (value.open || field.get('default') !== undefined)) continue;
    if (given === undefined && needed && stringOf(field.get('type')) === 'record' && field.get('fields') instanceof LuaTable) {
      const error = validateField(field, { value: new LuaTable(), place }, on);
      if (error !== undefined) errors.set(name, error);
    } else if (needed) errors.set(name, { message: 'required field missing', place });
  }
  runEntityChecks(definition, value, place, errors, on, validateField);
  return errors;
}

/** A field's default, by the field that it is the default of. */
function validateDefault(definition: LuaTable, value: Placed, on: Validation): ErrorNode | undefined {
  try {
    return validateField(definition, value, on);
  } catch (error) {
    if (error instanceof CannotValidate || error instanceof LuaError)
      return { message: 'error in schema prevents from validating this field', place: value.place };
    if (!(error instanceof BudgetExceeded)) throw error;
    on.assume('a default that takes too much work to check');
    return undefined;
  }
}

function noteOpen(table: LuaTable, on: Validation): void {
  if (table.open) on.assume('a table that code which was not run may have changed');
}

/** A list without holes and without named fields (is_sequence). */
export function isSequence(table: LuaTable): boolean {
  let count = 0;
  for (const { key, value } of table.fields.values()) {
    if (value === undefined) continue;
    count++;
    if (typeof key !== 'number') return false;
  }
  for (let i = 1; i <= count; i++) if (table.fields.get(i)?.value === undefined) return false;
  return true;
}

// What Kong's metaschema checks beyond field by field (check, check_fields and check_field of kong/db/schema/metaschema.lua, tags 1.2.3 to
// 3.9.3): each type with its parts, attributes that fit the type, names that exist.
import { isAtLeast, type KongVersion } from '../../kong/versions';
import type { Place } from '../../lua/source';
import { LuaString, LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../../lua/values';
import { ErrorTree, LoaderThrows, type ErrorNode } from './errorTree';
import { keyName, luaText, placed, stringOf, truthy, type Validation } from './validation';
import { own } from '../../text/own';

/** Attributes a type cannot do without. */
const REQUIRED: Readonly<Record<string, readonly string[]>> = {
  array: ['elements'],
  set: ['elements'],
  map: ['keys', 'values'],
  record: ['fields'],
  json: ['json_schema'],
};

const TEXT_OR_NUMBER = ['string', 'number', 'integer'];

/** The types an attribute fits, by version; attributes that are not here fit all. */
export function attributeTypes(attribute: string, version: KongVersion): readonly string[] | undefined {
  switch (attribute) {
    case 'between':
    case 'timestamp':
      return ['integer', 'number'];
    case 'len_eq':
      return ['array', 'set', 'string', 'map'];
    case 'match':
    case 'is_regex':
    case 'uuid':
      return ['string'];
    case 'legacy':
      return isAtLeast(version, '3.0') ? undefined : ['string'];
    case 'one_of':
      return TEXT_OR_NUMBER;
    case 'contains':
      return ['array', 'set'];
    case 'unique':
      return isAtLeast(version, '2.0') ? [...TEXT_OR_NUMBER, 'foreign'] : TEXT_OR_NUMBER;
    case 'unique_across_ws':
      return isAtLeast(version, '2.1') ? [...TEXT_OR_NUMBER, 'foreign'] : undefined;
    case 'abstract':
      return [...TEXT_OR_NUMBER, 'record', 'array', 'set', 'map'];
    case 'json_schema':
      return isAtLeast(version, '3.5') ? ['json'] : undefined;
    case 'transient':
      return isAtLeast(version, '3.8') ? [...TEXT_OR_NUMBER, 'array', 'set', 'boolean'] : undefined;
    default:
      return undefined;
  }
}

/** Runs the checks of a plugin's schema (`subschema`) or of an entity of daos.lua; adds to `errors` as Kong does, the later over the earlier. */
export function checkSchema(schema: LuaTable, kind: 'subschema' | 'entity', errors: ErrorTree, on: Validation): void {
  const found = new ErrorTree();
  const fields = schema.get('fields');
  if (fields === undefined || fields === false) found.set('fields', { message: "'fields' must be a table", place: schema.place });
  else {
    if (kind === 'entity' && fields instanceof LuaTable) checkEntity(schema, fields, found);
    checkFields(schema, found, on);
  }
  for (const [key, node] of found.parts) {
    if (typeof key === 'number' && !(node instanceof ErrorTree)) errors.addEntityError(node);
    else errors.set(key, node);
  }
}

function checkEntity(schema: LuaTable, fields: LuaTable, errors: ErrorTree): void {
  const names = new Map(
    fields
      .list()
      .flatMap((item) => firstField(item.value) ?? [])
      .map((entry) => [keyName(entry), entry]),
  );
  const leaf = (attribute: string, message: string): void => {
    const entry = schema.entry(attribute);
    errors.set(attribute, { message, place: entry?.valuePlace ?? entry?.place });
  };
  const endpointKey = schema.get('endpoint_key');
  if (truthy(endpointKey) && !names.has(luaText(endpointKey))) leaf('endpoint_key', 'value must be a field name');
  const cacheKey = schema.get('cache_key');
  if (cacheKey instanceof LuaTable) {
    const keys = cacheKey.list().map((entry) => luaText(entry.value));
    const [only] = keys;
    if (keys.some((key) => !names.has(key))) leaf('cache_key', 'values must be field names');
    else if (keys.length === 1 && only !== undefined) {
      const field = names.get(only)?.value;
      if (field instanceof LuaTable && field.get('unique') === undefined)
        leaf('cache_key', 'a field used as a single cache key must be unique');
    }
  }
  const subschemaKey = stringOf(schema.get('subschema_key'));
  if (subschemaKey !== undefined) {
    const field = names.get(subschemaKey)?.value;
    if (field === undefined) leaf('subschema_key', 'value must be a field name');
    else if (field instanceof LuaTable && !['string', 'set'].includes(stringOf(field.get('type')) ?? '')) {
      leaf('subschema_key', 'must be a string or set field');
    }
  }
  if (truthy(schema.get('ttl')) && names.has('ttl')) leaf('ttl', 'ttl is a reserved field name when ttl is enabled');
}

/** The first field of a one-field table, as `next` gives it. */
export function firstField(item: Value): Entry | undefined {
  if (!(item instanceof LuaTable)) return undefined;
  return [...item.fields.values()].find((entry) => entry.value !== undefined);
}

function checkFields(schema: LuaTable, errors: ErrorTree, on: Validation): void {
  const fields = schema.get('fields');
  checkTransformations(schema, errors, on);
  if (fields instanceof LuaUnknown) {
    on.assume(fields.reason);
    return;
  }
  const place = schema.entry('fields')?.valuePlace;
  if (fields instanceof LuaString) {
    if (fields.value.length > 0) errors.set('fields', { message: 'each entry in fields must be a sub-table', place });
    return;
  }
  if (!(fields instanceof LuaTable))
    throw new LoaderThrows(`attempt to get length of field 'fields' (a ${typeName(fields)} value)`);
  for (const item of fields.list()) {
    if (item.value instanceof LuaUnknown) {
      on.assume(item.value.reason);
      continue;
    }
    if (!(item.value instanceof LuaTable)) {
      errors.set('fields', { message: 'each entry in fields must be a sub-table', place: placed(item).place });
      break;
    }
    const entry = firstField(item.value);
    if (entry === undefined) {
      if (item.value.open) continue;
      errors.set('fields', { message: 'field entry table is empty', place: placed(item).place });
      break;
    }
    const key = typeof entry.key === 'number' ? entry.key : keyName(entry);
    if (entry.value instanceof LuaTable) checkField(key, entry.value, placed(entry).place, errors, schema, on);
    else if (!(entry.value instanceof LuaUnknown))
      errors.set(key, { message: `'${key}' must be a table`, place: placed(entry).place });
  }
}

function checkField(
  key: string | number,
  field: LuaTable,
  place: Place | undefined,
  errors: ErrorTree,
  parent: LuaTable,
  on: Validation,
): void {
  const type = stringOf(field.get('type'));
  if (type === undefined) {
    // A type that is unknown, or may be set by code that was not run, is taken on trust.
    if (field.get('type') === undefined && !field.open) errors.set(key, { message: 'missing type declaration', place });
    return;
  }
  if (!(truthy(field.get('abstract')) && type === 'record')) {
    for (const attribute of type === 'json' && !isAtLeast(on.version, '3.5') ? [] : (own(REQUIRED, type) ?? [])) {
      if (!isGiven(field, attribute)) errors.set(key, { message: `field of type '${type}' must declare '${attribute}'`, place });
    }
  }
  for (const entry of field.fields.values()) {
    const types = attributeTypes(keyName(entry), on.version);
    if (
      entry.value === undefined ||
      entry.value instanceof LuaUnknown ||
      entry.maybe ||
      types === undefined ||
      types.includes(type)
    )
      continue;
    errors.set(key, {
      message: `field of type '${type}' cannot have attribute '${keyName(entry)}'`,
      place: entry.place ?? entry.valuePlace,
    });
  }
  for (const nested of ['elements', 'keys', 'values']) {
    const part = field.entry(nested);
    if (part?.value instanceof LuaTable) checkField(key, part.value, placed(part).place, errors, field, on);
    else if (part !== undefined && truthy(part.value))
      errors.set(key, { message: `'${nested}' must be a table`, place: placed(part).place });
  }
  if (type === 'json' && checkJsonField(key, field, errors, parent) === 'stop') return;
  if (truthy(field.get('fields'))) checkFields(field, errors, on);
  else if (field.get('fields') instanceof LuaUnknown) on.assume('fields that are not known');
}

function isGiven(table: LuaTable, attribute: string): boolean {
  const value = table.get(attribute);
  return (value !== undefined && value !== false) || table.open;
}

/** A json field that takes its schema from a sibling's value needs that sibling. */
function checkJsonField(key: string | number, field: LuaTable, errors: ErrorTree, parent: LuaTable): 'stop' | undefined {
  const schema = field.get('json_schema');
  const sibling = schema instanceof LuaTable ? schema.entry('parent_subschema_key') : undefined;
  const siblings = parent.get('fields');
  if (sibling === undefined || !truthy(sibling.value) || !(siblings instanceof LuaTable)) return undefined;
  const found = siblings
    .list()
    .map((item) => firstField(item.value))
    .find((entry) => entry !== undefined && keyName(entry) === luaText(sibling.value));
  const wrong = (message: string): ErrorNode =>
    new ErrorTree().set('json_schema', new ErrorTree().set('parent_subschema_key', { message, place: placed(sibling).place }));
  if (found === undefined) {
    errors.set(key, wrong('value must be a field name of the parent schema'));
    return 'stop';
  }
  if (found.value instanceof LuaTable && stringOf(found.value.get('type')) !== 'string') {
    errors.set(key, wrong('value must be a string field of the parent schema'));
  }
  return undefined;
}

function checkTransformations(schema: LuaTable, errors: ErrorTree, on: Validation): void {
  const transformations = schema.get('transformations');
  if (!(transformations instanceof LuaTable) || !isAtLeast(on.version, '1.4')) return;
  const kinds = new ErrorTree();
  for (const [i, { value: transformation }] of transformations.list().entries()) {
    if (!(transformation instanceof LuaTable)) continue;
    for (const kind of ['input', 'needs']) {
      const names = transformation.get(kind);
      if (!(names instanceof LuaTable)) continue;
      const wrong = new ErrorTree();
      for (const [j, item] of names.list().entries()) {
        const name = stringOf(item.value);
        if (name === undefined || hasField(schema, name)) continue;
        wrong.set(j + 1, { message: `invalid field name: ${name}`, place: placed(item).place });
      }
      const all = kinds.parts.get(kind);
      if (wrong.parts.size > 0) kinds.set(kind, (all instanceof ErrorTree ? all : new ErrorTree()).set(i + 1, wrong));
    }
  }
  if (kinds.parts.size > 0) errors.set('transformations', kinds);
}

function hasField(schema: LuaTable, path: string): boolean {
  const [head = '', ...rest] = path.split('.');
  const fields = schema.get('fields');
  if (!(fields instanceof LuaTable) || fields.open) return true;
  const entry = fields
    .list()
    .map((item) => firstField(item.value))
    .find((field) => field !== undefined && keyName(field) === head);
  if (entry === undefined) return false;
  if (rest.length === 0 || !(entry.value instanceof LuaTable) || stringOf(entry.value.get('type')) === 'foreign') return true;
  return hasField(entry.value, rest.join('.'));
}

// Before Kong 3.0 a schema without a name counts as one of the 0.x form and is translated before it is validated
// (convert_legacy_schema of kong/db/schema/plugin_loader.lua, tags 1.2.3 to 2.8.5).
import { typedefs } from '../../kong/typedefs';
import type { KongVersion } from '../../kong/versions';
import type { Place } from '../../lua/source';
import { hostFunction, LuaString, LuaTable, LuaUnknown, str, typeName, type Entry, type Value } from '../../lua/values';
import { LoaderThrows } from '../schema/errorTree';
import { atLoaderLine } from './lines';
import { truthy } from '../schema/validation';

/** Why a schema of the old form cannot be translated, and where. */
export class ConversionError extends Error {
  constructor(
    message: string,
    readonly place: Place | undefined,
  ) {
    super(message);
  }
}

const VALIDATE_URL = hostFunction('validate_url', () => [new LuaUnknown('whether it is a URL')]);
const COPIED = new Set(['default', 'required', 'unique']);
const IGNORED = new Set(['immutable', 'func']);

/** The schema of today's form; throws ConversionError or LoaderThrows as Kong fails. */
export function convertLegacySchema(name: string, old: LuaTable, version: KongVersion): LuaTable {
  const config = new LuaTable(old.place).set('type', str('record')).set('required', true);
  const fields = new LuaTable(old.place);
  config.set('fields', fields);
  const top = list(new LuaTable(old.place).set('config', config));
  const schema = new LuaTable(old.place).set('name', str(name)).set('fields', top).set('entity_checks', old.get('entity_checks'));
  for (const [i, entry] of entriesOf(old.get('fields'), version, 0).entries()) fields.set(i + 1, convertField(entry, version));
  const known = typedefs(version);
  for (const scope of ['route', 'service', 'consumer']) {
    if (truthy(old.get(`no_${scope}`))) top.set(top.length() + 1, new LuaTable().set(scope, known.get(`no_${scope}`)));
  }
  return schema;
}

function entriesOf(value: Value, version: KongVersion, offset: number): Entry[] {
  if (value instanceof LuaUnknown) return [];
  if (!(value instanceof LuaTable)) {
    throw new LoaderThrows(
      atLoaderLine(version, 'oldFields', `bad argument #1 to 'pairs' (table expected, got ${typeName(value)})`, offset),
    );
  }
  return [...value.fields.values()].filter((entry) => entry.value !== undefined);
}

function convertField(field: Entry, version: KongVersion): LuaTable {
  const result = new LuaTable(field.place);
  const attributes = entriesOf(field.value, version, 4);
  const table = field.value instanceof LuaTable ? field.value : new LuaTable();
  const replaced = table.get('new_type');
  if (replaced !== undefined) return withEntry(result, field, replaced);
  let definition = new LuaTable(table.place);
  const elements = new LuaTable(table.place);
  for (const attribute of attributes) {
    const key = attribute.keyString?.text ?? attribute.key;
    const put = (name: string, value: Value): void =>
      void definition.fields.set(name, { ...attribute, key: name, keyString: new LuaString(name), value });
    if (key === 'type') definition = convertType(attribute, table, definition, elements, version);
    else if (key === 'schema') convertNested(attribute.value, definition, version);
    else if (key === 'enum') {
      if (text(table.get('type')) === 'array') elements.set('one_of', attribute.value);
      else put('one_of', attribute.value);
    } else if (typeof key === 'string' && COPIED.has(key)) put(key, attribute.value);
    else if (typeof key !== 'string' || !IGNORED.has(key)) {
      const shown = typeof key === 'string' ? `"${key}"` : typeof key === 'number' ? String(key) : '?';
      throw new ConversionError(`unknown legacy field attribute: ${shown}`, attribute.keyPlace ?? attribute.place);
    }
  }
  const type = text(definition.get('type'));
  if (type === 'array') definition.set('elements', elements);
  if ((type === 'map' && definition.get('keys') === undefined) || (type === 'record' && definition.get('fields') === undefined)) {
    const anyString = (): LuaTable => new LuaTable().set('type', str('string'));
    definition.set('type', str('map')).set('keys', anyString()).set('values', anyString());
  }
  if (definition.get('type') === undefined) definition.set('type', str('string'));
  return withEntry(result, field, definition);
}

function convertType(type: Entry, old: LuaTable, definition: LuaTable, elements: LuaTable, version: KongVersion): LuaTable {
  const name = text(type.value);
  switch (name) {
    case undefined:
      return definition;
    case 'url':
      return definition.set('type', str('string')).set('custom_validator', VALIDATE_URL);
    case 'table': {
      const nested = old.get('schema');
      if (nested instanceof LuaTable && truthy(nested.get('flexible'))) return definition.set('type', str('map'));
      if (definition.get('required') === undefined) definition.set('required', true);
      return definition.set('type', str('record'));
    }
    case 'array':
      elements.set('type', str('string'));
      return definition.set('type', str('array'));
    case 'timestamp': {
      const typedef = typedefs(version).get('timestamp');
      return typedef instanceof LuaTable ? typedef : definition;
    }
    case 'string':
      return definition.set('type', str('string')).set('len_min', 0);
    case 'number':
    case 'boolean':
      return definition.set('type', str(name));
    default:
      // Kong's own spelling.
      throw new ConversionError(`unkown legacy field type: ${name}`, type.valuePlace ?? type.place);
  }
}

function convertNested(value: Value, definition: LuaTable, version: KongVersion): void {
  if (!(value instanceof LuaTable)) return;
  const converted = convertLegacySchema('fields', value, version).get('fields');
  const config = converted instanceof LuaTable ? converted.list()[0]?.value : undefined;
  const record = config instanceof LuaTable ? config.get('config') : undefined;
  const fields = record instanceof LuaTable ? record.get('fields') : undefined;
  if (!(fields instanceof LuaTable)) return;
  if (truthy(value.get('flexible'))) {
    definition.set('keys', new LuaTable().set('type', str('string')));
    definition.set('values', new LuaTable().set('type', str('record')).set('required', true).set('fields', fields));
    return;
  }
  definition.set('fields', fields);
  const defaults = new LuaTable();
  for (const item of fields.list()) {
    const [entry] = item.value instanceof LuaTable ? item.value.fields.values() : [];
    const given = entry?.value instanceof LuaTable ? entry.value.get('default') : undefined;
    if (entry !== undefined && typeof entry.key === 'string' && truthy(given)) defaults.set(entry.key, given);
  }
  if (defaults.fields.size > 0) definition.set('default', defaults);
}

function withEntry(table: LuaTable, named: Entry, value: Value): LuaTable {
  table.fields.set(named.key, { ...named, value });
  return table;
}

function list(...values: Value[]): LuaTable {
  const table = new LuaTable();
  values.forEach((value, i) => table.set(i + 1, value));
  return table;
}

function text(value: Value): string | undefined {
  return value instanceof LuaString ? value.text : undefined;
}

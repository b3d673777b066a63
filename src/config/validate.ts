// Whether a configuration is right by a plugin's schema, as that Kong itself would say: `POST /schemas/plugins/validate` and `POST /plugins`
// of Kong 2.8.5 and 3.9.1, verdict, words, fields and the stored configuration with its defaults.
import { NULL } from '../kong/typedefs';
import { isAtLeast } from '../kong/versions';
import { LuaString, LuaTable, str, type Value } from '../lua/values';
import { isNonempty } from '../plugin/schema/entityChecks';
import { ErrorTree, leaves, LoaderThrows, violationMessage, type ErrorNode } from '../plugin/schema/errorTree';
import { fieldsOf, validateEntity } from '../plugin/schema/validator';
import { CannotValidate, stringOf, truthy, type Validation } from '../plugin/schema/validation';
import { callHost, completeRecord, replacements, valueAt } from './fill';
import { copyTable, jsonOf, luaOf, type Json } from './luaTables';
import type { PluginSchema } from './pluginSchema';

/** One thing that is wrong, and where: names of fields and, counted from 1 as in Lua, places in lists. `@entity` stands for the whole. */
export interface ConfigError {
  path: readonly (string | number)[];
  message: string;
}

/** What Kong would answer. */
export interface ConfigVerdict {
  /** `fails` where Kong itself breaks and answers with status 500. */
  verdict: 'taken' | 'refused' | 'fails';
  /** Kong's message when it refuses. */
  message: string;
  /** The errors as Kong answers them; null when there are none. */
  fields: Json;
  errors: ConfigError[];
  /** The entity as Kong stores it, with everything filled in; null when it is not taken. */
  readonly stored: Json;
  /** What could not be known and was taken to be right. */
  unsure: string[];
}

/** An entity of `plugins` without `name`: `config` and what else is given. */
export type PluginEntity = Readonly<Record<string, Json>>;

/** What Kong would say to a plugin with this configuration. */
export function validatePlugin(schema: PluginSchema, entity: PluginEntity): ConfigVerdict {
  const unsure = new Set(schema.unsure);
  schema.machine.renew();
  const on: Validation = {
    version: schema.version,
    machine: schema.machine,
    assume: (reason) => void unsure.add(reason),
    requiredParts: isAtLeast(schema.version, '3.0') ? new Set() : partsIn(schema.entity),
  };
  on.complete = (record, value) => completeRecord(record, value, on);
  const given = luaOf({ ...entity, name: schema.name }, isAtLeast(schema.version, '3.0'));
  const verdict = (part: Partial<ConfigVerdict> & Pick<ConfigVerdict, 'verdict'>, taken?: LuaTable): ConfigVerdict => ({
    message: '',
    fields: null,
    errors: [],
    // Only some of those who ask want it.
    get stored() {
      return taken === undefined ? null : jsonOf(asStored(schema.entity, taken, on));
    },
    ...part,
    unsure: [...unsure],
  });
  if (!(given instanceof LuaTable)) return verdict({ verdict: 'fails' });
  try {
    const filled = completeRecord(schema.entity, given, on);
    const errors = filled instanceof ErrorTree ? filled : validateEntity(schema.entity, filled, undefined, on);
    if (filled instanceof LuaTable) checkTransformations(schema.entity, filled, errors);
    if (errors.parts.size === 0 && filled instanceof LuaTable) return verdict({ verdict: 'taken' }, filled);
    return verdict({
      verdict: 'refused',
      message: violationMessage(errors),
      fields: fieldsJson(errors),
      errors: errorsOf(errors),
    });
  } catch (error) {
    if (error instanceof CannotValidate || error instanceof LoaderThrows)
      return verdict({ verdict: 'fails', message: 'An unexpected error occurred' });
    throw error;
  }
}

/** The definitions of elements, keys and values. A 2.8.5 that had been in use was seen to require them all where they are fields as well. */
function partsIn(definition: LuaTable, found = new Set<LuaTable>()): Set<LuaTable> {
  for (const part of ['elements', 'keys', 'values'].map((name) => definition.get(name))) {
    if (!(part instanceof LuaTable) || found.has(part)) continue;
    found.add(part);
    partsIn(part, found);
  }
  for (const field of fieldsOf(definition).values()) partsIn(field, found);
  return found;
}

/** The errors of a tree one by one. */
function errorsOf(errors: ErrorTree): ConfigError[] {
  return leaves(errors).map(({ path, leaf }) => ({ path: path[0] === '@entity' ? ['@entity'] : path, message: leaf.message }));
}

function fieldsJson(errors: ErrorTree): Json {
  return jsonOf(errorTable(errors));
}

function errorTable(node: ErrorNode): Value {
  if (!(node instanceof ErrorTree)) return str(node.message);
  const table = new LuaTable();
  for (const [key, part] of node.parts) table.set(key, errorTable(part));
  return table;
}

/** Fields that one transformation takes must all be given or none (run_transformation_checks). */
function checkTransformations(entity: LuaTable, value: LuaTable, errors: ErrorTree): void {
  const list = entity.get('transformations');
  for (const { value: item } of list instanceof LuaTable ? list.list() : []) {
    const names = (part: string): string[] => {
      const found = item instanceof LuaTable ? item.get(part) : undefined;
      return found instanceof LuaTable ? found.list().flatMap((entry) => stringOf(entry.value) ?? []) : [];
    };
    const isGiven = (name: string): boolean => isNonempty(valueAt(value, name.split('.')));
    const all = [...names('input'), ...names('needs')];
    if (!names('input').some(isGiven) || all.every(isGiven)) continue;
    const message = `all or none of these fields must be set: ${all.map((name) => `'${name}'`).join(', ')}`;
    errors.addEntityError({ message, place: undefined });
  }
}

/** A record as it comes back from the database (process_auto_fields in the context "select", nulls kept). */
function asStored(record: LuaTable, value: LuaTable, on: Validation): LuaTable {
  const stored = copyTable(value);
  if (isAtLeast(on.version, '3.9')) showShorthands(record, stored, on);
  for (const [name, field] of fieldsOf(record)) {
    const found = stored.get(name);
    const type = stringOf(field.get('type'));
    if (found instanceof LuaTable && found !== NULL) stored.set(name, storedParts(field, type, found, on));
    else if (type === 'string' && found instanceof LuaString && found.value === '' && (field.get('len_min') ?? 1) !== 0)
      stored.set(name, NULL);
  }
  return stored;
}

function storedParts(field: LuaTable, type: string | undefined, value: LuaTable, on: Validation): LuaTable {
  if (type === 'record') return asStored(field, value, on);
  const part = field.get(type === 'map' ? 'values' : 'elements');
  if (!(part instanceof LuaTable)) return value;
  for (const [key, entry] of value.fields) {
    if (!(entry.value instanceof LuaTable) || entry.value === NULL) continue;
    value.fields.set(key, { ...entry, value: storedParts(part, stringOf(part.get('type')), entry.value, on) });
  }
  return value;
}

/** Deprecated shorthand fields are told with the value of what replaces them. */
function showShorthands(record: LuaTable, stored: LuaTable, on: Validation): void {
  const list = record.get('shorthand_fields');
  for (const { value: item } of list instanceof LuaTable ? list.list() : []) {
    const [entry] = item instanceof LuaTable ? item.fields.values() : [];
    if (!(entry?.value instanceof LuaTable) || entry.keyString === undefined) continue;
    const [replaced] = replacements(entry.value);
    if (replaced === undefined || !truthy(entry.value.get('deprecation'))) continue;
    const { path, reverse } = replaced;
    stored.set(entry.keyString.text, reverse === undefined ? valueAt(stored, path) : callHost(reverse, [stored], on));
  }
}

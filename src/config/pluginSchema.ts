// A plugin's schema made ready to validate configurations by: the `plugins` entity as that plugin specialises it (kong/db/schema/entities/
// plugins.lua, kong/db/schema/entity.lua and new_subschema of kong/db/schema/init.lua, tags 2.8.5 and 3.9.1).
import { NULL, typedefs } from '../kong/typedefs';
import { isAtLeast, type KongVersion } from '../kong/versions';
import { createMachine } from '../lua/evaluate';
import type { Machine } from '../lua/machine';
import { LuaTable, str, type Value } from '../lua/values';
import { loadSchema } from '../plugin/loader/loadFiles';
import { fieldsOf } from '../plugin/schema/validator';
import { stringOf } from '../plugin/schema/validation';
import { loadContext } from '../plugin/preflight';
import type { PluginCode } from '../plugin/pluginCode';
import bundled from './bundledSchemas.json';
import { bundledValidator } from './bundledValidators';
import { copyTable, luaOf, type Json } from './luaTables';

/** A plugin's schema for one Kong. */
export interface PluginSchema {
  name: string;
  version: KongVersion;
  /** The whole entity: what all plugins have, and `config` as this one defines it. */
  entity: LuaTable;
  /** The definition of `config`; undefined when the schema has none. */
  config: LuaTable | undefined;
  /** For the functions of the schema. */
  machine: Machine;
  /** What could not be known when the schema was read and was taken to be right. */
  unsure: readonly string[];
}

/** A schema, or why there is none: Kong refuses it, or it cannot be known without running it. */
export type SchemaOutcome = { schema: PluginSchema } | { schema?: undefined; reason: string };

/** The schema of a plugin whose files are at hand, as that Kong reads it. */
export function schemaOfCode(code: PluginCode, version: KongVersion): SchemaOutcome {
  const context = loadContext(code, version);
  const unsure: string[] = [];
  const step = loadSchema(context, (reason) => void unsure.push(reason));
  if (step.kind !== 'ok') return { reason: step.message };
  if (!(step.value instanceof LuaTable)) return { reason: 'schema.lua gives no table that can be known' };
  return { schema: schemaOfTable(code.name, step.value, version, context.environment.machine, unsure) };
}

const data: Readonly<Record<string, Readonly<Record<string, Json>>>> = bundled;

/** The names of the bundled plugins whose schema is known for that Kong. */
export function bundledSchemaNames(version: KongVersion): string[] {
  return Object.keys(schemasFor(version) ?? {});
}

function schemasFor(version: KongVersion): Readonly<Record<string, Json>> | undefined {
  return data[`${version.major}.${version.minor}`];
}

/** The schema of a plugin that ships with that Kong; undefined where it is not known (Kong 2.8 and 3.9 are). Its functions are not known. */
export function bundledSchema(name: string, version: KongVersion): PluginSchema | undefined {
  const schemas = schemasFor(version);
  const told = schemas !== undefined && Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  return told === undefined ? undefined : toldSchema(name, told, version);
}

/** A schema as a node tells it (`GET /schemas/plugins/NAME`), without functions. */
export function toldSchema(name: string, told: Json, version: KongVersion): PluginSchema {
  const table = luaOf(told);
  if (!(table instanceof LuaTable)) throw new TypeError(`no schema of ${name}`);
  return schemaOfTable(name, restoreValidators(name, table, version), version, createMachine(), []);
}

const bareEntities = new Map<string, LuaTable>();

/** What an entity of `plugins` is before a plugin has its say: its `config` may be anything. */
export function pluginEntity(version: KongVersion): LuaTable {
  const bare = new LuaTable().set('fields', new LuaTable());
  const known = bareEntities.get(version.text) ?? schemaOfTable('', bare, version, createMachine(), []).entity;
  bareEntities.set(version.text, known);
  return known;
}

/** Puts the validators back that the data names: of a typedef, or of the plugin with `@` before it. */
export function restoreValidators(plugin: string, table: LuaTable, version: KongVersion, known = typedefs(version)): LuaTable {
  const visit = (at: LuaTable): void => {
    const named = stringOf(at.get('$validator'));
    if (named !== undefined) {
      const own = named.startsWith('@') ? bundledValidator(named.slice(1), plugin) : validatorIn(known.get(named));
      at.set('$validator', undefined).set('custom_validator', own);
    }
    for (const { value } of at.fields.values()) if (value instanceof LuaTable && value !== NULL) visit(value);
  };
  visit(table);
  return table;
}

function validatorIn(definition: Value): Value {
  if (!(definition instanceof LuaTable)) return undefined;
  const own = definition.get('custom_validator');
  if (own !== undefined) return own;
  const parts = [definition.get('elements'), definition.get('keys'), definition.get('values')];
  return parts.map((part) => (part instanceof LuaTable ? part.get('custom_validator') : undefined)).find(Boolean);
}

function schemaOfTable(
  name: string,
  table: LuaTable,
  version: KongVersion,
  machine: Machine,
  unsure: readonly string[],
): PluginSchema {
  const own = copyTable(table);
  requireRecords(own);
  own.set('required', undefined);
  const specialised = fieldsOf(own);
  const fields = new LuaTable();
  for (const [field, definition] of commonFields(version)) {
    fields.set(fields.fields.size + 1, new LuaTable().set(field, specialised.get(field) ?? definition));
  }
  const entity = new LuaTable().set('type', str('record')).set('fields', fields);
  for (const part of ['entity_checks', 'transformations']) entity.set(part, own.get(part));
  return { name, version, entity, config: specialised.get('config'), machine, unsure };
}

/** Records in entities are required unless they say otherwise, so that they come back with their full structure. */
function requireRecords(record: LuaTable): void {
  if (record.get('required') === undefined) record.set('required', true);
  for (const field of fieldsOf(record).values()) if (stringOf(field.get('type')) === 'record') requireRecords(field);
}

/** What every plugin has, by version. */
function commonFields(version: KongVersion): [name: string, definition: LuaTable][] {
  const known = typedefs(version);
  const define = (definition: Json): LuaTable => {
    const table = luaOf(definition);
    return table instanceof LuaTable ? table : new LuaTable();
  };
  const typedef = (name: string): LuaTable => {
    const found = known.get(name);
    return found instanceof LuaTable ? copyTable(found) : new LuaTable();
  };
  const foreign = (reference: string): LuaTable => define({ type: 'foreign', reference, default: null });
  const fields: [string, LuaTable, string?][] = [
    ['id', typedef('uuid')],
    ['name', define({ type: 'string', required: true })],
    ['instance_name', typedef('utf8_name'), '3.2'],
    ['created_at', typedef('auto_timestamp_s')],
    ['updated_at', typedef('auto_timestamp_s'), '3.3'],
    ['route', foreign('routes')],
    ['service', foreign('services')],
    ['consumer', foreign('consumers')],
    ['config', define({ type: 'record', abstract: true })],
    ['protocols', typedef('protocols')],
    ['enabled', define({ type: 'boolean', required: true, default: true })],
    ['tags', typedef('tags')],
  ];
  return fields
    .filter(([, , from]) => from === undefined || isAtLeast(version, from))
    .map(([name, definition]) => [name, definition]);
}

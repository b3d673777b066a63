// The entities beside plugins that a declarative file may hold, by version: Kong's own and those of bundled plugins (kong/db/schema/entities
// and kong/plugins/*/daos.lua of 2.8.5 and 3.9.1, as data without functions).
import { typedefs } from '../kong/typedefs';
import type { KongVersion } from '../kong/versions';
import { hostFunction, LuaString, LuaTable, str, type Value } from '../lua/values';
import { fieldsOf } from '../plugin/schema/validator';
import { stringOf } from '../plugin/schema/validation';
import data from './coreSchemas.json';
import { luaOf, type Json } from './luaTables';
import { restoreValidators } from './pluginSchema';

/** An entity as a declarative file may hold it. */
export interface EntitySchema {
  name: string;
  definition: LuaTable;
  /** The field that names one of them for people; undefined when none does. */
  endpointKey: string | undefined;
  /** Fields that refer to another entity: the entity. */
  references: ReadonlyMap<string, string>;
  /** What is right for some values of a field only: by that value. */
  variants: { field: string; byValue: ReadonlyMap<string, LuaTable> } | undefined;
}

const byVersion: Readonly<Record<string, Readonly<Record<string, Json>>>> = data;

/** The entities of that Kong by name; those of 2.8 and 3.9 stand for the other versions of their major. */
export function entitySchemas(version: KongVersion): ReadonlyMap<string, EntitySchema> {
  const made = read.get(version.text) ?? readEntities(version);
  read.set(version.text, made);
  return made;
}

const read = new Map<string, ReadonlyMap<string, EntitySchema>>();

/** Puts the validators of a definition back. */
type Restore = (name: string, table: LuaTable) => LuaTable;

function readEntities(version: KongVersion): Map<string, EntitySchema> {
  const known = byVersion[version.major < 3 ? '2.8' : '3.9'] ?? {};
  // made once for all: the table is large
  const types = typedefs(version);
  const restore: Restore = (name, table) => restoreValidators(name, table, version, types);
  const entities = new Map<string, EntitySchema>();
  for (const [name, told] of Object.entries(known)) {
    const definition = luaOf(told);
    if (name.startsWith('$') || !(definition instanceof LuaTable)) continue;
    entities.set(name, entityOf(name, restore(name, definition), known[`$${name}`], restore));
  }
  return entities;
}

function entityOf(name: string, definition: LuaTable, told: Json | undefined, restore: Restore): EntitySchema {
  definition.set('type', str('record'));
  if (name === 'services') definition.set('shorthand_fields', urlShorthand());
  const references = new Map<string, string>();
  for (const [field, { type, reference }] of [...fieldsOf(definition)].map(([field, part]) => [field, kindOf(part)] as const)) {
    if (type === 'foreign' && reference !== undefined) references.set(field, reference);
  }
  const field = stringOf(definition.get('subschema_key'));
  const subschemas = told === undefined ? undefined : luaOf(told);
  const byValue = new Map<string, LuaTable>();
  for (const { keyString, value } of subschemas instanceof LuaTable ? subschemas.fields.values() : []) {
    if (keyString !== undefined && value instanceof LuaTable) byValue.set(keyString.text, restore(name, value));
  }
  return {
    name,
    definition,
    endpointKey: stringOf(definition.get('endpoint_key')),
    references,
    variants: field === undefined || byValue.size === 0 ? undefined : { field, byValue },
  };
}

function kindOf(field: LuaTable): { type: string | undefined; reference: string | undefined } {
  return { type: stringOf(field.get('type')), reference: stringOf(field.get('reference')) };
}

/** `url` of a service stands for its parts (kong/db/schema/entities/services.lua). */
function urlShorthand(): LuaTable {
  const translate = hostFunction('url', ([value]) => {
    const text = value instanceof LuaString ? value.text : '';
    const match = /^(?:([a-z\d][a-z\d+.-]*):)?(?:\/\/([^/]*))?([^?;]*)/i.exec(text.replace(/#.*$/s, ''));
    const authority = match?.[2]?.replace(/^[^@]*@/, '').replace(/\?.*$/s, '');
    const port = /:(\d+)$/.exec(authority ?? '')?.[1];
    const scheme = match?.[1];
    const preset = scheme === 'https' ? 443 : scheme === 'http' ? 80 : undefined;
    const parts: [string, Value][] = [
      ['protocol', textOrNothing(scheme)],
      ['host', textOrNothing(authority?.replace(/:[^:\]]*$/, ''))],
      ['port', port === undefined ? preset : Number(port)],
      ['path', textOrNothing(match?.[3])],
    ];
    const made = new LuaTable();
    for (const [name, part] of parts) made.set(name, part);
    return [made];
  });
  const url = new LuaTable().set('type', str('string')).set('func', translate);
  return new LuaTable().set(1, new LuaTable().set('url', url));
}

const textOrNothing = (text: string | undefined): Value => (text === undefined || text === '' ? undefined : str(text));

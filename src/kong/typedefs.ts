// The table that `require "kong.db.schema.typedefs"` gives a schema, by version (kong/db/schema/typedefs.lua of Kong's git tags,
// without the descriptions; of its validators those answer that need no more than the text).
import { hostFunction, LuaString, LuaTable, LuaUnknown, str, typeName, type Value } from '../lua/values';
import { badArgument } from '../lua/library/arguments';
import data from './typedefs.json';
import { answerOf, UNKNOWN_ANSWER } from './validators/typedefValidators';
import { entryFor, type KongVersion } from './versions';

/** Stands for `ngx.null` and `cjson.null`. */
export const NULL = new LuaTable();

type Definition = null | boolean | number | string | readonly Definition[] | { readonly [key: string]: Definition };

/** The validator of a typedef: what only Kong could answer is unknown. */
function validatorOf(typedef: string, version: KongVersion): Value {
  return hostFunction(`typedefs.${typedef}`, ([value]) => {
    const answer = value instanceof LuaString ? answerOf(typedef, value.value, version) : UNKNOWN_ANSWER;
    if (answer === undefined) return [true];
    if (answer === UNKNOWN_ANSWER) return [new LuaUnknown(`the answer of Kong's validator of typedefs.${typedef}`)];
    return [undefined, new LuaString(answer)];
  });
}

/** A fresh typedefs table for that Kong; reading a definition it lacks raises Kong's error. */
export function typedefs(version: KongVersion): LuaTable {
  const table = new LuaTable();
  for (const [name, entries] of Object.entries(data)) {
    const definition = entryFor<{ from: string; def: Definition }>(version, entries)?.def;
    if (definition !== null && definition !== undefined) table.set(name, toLua(definition, validatorOf(name, version)));
  }
  table.metatable = new LuaTable().set(
    '__index',
    hostFunction('__index', ([, key], machine) =>
      key instanceof LuaUnknown
        ? [key]
        : machine.fail(`schema typedef error: definition ${nameOf(key)} does not exist`, machine.place),
    ),
  );
  return table;
}

function nameOf(key: Value): string {
  return key instanceof LuaString ? key.text : typeName(key);
}

function toLua(definition: Definition, validator: Value): Value {
  if (definition === null) return undefined;
  if (typeof definition === 'string') return str(definition);
  if (typeof definition !== 'object') return definition;
  const table = new LuaTable();
  if (isList(definition)) {
    definition.forEach((item, i) => table.set(i + 1, toLua(item, validator)));
    return table;
  }
  if ('$null' in definition) return NULL;
  if ('$fn' in definition) return validator;
  for (const [key, value] of Object.entries(definition)) if (!key.startsWith('$')) table.set(key, toLua(value, validator));
  if ('$call' in definition) table.metatable = SPECIALISE;
  return table;
}

function isList(definition: Definition): definition is readonly Definition[] {
  return Array.isArray(definition);
}

/** What `require "kong.db.schema"` offers plugins: `define`, which makes a definition that can be specialised like those of the typedefs. */
export function schemaModule(): LuaTable {
  const module = new LuaTable();
  module.open = true;
  return module.set(
    'define',
    hostFunction('define', ([definition]) => {
      if (definition instanceof LuaTable) definition.metatable = SPECIALISE;
      else if (!(definition instanceof LuaUnknown)) badArgument(1, 'table', definition, true);
      return [definition];
    }),
  );
}

/** `typedefs.x { required = true }`: what the caller does not say is taken from the definition (Schema.define, kong/db/schema/init.lua). */
const SPECIALISE = new LuaTable().set(
  '__call',
  hostFunction('typedef', ([definition, own], machine) => {
    if (own instanceof LuaUnknown) return [own];
    const result = own instanceof LuaTable ? own : new LuaTable(machine.place);
    if (definition instanceof LuaTable) {
      for (const [key, entry] of definition.fields) if (!result.fields.has(key)) machine.writeField(result, key, entry);
    }
    return [result];
  }),
);

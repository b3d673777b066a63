// A field of a configuration in words: its type, its default as Lua writes it, what is allowed, and what the schema says it means.
import { NULL } from '../kong/typedefs';
import { numberText } from '../lua/numbers';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, textValue, typeName, type Entry, type Value } from '../lua/values';

const MAX_DEPTH = 12;
const MAX_LITERAL = 120;

/** The type of a definition: `string`, `array of string`, `map of string to integer` …; empty when it cannot be known. */
export function typeWords(definition: Value, depth = 0): string {
  if (!(definition instanceof LuaTable) || depth > MAX_DEPTH) return '';
  const type = textValue(definition.get('type')) ?? '';
  const part = (name: string): string => typeWords(definition.get(name), depth + 1) || 'anything';
  if (type === 'array' || type === 'set') return `${type} of ${part('elements')}`;
  if (type === 'map') return `map of ${part('keys')} to ${part('values')}`;
  return type;
}

/** The default of a definition as Lua source; undefined when there is none. */
export function defaultWords(definition: LuaTable): string | undefined {
  const given = definition.get('default');
  return given === undefined || given === NULL ? undefined : luaLiteral(given);
}

/** What limits a value, each in words: `one of "a", "b"`, `between 0 and 65535`. */
export function limitWords(definition: LuaTable): string[] {
  return Object.entries(LIMITS).flatMap(([attribute, words]) => {
    const value = definition.get(attribute);
    return value === undefined || value === false ? [] : [words(value)];
  });
}

const LIMITS: Readonly<Record<string, (value: Value) => string>> = {
  one_of: (value) => `one of ${listed(value)}`,
  not_one_of: (value) => `none of ${listed(value)}`,
  between: (value) => `between ${listed(value, ' and ')}`,
  gt: (value) => `greater than ${luaLiteral(value)}`,
  eq: (value) => `equal to ${luaLiteral(value)}`,
  ne: (value) => `not ${luaLiteral(value)}`,
  len_eq: (value) => `${luaLiteral(value)} long`,
  len_min: (value) => `at least ${luaLiteral(value)} long`,
  len_max: (value) => `at most ${luaLiteral(value)} long`,
  match: (value) => `matching ${luaLiteral(value)}`,
  not_match: (value) => `not matching ${luaLiteral(value)}`,
  starts_with: (value) => `beginning with ${luaLiteral(value)}`,
  is_regex: () => 'a regular expression',
  uuid: () => 'a UUID',
  unique: () => 'unique',
  referenceable: () => 'a vault reference is allowed',
  encrypted: () => 'stored encrypted',
};

function listed(value: Value, between = ', '): string {
  return value instanceof LuaTable
    ? value
        .list()
        .map((item) => luaLiteral(item.value))
        .join(between)
    : luaLiteral(value);
}

/** A value as Lua source, cut when it is long. */
export function luaLiteral(value: Value, depth = 0): string {
  if (value instanceof LuaString) return JSON.stringify(value.text);
  if (typeof value === 'number') return numberText(value);
  if (value instanceof LuaUnknown) return '?';
  if (value instanceof LuaFunction) return 'function';
  if (!(value instanceof LuaTable)) return value === undefined ? 'nil' : String(value);
  if (value.fields.size === 0) return '{}';
  if (depth > 3) return '{ … }';
  const parts = [...value.fields.values()].map((entry) => {
    const text = luaLiteral(entry.value, depth + 1);
    return typeof entry.key === 'number' ? text : `${nameOf(entry)} = ${text}`;
  });
  const all = `{ ${parts.join(', ')} }`;
  return all.length > MAX_LITERAL ? `${all.slice(0, MAX_LITERAL)} …` : all;
}

function nameOf({ key, keyString }: Entry): string {
  return keyString?.text ?? (typeof key === 'object' ? typeName(key) : String(key));
}

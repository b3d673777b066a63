// A field's definition in plain values: what the views and the language of configurations read instead of Lua tables.
import { NULL } from '../kong/typedefs';
import { LuaFunction, LuaTable, LuaUnknown, type Value } from '../lua/values';
import { fieldsOf } from '../plugin/schema/validator';
import { stringOf, truthy } from '../plugin/schema/validation';
import { jsonOf, type Json } from './luaTables';

/** What a field may be. */
export interface Field {
  name: string;
  /** `string`, `record` …; `any` where it is not known. */
  type: string;
  isRequired: boolean;
  /** The value Kong puts when the field is not given; undefined when it has none that is known. */
  preset: Json | undefined;
  /** Says the author of the field. */
  description: string | undefined;
  /** What to use instead, of a deprecated field. */
  deprecated: string | undefined;
  isReferenceable: boolean;
  /** A field that is made into others before it is looked at. */
  isShorthand: boolean;
  rules: Rules;
  /** Whether a function of the schema has a say that is not told here. */
  hasFunction: boolean;
  elements: Field | undefined;
  keys: Field | undefined;
  values: Field | undefined;
  /** Of a record: its fields in the order of the schema, shorthand fields last. */
  fields: readonly Field[];
  definition: LuaTable;
}

const RULES = [
  ...(['eq', 'ne', 'one_of', 'not_one_of', 'gt', 'between', 'len_eq', 'len_min', 'len_max', 'match', 'not_match'] as const),
  ...(['match_all', 'match_none', 'match_any', 'starts_with', 'contains', 'uuid', 'is_regex', 'timestamp'] as const),
  ...(['mutually_exclusive_subsets', 'auto'] as const),
];

/** Attributes of a definition by name, as plain values. */
export type Rules = Partial<Record<(typeof RULES)[number], Json>>;

/** Reads a definition and all in it. A definition that contains itself ends at the second time. */
export function fieldOf(name: string, definition: LuaTable, seen: readonly LuaTable[] = []): Field {
  const within = [...seen, definition];
  const part = (key: string): Field | undefined => {
    const found = definition.get(key);
    return found instanceof LuaTable && !seen.includes(found) ? fieldOf(key, found, within) : undefined;
  };
  const preset = definition.get('default');
  const shorthands = shorthandsOf(definition);
  const own = seen.includes(definition) ? [] : [...fieldsOf(definition), ...shorthands];
  return {
    name,
    type: stringOf(definition.get('type')) ?? 'any',
    // A value that must be another than null must be there.
    isRequired: truthy(definition.get('required')) || wantsValue(definition.get('eq')),
    preset: preset === undefined || preset instanceof LuaUnknown || preset === NULL ? undefined : jsonOf(preset),
    description: stringOf(definition.get('description')),
    deprecated: deprecationOf(definition),
    isReferenceable: truthy(definition.get('referenceable')),
    isShorthand: false,
    rules: Object.fromEntries(RULES.flatMap((rule) => ruleOf(rule, definition.get(rule)))),
    hasFunction: definition.get('custom_validator') instanceof LuaFunction,
    elements: part('elements'),
    keys: part('keys'),
    values: part('values'),
    fields: own.map(([key, field]) => ({
      ...fieldOf(key, field, within),
      isShorthand: shorthands.some(([, shorthand]) => shorthand === field),
    })),
    definition,
  };
}

const wantsValue = (eq: Value): boolean => eq !== undefined && eq !== NULL;

function ruleOf(rule: keyof Rules, value: Value): [keyof Rules, Json][] {
  return value === undefined || value instanceof LuaUnknown ? [] : [[rule, jsonOf(value)]];
}

function shorthandsOf(definition: LuaTable): [string, LuaTable][] {
  const list = definition.get('shorthand_fields');
  return list instanceof LuaTable ? [...fieldsOf(new LuaTable().set('fields', list))] : [];
}

function deprecationOf(definition: LuaTable): string | undefined {
  const deprecation = definition.get('deprecation');
  return deprecation instanceof LuaTable ? (stringOf(deprecation.get('message')) ?? 'deprecated') : undefined;
}

/** The definition of a field of a record; undefined when the record has none of that name. */
export function partNamed(record: LuaTable, name: string): LuaTable | undefined {
  return fieldsOf(record).get(name) ?? shorthandsOf(record).find(([shorthand]) => shorthand === name)?.[1];
}

/** Whether a configuration must say something for this field: it is required, and nothing stands for it when it is missing. */
export function mustBeGiven(field: Field): boolean {
  if (!field.isRequired || field.preset !== undefined || field.rules.auto === true) return false;
  return field.type !== 'record' || field.fields.some(mustBeGiven);
}

/** The bounds of a field in few words: `1 to 50`, `one of a, b`. */
export function boundsOf({ rules, type }: Field): string[] {
  const list = (value: Json): string => (Array.isArray(value) ? value.map((item) => JSON.stringify(item)).join(', ') : '');
  const text = (value: Json): string => (typeof value === 'string' ? value : JSON.stringify(value));
  const words: Record<string, (value: Json) => string> = {
    one_of: (value) => `one of ${list(value)}`,
    not_one_of: (value) => `none of ${list(value)}`,
    between: (value) => (Array.isArray(value) ? `from ${JSON.stringify(value[0])} to ${JSON.stringify(value[1])}` : ''),
    gt: (value) => `greater than ${JSON.stringify(value)}`,
    eq: (value) => `always ${JSON.stringify(value)}`,
    ne: (value) => `not ${JSON.stringify(value)}`,
    len_eq: (value) => `length ${JSON.stringify(value)}`,
    len_min: (value) => (type === 'string' && value === 0 ? 'may be empty' : `length at least ${JSON.stringify(value)}`),
    len_max: (value) => `length at most ${JSON.stringify(value)}`,
    match: (value) => `matches the Lua pattern ${text(value)}`,
    not_match: (value) => `does not match the Lua pattern ${text(value)}`,
    starts_with: (value) => `starts with ${JSON.stringify(value)}`,
    contains: (value) => `contains ${JSON.stringify(value)}`,
    uuid: () => 'a UUID',
    is_regex: () => 'a regular expression',
  };
  return Object.entries(rules).flatMap(([rule, value]) => {
    const said = words[rule]?.(value) ?? '';
    return said === '' ? [] : [said];
  });
}

/** A type as people read it: `array of string`. */
export function typeWords({ type, elements, keys, values }: Field): string {
  if ((type === 'array' || type === 'set') && elements !== undefined) return `${type} of ${typeWords(elements)}`;
  if (type === 'map' && keys !== undefined && values !== undefined) return `map of ${typeWords(keys)} to ${typeWords(values)}`;
  return type;
}

// A plugin's configuration as a JSON Schema (draft-07). What JSON Schema cannot say stands in a description.
import { LuaTable, type Value } from '../../lua/values';
import { fieldOf, mustBeGiven, type Field } from '../fieldOf';
import { isList, type Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';
import { acrossFields, type Schema } from './jsonSchemaChecks';
import { regexOfLuaPattern } from './luaPattern';

/** The JSON Schema of what may stand under `config`. */
export function jsonSchemaOf(schema: PluginSchema): Schema {
  const { name, version, config } = schema;
  const own: Schema = config === undefined ? { type: 'object' } : recordSchema(fieldOf('config', config));
  const checks = acrossFields(schema.entity, config, 'config', matchSchema);
  const notes = [`The configuration of the plugin ${name} for Kong ${version.text}.`, ...checks.notes];
  if (config?.get('custom_validator') !== undefined) notes.push('A function of the schema checks the whole as well.');
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: `${name} configuration`,
    description: notes.join(' '),
    ...own,
    ...together([own, ...checks.schemas]),
  };
}

/** What several schemas say of the same value in one `allOf`. */
function together([own = {}, ...more]: readonly Schema[]): Schema {
  const all = [...(Array.isArray(own['allOf']) ? (own['allOf'] as unknown[]) : []), ...more];
  return all.length === 0 ? {} : { allOf: all };
}

/** A field's schema, with null where Kong takes it for "not given". */
function fieldSchema(field: Field, isPart = false): Schema {
  const inner = valueSchema(field);
  const referenced: Schema = field.isReferenceable && field.type === 'string' ? { anyOf: [VAULT, inner] } : inner;
  const isNullable = !isPart && !field.isRequired && field.rules.ne !== null;
  const typed = isNullable ? orNull(referenced) : referenced;
  const notes = [field.description, field.deprecated, ...notesOf(field)].filter((note) => note !== undefined);
  return {
    ...(notes.length > 0 && { description: notes.join(' ') }),
    ...(field.preset !== undefined && { default: field.preset }),
    ...(field.deprecated !== undefined && { deprecated: true }),
    ...typed,
  };
}

const VAULT: Schema = { type: 'string', pattern: '^\\{vault://[^]*\\}$' };

function orNull(schema: Schema): Schema {
  const { type, enum: options } = schema;
  if (typeof type === 'string' && Object.keys(schema).every((key) => !COMPOUND.has(key))) {
    return { ...schema, type: [type, 'null'], ...(Array.isArray(options) && { enum: [...(options as unknown[]), null] }) };
  }
  return { anyOf: [schema, { type: 'null' }] };
}

const COMPOUND = new Set(['allOf', 'anyOf', 'not', 'const', 'if']);

/** What a rule wants that only words can say here. */
function notesOf(field: Field): string[] {
  const unsaid = patternsOf(field).filter(({ regex }) => regex === undefined);
  return [
    ...unsaid.map(({ pattern }) => `Lua pattern: ${pattern}`),
    ...(field.hasFunction ? ['A function of the schema checks it as well.'] : []),
    ...(field.rules.mutually_exclusive_subsets !== undefined
      ? [`Elements from one of these only: ${JSON.stringify(field.rules.mutually_exclusive_subsets)}.`]
      : []),
  ];
}

interface Pattern {
  pattern: string;
  regex: string | undefined;
  isWanted: boolean;
}

function patternsOf({ rules }: Field): Pattern[] {
  const one = (pattern: Json | undefined, isWanted: boolean): Pattern[] =>
    typeof pattern === 'string' ? [{ pattern, regex: regexOfLuaPattern(pattern), isWanted }] : [];
  const several = (list: Json | undefined, isWanted: boolean): Pattern[] =>
    list !== undefined && isList(list) ? list.flatMap((item) => one((item as { pattern?: Json } | null)?.pattern, isWanted)) : [];
  return [
    ...one(rules.match, true),
    ...one(rules.not_match, false),
    ...several(rules.match_all, true),
    ...several(rules.match_none, false),
  ];
}

function valueSchema(field: Field): Schema {
  switch (field.type) {
    case 'record':
      return recordSchema(field);
    case 'array':
    case 'set':
      return listSchema(field);
    case 'map':
      return mapSchema(field);
    case 'string':
      return stringSchema(field);
    case 'integer':
    case 'number':
      return withOptions({ type: field.type, ...numberRules(field) }, field);
    case 'boolean':
      return withOptions({ type: 'boolean' }, field);
    default:
      return {};
  }
}

function withOptions(schema: Schema, { rules }: Field): Schema {
  return {
    ...schema,
    ...(rules.one_of !== undefined && { enum: rules.one_of }),
    ...(rules.eq !== undefined && { const: rules.eq }),
    ...(rules.not_one_of !== undefined && { not: { enum: rules.not_one_of } }),
    ...(rules.ne !== undefined && rules.ne !== null && { not: { const: rules.ne } }),
  };
}

function numberRules({ rules }: Field): Schema {
  const [minimum, maximum] = Array.isArray(rules.between) ? (rules.between as Json[]) : [];
  return {
    ...(minimum !== undefined && { minimum, maximum }),
    ...(rules.gt !== undefined && { exclusiveMinimum: rules.gt }),
    ...(rules.timestamp !== undefined && { exclusiveMinimum: 0 }),
  };
}

function lengths({ rules, type }: Field, what: 'Length' | 'Items' | 'Properties'): Schema {
  const least = rules.len_eq ?? rules.len_min ?? (type === 'string' ? 1 : undefined);
  const most = rules.len_eq ?? rules.len_max;
  return { ...(least !== undefined && { [`min${what}`]: least }), ...(most !== undefined && { [`max${what}`]: most }) };
}

function stringSchema(field: Field): Schema {
  const { rules } = field;
  const known: Schema[] = patternsOf(field).flatMap(({ regex, isWanted }) =>
    regex === undefined ? [] : [isWanted ? { pattern: regex } : { not: { pattern: regex } }],
  );
  const any = (rules.match_any as { patterns?: readonly string[] } | undefined)?.patterns?.map(regexOfLuaPattern) ?? [];
  if (any.length > 0 && any.every((regex) => regex !== undefined)) known.push({ anyOf: any.map((pattern) => ({ pattern })) });
  if (typeof rules.starts_with === 'string')
    known.push({ pattern: `^${rules.starts_with.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&')}` });
  if (rules.uuid !== undefined) known.push({ pattern: '^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$' });
  const schema = withOptions({ type: 'string', ...lengths(field, 'Length') }, field);
  const [only] = known;
  if (known.length === 1 && only !== undefined && 'pattern' in only) return { ...schema, ...only };
  return known.length === 0 ? schema : { ...schema, allOf: known };
}

function listSchema(field: Field): Schema {
  const { elements, rules } = field;
  return {
    type: 'array',
    ...(elements !== undefined && { items: fieldSchema(elements, true) }),
    ...lengths(field, 'Items'),
    ...(rules.contains !== undefined && { contains: { const: rules.contains } }),
  };
}

function mapSchema(field: Field): Schema {
  const { keys, values } = field;
  return {
    type: 'object',
    ...(keys !== undefined && { propertyNames: fieldSchema(keys, true) }),
    ...(values !== undefined && { additionalProperties: fieldSchema(values, true) }),
    ...lengths(field, 'Properties'),
  };
}

function recordSchema(field: Field): Schema {
  const needed = field.fields.filter((part) => !part.isShorthand && mustBeGiven(part)).map(({ name }) => name);
  const checks = acrossFields(field.definition, field.definition, '', matchSchema);
  return {
    type: 'object',
    ...(checks.notes.length > 0 && { $comment: checks.notes.join(' ') }),
    properties: Object.fromEntries(field.fields.map((part) => [part.name, fieldSchema(part)])),
    ...(needed.length > 0 && { required: needed }),
    additionalProperties: false,
    ...(checks.schemas.length > 0 && { allOf: checks.schemas }),
  };
}

/** The schema of a value that fits a part of an entity check, on top of the field's own definition. */
function matchSchema(match: Value, base: LuaTable | undefined): Schema {
  const merged = new LuaTable();
  for (const table of [base, match])
    if (table instanceof LuaTable) for (const [key, entry] of table.fields) merged.fields.set(key, entry);
  const isRequired = match instanceof LuaTable && match.get('required') === true;
  return fieldSchema({
    ...fieldOf('', merged),
    isRequired,
    preset: undefined,
    description: undefined,
    deprecated: undefined,
  });
}

// `field=value` of a command line as parts of a plugin's configuration: what a value is, is said by the schema.
import { UserError } from '../../system/userError';
import { readJson } from '../../text/json';
import { fieldOf, type Field } from '../fieldOf';
import type { Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';

/** A field of the entity (`config`, then the names below it) and its value. */
export interface GivenField {
  path: string[];
  value: Json;
}

/** Fields beside `config` that a configuration of a plugin may have. */
export const ENTITY_FIELDS = ['instance_name', 'protocols', 'tags'] as const;

const isEntityField = (name: string): boolean => ENTITY_FIELDS.some((field) => field === name);

/**
 * Reads words such as `limit.minute=5`, `config.limit.minute=5` and `tags=a tags=b`. Lists take repeated words, or JSON; so do records and maps. A
 * value that its type does not allow stays a text, which the schema then refuses. Throws UserError (usage) for what is no such word.
 */
export function givenFields(words: readonly string[], schema: PluginSchema | undefined): GivenField[] {
  const config = schema?.config === undefined ? undefined : fieldOf('config', schema.config);
  const entity = schema === undefined ? undefined : fieldOf('plugin', schema.entity);
  const given = new Map<string, { path: string[]; field: Field | undefined; texts: string[] }>();
  for (const word of words) {
    const at = word.indexOf('=');
    const name = word.slice(0, at);
    if (at < 1 || name.split('.').includes(''))
      throw new UserError(`"${at < 1 ? word : name}" is no field=value.`, {
        exitCode: 2,
        next: 'Write the name of a field of the configuration, an equals sign and its value: limit.minute=5',
      });
    const target = targetOf(name.split('.'), config, entity);
    const key = JSON.stringify(target.path);
    const known = given.get(key) ?? { ...target, texts: [] };
    known.texts.push(word.slice(at + 1));
    given.set(key, known);
  }
  return [...given.values()].map(({ path, field, texts }) => ({ path, value: valueOf(path, field, texts) }));
}

/** Where a name leads. What is behind the name of a map is one key, whatever is in it. */
function targetOf(
  parts: readonly string[],
  config: Field | undefined,
  entity: Field | undefined,
): { path: string[]; field: Field | undefined } {
  const [first = '', ...rest] = parts;
  const isOfConfig = (name: string): boolean => partOf(config, name) !== undefined;
  if (isEntityField(first) && rest.length === 0 && !isOfConfig(first)) return { path: [first], field: partOf(entity, first) };
  const names = first === 'config' && rest.length > 0 && !isOfConfig(first) ? rest : parts;
  const path = ['config'];
  let field = config;
  for (const [i, name] of names.entries()) {
    if (field?.type === 'map') {
      path.push(names.slice(i).join('.'));
      return { path, field: field.values };
    }
    path.push(name);
    field = partOf(field, name);
  }
  return { path, field };
}

function partOf(field: Field | undefined, name: string): Field | undefined {
  return field?.fields.find((part) => part.name === name);
}

function valueOf(path: readonly string[], field: Field | undefined, texts: readonly string[]): Json {
  const [text = ''] = texts;
  const isList = field?.type === 'array' || field?.type === 'set';
  if (isList) {
    const whole = texts.length === 1 ? (readJson(text) as Json | undefined) : undefined;
    if (Array.isArray(whole) || whole === null) return whole;
    return texts.map((one) => oneValue(field.elements, one));
  }
  if (texts.length > 1 && field !== undefined && field.type !== 'any')
    throw new UserError(`${path.join('.')} is given ${texts.length} times, and it is one value (${field.type}).`, {
      exitCode: 2,
    });
  return texts.length > 1 ? texts.map((one) => oneValue(field, one)) : oneValue(field, text);
}

/** A text as its field's type has it; of a type that is not known, what JSON makes of it. */
function oneValue(field: Field | undefined, text: string): Json {
  if (field?.type === 'string') return text;
  const read = readJson(text) as Json | undefined;
  return read === undefined ? text : read;
}

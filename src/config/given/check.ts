// What that Kong would say to a configuration before it is sent there, and what may be said of it to people.
import { maskSecrets } from '../../troubleshoot/secrets/mask';
import { secretsOfData } from '../../troubleshoot/secrets/data';
import { fieldOf, type Field } from '../fieldOf';
import type { Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';
import { validatePlugin } from '../validate';
import type { GivenField } from './words';

type Fields = Readonly<Record<string, Json>>;

/** One thing that is wrong, where it is; list places count from 0. */
export interface GivenProblem {
  path: (string | number)[];
  message: string;
}

/** Any id: only whether there is one counts. */
const SOME_ID = '00000000-0000-4000-8000-000000000000';

/** What is wrong with a plugin's entity that is applied to these kinds of entities; and what could not be known. */
export function checkGiven(
  schema: PluginSchema,
  entity: Fields,
  kinds: readonly string[],
): { problems: GivenProblem[]; unsure: string[] } {
  // Groups of consumers are of the Enterprise edition, whose own schema is not known.
  const known = kinds.filter((kind) => kind !== 'consumer_group');
  const on = Object.fromEntries(known.map((kind) => [kind, { id: SOME_ID }]));
  const { verdict, message, errors, unsure } = validatePlugin(schema, { ...entity, ...on });
  const secrets = secretsOfData(entity);
  const problems = errors.map(({ path, message: said }): GivenProblem => ({
    path: path.filter((step) => step !== '@entity').map((step) => (typeof step === 'number' ? step - 1 : step)),
    message: maskSecrets(said, secrets),
  }));
  return { problems: verdict === 'fails' ? [...problems, { path: ['config'], message }] : problems, unsure };
}

/** An entity with fields set or replaced. */
export function withGiven(entity: Fields, fields: readonly GivenField[]): Record<string, Json> {
  return { ...fields.reduce<Fields>((now, { path, value }) => asFields(put(now, path, value)), entity) };
}

function put(value: Json | undefined, [name, ...rest]: readonly string[], given: Json): Json {
  if (name === undefined) return given;
  const fields = asFields(value);
  const part = put(Object.hasOwn(fields, name) ? fields[name] : undefined, rest, given);
  return Object.fromEntries([...Object.entries(fields).filter(([key]) => key !== name), [name, part]]);
}

function asFields(value: Json | undefined): Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : {};
}

/** Fields of the configuration that hold a text in plain where a reference to a vault could stand, by the schema and their names. */
export function plainSecrets({ config }: PluginSchema, given: Fields): string[] {
  if (config === undefined) return [];
  return plainIn(fieldOf('config', config), given['config'], 'config');
}

function plainIn(field: Field, value: Json | undefined, path: string): string[] {
  if (typeof value === 'string')
    return field.isReferenceable && secretsOfData(value, field.name).length > 0 && !value.startsWith('{vault://') ? [path] : [];
  const fields = asFields(value);
  return field.fields.flatMap((part) =>
    Object.hasOwn(fields, part.name) ? plainIn(part, fields[part.name], `${path}.${part.name}`) : [],
  );
}

// Secrets out of a configuration that is shown: values whose names say what they are, and those that a text tells.
import { maskSecrets } from './mask';
import { looksMade, nameKind } from './names';

/** What a value is shown as. */
const SHOWN = '******';
/** A reference to a vault is no secret. */
const REFERENCE = /^\{vault:\/\/[^}]*\}$/;

/** JSON, as far as it is looked at here. */
type Data = null | boolean | number | string | readonly Data[] | { readonly [name: string]: Data };

/** A value with the secrets in it replaced by asterisks; `name` is what it is called. */
export function maskedData<T extends Data>(value: T, name?: string): T;
export function maskedData(value: Data, name = ''): Data {
  if (typeof value === 'string') return isSecret(name, value) ? SHOWN : maskSecrets(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return (value as readonly Data[]).map((item) => maskedData(item, name));
  return Object.fromEntries(
    Object.entries(value as Readonly<Record<string, Data>>).map(([field, part]) => [field, maskedData(part, field)]),
  );
}

/** The secrets in a value, as they would stand elsewhere. */
export function secretsOfData(value: Data, name = ''): string[] {
  if (typeof value === 'string') return isSecret(name, value) ? [value] : [];
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return (value as readonly Data[]).flatMap((item) => secretsOfData(item, name));
  return Object.entries(value as Readonly<Record<string, Data>>).flatMap(([field, part]) => secretsOfData(part, field));
}

function isSecret(name: string, value: string): boolean {
  if (value === '' || REFERENCE.test(value)) return false;
  const kind = nameKind(name);
  return kind !== undefined && (kind !== 'likely' || looksMade(value));
}

// What a person reads of a field of the configuration.
import { defaultWords, limitWords, typeWords } from '../fieldWords';
import { textValue } from '../../lua/values';
import type { SchemaField, SchemaRecord } from '../schemaFields';

/** One line: the type, whether it must be given, and the default. */
export function fieldDetail({ definition, type, always }: SchemaField): string {
  const shown = typeWords(definition) || type || 'unknown';
  const given = definition === undefined ? undefined : defaultWords(definition);
  if (given !== undefined) return `${shown} = ${given}`;
  return always ? shown : `${shown}?`;
}

/** Markdown of a field under its path. */
export function fieldMarkdown(path: readonly string[], field: SchemaField): string {
  const { definition, always, record } = field;
  const given = definition === undefined ? undefined : defaultWords(definition);
  const meaning = textValue(definition?.get('description'));
  const limits = definition === undefined ? [] : limitWords(definition);
  return [
    `\`\`\`lua\nconf.${path.join('.')}: ${typeWords(definition) || field.type || 'unknown'}\n\`\`\``,
    ...(meaning === undefined ? [] : [meaning]),
    ...(given === undefined ? [] : [`Default: \`${given}\``]),
    presence(field, given !== undefined, always),
    ...(limits.length === 0 ? [] : [`Allowed: ${limits.join('; ')}.`]),
    ...(record === undefined ? [] : [fieldList(record)]),
  ].join('\n\n');
}

/** The names of a record's fields. */
export function fieldList({ fields }: SchemaRecord): string {
  return `Fields: ${[...fields.keys()].map((name) => `\`${name}\``).join(', ') || 'none'}.`;
}

function presence({ definition }: SchemaField, hasDefault: boolean, always: boolean): string {
  if (definition === undefined) return 'Whether it is always there cannot be known without running the schema.';
  if (definition.get('required') === true) return hasDefault ? 'Required; never nil.' : 'Required: a configuration must give it.';
  return always ? 'Never nil.' : 'Optional: nil in a configuration that leaves it out.';
}

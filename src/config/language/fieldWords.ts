// A field of a configuration as a person reads it in an editor.
import { boundsOf, mustBeGiven, typeWords, type Field } from '../fieldOf';
import type { Json } from '../luaTables';

/** One line: type and default, or that it must be given. */
export function fieldDetail(field: Field): string {
  const type = typeWords(field);
  if (field.preset !== undefined) return `${type} = ${shown(field.preset)}`;
  return mustBeGiven(field) ? `${type}, required` : type;
}

/** Markdown of a field under its title: type, meaning, default, whether it must be given, what is allowed, and the fields of a record. */
export function fieldMarkdown(title: string, field: Field): string {
  const bounds = boundsOf(field);
  const record = field.type === 'record' ? field : field.elements?.type === 'record' ? field.elements : undefined;
  return [
    `**${title}**: ${typeWords(field)}`,
    field.description,
    field.deprecated === undefined ? undefined : `Deprecated: ${field.deprecated}`,
    field.preset === undefined ? undefined : `Default: \`${shown(field.preset)}\``,
    mustBeGiven(field) ? 'Required: a configuration must give it.' : undefined,
    bounds.length === 0 ? undefined : `Allowed: ${bounds.join('; ')}.`,
    field.isReferenceable ? 'May refer to a vault, such as `{vault://env/name}`.' : undefined,
    record === undefined || record.fields.length === 0
      ? undefined
      : `Fields: ${record.fields.map(({ name }) => `\`${name}\``).join(', ')}.`,
  ]
    .filter((part) => part !== undefined)
    .join('\n\n');
}

/** A value as JSON, cut when it is long. */
function shown(value: Json): string {
  const text = JSON.stringify(value);
  return text.length > 120 ? `${text.slice(0, 120)} …` : text;
}

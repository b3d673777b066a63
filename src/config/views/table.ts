// A plugin's configuration as a table for its README.
import { boundsOf, fieldOf, mustBeGiven, typeWords, type Field } from '../fieldOf';
import type { PluginSchema } from '../pluginSchema';

/** A Markdown table of every field under `config`, records with their own below them. */
export function tableOf({ config }: PluginSchema): string {
  const rows = config === undefined ? [] : rowsOf(fieldOf('config', config), 'config');
  return ['| field | type | required | default | description |', '|---|---|---|---|---|', ...rows, ''].join('\n');
}

function rowsOf(field: Field, path: string): string[] {
  return field.fields.flatMap((part) => {
    const at = `${path}.${part.name}`;
    const below = part.type === 'record' ? part : part.elements?.type === 'record' ? part.elements : undefined;
    const more = below === undefined ? [] : rowsOf(below, below === part ? at : `${at}[]`);
    return [row(part, at), ...more];
  });
}

function row(field: Field, path: string): string {
  const bounds = boundsOf(field).join(', ');
  const preset = field.preset === undefined ? '' : code(JSON.stringify(field.preset));
  const said = [field.description, bounds === '' ? undefined : `${bounds[0]?.toUpperCase() ?? ''}${bounds.slice(1)}.`];
  const notes = [
    ...said,
    field.isReferenceable ? 'May refer to a vault.' : undefined,
    field.deprecated === undefined ? undefined : `Deprecated: ${field.deprecated}.`,
  ];
  const words = notes.filter((note) => note !== undefined).join(' ');
  return `| ${[code(path), typeWords(field), mustBeGiven(field) ? 'yes' : 'no', preset, escapeCell(words)].join(' | ')} |`;
}

/** Text in backticks; a bar would end the cell even there. */
function code(text: string): string {
  const fence = text.includes('`') ? '``' : '`';
  return `${fence}${escapeCell(text)}${fence}`;
}

const escapeCell = (text: string): string => text.replaceAll(/\s+/g, ' ').replaceAll('|', '\\|');

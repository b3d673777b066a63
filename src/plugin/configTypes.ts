// A plugin's configuration as classes for the Lua language server, from its schema.
import { GENERATED } from '../kong/pdk/definitions';
import type { ConfigField } from './describe';
import { own } from '../text/own';

/** The text of a definition file: the class `kong.plugins.NAME.Config`, for `---@param conf` of a phase; records are classes below it. */
export function configDefinitions(plugin: string, config: readonly ConfigField[]): string {
  const classes: string[] = [];
  const add = (name: string, fields: readonly ConfigField[]): void => {
    const lines = fields.map((field) => {
      const below = `${name}.${field.name}`;
      // Kong fills records unless they say that they are not required.
      const always = field.required || field.default !== undefined || (field.fields.length > 0 && field.type === 'record');
      return `---@field ${luaName(field.name)}${always ? '' : '?'} ${typeOf(field, below)}`;
    });
    classes.push([`---@class ${name}`, ...lines].join('\n'));
    for (const field of fields) if (field.fields.length > 0) add(`${name}.${field.name}`, field.fields);
  };
  add(`kong.plugins.${plugin}.Config`, config);
  const note = `-- The configuration of the plugin ${plugin}. Written by kong-plugin types: write it again rather than change it.`;
  return `${GENERATED}\n${note}\n\n${classes.join('\n\n')}\n`;
}

function luaName(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `["${name}"]`;
}

const TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  integer: 'integer',
  boolean: 'boolean',
  function: 'function',
  foreign: '{ id: string }',
  map: 'table',
};

/** A type of Kong's schemas in words (`array of string`) as one of the language server. */
function typeOf({ type, fields }: ConfigField, record: string): string {
  const inner = (text: string): string => {
    const list = /^(?:array|set) of (.+)$/.exec(text)?.[1];
    if (list !== undefined) return `${inner(list)}[]`;
    const map = /^map of (\w+) to (.+)$/.exec(text);
    if (map !== null) return `table<${inner(map[1] ?? '')}, ${inner(map[2] ?? '')}>`;
    if (text === 'record') return fields.length > 0 ? record : 'table';
    return own(TYPES, text) ?? 'any';
  };
  return inner(type);
}

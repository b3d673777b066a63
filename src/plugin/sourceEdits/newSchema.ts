// A schema.lua for a plugin that has none, from what its code reads.
import { bytesOf, type LuaSource } from '../../lua/source';
import { isName } from '../../lua/lexer';
import { configReads, type ConfigRead, type GuessedType } from './configReads';

const TYPES: Readonly<Record<GuessedType, string>> = {
  string: 'type = "string"',
  number: 'type = "number"',
  integer: 'type = "integer"',
  boolean: 'type = "boolean"',
  array: 'type = "array", elements = { type = "string" }',
  map: 'type = "map", keys = { type = "string" }, values = { type = "string" }',
  record: 'type = "record"',
};

/** The text of a schema with one field for every setting that the sources read; types are guesses from their use. */
export function schemaFromReads(plugin: string, sources: Iterable<LuaSource>): string {
  const reads = configReads(sources);
  const fields =
    reads.length === 0 ? 'fields = {},' : `fields = {\n${reads.map((read) => fieldText(read, 10)).join('')}        },`;
  const note = reads.length === 0 ? '' : '        -- The types are guesses from how the code uses the settings.\n';
  return `local typedefs = require "kong.db.schema.typedefs"

return {
  name = "${plugin}",
  fields = {
    { protocols = typedefs.protocols_http },
    { config = {
        type = "record",
${note}        ${fields}
      },
    },
  },
}
`;
}

function fieldText({ name, type, default: value, fields }: ConfigRead, indent: number): string {
  const blanks = ' '.repeat(indent);
  const key = isName(bytesOf(name)) ? name : `["${name.replace(/[\\"]/g, '\\$&')}"]`;
  if (type === 'record') {
    const inner = fields.map((field) => fieldText(field, indent + 4)).join('');
    return `${blanks}{ ${key} = { type = "record", fields = {\n${inner}${blanks}  } } },\n`;
  }
  const given = value === undefined ? '' : `, default = ${value}`;
  return `${blanks}{ ${key} = { ${TYPES[type]}${given} } },\n`;
}

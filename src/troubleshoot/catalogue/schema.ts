// Faults inside schema.lua: what Kong's metaschema refuses when it loads a plugin. In a list of violations the first entry that fits a violation wins.
// Sources: kong/db/schema/metaschema.lua, kong/db/schema/init.lua, kong/db/schema/plugin_loader.lua, kong/db/schema/typedefs.lua.
import { LINKS, type EntryTable } from './entry';

export const SCHEMA = {
  'schema-entity-checks-invalid': {
    title: 'entity_checks is malformed',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{key}entity_checks.{error}', in: 'schema', versions: '1.0 and later' },
      { text: 'exactly one of these fields must be non-empty: {list}', in: 'schema', versions: '2.6 and later' },
      { text: 'only one of these fields must be non-empty: {list}', in: 'schema', versions: '0.13 to 2.5' },
    ],
    cause: 'Each entry of entity_checks in the schema of {plugin} must hold exactly one check that this Kong knows.',
    steps: [
      'Use one of at_least_one_of, conditional_at_least_one_of, only_one_of, distinct, conditional, custom_entity_check, mutually_required, mutually_exclusive (2.6 and later), mutually_exclusive_sets.',
      'One check per pair of braces.',
      'Name nested fields with dots: "config.a" at the top of the schema, "a" inside the record.',
    ],
    link: LINKS.schema,
  },
  'schema-shorthand-invalid': {
    title: 'shorthands or shorthand_fields is malformed',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{key}shorthands{.|: }{error}', in: 'schema', versions: 'unknown up to 2.0 and from 3.0 on' },
      { text: '^{key}shorthand_fields{.|: }{error}', in: 'schema', versions: '2.2 and later: type and func are required' },
    ],
    cause: 'shorthands existed from 2.1 to 2.8 only; shorthand_fields (2.2 and later) needs type and func in every entry.',
    steps: ['Write shorthand_fields = { { old = { type = "string", func = function(value) return { new = value } end } } }.'],
    related: ['schema-unknown-attribute'],
    link: LINKS.schema,
  },
  'schema-transformations-invalid': {
    title: 'transformations is malformed',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{key}transformations{.|: }{error}', in: 'schema', versions: 'unknown in plugin schemas up to 2.3' },
      { text: 'invalid field name: {name}', in: 'schema', versions: '1.4 and later' },
    ],
    cause:
      'input or needs of a transformation names a field that the schema does not have, or neither on_write nor on_read is given.',
    steps: ['Give full names of existing fields, such as config.a.', 'Give on_write or on_read.'],
    link: LINKS.schema,
  },
  'schema-unique-across-ws': {
    title: 'unique_across_ws without unique',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "failed conditional validation given value of field 'unique_across_ws'", in: 'schema', versions: '2.1 and later' },
      { text: '^{key}unique: required field missing', in: 'schema' },
    ],
    cause: 'A field that is unique across workspaces must be unique in the first place.',
    steps: ['Add unique = true to the field.'],
    link: LINKS.schema,
  },
  'schema-json-field': {
    title: 'A field of type json is malformed',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: 'value must be a field name of the parent schema', in: 'schema', versions: '3.5 and later' },
      { text: 'value must be a string field of the parent schema', in: 'schema', versions: '3.5 and later' },
      { text: "field of type 'json' must declare 'json_schema'", in: 'schema', versions: '3.6 and later' },
      { text: '^{key}json_schema{.|: }{error}', in: 'schema' },
      { text: 'mandatory json schema for field ({name}) not found', versions: '3.5 and later' },
    ],
    cause: 'A json field needs json_schema with inline, or with namespace and parent_subschema_key.',
    steps: ['Write json_schema = { inline = { type = "object" } }.'],
    link: LINKS.schema,
  },
  'schema-description-length': {
    title: 'description is too short, too long, or not known yet',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{key}description: length must be at {least|most} {n}', in: 'schema', versions: '3.4 and later' },
      { text: '^{key}description: unknown field', in: 'schema', versions: '1.0 to 3.3' },
    ],
    cause: 'A description must have 10 to 500 characters; Kong up to 3.3 does not know the attribute.',
    steps: ['Write a longer (or shorter) text.', 'Leave description out when the plugin must run on Kong up to 3.3.'],
    link: LINKS.schema,
  },
  'schema-default-invalid': {
    title: 'A default does not pass its own field',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{key}default: {value=invalid type: nil| }', in: 'schema', sign: true },
      {
        text: '^{key}default: {error=expected |length |value |must |should |not a |invalid value|required |unknown |failed }',
        in: 'schema',
        versions: '1.0 and later',
      },
      { text: '^{key}default.{error}', in: 'schema', versions: '1.0 and later' },
      { text: 'error in schema prevents from validating this field', in: 'schema', versions: '1.1 and later' },
    ],
    cause: 'Kong checks every default against its own field when it loads the schema of {plugin}, and one does not pass.',
    steps: [
      'The path counts entries: fields.3.fields.1 is the first field in the third entry of fields (usually config).',
      'Make the default a value that the field accepts; the default of an array, set, map or record is a table.',
    ],
    fixes: ['mend-schema'],
    link: LINKS.schema,
  },
  'schema-missing-name': {
    title: 'schema.lua has no name',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^name: field required for entity check', in: 'schema', versions: '3.0 and later' },
      { text: '^name: required field missing', in: 'schema' },
      { text: 'failed converting legacy schema for {plugin}: unknown legacy field attribute: "config"', versions: '0.15 to 2.8' },
    ],
    cause:
      'The table that schema.lua of {plugin} returns has no name. Kong 3 requires it; older Kong takes such a schema for one of the 0.x format and fails to convert it.',
    steps: ['Add name = "{plugin}" beside fields.'],
    fixes: ['add-schema-name'],
    related: ['legacy-schema-conversion-failed'],
    link: LINKS.schema,
  },
  'schema-fields-shape': {
    title: 'fields is missing or is no array',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^fields: expected an array', in: 'schema', versions: '1.0 and later' },
      { text: '^{key}fields: expected an array', in: 'schema', versions: '1.0 and later' },
      { text: '^{key}fields: field required for entity check', in: 'schema', versions: '1.0 and later' },
      { text: "'fields' must be a table", in: 'schema', versions: '0.13 and later' },
      { text: "plugin_loader.lua:{n}: bad argument #1 to 'pairs' (table expected, got nil)", versions: '1.0 to 2.8' },
    ],
    cause:
      'A schema lists its fields as an array of tables with one name each. Here fields is missing, or it is a map such as { config = { … } }.',
    steps: ['Write fields = { { config = { type = "record", fields = { { a = { type = "string" } } } } } }.'],
    fixes: ['mend-schema'],
    related: ['schema-field-entry-shape', 'schema-returned-nothing', 'legacy-schema-conversion-failed'],
    link: LINKS.schema,
  },
  'schema-missing-required-attribute': {
    title: 'A field lacks a part that its type needs',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "^{field}: field of type '{type}' must declare '{attribute}'", in: 'schema', versions: '0.13 and later' },
      { text: "^{field}: '{attribute=elements|keys|values}' must be a table", in: 'schema', versions: '0.13 and later' },
      { text: '^{key}{attribute=elements|keys|values|fields|reference}: required field missing', in: 'schema' },
    ],
    cause:
      'An array and a set need elements, a map needs keys and values, a record needs fields, a foreign needs reference, a json needs json_schema.',
    steps: [
      'Add {attribute} to {field} as a table, for example elements = { type = "string" }. Of several missing parts Kong names only the last.',
    ],
    fixes: ['mend-schema'],
    related: ['schema-attribute-wrong-type'],
    link: LINKS.schema,
  },
  'schema-field-entry-shape': {
    title: 'An entry of fields has the wrong shape',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: 'each entry in fields must be a sub-table', in: 'schema', versions: '0.13 and later' },
      { text: 'field entry table is empty', in: 'schema', versions: '0.15 and later' },
      { text: "^{field}: '{name}' must be a table", in: 'schema', versions: '0.13 and later' },
      { text: '^{key}{n}: length must be 1', in: 'schema', versions: '1.0 and later' },
      { text: '^fields: length must be 1', in: 'schema', versions: '1.0 and later' },
      { text: '^{key}{n}: expected a {record|map}', in: 'schema', versions: '1.0 and later' },
      { text: '^{key}fields.{dots}: expected a record', in: 'schema', versions: '1.0 and later' },
    ],
    cause:
      'Each entry of fields must be exactly { name = { type = … } }: not a string, not empty, and not two names in one pair of braces.',
    steps: ['Give every field braces of its own: { { a = { type = "string" } }, { b = { type = "number" } } }.'],
    fixes: ['mend-schema'],
    related: ['schema-fields-shape'],
    link: LINKS.schema,
  },
  'schema-field-missing-type': {
    title: 'A field has no type',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{field}: missing type declaration', in: 'schema', versions: '0.13 and later' },
      { text: '^{key}type: required field missing', in: 'schema', versions: '1.0 and later' },
      { text: '^{key}default: invalid type: nil', in: 'schema' },
    ],
    cause:
      'type is the one attribute that every field must have. Two lines tell of the one fault: one names the field, the other its position.',
    steps: ['Add type = "string" (or another type) to the field {field}.'],
    related: ['schema-field-unknown-type'],
    link: LINKS.schema,
  },
  'schema-field-unknown-type': {
    title: 'A field has an unknown type',
    stage: 'schema',
    weight: 'stop',
    messages: [
      {
        text: '^{key}type: expected one of: {list}',
        in: 'schema',
        versions: '1.0 and later; the list comes in another order each time; json from 3.5 on',
      },
      { text: '^{key}type: expected a string', in: 'schema' },
    ],
    cause:
      'Kong knows string, number, integer, boolean, array, set, map, record, foreign, function, and json from 3.5 on. Anything else, such as int, bool, object, table or url, is refused.',
    steps: [
      'The path counts entries: fields.3.fields.1 is the first field in the third entry of fields (usually config).',
      'table becomes record (known fields) or map (free keys); int becomes integer; bool becomes boolean; float becomes number.',
      'url becomes typedefs.url, timestamp becomes typedefs.auto_timestamp_s or number.',
    ],
    fixes: ['mend-schema'],
    related: ['schema-field-missing-type', 'legacy-schema-conversion-failed'],
    link: LINKS.schema,
  },
  'schema-attribute-not-allowed': {
    title: 'An attribute does not fit the type of its field',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "^{field}: field of type '{type}' cannot have attribute '{attribute}'", in: 'schema', versions: '0.13 and later' },
    ],
    cause:
      'The field {field} is of type {type}, and {attribute} is for other types: between and gt for numbers, len_* for strings and lists, match for strings, one_of for strings and numbers, contains for lists.',
    steps: ['Remove {attribute} from {field}, or change its type.'],
    related: ['schema-attribute-wrong-type'],
    link: LINKS.schema,
  },
  'schema-unknown-attribute': {
    title: 'The schema has an attribute that this Kong does not know: {attribute}',
    stage: 'schema',
    weight: 'stop',
    messages: [{ text: '^{key}{attribute}: unknown field', in: 'schema', versions: '1.0 and later' }],
    cause:
      '{attribute} is misspelt, belongs to the 0.x format (enum, func, no_consumer), or is of another Kong: description needs 3.4, encrypted 2.7, referenceable 2.8, json_schema 3.5, examples 3.6, deprecation 3.7, transient 3.8; legacy and shorthands are gone since 3.0.',
    steps: [
      'Correct the spelling of {attribute}.',
      'enum becomes one_of; func becomes custom_validator or entity_checks; no_consumer = true becomes the entry { consumer = typedefs.no_consumer }.',
      'Leave out attributes that the oldest Kong you support does not know.',
    ],
    fixes: ['mend-schema'],
    related: ['schema-shorthand-invalid'],
    link: LINKS.schema,
  },
  'schema-attribute-wrong-type': {
    title: 'An attribute of a field has a value of the wrong type: {attribute}',
    stage: 'schema',
    weight: 'stop',
    messages: [
      {
        text: '^{key}{attribute}: {error=expected a boolean|expected an integer|expected a number|expected a function|expected an array|expected a string|expected a set|expected a map}',
        in: 'schema',
        versions: '0.13 and later',
      },
      { text: '^{key}{attribute}: length must be {n}', in: 'schema', versions: '1.0 and later' },
    ],
    cause:
      'Kong checks the attributes themselves: {attribute} has a value that is not allowed here ({error}). Typical: required = "true", one_of = "x", between = { 1 }.',
    steps: ['Give {attribute} the type that is named.'],
    related: ['schema-attribute-not-allowed'],
    link: LINKS.schema,
  },
  'schema-violation-on-load': {
    title: 'The schema of the plugin is invalid',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: '^{field}: {error}', in: 'schema', weak: true, versions: '0.13 and later' },
      {
        text: 'schema violation',
        in: 'load',
        weak: true,
        versions: 'the title alone',
        means:
          'Kong loaded schema.lua of {plugin}, held it against its own rules, and something in it is not allowed. What that is stands in brackets behind these words, and was left out here.',
      },
    ],
    cause:
      'Kong loaded schema.lua of {plugin}, held it against its own rules, and something in it is not allowed: {field}: {error}.',
    steps: [
      'The path counts entries: fields.3.fields.2 is the second field in the third entry of fields (usually config).',
      'All faults of one plugin are listed at once: mend them together, then start again.',
    ],
    link: LINKS.schema,
  },
  'schema-warning-only-1.0': {
    title: 'The schema is invalid, and this Kong only warns',
    stage: 'schema',
    weight: 'note',
    messages: [{ text: "schema for plugin '{plugin}' is invalid: {error}", versions: '1.0 to 2.4' }],
    cause: 'Kong 1.0 checks schemas without refusing them. From 1.1 on the same fault stops the start.',
    steps: ['Mend the schema of {plugin} before the upgrade.'],
    related: ['schema-violation-on-load'],
    link: LINKS.schema,
  },
  'legacy-schema-conversion-failed': {
    title: 'The schema is of the 0.x format',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: 'failed converting legacy schema for {plugin}: {error}', versions: '0.15 to 2.8' },
      { text: 'failed converting legacy schema for', weak: true },
      {
        text: '3 schema violations (fields: expected an array; name: field required for entity check; no_consumer: unknown field)',
        versions: '3.0 and later',
        sign: true,
      },
    ],
    cause:
      'The schema of {plugin} has no name, and its fields are a map: that is the format of Kong 0.x. Kong 0.15 to 2.8 tries to convert it and failed; Kong 3 does not try.',
    steps: [
      'Write it anew: name, fields as an array, config as a record.',
      'enum becomes one_of, func and self_check become custom_validator or entity_checks, no_consumer becomes { consumer = typedefs.no_consumer }.',
    ],
    related: ['schema-missing-name', 'schema-fields-shape'],
    link: LINKS.schema,
  },
} satisfies EntryTable;

// What the attributes, types and checks of a schema mean, in words (kong/db/schema/metaschema.lua and init.lua, tags 1.2.3 to 3.9.3).

/** Attributes of a field. */
export const ATTRIBUTE_WORDS: Readonly<Record<string, string>> = {
  type: 'What kind of value the field holds.',
  required: 'A configuration must have a value; a default counts as one.',
  default: 'The value that a configuration has which says nothing. It must be one that the field allows.',
  description: 'What the field is for: shown by Kong’s tools. 10 to 500 characters.',
  examples: 'Values that show how the field is used.',
  elements: 'The definition of each element of an array or set.',
  keys: 'The definition of the keys of a map.',
  values: 'The definition of the values of a map.',
  fields: 'The fields of a record: a list of tables with one field each.',
  entity_checks: 'Checks over several fields of the record.',
  shorthand_fields: 'Fields that a configuration may say and that `func` turns into others.',
  shorthands: 'Fields that a configuration may say and that a function turns into others.',
  one_of: 'The values that are allowed.',
  not_one_of: 'Values that are not allowed.',
  between: 'The lowest and the highest number.',
  gt: 'The number must be greater.',
  eq: 'The only value that is allowed.',
  ne: 'A value that is not allowed.',
  len_eq: 'How long the value is.',
  len_min: 'How long the value is at least.',
  len_max: 'How long the value is at most.',
  match: 'A Lua pattern that the text matches.',
  not_match: 'A Lua pattern that the text must not match.',
  match_all: 'Lua patterns that the text matches, each with the error `err`.',
  match_none: 'Lua patterns that the text must not match, each with the error `err`.',
  match_any: 'Lua patterns of which the text matches one.',
  starts_with: 'What the text begins with.',
  contains: 'A value that must be in the list.',
  is_regex: 'The text must be a regular expression (PCRE).',
  timestamp: 'The number is a time in seconds.',
  uuid: 'The text must be a UUID.',
  custom_validator: 'A function that takes the value and returns true, or nil and the error.',
  mutually_exclusive_subsets: 'Sets of values of which only one may be used.',
  reference: 'The entity that a field of type foreign refers to.',
  on_delete: 'What becomes of this entity when the one it refers to is deleted.',
  auto: 'Kong makes the value: a UUID, a time or a random text.',
  unique: 'No two entities may have the same value.',
  unique_across_ws: 'No two entities of all workspaces may have the same value.',
  immutable: 'The value cannot be changed later.',
  encrypted: 'The value is stored encrypted, where the node has a key ring (Enterprise).',
  referenceable: 'The value may be a reference to a vault, such as `{vault://env/name}`.',
  transient: 'The value is not stored.',
  deprecation: 'Says in the log that the field will go, and when.',
  json_schema: 'The JSON schema that a value of type json is checked against.',
  abstract: 'The field is defined by those who use the schema.',
  legacy: 'The value is stored as in old versions.',
  err: 'The error to give instead of Kong’s own.',
  generate_admin_api: 'Whether the Admin API has endpoints for it.',
  func: 'The function that turns the value of a shorthand into fields.',
  translate_backwards: 'The path of the field that holds the value now.',
};

/** Types of fields. */
export const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'A text; the empty text is refused unless `len_min = 0`.',
  number: 'A number.',
  integer: 'A whole number.',
  boolean: '`true` or `false`.',
  array: 'A list; `elements` defines what is in it.',
  set: 'A list in which nothing is twice; `elements` defines what is in it.',
  map: 'A table of `keys` to `values`.',
  record: 'A table with the `fields` that are listed. Kong makes one that is missing unless `required = false`.',
  foreign: 'A reference to another entity, named by `reference`.',
  function: 'Lua source that Kong runs in a sandbox.',
  json: 'Anything that its `json_schema` allows.',
};

/** Checks over several fields. */
export const CHECK_WORDS: Readonly<Record<string, string>> = {
  at_least_one_of: 'One of these fields must be given, or more.',
  conditional_at_least_one_of: 'When one field has a certain value, one of others must be given.',
  only_one_of: 'Exactly one of these fields must be given.',
  distinct: 'These fields must have different values.',
  conditional: 'When `if_field` matches, `then_field` must match.',
  custom_entity_check: 'A function over the fields in `field_sources`.',
  mutually_required: 'All of these fields are given, or none.',
  mutually_exclusive: 'At most one of these fields is given.',
  mutually_exclusive_sets: 'Fields of one set are given, or fields of the other.',
};

/** Fields that a plugin's schema has beside its configuration. */
export const SCOPE_WORDS: Readonly<Record<string, { insert: string; words: string }>> = {
  config: {
    insert: 'config = {\n\ttype = "record",\n\tfields = {\n\t\t$0\n\t},\n}',
    words: 'What a user configures: a record whose fields are those of `conf` in the handler.',
  },
  consumer: { insert: 'consumer = typedefs.no_consumer', words: 'The plugin cannot be configured for a consumer.' },
  consumer_group: {
    insert: 'consumer_group = typedefs.no_consumer_group',
    words: 'The plugin cannot be configured for a consumer group.',
  },
  route: { insert: 'route = typedefs.no_route', words: 'The plugin cannot be configured for a route.' },
  service: { insert: 'service = typedefs.no_service', words: 'The plugin cannot be configured for a service.' },
  protocols: { insert: 'protocols = typedefs.protocols_http', words: 'The protocols that the plugin works for.' },
};

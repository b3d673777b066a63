// Faults of schema.lua and daos.lua as a whole: modules that return the wrong thing, and schemas that do not fit into Kong's own.
// Sources: kong/db/schema/plugin_loader.lua, kong/db/schema/init.lua, kong/db/schema/typedefs.lua.
import { LINKS, type EntryTable } from './entry';

export const SCHEMA_MODULE = {
  'daos-not-array': {
    title: 'daos.lua returns a map instead of an array',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "custom plugin '{plugin}' returned non-array daos definition table", versions: '3.0 and later' },
      { text: 'The plugin {plugin} is using a hash-like syntax on its `daos.lua` file', versions: '2.7 and 2.8, a warning' },
    ],
    cause:
      'Kong 3 wants { { … }, { … } } from daos.lua of {plugin}; { my_entity = { … } } was accepted up to 2.8. A daos.lua without return gives the same message.',
    steps: ['Return a list of entity schemas, parents before children.', 'An empty daos.lua can be deleted.'],
    fixes: ['daos-to-array'],
    related: ['daos-entity-invalid', 'daos-module-returned-nothing'],
    link: LINKS.daos,
  },
  'daos-entity-invalid': {
    title: 'The schema of an entity in daos.lua is invalid: {entity}',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "schema of custom plugin entity '{plugin}.{entity}' is invalid: {error}", versions: '0.15 and later' },
      { text: "schema of entity '{entity}' is invalid: {error}", versions: '0.15 and later' },
      { text: "no strategy found for schema '{entity}'", versions: '0.15 and later' },
      { text: 'error initializing schema for {entity}: {error}', weak: true, versions: '1.1 and later' },
      { text: 'Entities cannot have {nilable|function} types.', versions: '0.13 and later' },
      { text: 'Entities map keys must be strings.', versions: '0.15 and later' },
      { text: 'a field used as a single cache key must be unique', versions: '0.15 and later' },
      { text: 'ttl is a reserved field name when ttl is enabled', versions: '0.15 and later' },
    ],
    cause:
      'The entity {entity} breaks a rule: {error}. Typical: no primary_key; endpoint_key or cache_key names no field; a single cache_key that is not unique; a field called ttl beside ttl = true; map keys that are no strings.',
    steps: [
      'Read what stands behind "is invalid:"; attributes of the entity are named, fields only numbered.',
      'Return entities that others refer to first.',
    ],
    related: ['daos-not-array', 'schema-foreign-invalid'],
    link: LINKS.daos,
  },
  'daos-entity-without-fields': {
    title: 'An entity in daos.lua has no fields',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "plugin_loader.lua:{n}: bad argument #1 to 'ipairs' (table expected, got {type})", versions: '2.0 and later' },
    ],
    cause:
      'Kong sorts the entities of daos.lua by their references and found one without fields. It names neither plugin nor entity.',
    steps: [
      'Give every entity in daos.lua its name, primary_key and fields.',
      'It is the plugin that was added or changed last.',
    ],
    related: ['daos-entity-invalid', 'daos-not-array'],
    link: LINKS.daos,
  },
  'daos-module-returned-nothing': {
    title: 'daos.lua returns nothing',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: "attempt to index local '{plugin_schemas|daos_schemas}' (a {type} value)", versions: '0.11 to 2.8' },
      { text: "bad argument #1 to 'for iterator' {dots}load_entities", versions: '1.0 to 2.8', weak: true },
    ],
    cause: 'A daos.lua is empty or ends without return, so require yields true.',
    steps: ['Delete the file, or let it return an array of entities.'],
    fixes: ['add-return'],
    related: ['daos-not-array'],
    link: LINKS.daos,
  },
  'schema-foreign-invalid': {
    title: 'A reference names an entity that does not exist: {name}',
    stage: 'schema',
    weight: 'stop',
    messages: [{ text: 'schema refers to an invalid foreign entity: {name}', versions: '0.14 and later' }],
    cause:
      'reference = "{name}" names no entity that is loaded: a table name instead of an entity, apis (gone in 1.0), or an entity of a plugin that loads later.',
    steps: [
      'Use the name of the entity, for example services, routes, consumers.',
      'In daos.lua return parents before children.',
    ],
    related: ['daos-entity-invalid'],
    link: LINKS.schema,
  },
  'typedef-missing': {
    title: 'typedefs.{name} does not exist',
    stage: 'schema',
    weight: 'stop',
    messages: [{ text: '{at}: schema typedef error: definition {name} does not exist', versions: '0.15 and later' }],
    cause:
      '{file} uses typedefs.{name}, which this Kong does not have: misspelt, or of another version (run_on and no_api are gone since 2.0, protocols_http came with 1.1, no_consumer_group is Enterprise only).',
    steps: ['Look into kong/db/schema/typedefs.lua of the installed version.', 'Delete entries made of run_on or no_api.'],
    related: ['schema-unknown-attribute', 'plugin-module-runtime-error'],
    link: LINKS.schema,
  },
  'schema-returned-nothing': {
    title: 'schema.lua returns no table',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: 'schema/init.lua:{n}: expected an input table', versions: '3.0 and later' },
      { text: "attempt to index local 'schema' (a {type} value)", versions: '1.0 to 2.8' },
    ],
    cause:
      'A schema.lua ends without return { … }, or returns something that is no table. Kong does not say whose: it is the plugin that was added or changed last.',
    steps: [
      'End schema.lua with: return { name = "{plugin}", fields = { … } }.',
      'If several plugins are new, set log_level = debug: the last "Loading plugin" line names the one.',
    ],
    fixes: ['add-return'],
    related: ['handler-returned-nothing'],
    link: LINKS.schema,
  },
  'schema-is-list': {
    title: 'schema.lua returns a list instead of a table with name and fields',
    stage: 'schema',
    weight: 'stop',
    messages: [
      {
        text: "attempt to compare {string with number|number with string} stack traceback: {dots}in function '{sorted_keys|schema_violation}'",
        versions: '3.0 and later',
      },
    ],
    cause:
      'The table that a schema.lua returns has numbered entries. Kong stumbles over them while it writes its own message, so that neither plugin nor fault is named.',
    steps: [
      'Let schema.lua return { name = "{plugin}", fields = { … } } with the list under fields.',
      'It is the plugin that was added or changed last.',
    ],
    related: ['schema-fields-shape'],
    link: LINKS.schema,
  },
  'schema-new-top-level-field': {
    title: 'A plugin schema may not add top-level fields: {field}',
    stage: 'schema',
    weight: 'stop',
    messages: [{ text: "error in definition of '{plugin}': {field}: cannot create a new field", versions: '1.1 and later' }],
    cause:
      'Beside config a plugin may only narrow what every plugin has: consumer, route, service, protocols, instance_name, tags, name, enabled. {field} is none of these (run_on is gone since 2.0).',
    steps: ['Move {field} into config.fields, or delete it.'],
    related: ['schema-config-type-changed'],
    link: LINKS.schema,
  },
  'schema-config-type-changed': {
    title: '{field} has another type than every plugin gives it',
    stage: 'schema',
    weight: 'stop',
    messages: [
      {
        text: "error in definition of '{plugin}': {field}: cannot change type in a specialized field",
        versions: '1.1 and later',
      },
      { text: 'error initializing schema for plugin: {error}', weak: true, versions: '0.15 and later' },
    ],
    cause:
      'config must be a record (from 3.5 on also json); consumer, route and service must stay foreign, as typedefs.no_consumer and its like leave them.',
    steps: ['Write config = { type = "record", fields = { … } }.'],
    related: ['schema-new-top-level-field'],
    link: LINKS.schema,
  },
  'schema-abstract-not-specialised': {
    title: 'The plugin schema has no config',
    stage: 'schema',
    weight: 'stop',
    messages: [
      { text: 'abstract field was not specialized', versions: '0.15 and later' },
      { text: 'abstract field was not specialized', in: 'admin' },
      { text: "error in definition of '{plugin}': entities of type '{type}' cannot have subschemas", versions: '1.1 and later' },
    ],
    cause: 'A config was given for the plugin, and its schema defines none.',
    steps: ['Add { config = { type = "record", fields = {} } } to fields of the schema.'],
    related: ['schema-config-type-changed'],
    link: LINKS.schema,
  },
} satisfies EntryTable;

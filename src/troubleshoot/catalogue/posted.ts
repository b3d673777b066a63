// What is posted to the Admin API and refused, or breaks Kong while it refuses it. Sources: kong/db/errors.lua, kong/db/dao/init.lua, kong/api/endpoints.lua.
import { LINKS, type EntryTable } from './entry';

export const POSTED = {
  'admin-api-mixed-keys': {
    title: 'What was posted breaks Kong while it writes down what is wrong with it',
    stage: 'configure',
    weight: 'refuse',
    messages: [
      {
        text: "attempt to compare {string with number|number with string} stack traceback: {dots}in function 'insert_entity'",
        sign: true,
        versions: 'all: sorted_keys below insert_entity in the traceback',
      },
    ],
    cause:
      'An entity that was sent to the Admin API breaks its schema, and Kong fails while it sorts the names of the wrong fields: names and numbers stand side by side. A table that is partly a list was sent where fields are expected, or a custom validator of a plugin returned its errors so. The schema.lua of the plugin itself was loaded without a fault.',
    steps: [
      'Look at the body of the request: {"config": [ … ]} or a list beside names where an object is expected; form fields such as config[1]= do that, too.',
      'Send it as application/json with an object.',
      'If a custom_validator or entity check returns a table of errors, let its keys all be field names.',
    ],
    related: ['admin-api-schema-violation', 'schema-is-list', 'admin-api-unexpected-error'],
    link: LINKS.adminApi,
  },
  'admin-api-primary-key': {
    title: 'An entity with that primary key exists already',
    stage: 'configure',
    weight: 'refuse',
    messages: [
      { text: "primary key violation on key '{dots}'", in: 'admin', versions: '0.13 and later' },
      { text: "primary key violation on key '{dots}'", versions: '0.13 and later' },
      { text: 'primary key violation', weak: true, versions: 'the title alone' },
    ],
    cause: 'What was sent carries an id (or another primary key) that the database already has.',
    steps: ['Use PUT or PATCH on /ENTITIES/ID to change it.', 'Or leave the id out: Kong gives one.'],
    related: ['admin-api-unique-violation'],
    link: LINKS.adminApi,
  },
  'admin-api-not-found': {
    title: 'The Admin API finds nothing at that address (404)',
    stage: 'configure',
    weight: 'refuse',
    messages: [{ text: 'Not found$', in: 'admin', versions: 'all: the whole answer' }],
    cause:
      'Either no such address exists (a route of api.lua that was not loaded, a misspelt path), or the entity that the address names does not: a service, route or consumer of another name, id or workspace. A proxy port does not answer so for a route that it lacks.',
    steps: [
      'GET the entity alone, /services/NAME or /routes/NAME: it must be there.',
      'For an address of your api.lua: the plugin must be in the setting plugins, its api.lua be installed, and Kong be reloaded.',
      'Kong 1.0 and later know the setting plugins; custom_plugins is not read any more.',
    ],
    related: ['admin-api-plugin-not-enabled', 'admin-api-no-plugin-named'],
    link: LINKS.api,
  },
  'admin-api-wrong-request': {
    title: 'The Admin API does not take the request',
    stage: 'configure',
    weight: 'refuse',
    messages: [
      { text: 'Cannot parse JSON body', in: 'admin', versions: 'all' },
      { text: 'Method not allowed', in: 'admin', versions: 'all' },
      { text: "could not find the entity with {dots}'{value}'", in: 'admin', versions: '0.13 and later' },
      { text: "No {entity|vault} named '{name}'", in: 'admin', versions: '2.0 and later' },
      { text: 'No entity named {name}', in: 'admin', weak: true, versions: '2.0 and later' },
      { text: "'{value}' is not a valid offset", in: 'admin', versions: '0.13 and later' },
      { text: 'size must be a number', in: 'admin', versions: '0.13 and later' },
      { text: 'invalid option ({error})', in: 'admin', versions: '1.0 and later' },
      { text: "invalid workspace '{value}'", in: 'admin', versions: '2.1 and later' },
      { text: 'unique key {name} is invalid for global query', in: 'admin', versions: '2.1 and later' },
      { text: "invalid {primary|foreign} key: '{value}'", in: 'admin', versions: '0.13 and later' },
      { text: 'expected a declarative configuration', in: 'admin', versions: '1.1 and later' },
      { text: 'this endpoint is only available when {error}', in: 'admin', versions: '1.1 and later' },
      { text: "an existing '{child}' entity references this '{entity}' entity", in: 'admin', versions: '0.13 and later' },
    ],
    cause: 'The request itself is not what that address takes: {error}. No code of a plugin failed; nothing was changed.',
    steps: [
      'Compare method, path and body with the documentation of the Admin API of that version.',
      'Send JSON with the header Content-Type: application/json.',
      'References: delete first what refers to the entity, and create first what it refers to.',
    ],
    related: ['admin-api-not-found', 'admin-api-schema-violation'],
    link: LINKS.adminApi,
  },
  'configuration-too-big': {
    title: 'The declarative configuration does not fit into the node',
    stage: 'configure',
    weight: 'refuse',
    messages: [
      { text: 'Configuration does not fit in LMDB database', in: 'admin', versions: '3.0 and later' },
      { text: 'Configuration does not fit in Kong cache', in: 'admin', versions: '1.1 to 2.8' },
      { text: 'not enough {cache space|space} for declarative config', versions: '1.1 and later' },
      { text: 'Timed out while loading configuration', in: 'admin', versions: '2.8 and later' },
      { text: 'Currently loading previous configuration', in: 'admin', versions: '2.8 and later' },
    ],
    cause:
      'A node without a database holds the whole configuration, and this one is larger than the room for it, or comes before the one before was taken in: {error}.',
    steps: [
      'Raise lmdb_map_size (3.0 and later) or mem_cache_size (before) and restart.',
      'Post the next configuration when the one before was answered.',
    ],
    related: ['declarative-config-invalid'],
    link: LINKS.dbless,
  },
  'answer-unexpected-error': {
    title: 'Kong answers 500 and keeps the reason for its error log',
    stage: 'runtime',
    weight: 'request',
    messages: [{ text: 'An unexpected error occurred', in: 'admin', versions: 'all: the answer, 500' }],
    cause:
      'Code raised an error while Kong handled that request, and the client is only told so. On a proxy port that is a plugin or Kong itself, on the Admin API the code that handles what was posted.',
    steps: [
      'Look at the error log at that second; from 3.5 on search it for the request_id of the answer.',
      '`kong-plugin diagnose` reads that log: it names the file and the line.',
    ],
    related: ['runtime-exception-in-phase', 'admin-api-unexpected-error'],
    link: LINKS.handler,
  },
  'admin-api-violation-title': {
    title: 'Only the title of a refusal is there',
    stage: 'configure',
    weight: 'refuse',
    messages: [
      {
        text: '{name=schema violation|unique constraint violation|foreign key violation|invalid unique|invalid foreign key|invalid primary key|foreign keys unresolved|referenced by others}$',
        in: 'admin',
        weak: true,
        versions: '0.13 and later',
      },
      { text: 'unique constraint violation', weak: true },
      { text: 'foreign key violation', weak: true },
      { text: 'foreign keys unresolved', weak: true },
    ],
    cause:
      'The database layer of Kong refused an entity, and the text holds the title of the refusal without its fields. The answer of the Admin API has them under fields and message.',
    steps: [
      'Look at the whole answer: fields names each wrong field, message joins them.',
      'schema violation: compare with GET /schemas/ENTITY. unique: another entity has that value. foreign key: what is referred to does not exist.',
    ],
    related: ['admin-api-schema-violation', 'admin-api-unique-violation', 'admin-api-foreign-key'],
    link: LINKS.adminApi,
  },
} satisfies EntryTable;

// What can be wrong with a plugin's own files, as a table: a row for every problem that a check reports, by its id in the error catalogue.
import type { EntryId } from '../troubleshoot/catalogue';
import type { Told } from '../troubleshoot/problem';
import type { Severity } from '../text/diagnostic';

/** One kind of problem. */
interface Row {
  /** How bad it is in general; the version of Kong may make a problem milder. */
  severity: Severity;
  /** For people: what is wrong with it and what to do. */
  documentation: string;
}

const error = (documentation: string): Row => ({ severity: 'error', documentation });
const warning = (documentation: string): Row => ({ severity: 'warning', documentation });

const ROWS = {
  'plugin-enabled-not-installed': error(
    'A plugin has a handler.lua, which Kong requires by the name of the plugin. Without it Kong does not start once the plugin is enabled.',
  ),
  'no-configuration-schema': error(
    'A plugin has a schema.lua, which Kong requires by the name of the plugin. Without it Kong does not start once the plugin is enabled.',
  ),
  'plugin-module-syntax-error': error('Kong cannot compile a Lua file of the plugin. Correct the line that is named.'),
  'plugin-module-runtime-error': error(
    'A Lua file of the plugin raises an error while Kong loads it. Do at load only what cannot fail; the rest belongs in a phase.',
  ),
  'plugin-module-missing-dependency': error(
    'A file requires a module that neither the plugin nor Kong nor a rock of the dependencies has. Correct the name, or add the file or the dependency.',
  ),
  'luarocks-module-not-listed': error(
    'A file requires a module of the plugin that does not travel with it: no such file, one that build.modules does not list, or one outside of the plugin’s folder. List it in build.modules.',
  ),
  'plugin-module-loop': error('Modules require each other in a circle. Move what they share into a module of its own.'),
  'kong-internal-module-removed': error(
    'A file requires a module that older versions of Kong had and this one has not. Use what replaced it.',
  ),
  'base-plugin-removed': error(
    'The handler extends BasePlugin, which Kong 3.0 removed. Return a plain table with PRIORITY, VERSION and the phases.',
  ),
  'typedef-missing': error(
    'The schema uses a typedef that this Kong does not have. Choose one that it has, or write the field out.',
  ),
  'handler-returned-nothing': error('handler.lua does not return its table. End it with `return` and the table of the handler.'),
  'handler-bad-priority': error(
    'From Kong 3.0 on a handler has a PRIORITY that is a whole number; plugins with a higher one run first.',
  ),
  'handler-bad-version': error('From Kong 3.0 on a handler has a VERSION of the form "1.0.0".'),
  'handler-response-and-filter': error(
    'A handler has either `response`, for which Kong buffers the answer, or header_filter and body_filter, never both.',
  ),
  'base-plugin-super-left': error(
    'The handler is a plain table and has no super, which only handlers that extended BasePlugin had. Delete the calls of super.',
  ),
  'handler-phase-not-a-function': warning(
    'Kong calls a phase of the handler as a function. Another value there raises an error in every request.',
  ),
  'phase-misspelt': warning(
    'The handler has a function whose name is nearly that of a phase. Kong calls only the phases it knows, so it never runs.',
  ),
  'schema-returned-nothing': error('schema.lua does not return its table. End it with `return` and the table of the schema.'),
  'schema-missing-name': error('A schema has a name: that of the plugin.'),
  'schema-fields-shape': error(
    'The fields of a schema or record are an array, each entry a table with one field: { name = { … } }.',
  ),
  'schema-field-entry-shape': error('An entry of fields is a table with one key, the name of the field, and its definition.'),
  'schema-field-missing-type': error('Every field of a schema has a type.'),
  'schema-field-unknown-type': error('The type of a field is none that this Kong knows.'),
  'schema-unknown-attribute': error(
    'A field or schema has an attribute that this Kong does not know. Correct its name, or leave it out.',
  ),
  'schema-attribute-wrong-type': error('An attribute of a field has a value of another type than Kong expects there.'),
  'schema-attribute-not-allowed': error('Some attributes go with some types of fields only.'),
  'schema-missing-required-attribute': error(
    'Some types need a further attribute: arrays and sets `elements`, maps `keys` and `values`, records `fields`.',
  ),
  'schema-default-invalid': error('The default of a field does not pass the checks of that field.'),
  'schema-entity-checks-invalid': error('entity_checks is an array of checks that Kong knows, each with the fields it is about.'),
  'schema-description-length': error('A description has 10 to 500 characters, in versions of Kong that know descriptions.'),
  'schema-shorthand-invalid': error('A shorthand field has a type and a function that gives the fields it stands for.'),
  'schema-transformations-invalid': error('A transformation names its input fields and has the functions that Kong calls.'),
  'schema-json-field': error('A field of type json says by json_schema how what is in it is checked.'),
  'schema-foreign-invalid': error('A field that refers to another entity names one that Kong has.'),
  'schema-new-top-level-field': error(
    'Beside config a schema may only narrow the fields that every plugin has, like consumer or protocols; it cannot add others.',
  ),
  'schema-config-type-changed': error('A schema narrows the fields that every plugin has; it cannot give them another type.'),
  'schema-unique-across-ws': error('unique_across_ws goes with unique = true only.'),
  'schema-violation-on-load': error(
    'Kong validates the schema before it uses it. What the message names breaks a rule of Kong’s schemas.',
  ),
  'legacy-schema-conversion-failed': error(
    'The schema is of the form that Kong had before 1.0, and cannot be translated. Write it in today’s form, with a name and fields.',
  ),
  'daos-not-array': error('From Kong 3.0 on daos.lua returns an array of entities, not a map.'),
  'daos-module-returned-nothing': error('daos.lua does not return its table. End it with `return` and the array of entities.'),
  'daos-entity-without-fields': error('An entity in daos.lua has fields.'),
  'daos-entity-invalid': error('The schema of an entity in daos.lua breaks a rule of Kong’s schemas.'),
  'plugin-api-module-broken': warning('api.lua cannot be loaded as a table of routes. The Admin API answers with errors.'),
  'migrations-index-not-table': error('migrations/init.lua returns the names of the migrations as an array.'),
  'migration-load-failed': error('migrations/init.lua names a migration whose file is not there.'),
  'migration-invalid': error(
    'A migration has the parts that this Kong wants: postgres and cassandra up to 3.3, postgres alone from 3.4 on.',
  ),
} as const satisfies Partial<Record<EntryId, Row>>;

/** The id of a row. */
export type PluginProblemId = keyof typeof ROWS;

/** A name that is Kong's: nothing that Kong itself would complain about. */
export const BUNDLED_NAME_CHECK = {
  code: 'plugin/bundled-name',
  ...warning('Kong ships a plugin of this name, or will in a later version. Give the plugin another name.'),
};

/** The rows as reports describe them; `code` is that of the diagnostics. */
export const PLUGIN_CHECKS: readonly (Row & { code: string })[] = [
  ...Object.entries(ROWS).map(([id, row]) => ({ code: `kong/${id}`, ...row })),
  BUNDLED_NAME_CHECK,
];

/** What a message of Kong's tells, when it is one of these problems. */
export function asPluginProblem(told: Told | undefined): (Told & { id: PluginProblemId }) | undefined {
  return told !== undefined && told.id in ROWS ? (told as Told & { id: PluginProblemId }) : undefined;
}

// What Kong's plugin loader does with a handler, a schema and daos (load_plugin of kong/db/dao/plugins.lua and kong/db/schema/plugin_loader.lua,
// tags 1.2.3 to 3.9.3), on evaluated values: in Kong's order, with Kong's words.
import { coreEntities } from '../../kong/coreEntities';
import { NULL } from '../../kong/typedefs';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { BudgetExceeded, LuaError } from '../../lua/errors';
import type { Place } from '../../lua/source';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, typeName, type Value } from '../../lua/values';
import { recognise, type Words } from '../../troubleshoot/problem';
import { asPluginProblem, type PluginProblemId } from '../checks';
import { basePlugin, isA } from './basePlugin';
import type { Environment, Loaded } from './environment';
import { LoaderThrows, violationText, type ErrorTree } from '../schema/errorTree';
import { ConversionError, convertLegacySchema } from './legacySchema';
import { atLoaderLine } from './lines';
import { metaschemaOf } from '../schema/metaschema';
import { checkSchema, firstField } from '../schema/metaschemaChecks';
import { entityFields } from './pluginEntity';
import { errorProblem, violationProblems, type PluginFile, type PluginProblem } from './problem';
import { validateEntity } from '../schema/validator';
import { keyName, luaText, stringOf, truthy, type Validation } from '../schema/validation';

/** What the loader works with. */
export interface LoadContext {
  environment: Environment;
  name: string;
  version: KongVersion;
  /** `postgres` or `off`: the word in brackets before a schema violation. */
  database: string;
}

/** How one step of loading ended. A refusal is Kong's own message, what is thrown is LuaJIT's or the plugin's. */
export type LoadStep =
  | { kind: 'ok'; value: Value }
  | { kind: 'refused'; message: string; problems: PluginProblem[] }
  | { kind: 'throws'; message: string; problems: PluginProblem[] }
  | { kind: 'unknown'; message: string };

const ok = (value: Value): LoadStep => ({ kind: 'ok', value });

/** A module by load_module_if_exists: its value, `missing`, or how loading it fails. */
export function loadModule({ environment, name, version }: LoadContext, file: PluginFile): LoadStep | 'missing' {
  const module = `kong.plugins.${name}.${file}`;
  const loaded = environment.load(module);
  switch (loaded.kind) {
    case 'value':
      return ok(loaded.value);
    case 'missing':
      return 'missing';
    case 'exhausted':
      return { kind: 'unknown', message: `${file}.lua cannot be evaluated: ${loaded.error.message}` };
    case 'error': {
      const message = thrownMessage(loaded, module, version);
      return { kind: 'throws', message, problems: [errorProblem(loaded.error, file, message)] };
    }
  }
}

/** What Kong says when a module that is there fails to load (load_module_if_exists of kong/tools/utils.lua and module.lua). */
function thrownMessage({ error }: Extract<Loaded, { kind: 'error' }>, module: string, version: KongVersion): string {
  const wraps = isAtLeast(version, '2.0');
  if (!(error.value instanceof LuaString)) {
    return wraps
      ? atLoaderLine(version, 'load', `attempt to concatenate local 'res' (a ${typeName(error.value)} value)`)
      : error.message;
  }
  return atLoaderLine(version, 'load', wraps ? `error loading module '${module}':\n${error.value.text}` : error.value.text);
}

/** Loads and checks handler.lua. */
export function loadHandler(context: LoadContext): LoadStep {
  const { name, version } = context;
  const step = loadModule(context, 'handler');
  if (step === 'missing') {
    const why = isAtLeast(version, '2.3') ? 'no plugin found' : `module 'kong.plugins.${name}.handler' not found:`;
    return refused(`${name} plugin is enabled but not installed;\n${why}`, [
      problem('plugin-enabled-not-installed', `Kong finds no kong.plugins.${name}.handler.`, undefined, 'handler'),
    ]);
  }
  if (step.kind !== 'ok') return step;
  const handler = step.value;
  if (handler instanceof LuaUnknown)
    return { kind: 'unknown', message: `handler.lua returns something that cannot be known: ${handler.reason}` };
  if (handler === false)
    return refused('nil', [problem('handler-returned-nothing', 'handler.lua returns false, no table.', undefined, 'handler')]);
  if (handler instanceof LuaTable) {
    const wrong = isAtLeast(version, '3.0') ? (priorityProblem(handler, name) ?? versionProblem(handler, name)) : undefined;
    if (wrong !== undefined) return refused(wrong.message, [wrong]);
    const both = isAtLeast(version, '2.2') ? responseAndFilter(context, handler) : undefined;
    if (both !== undefined) return refused(both.message, [both]);
  }
  return step;
}

function refused(message: string, problems: PluginProblem[]): LoadStep {
  return { kind: 'refused', message, problems };
}

function problem(
  id: PluginProblemId,
  message: string,
  place: Place | undefined,
  file: PluginFile,
  words: Words = {},
): PluginProblem {
  return { id, words, message, place, file, fails: true };
}

/** A field of the handler with its place; undefined when it may be set by code that was not run. */
function handlerField(handler: LuaTable, name: string): { value: Value; place: Place | undefined } | undefined {
  const entry = handler.entry(name);
  if (entry === undefined)
    return handler.open || handler.metatable instanceof LuaUnknown ? undefined : { value: undefined, place: handler.place };
  return entry.maybe || entry.value instanceof LuaUnknown
    ? undefined
    : { value: entry.value, place: entry.valuePlace ?? entry.place };
}

/** Why it is not known whether that Kong takes the PRIORITY and VERSION of a handler; undefined when it is. */
export function unknownIdentity(handler: LuaTable, version: KongVersion): string | undefined {
  if (!isAtLeast(version, '3.0')) return undefined;
  for (const name of ['PRIORITY', 'VERSION']) {
    const entry = handler.entry(name);
    if (entry?.value instanceof LuaUnknown) return `the handler's ${name} cannot be known here: ${entry.value.reason}`;
    if (entry?.maybe === true) return `whether the handler has its ${name} cannot be known here`;
  }
  return undefined;
}

function priorityProblem(handler: LuaTable, name: string): PluginProblem | undefined {
  const field = handlerField(handler, 'PRIORITY');
  if (field === undefined || (typeof field.value === 'number' && Number.isInteger(field.value))) return undefined;
  const message = `Plugin "${name}" cannot be loaded because its PRIORITY field is not a valid integer number, got: "${luaText(field.value)}".`;
  return problem('handler-bad-priority', message, field.place, 'handler', { value: luaText(field.value) });
}

function versionProblem(handler: LuaTable, name: string): PluginProblem | undefined {
  const field = handlerField(handler, 'VERSION');
  if (field === undefined || isVersion(stringOf(field.value))) return undefined;
  const message = `Plugin "${name}" cannot be loaded because its VERSION field does not follow the "x.y.z" format, got: "${luaText(field.value)}".`;
  return problem('handler-bad-version', message, field.place, 'handler', { value: luaText(field.value) });
}

/** Numbers and dots anywhere in the text, three numbers at most (the rock `version` 1.0.1 and valid_version of kong/db/dao/plugins.lua). */
function isVersion(text: string | undefined): boolean {
  const parts = /\d[\d.]*/
    .exec(text ?? '')?.[0]
    .replace(/\.$/, '')
    .split('.');
  return parts !== undefined && parts.length <= 3 && !parts.includes('');
}

function responseAndFilter({ environment, name, version }: LoadContext, handler: LuaTable): PluginProblem | undefined {
  const { machine } = environment;
  const inherited = isAtLeast(version, '3.0') ? undefined : basePluginOf(environment);
  const implementation = (phase: string): Place | true | undefined => {
    const value = machine.index(handler, new LuaString(phase));
    if (!(value instanceof LuaFunction) || value === inherited?.get(phase)) return undefined;
    return handler.entry(phase)?.keyPlace ?? handler.entry(phase)?.place ?? true;
  };
  const response = implementation('response');
  if (response === undefined || (implementation('header_filter') ?? implementation('body_filter')) === undefined)
    return undefined;
  const message = `Plugin "${name}" can't be loaded because it implements both \`response\` and \`header_filter\` or \`body_filter\` methods.`;
  return problem('handler-response-and-filter', message, response === true ? handler.place : response, 'handler');
}

function basePluginOf({ load }: Environment): LuaTable | undefined {
  const loaded = load('kong.plugins.base_plugin');
  return loaded.kind === 'value' && loaded.value instanceof LuaTable ? loaded.value : undefined;
}

/** Loads and checks schema.lua; the value is the schema, in today's form. */
export function loadSchema(context: LoadContext, assume: (reason: string) => void): LoadStep {
  const { name, version, environment, database } = context;
  const step = loadModule(context, 'schema');
  if (step === 'missing') {
    const message = `no configuration schema found for plugin: ${name}`;
    return refused(message, [
      problem('no-configuration-schema', `Kong finds no kong.plugins.${name}.schema.`, undefined, 'schema'),
    ]);
  }
  if (step.kind !== 'ok') return step;
  if (step.value instanceof LuaUnknown)
    return { kind: 'unknown', message: `schema.lua returns something that cannot be known: ${step.value.reason}` };
  const validation: Validation = { version, machine: environment.machine, assume };
  try {
    const { schema, prefix } = currentForm(context, step.value);
    const errors = validateEntity(metaschemaOf(version).subschema, schema, schema.place, validation);
    completeAndCheck(schema, 'subschema', errors, validation);
    if (errors.parts.size > 0) return refused(prefix + violationText(errors, database), violationProblems(errors, 'schema'));
    const wrong = specialise(name, schema, version);
    return wrong === undefined ? ok(schema) : refused(`error initializing schema for plugin: ${wrong.message}`, [wrong]);
  } catch (error) {
    if (error instanceof ConversionError) {
      const message = `failed converting legacy schema for ${name}: ${error.message}`;
      const told = asPluginProblem(recognise(message, 'load')) ?? { id: 'legacy-schema-conversion-failed' as const, words: {} };
      return refused(message, [{ ...told, message, place: error.place, file: 'schema', fails: true }]);
    }
    if (!(error instanceof LoaderThrows)) throw error;
    const id = step.value instanceof LuaTable ? 'schema-fields-shape' : 'schema-returned-nothing';
    const told = asPluginProblem(recognise(error.message, null)) ?? { id, words: {} };
    const message = `Kong fails on what schema.lua returns: ${error.message}`;
    return {
      kind: 'throws',
      message: error.message,
      problems: [{ ...told, message, place: undefined, file: 'schema', fails: true }],
    };
  }
}

/** The schema as a table of today's form; a nameless one was translated before Kong 3.0. */
function currentForm({ name, version }: LoadContext, value: Value): { schema: LuaTable; prefix: string } {
  if (isAtLeast(version, '3.0')) {
    if (value instanceof LuaTable) return { schema: value, prefix: '' };
    throw new LoaderThrows(atLoaderLine(version, 'input', 'expected an input table'));
  }
  if (value instanceof LuaTable && (truthy(value.get('name')) || value.get('name') instanceof LuaUnknown || value.open)) {
    return { schema: value, prefix: '' };
  }
  if (!(value instanceof LuaTable) && !(value instanceof LuaString)) {
    throw new LoaderThrows(atLoaderLine(version, 'name', `attempt to index local 'schema' (a ${typeName(value)} value)`));
  }
  const table = value instanceof LuaTable ? value : new LuaTable();
  return { schema: convertLegacySchema(name, table, version), prefix: `failed converting legacy schema for ${name}: ` };
}

/** The part of validation that needs the whole schema: fields that must be there, then the metaschema's own checks (run_self_check). */
export function completeAndCheck(
  schema: LuaTable,
  kind: 'subschema' | 'entity',
  errors: ErrorTree,
  validation: Validation,
): void {
  let complete = true;
  for (const name of kind === 'entity' ? ['name', 'primary_key', 'fields'] : ['name', 'fields']) {
    if (schema.get(name) !== undefined || schema.open) continue;
    errors.set(name, { message: 'field required for entity check', place: schema.place });
    complete = false;
  }
  if (complete) checkSchema(schema, kind, errors, validation);
}

/** Makes the schema a form of Kong's `plugins` entity: no new fields, no other types (new_subschema of kong/db/schema/init.lua). */
function specialise(name: string, schema: LuaTable, version: KongVersion): PluginProblem | undefined {
  const parent = entityFields(version);
  const core = coreEntities(version);
  const fields = schema.get('fields');
  const entries = fields instanceof LuaTable ? fields.list().flatMap((item) => firstField(item.value) ?? []) : [];
  const definitions = entries.flatMap((entry) => (entry.value instanceof LuaTable ? [{ entry, field: entry.value }] : []));
  for (const { entry, field } of definitions) {
    const reference = stringOf(field.get('reference'));
    if (
      stringOf(field.get('type')) === 'foreign' &&
      !field.open &&
      !(field.get('reference') instanceof LuaUnknown) &&
      !core.has(reference ?? '')
    ) {
      const named = luaText(field.get('reference'));
      const message = `schema refers to an invalid foreign entity: ${named}`;
      return problem('schema-foreign-invalid', message, entry.place, 'schema', { name: named });
    }
  }
  for (const { entry, field } of definitions) {
    const key = keyName(entry);
    const own = parent.get(key);
    const at = `error in definition of '${name}': ${key}:`;
    if (own === undefined) {
      const place = entry.keyPlace ?? entry.place;
      return problem('schema-new-top-level-field', `${at} cannot create a new field`, place, 'schema', { field: key });
    }
    const type = stringOf(field.get('type'));
    const elements = field.get('elements');
    const sameType =
      type === undefined || type === own.type || (own.type === 'record' && type === 'json' && isAtLeast(version, '3.5'));
    const sameElements =
      own.elements === undefined ||
      !(elements instanceof LuaTable) ||
      (stringOf(elements.get('type')) ?? own.elements) === own.elements;
    if (!sameType || !sameElements) {
      const message = `${at} cannot change type in a specialized field`;
      return problem('schema-config-type-changed', message, entry.valuePlace ?? entry.place, 'schema', { field: key });
    }
  }
  return undefined;
}

/** What Kong does with a handler once the schema is there: notes on scopes, the instance of a BasePlugin, the index that a non-table fails on. */
export function finishHandler(context: LoadContext, handler: Value, schema: Value): LoadStep {
  const { version, environment } = context;
  const cannotIndex = (where: 'noConsumer' | 'handler', offset = 0): LoadStep => ({
    kind: 'throws',
    message: atLoaderLine(version, where, `attempt to index local 'handler' (a ${typeName(handler)} value)`, offset),
    problems: [
      problem('handler-returned-nothing', `handler.lua returns a ${typeName(handler)} value, no table.`, undefined, 'handler', {
        type: typeName(handler),
      }),
    ],
  });
  const scope = isAtLeast(version, '2.2') && !(handler instanceof LuaTable) ? forbiddenScope(schema) : -1;
  if (scope >= 0) return cannotIndex('noConsumer', scope * 4);
  if (!(handler instanceof LuaTable) && !(handler instanceof LuaString)) return cannotIndex('handler');
  if (handler instanceof LuaTable && !isAtLeast(version, '3.0')) return instantiate(environment, handler, version);
  return ok(handler);
}

/** Which of consumer, route and service the schema forbids first: 0, 1, 2, or -1. */
function forbiddenScope(schema: Value): number {
  const fields = schema instanceof LuaTable ? schema.get('fields') : undefined;
  for (const { value: item } of fields instanceof LuaTable ? fields.list() : []) {
    const scope = ['consumer', 'route', 'service'].findIndex((name) => {
      const field = item instanceof LuaTable ? item.get(name) : undefined;
      return field instanceof LuaTable && field.get('eq') === NULL;
    });
    if (scope >= 0) return scope;
  }
  return -1;
}

/** Handlers that inherit from BasePlugin are made an instance of. */
function instantiate(environment: Environment, handler: LuaTable, version: KongVersion): LoadStep {
  const base = basePluginOf(environment) ?? basePlugin(version, environment.machine);
  if (isA(handler, base, environment.machine) !== true) return ok(handler);
  try {
    const result = environment.machine.protect(() => environment.machine.call(handler, []));
    if (!(result instanceof LuaError)) return ok(handler);
    const { message } = result;
    return { kind: 'throws', message, problems: [errorProblem(result, 'handler', message)] };
  } catch (error) {
    if (error instanceof BudgetExceeded || error instanceof RangeError) return ok(handler);
    throw error;
  }
}

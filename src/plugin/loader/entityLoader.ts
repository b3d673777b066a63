// Loading daos.lua: the plugin's own entities (load_entities of kong/db/schema/plugin_loader.lua and Entity.new, tags 1.2.3 to 3.9.3).
import { coreEntities } from '../../kong/coreEntities';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../../lua/values';
import type { Told } from '../../troubleshoot/problem';
import type { PluginProblemId } from '../checks';
import { LoaderThrows, violationText } from '../schema/errorTree';
import { atLoaderLine } from './lines';
import { completeAndCheck, loadModule, type LoadContext, type LoadStep } from './loadFiles';
import { metaschemaOf } from '../schema/metaschema';
import { firstField } from '../schema/metaschemaChecks';
import { violationProblems, type PluginProblem } from './problem';
import { isSequence, validateEntity } from '../schema/validator';
import { keyName, luaText, stringOf, truthy, type Validation } from '../schema/validation';

/** Entities of the plugins that ship with Kong; whether they are there depends on which plugins are on. */
const BUNDLED_ENTITIES = new Set([
  ...['acls', 'acme_storage', 'basicauth_credentials', 'hmacauth_credentials', 'jwt_secrets', 'keyauth_credentials'],
  ...['oauth2_authorization_codes', 'oauth2_credentials', 'oauth2_tokens', 'sessions', 'ratelimiting_metrics'],
]);

/** Loads daos.lua when there is one. */
export function loadEntities(context: LoadContext, assume: (reason: string) => void): LoadStep {
  const { name, version, environment } = context;
  const step = loadModule(context, 'daos');
  if (step === 'missing') return { kind: 'ok', value: undefined };
  if (step.kind !== 'ok') return step;
  const daos = step.value;
  if (daos instanceof LuaUnknown || (daos instanceof LuaTable && daos.open)) {
    assume('what daos.lua returns');
    return { kind: 'ok', value: undefined };
  }
  const wrong = (id: PluginProblemId, message: string): PluginProblem => ({
    id,
    words: { type: typeName(daos) },
    message,
    place: daos instanceof LuaTable ? daos.place : undefined,
    file: 'daos',
    fails: true,
  });
  if (isAtLeast(version, '3.0') && !(daos instanceof LuaTable && isSequence(daos))) {
    const message = `custom plugin '${name}' returned non-array daos definition table`;
    return { kind: 'refused', message, problems: [wrong('daos-not-array', message)] };
  }
  if (!(daos instanceof LuaTable)) {
    const message = `attempt to index local 'daos_schemas' (a ${typeName(daos)} value)`;
    return { kind: 'throws', message, problems: [wrong('daos-module-returned-nothing', message)] };
  }
  const validation: Validation = { version, machine: environment.machine, assume };
  const known = coreEntities(version);
  try {
    for (const entity of entitiesOf(daos, version)) {
      const problems = loadEntity(context, entity, known, validation);
      if (problems !== undefined) return problems;
      known.add(stringOf(entity.get('name')) ?? '');
    }
  } catch (error) {
    if (!(error instanceof LoaderThrows)) throw error;
    return { kind: 'throws', message: error.message, problems: [wrong('daos-entity-without-fields', error.message)] };
  }
  return { kind: 'ok', value: daos };
}

/** The entities in the order Kong takes them: a list's, or before 3.0 those of a table by name. */
function entitiesOf(daos: LuaTable, version: KongVersion): LuaTable[] {
  const entries: Entry[] = truthy(daos.get(1)) ? daos.list() : [...daos.fields.values()];
  const listed = truthy(daos.get(1));
  return entries.flatMap(({ key, value }) => {
    if (!(value instanceof LuaTable)) return [];
    if (listed && isAtLeast(version, '2.7')) return [value];
    if (key === 'tables' && (!isAtLeast(version, '2.7') || !truthy(value.get('fields')))) return [];
    // Kong 2.7 and 2.8 sort the entities by their references first, and need the fields for that.
    if (isAtLeast(version, '2.7')) {
      if (value.get('fields') === undefined)
        throw new LoaderThrows(atLoaderLine(version, 'daos', "bad argument #1 to 'ipairs' (table expected, got nil)"));
      return [value];
    }
    return truthy(value.get('name')) ? [value] : [];
  });
}

function loadEntity(
  { name, version, database }: LoadContext,
  entity: LuaTable,
  known: ReadonlySet<string>,
  validation: Validation,
): LoadStep | undefined {
  const at = `schema of custom plugin entity '${name}.${luaText(entity.get('name'))}' is invalid:`;
  const errors = validateEntity(metaschemaOf(version).entity, entity, entity.place, validation);
  completeAndCheck(entity, 'entity', errors, validation);
  if (errors.parts.size > 0) {
    const error = violationText(errors, database);
    const told = invalidEntity(entity, error);
    const problems = violationProblems(errors, 'daos').map((problem) => ({ ...problem, ...told }));
    return { kind: 'refused', message: `${at} ${error}`, problems };
  }
  const wrong = newEntityProblem(entity, known, validation);
  if (wrong === undefined) return undefined;
  return { kind: 'refused', message: `${at} ${wrong.message}`, problems: [wrong] };
}

/** Whatever is wrong with an entity, Kong speaks of the entity. */
function invalidEntity(entity: LuaTable, error: string): Told & { id: PluginProblemId } {
  return { id: 'daos-entity-invalid', words: { entity: luaText(entity.get('name')), error } };
}

/** What Entity.new refuses in a definition that is well-formed. */
function newEntityProblem(entity: LuaTable, known: ReadonlySet<string>, validation: Validation): PluginProblem | undefined {
  const fields = entity.get('fields');
  const entries = fields instanceof LuaTable ? fields.list().flatMap((item) => firstField(item.value) ?? []) : [];
  const problem = (message: string, entry: Entry): PluginProblem => ({
    ...invalidEntity(entity, message),
    message,
    place: entry.valuePlace ?? entry.place,
    file: 'daos',
    fails: true,
  });
  const of = (type: string): { entry: Entry; field: LuaTable }[] =>
    entries.flatMap((entry) =>
      entry.value instanceof LuaTable && isType(entry.value, type) ? [{ entry, field: entry.value }] : [],
    );
  for (const { entry, field } of of('foreign')) {
    const reference: Value = field.get('reference');
    const target = stringOf(reference) ?? '';
    if (known.has(target) || reference instanceof LuaUnknown) continue;
    if (BUNDLED_ENTITIES.has(target)) validation.assume(`the entity "${target}" of another plugin`);
    else return problem(`schema refers to an invalid foreign entity: ${luaText(reference)}`, entry);
  }
  for (const entry of entries) {
    const field = entry.value;
    const name = keyName(entry);
    if (!(field instanceof LuaTable) || truthy(field.get('abstract'))) continue;
    if (isType(field, 'function')) return problem(`${name}: Entities cannot have function types.`, entry);
    const keys = field.get('keys');
    if (
      isType(field, 'map') &&
      keys instanceof LuaTable &&
      !isType(keys, 'string') &&
      !(keys.get('type') instanceof LuaUnknown)
    ) {
      return problem(`${name}: Entities map keys must be strings.`, entry);
    }
  }
  return undefined;
}

function isType(field: LuaTable, type: string): boolean {
  return stringOf(field.get('type')) === type;
}

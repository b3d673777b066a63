// Files that Kong loads after the plugin itself: api.lua with the Admin API, migrations with the database.
import { isAtLeast, type KongVersion } from '../../kong/versions';
import type { Place } from '../../lua/source';
import { LuaTable, LuaUnknown, typeName } from '../../lua/values';
import type { PluginProblemId } from '../checks';
import { loadModule, type LoadContext, type LoadStep } from './loadFiles';
import { errorProblem, type PluginProblem } from './problem';
import { stringOf } from '../schema/validation';

/** Problems of api.lua and the migrations, and how the start ends with them: before Kong 3.0 migrations are read without a database too. */
export function checkLater(context: LoadContext): { step: LoadStep; problems: PluginProblem[] } {
  const migrations = checkMigrations(context);
  const problems = [...checkApi(context), ...('problems' in migrations ? migrations.problems : [])];
  const fails = !isAtLeast(context.version, '3.0') && migrations.kind !== 'unknown';
  return {
    step: fails ? migrations : { kind: 'ok', value: undefined },
    problems: problems.map((problem) => ({ ...problem, fails: fails && problem.file === 'migrations' })),
  };
}

function checkApi(context: LoadContext): PluginProblem[] {
  const api = loadModule(context, 'api');
  if (api === 'missing' || api.kind === 'unknown') return [];
  const id = 'plugin-api-module-broken' as const;
  if (api.kind !== 'ok') return api.problems.map((problem) => ({ ...problem, id }));
  if (api.value instanceof LuaTable || api.value instanceof LuaUnknown) return [];
  const message = `api.lua returns a ${typeName(api.value)} value, no table of routes: the Admin API answers every request with an error.`;
  return [{ id, words: {}, message, place: undefined, file: 'api', fails: false }];
}

/** The index of the migrations and the modules it names (load_subsystems of kong/db/migrations/state.lua). */
function checkMigrations(context: LoadContext): LoadStep {
  const { environment, name, database } = context;
  const index = loadModule(context, 'migrations');
  if (index === 'missing') return { kind: 'ok', value: undefined };
  if (index.kind !== 'ok') return index;
  const namespace = `kong.plugins.${name}.migrations`;
  if (index.value instanceof LuaUnknown) return { kind: 'ok', value: undefined };
  const wrong = (id: PluginProblemId, message: string, module: string, place?: Place): LoadStep => ({
    kind: 'throws',
    message: `[${database}] ${message}`,
    problems: [{ id, words: { module }, message, place, file: 'migrations', fails: true }],
  });
  if (!(index.value instanceof LuaTable)) {
    return wrong('migrations-index-not-table', `migrations index from '${namespace}' must be a table`, namespace);
  }
  for (const entry of index.value.list()) {
    const migration = stringOf(entry.value);
    if (migration === undefined) continue;
    const place = entry.valuePlace ?? entry.place;
    const loaded = environment.load(`${namespace}.${migration}`);
    if (loaded.kind === 'missing') {
      const module = `${namespace}.${migration}`;
      return wrong('migration-load-failed', `failed to load migration '${module}' of '${name}' subsystem`, module, place);
    }
    if (loaded.kind === 'error') {
      const { message } = loaded.error;
      return { kind: 'throws', message, problems: [errorProblem(loaded.error, 'migrations', message)] };
    }
    const fault =
      loaded.kind === 'value' && loaded.value instanceof LuaTable ? migrationFault(loaded.value, context.version) : undefined;
    if (fault !== undefined) {
      const module = `${namespace}.${migration}`;
      const said = `migration '${module}' of '${name}' subsystem is invalid: schema violation (${fault.message})`;
      return wrong('migration-invalid', said, module, fault.place ?? place);
    }
  }
  return { kind: 'ok', value: undefined };
}

/**
 * The first thing that is wrong with the parts of a migration: up to 3.3 there is one for each database, from 3.4 on only that for Postgres,
 * and any other is refused (kong/db/schema/others/migrations.lua of the tags).
 */
function migrationFault(migration: LuaTable, version: KongVersion): { message: string; place: Place | undefined } | undefined {
  const parts = isAtLeast(version, '3.4') ? ['postgres'] : ['postgres', 'cassandra'];
  // What only some branch writes is not known to be there.
  for (const { key, place, maybe } of migration.fields.values()) {
    if (!maybe && typeof key === 'string' && key !== 'name' && !parts.includes(key))
      return { message: `${key}: unknown field`, place };
  }
  if (migration.open) return undefined;
  const missing = parts.find((part) => migration.get(part) === undefined);
  return missing === undefined ? undefined : { message: `${missing}: required field missing`, place: migration.place };
}

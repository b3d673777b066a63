// Files that Kong loads after the plugin itself: api.lua with the Admin API, migrations with the database.
import { isAtLeast } from '../../kong/versions';
import { LuaTable, LuaUnknown, typeName } from '../../lua/values';
import { loadModule, type LoadContext, type Step } from './loader';
import { errorText, loadProblem, type Problem } from './problem';
import { textOf } from './validation';

/** Problems of api.lua and the migrations, and how the start ends with them: before Kong 3.0 migrations are read without a database too. */
export function checkLater(context: LoadContext): { step: Step; problems: Problem[] } {
  const migrations = checkMigrations(context);
  const problems = [...checkApi(context), ...('problems' in migrations ? migrations.problems : [])];
  const fails = !isAtLeast(context.version, '3.0') && migrations.kind !== 'unknown';
  return {
    step: fails ? migrations : { kind: 'ok', value: undefined },
    problems: problems.map((problem) => ({ ...problem, fails: fails && problem.file === 'migrations' })),
  };
}

function checkApi(context: LoadContext): Problem[] {
  const api = loadModule(context, 'api');
  if (api === 'missing' || api.kind === 'unknown') return [];
  const id = 'plugin-api-module-broken';
  if (api.kind !== 'ok') return api.problems.map((problem) => ({ ...problem, id }));
  if (api.value instanceof LuaTable || api.value instanceof LuaUnknown) return [];
  const message = `api.lua returns a ${typeName(api.value)} value, no table of routes: the Admin API answers every request with an error.`;
  return [{ id, message, place: undefined, file: 'api', fails: false }];
}

/** The index of the migrations and the modules it names (load_subsystems of kong/db/migrations/state.lua). */
function checkMigrations(context: LoadContext): Step {
  const { environment, name, database } = context;
  const index = loadModule(context, 'migrations');
  if (index === 'missing') return { kind: 'ok', value: undefined };
  if (index.kind !== 'ok') return index;
  const namespace = `kong.plugins.${name}.migrations`;
  if (index.value instanceof LuaUnknown) return { kind: 'ok', value: undefined };
  const wrong = (id: string, message: string, place: Problem['place']): Step => ({
    kind: 'throws',
    message: `[${database}] ${message}`,
    problems: [{ id, message, place, file: 'migrations', fails: true }],
  });
  if (!(index.value instanceof LuaTable)) {
    return wrong('migrations-index-not-table', `migrations index from '${namespace}' must be a table`, undefined);
  }
  for (const entry of index.value.list()) {
    const migration = textOf(entry.value);
    if (migration === undefined) continue;
    const place = entry.valuePlace ?? entry.place;
    const loaded = environment.load(`${namespace}.${migration}`);
    if (loaded.kind === 'missing') {
      return wrong('migration-load-failed', `failed to load migration '${namespace}.${migration}' of '${name}' subsystem`, place);
    }
    if (loaded.kind === 'error') {
      const problem = loadProblem(loaded, 'migrations', errorText(loaded.error));
      return { kind: 'throws', message: loaded.error.message, problems: [problem] };
    }
  }
  return { kind: 'ok', value: undefined };
}

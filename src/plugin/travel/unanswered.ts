// The requires of a plugin's files that nothing answers, also those that run only when a function is called.
import { hasKongModule } from '../../kong/kongModules';
import type { KongVersion } from '../../kong/versions';
import { requireCalls, type RequireCall } from '../../lua/requires';
import type { LuaSource } from '../../lua/source';
import type { Supply } from './supply';

/** The files of a plugin that Kong asks for by name, and what migrations and the cache of entities are found through. */
const ENTRY_PARTS = ['handler', 'schema', 'api', 'daos', 'migrations', 'status_api', 'clustering'];

/** What may be required, and what is known about the rest. */
export interface Surroundings {
  plugins: readonly string[];
  sources: ReadonlyMap<string, LuaSource>;
  version: KongVersion;
  supply: (module: string) => Supply;
}

/** Files that are reached from what Kong loads, by module. */
export interface Reach {
  sources: ReadonlyMap<string, LuaSource>;
  /** What the computed names of requires begin with. */
  computed: readonly string[];
}

/** Follows every require from the files that Kong loads by name, without asking when it runs. */
export function reachable({ plugins, sources }: Pick<Surroundings, 'plugins' | 'sources'>): Reach {
  const open = [...sources.keys()].filter((module) =>
    plugins.some((name) => {
      const part = module.startsWith(`kong.plugins.${name}.`) ? module.slice(`kong.plugins.${name}.`.length) : '';
      return ENTRY_PARTS.includes(part) || part.startsWith('migrations.');
    }),
  );
  const found = new Map<string, LuaSource>();
  const computed = new Set<string>();
  for (let module = open.pop(); module !== undefined; module = open.pop()) {
    const source = sources.get(module);
    if (source === undefined || found.has(module)) continue;
    found.set(module, source);
    for (const call of requireCalls(source)) {
      if (call.module === undefined) computed.add(call.prefix);
      else open.push(call.module);
    }
  }
  return { sources: found, computed: [...computed] };
}

/** A require that fails when it runs. */
export interface Unanswered extends RequireCall {
  module: string;
  source: LuaSource;
}

/** Requires that are not caught, in files that are reached, of modules that neither the plugin nor Kong nor a rock it depends on has. */
export function unansweredRequires(surroundings: Surroundings): Unanswered[] {
  const { sources, version, supply } = surroundings;
  return [...new Set(reachable(surroundings).sources.values())].flatMap((source) =>
    requireCalls(source).flatMap((call) => {
      const { module, guarded } = call;
      if (module === undefined || guarded || sources.has(module)) return [];
      if (hasKongModule(module, version) !== false || supply(module).kind !== 'absent') return [];
      return [{ ...call, module, source }];
    }),
  );
}

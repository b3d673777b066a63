// A schema while it is being written: evaluated again only when a file that it is made of changes, and kept while it says nothing.
import { configRecord } from '../code/schemaFields';
import type { KongVersion } from '../kong/versions';
import { mend } from '../lua/mend';
import { requireCalls } from '../lua/requires';
import type { LuaSource } from '../lua/source';
import type { Value } from '../lua/values';
import { schemaOf } from './describe';
import type { PluginCode } from './pluginCode';

/** What a schema said last. */
export interface EvaluatedSchema {
  /** The files it was made of. */
  files: readonly LuaSource[];
  /** What schema.lua returns; undefined when that was never known. */
  value: Value;
}

/** What a plugin's schema.lua returns, also when it does not parse; what it said `before` as long as it says nothing that can be known. */
export function evaluatedSchema(
  { name, sources, version }: Pick<PluginCode, 'name' | 'sources'> & { version: KongVersion },
  before: EvaluatedSchema | undefined,
): EvaluatedSchema {
  const modules = modulesOf(`kong.plugins.${name}.schema`, sources);
  const files = [...modules.values()];
  if (before?.files.length === files.length && files.every((file, i) => file === before.files[i])) return before;
  const mended = new Map([...modules].map(([module, source]) => [module, mend(source).source]));
  const value = schemaOf({ name, sources: mended, dependencies: [] }, version);
  return { files, value: configRecord(value) === undefined ? before?.value : value };
}

/** A module with all of the plugin's own that it requires, by name. */
function modulesOf(module: string, sources: ReadonlyMap<string, LuaSource>): Map<string, LuaSource> {
  const found = new Map<string, LuaSource>();
  const open = [module];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const source = sources.get(name);
    if (source === undefined || found.has(name)) continue;
    found.set(name, source);
    open.push(...requireCalls(source).flatMap((call) => call.module ?? []));
  }
  return found;
}

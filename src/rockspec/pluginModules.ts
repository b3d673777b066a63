// The Kong plugins a rockspec installs, read off the names of its modules.
import { posix } from 'node:path';
import { moduleOfPath, candidateFiles } from '../lua/moduleName';
import type { LocatedString, Rockspec, RockModule } from './read';

/** A module of a plugin: the part behind `kong.plugins.<name>.`, and the file that becomes it. */
export interface PluginModule {
  part: string;
  module: RockModule;
  file: LocatedString | undefined;
}

/** A plugin as `build.modules` describes it. */
export interface PluginModules {
  name: string;
  /** The folder of its files, relative to the project, when they agree on one. */
  dir: string | undefined;
  modules: PluginModule[];
}

const MODULE = /^kong\.plugins\.([^.]+)\.(.+)$/s;

/** The name a module is required by: a key with slashes is installed to the same file as one with dots (path.module_to_path, 3.8 to 3.13). */
export function requiredName(key: string): string {
  return moduleOfPath(key);
}

/** The plugins of a rockspec, in the order of their first modules. */
export function rockspecPlugins(rockspec: Rockspec): PluginModules[] {
  const plugins = new Map<string, PluginModules>();
  for (const module of rockspec.build?.modules ?? []) {
    const match = MODULE.exec(requiredName(module.name));
    const [, name, part] = match ?? [];
    if (name === undefined || part === undefined) continue;
    let plugin = plugins.get(name);
    if (plugin === undefined) plugins.set(name, (plugin = { name, dir: undefined, modules: [] }));
    const file = module.sources?.length === 1 ? module.sources[0] : undefined;
    plugin.modules.push({ part, module, file });
    plugin.dir ??= file && pluginFolder(cleanPath(file.value), part);
  }
  return [...plugins.values()];
}

/** The folder that a module's file tells: `kong/plugins/x` for the part `handler` and `kong/plugins/x/handler.lua`. */
function pluginFolder(path: string, part: string): string | undefined {
  const ending = candidateFiles(part).find((file) => path.endsWith(`/${file}`));
  return ending === undefined ? undefined : path.slice(0, -ending.length - 1);
}

/** A path without `.`, `..` behind a folder, or twofold slashes. */
export function cleanPath(path: string): string {
  return path === '' ? path : posix.normalize(path);
}

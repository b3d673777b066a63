// The Kong plugins a rockspec installs, read off the names of its modules.
import { posix } from 'node:path';
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
  return key.replaceAll('/', '.');
}

/** The plugins of a rockspec, in the order of their first modules. */
export function pluginsOf(rockspec: Rockspec): PluginModules[] {
  const plugins = new Map<string, PluginModules>();
  for (const module of rockspec.build?.modules ?? []) {
    const match = MODULE.exec(requiredName(module.name));
    const [, name, part] = match ?? [];
    if (name === undefined || part === undefined) continue;
    let plugin = plugins.get(name);
    if (plugin === undefined) plugins.set(name, (plugin = { name, dir: undefined, modules: [] }));
    const file = module.sources?.length === 1 ? module.sources[0] : undefined;
    plugin.modules.push({ part, module, file });
    plugin.dir ??= file && folderOf(cleanPath(file.value), part);
  }
  return [...plugins.values()];
}

/** The folder that a module's file tells: `kong/plugins/x` for the part `handler` and `kong/plugins/x/handler.lua`. */
function folderOf(path: string, part: string): string | undefined {
  const inner = part.replaceAll('.', '/');
  for (const ending of [`/${inner}.lua`, `/${inner}/init.lua`]) if (path.endsWith(ending)) return path.slice(0, -ending.length);
  return undefined;
}

/** A path without `.`, `..` behind a folder, or twofold slashes. */
export function cleanPath(path: string): string {
  return path === '' ? path : posix.normalize(path);
}

/** Where LuaRocks puts a module's Lua file, below share/lua/5.1 (builtin.lua: the module's last part names it, `init.lua` stays). */
export function destinationOf(module: string, file: string): string {
  const path = module.replaceAll('.', '/');
  return /(?:^|\/)init\.lua$/.test(file) && !module.endsWith('.init') ? `${path}/init.lua` : `${path}.lua`;
}

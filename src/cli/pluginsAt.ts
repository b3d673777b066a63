// The plugins that paths among the arguments name.
import { access } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import type { Plugin } from '../plugin/plugin';
import { isInside } from '../system/paths';
import { UserError } from '../system/userError';
import type { Io } from './io';
import { isFolder } from './paths';

/** The plugins the arguments name: those in and below a folder, or the one that a folder or file is part of. */
export async function pluginsAt(paths: readonly string[], io: Io): Promise<Plugin[]> {
  const { discoverPlugins } = await import('../plugin/discovery');
  const found = new Map<string, Plugin>();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    const below = (await isFolder(path, written)) ? await discoverPlugins([path], { signal: io.signal }) : [];
    const plugins = below.length > 0 ? below : await pluginAround(path, io);
    if (plugins.length === 0) {
      throw new UserError(`There is no Kong plugin in ${written}.`, {
        exitCode: 2,
        next: 'A plugin is a folder kong/plugins/NAME with a handler.lua, or what a rockspec maps to kong.plugins.NAME.handler.',
      });
    }
    for (const plugin of plugins) found.set(`${plugin.name}\n${plugin.dir}`, plugin);
  }
  return [...found.values()];
}

/** How far above a file its rockspec may be; never beyond the repository. */
const MAX_STEPS_UP = 4;

/** The plugins that a file is a part of, or that stand around a folder of them. */
export async function pluginAround(path: string, io: Io): Promise<Plugin[]> {
  const { discoverPlugins } = await import('../plugin/discovery');
  let at = dirname(path);
  for (let i = 0; i < MAX_STEPS_UP && dirname(at) !== at; i++, at = dirname(at)) {
    const plugins = await discoverPlugins([at], { signal: io.signal });
    const own = plugins.filter(
      ({ dir, modules, rockspec }) => rockspec === path || [...modules.values()].includes(path) || isInside(dir, path),
    );
    if (own.length > 0) return own;
    if (await isThere(join(at, '.git'))) break;
  }
  return [];
}

async function isThere(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

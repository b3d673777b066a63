// The plugins that paths among the arguments name, with those of their project.
import { readdir } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Plugin } from '../plugin/plugin';
import { isInside } from '../system/paths';
import { errorCode, UserError } from '../system/userError';
import type { Io } from './io';
import { isFolder } from './paths';

/** Plugins, and what else is known of where they stand. */
export interface PluginsAt {
  plugins: Plugin[];
  /** All plugins of their project or projects, the ones that they may take modules from. */
  siblings: Plugin[];
}

/** What tells plugins of one name apart. */
export const keyOf = ({ name, dir }: Plugin): string => `${name}\n${dir}`;

/** The plugins the arguments name: those in and below a folder, or the one that a folder or file is part of. Throws UserError where there is none. */
export async function pluginsAt(paths: readonly string[], io: Io): Promise<PluginsAt> {
  const found = new Map<string, Plugin>();
  const siblings = new Map<string, Plugin>();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    const below = (await isFolder(path, written)) ? await pluginsBelow([path], io) : undefined;
    const at = below !== undefined && below.plugins.length > 0 ? below : await pluginsAround(path, io);
    if (at.plugins.length === 0) {
      throw new UserError(`There is no Kong plugin in ${written}.`, {
        exitCode: 2,
        next: 'A plugin is a folder kong/plugins/NAME with a handler.lua, or what a rockspec maps to kong.plugins.NAME.handler.',
      });
    }
    for (const plugin of at.plugins) found.set(keyOf(plugin), plugin);
    for (const plugin of at.siblings) siblings.set(keyOf(plugin), plugin);
  }
  return { plugins: [...found.values()], siblings: [...siblings.values()] };
}

/** The plugins in and below folders. A folder inside a project is judged with the rockspec above it, which says what travels. */
export async function pluginsBelow(folders: readonly string[], io: Io): Promise<PluginsAt> {
  const { discoverPlugins } = await import('../plugin/discovery');
  const below = await discoverPlugins(folders, { signal: io.signal });
  const plugins = new Map(below.map((plugin) => [keyOf(plugin), plugin]));
  const siblings = new Map(plugins);
  const loose = folders.filter((folder) => below.some(({ dir, rockspec }) => rockspec === undefined && isInside(folder, dir)));
  for (const folder of loose) {
    const project = await folderAbove(folder, isRockspec);
    if (project === undefined) continue;
    for (const plugin of await discoverPlugins([project], { signal: io.signal })) {
      siblings.set(keyOf(plugin), plugin);
      if (plugins.has(keyOf(plugin))) plugins.set(keyOf(plugin), plugin);
    }
  }
  return { plugins: [...plugins.values()], siblings: [...siblings.values()] };
}

/** The plugins of the workspace that a path is in: those of its repository, or of the working directory. */
export async function workspacePlugins(path: string, io: Io): Promise<Plugin[]> {
  const { discoverPlugins } = await import('../plugin/discovery');
  const repository = await folderAbove(path, (name) => name === '.git');
  return discoverPlugins([repository ?? io.cwd], { signal: io.signal });
}

/** How far above a file its rockspec may be; never beyond the repository. */
const MAX_STEPS_UP = 8;

/** The plugins that a file is a part of, or that stand around a folder of them: as its project has them, which a rockspec or the repository tells. */
export async function pluginsAround(path: string, io: Io): Promise<PluginsAt> {
  const { discoverPlugins } = await import('../plugin/discovery');
  const projects = [
    await folderAbove(path, isRockspec),
    await folderAbove(path, (name) => name === '.git'),
    /^(.*)[/\\]kong[/\\]plugins[/\\]/.exec(path)?.[1],
    dirname(path),
    dirname(dirname(path)),
  ];
  for (const project of new Set(projects)) {
    if (project === undefined || project === '') continue;
    const siblings = await discoverPlugins([project], { signal: io.signal });
    const plugins = siblings.filter((plugin) => isPartOf(plugin, path));
    if (plugins.length > 0) return { plugins, siblings };
  }
  return { plugins: [], siblings: [] };
}

/** Whether a path is one of a plugin's files, or below its folder. */
export function isPartOf({ dir, modules, rockspec }: Plugin, path: string): boolean {
  return rockspec === path || [...modules.values()].includes(path) || isInside(dir, path);
}

const isRockspec = (name: string): boolean => name.endsWith('.rockspec');

/** The nearest folder above a path with such an entry, never beyond the repository. */
async function folderAbove(path: string, has: (name: string) => boolean): Promise<string | undefined> {
  let at = dirname(path);
  for (let i = 0; i < MAX_STEPS_UP && dirname(at) !== at; i++, at = dirname(at)) {
    const names = await namesIn(at);
    if (names.some(has)) return at;
    if (names.includes('.git')) return undefined;
  }
  return undefined;
}

async function namesIn(dir: string): Promise<string[]> {
  try {
    return await readdir(dir);
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return [];
  }
}

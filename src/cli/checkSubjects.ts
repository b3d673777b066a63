// What `check` looks at: the rockspecs, plugins, settings and configurations that its arguments name, and what is wrong with them.
import { isUtf8 } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { FolderTree } from '../plugin/folderTree';
import { readFromDisk, type ReadFile } from '../plugin/pluginCode';
import type { Plugin } from '../plugin/plugin';
import type { RockCache } from '../plugin/travel/rock';
import { UserError } from '../system/userError';
import type { Choices } from '../text/chosen';
import { mergedFiles, type FileDiagnostics } from '../text/diagnostic';
import { checkConfigurations, configurationsIn } from './checkConfigurations';
import type { Io } from './io';
import { isFolder, shownPath } from './paths';
import { isPartOf, keyOf, pluginsAround, pluginsBelow, type PluginsAt } from './pluginsAt';

/** What files are checked for. */
export interface CheckOptions {
  /** As after --kong. */
  kong: string;
  luarocks: string | undefined;
  severity: Choices;
  /** Texts by path that are read in place of those on disk. */
  texts?: ReadonlyMap<string, string>;
  /** Whether the fixes of configurations are looked for, which takes long. */
  fixes?: boolean;
}

/** What the arguments name. */
export interface Subjects {
  rockspecs: string[];
  folders: string[];
  /** Lua files of plugins: only what is wrong with these is told. */
  files: string[];
  /** Settings of a Kong. */
  confs: string[];
  /** Declarative configurations and manifests: named ones, and those below the folders. */
  configurations: string[];
  /** Folders that are there and cannot be read, with the reason. */
  closed: Map<string, unknown>;
}

/** The rockspecs, and the files of the plugins below the folders: each once, rockspecs first. Throws UserError where there is nothing. */
export async function checkSubjects(
  { rockspecs, folders, files, confs, configurations }: Subjects,
  { kong, luarocks, severity: choices, texts = new Map(), fixes = false }: CheckOptions,
  io: Io,
): Promise<FileDiagnostics[]> {
  const { checkLuaFiles, checkRockspecFile } = await import('../plugin/checkPlugin');
  const { DiskFiles } = await import('../rockspec/projectFiles');
  const rocks: RockCache = new Map();
  const read: ReadFile = async (path) => texts.get(path) ?? readFromDisk(path);
  const options = { kong, luarocks, files: new DiskFiles(), rocks, choices, ...(texts.size > 0 && { read }) };
  const results: FileDiagnostics[] = files.map((path) => ({ path, diagnostics: [] }));
  for (const path of rockspecs) {
    io.signal.throwIfAborted();
    results.push({ path, diagnostics: await checkRockspecFile(path, options) });
  }
  if (confs.length > 0) {
    const { checkKongConf } = await import('../kong/confChecks');
    for (const path of confs) {
      results.push({ path, diagnostics: checkKongConf(texts.get(path) ?? textOf(await readFile(path)), path) });
    }
  }
  const below = await pluginsBelow(folders, io);
  results.push(...(await checkConfigurations(configurations, below.plugins, { kong, choices, texts, fixes }, io)));
  if (below.plugins.length === 0 && results.length === 0) throw nothingFound(folders, io);
  for (const { plugin, siblings, only } of await pluginsToCheck(below, files, io)) {
    io.signal.throwIfAborted();
    const found = await checkLuaFiles(plugin, { ...options, siblings });
    results.push(...found.filter(({ path }) => only?.has(path) !== false));
  }
  return mergedFiles(results);
}

/** A file that is not UTF-8 as one whose every byte is a character. */
function textOf(bytes: Buffer): string {
  return bytes.toString(isUtf8(bytes) ? 'utf8' : 'latin1');
}

/** A plugin to check. */
interface PluginToCheck {
  plugin: Plugin;
  siblings: readonly Plugin[];
  /** The files of it that were named, when only they are told of. */
  only?: Set<string>;
}

/** Those below the folders, and those that named files are part of: each once. Throws UserError for a file of no plugin. */
async function pluginsToCheck({ plugins, siblings }: PluginsAt, files: readonly string[], io: Io): Promise<PluginToCheck[]> {
  const all = new Map<string, PluginToCheck>(plugins.map((plugin) => [keyOf(plugin), { plugin, siblings }]));
  const around: PluginsAt[] = [];
  for (const path of files) {
    if (plugins.some((plugin) => isPartOf(plugin, path))) continue;
    let at = around.find((known) => known.siblings.some((plugin) => isPartOf(plugin, path)));
    if (at === undefined) around.push((at = await pluginsAround(path, io)));
    const own = at.siblings.filter((plugin) => isPartOf(plugin, path));
    if (own.length === 0) throw noPluginFile(shownPath(io.cwd, path));
    for (const plugin of own) {
      const known = all.get(keyOf(plugin));
      if (known === undefined) all.set(keyOf(plugin), { plugin, siblings: at.siblings, only: new Set([path]) });
      else known.only?.add(path);
    }
  }
  return [...all.values()];
}

function nothingFound(folders: readonly string[], io: Io): UserError {
  return new UserError(
    `There is no Kong plugin and no rockspec in ${folders.map((path) => shownPath(io.cwd, path)).join(', ')}.`,
    {
      exitCode: 2,
      next: 'A plugin is a folder kong/plugins/NAME with a handler.lua, or what a rockspec maps to kong.plugins.NAME.handler.',
    },
  );
}

function noPluginFile(name: string): UserError {
  return new UserError(`${name} is no file of a Kong plugin.`, {
    exitCode: 2,
    next: 'Name a folder, a .rockspec, a Lua file of a plugin, a kong.conf or a kong.yml.',
  });
}

/** What paths name. Throws UserError for one that is not there, or is no file that can be checked. */
export async function subjectsOf(paths: readonly string[], io: Io): Promise<Subjects> {
  const { mayBeConfiguration } = await import('../config/declarative/looksLike');
  const rockspecs = new Set<string>();
  const folders = new Set<string>();
  const files = new Set<string>();
  const confs = new Set<string>();
  const configurations = new Set<string>();
  const closed: Subjects['closed'] = new Map();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    if (await isFolder(path, written)) {
      folders.add(path);
      const { scanFolders } = await import('../plugin/folderTree');
      const tree: FolderTree = new Map();
      await scanFolders(path, tree, { signal: io.signal, onUnreadable: (dir, error) => closed.set(dir, error) });
      const below = [...tree].flatMap(([dir, { files }]) =>
        files.filter((name) => name.endsWith('.rockspec')).map((name) => join(dir, name)),
      );
      for (const file of below.sort()) rockspecs.add(file);
      for (const file of await configurationsIn(tree)) configurations.add(file);
    } else if (basename(path).endsWith('rockspec')) rockspecs.add(path);
    else if (path.endsWith('.lua')) files.add(path);
    else if (/\.conf(?:\.default)?$/.test(path)) confs.add(path);
    else if (mayBeConfiguration(path)) configurations.add(path);
    else throw noPluginFile(written);
  }
  return {
    rockspecs: [...rockspecs],
    folders: [...folders],
    files: [...files],
    confs: [...confs],
    configurations: [...configurations],
    closed,
  };
}

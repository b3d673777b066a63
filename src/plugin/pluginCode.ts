// The Lua code of a plugin in memory: every module it may require from its own workspace.
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { candidateFiles } from '../lua/moduleName';
import { requireCalls } from '../lua/requires';
import { LuaSource } from '../lua/source';
import { errorCode } from '../system/userError';
import type { Plugin } from './plugin';
import { filesIn, searchedFolder } from './travel/searchedFolder';
import type { RockCache } from './travel/rock';

/** A plugin's modules as sources, and what else will be installed with it. */
export interface PluginCode {
  name: string;
  /** By module name. */
  sources: ReadonlyMap<string, LuaSource>;
  /** Names of the rocks its rockspec depends on. */
  dependencies: readonly string[];
  /** The version of its rockspec without the revision: `1.2.0`. */
  rockVersion?: string | undefined;
}

/** Reads a file; undefined when it cannot be read. Editors answer with the text that is not saved yet. */
export type ReadFile = (path: string) => Promise<string | Uint8Array | undefined>;

/** Larger files are data, not code that loading a plugin would need. */
const MAX_FILE_BYTES = 2_000_000;

/** Reads a file from disk; undefined when it cannot be read or is too large to be code. */
export async function readFromDisk(path: string): Promise<Uint8Array | undefined> {
  try {
    const bytes = await readFile(path);
    return bytes.length > MAX_FILE_BYTES ? undefined : bytes;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

/** Where a plugin's code comes from. */
export interface CodeOptions {
  /** Makes the source of a file's content: for those who read the same files again and again. */
  sourceOf?: (content: string | Uint8Array, path: string) => LuaSource;
  /** Reads a file instead of from disk: for texts that are not saved yet. */
  read?: ReadFile;
  /** The other plugins of the workspace: what they install may be required too. */
  siblings?: readonly Plugin[];
  /** Rocks that were planned before, for one run over many plugins. */
  rocks?: RockCache;
}

/** Reads the files Kong loads by name, and what they require from the plugin's own workspace, over all steps. */
export async function readPluginCode(plugin: Plugin, options: CodeOptions = {}): Promise<PluginCode> {
  const sources = await readSources(plugin, options);
  return { name: plugin.name, sources, ...(await rockOf(plugin, options.read)) };
}

/** The sources of readPluginCode alone. */
export async function readSources(
  plugin: Plugin,
  { read = readFromDisk, siblings = [], sourceOf = (content, path) => new LuaSource(content, path) }: CodeOptions = {},
): Promise<Map<string, LuaSource>> {
  const prefix = `kong.plugins.${plugin.name}.`;
  const sources = new Map<string, LuaSource>();
  const wanted = new Set<string>();
  const byFile = new Map<string, LuaSource>();
  for (const module of plugin.modules.keys()) if (module.startsWith(prefix)) wanted.add(module);
  for (const [file, path] of [
    ['handler', plugin.handler],
    ['schema', plugin.schema],
  ] as const) {
    if (path !== undefined) await add(`${prefix}${file}`, path);
  }
  for (const module of wanted) {
    if (sources.has(module)) continue;
    for (const path of candidates(module, plugin, siblings)) if (await add(module, path)) break;
  }
  return sources;

  async function add(module: string, path: string): Promise<boolean> {
    let source = byFile.get(path);
    if (source === undefined) {
      const text = await read(path);
      if (text === undefined) return false;
      source = sourceOf(text, path);
      byFile.set(path, source);
      for (const { module: required } of requireCalls(source)) if (required !== undefined) wanted.add(required);
    }
    sources.set(module, source);
    return true;
  }
}

/** Where a module's file may be: as the rockspec or the plugin's folder says, or below the folder that `lua_package_path` would name. */
function candidates(module: string, plugin: Plugin, siblings: readonly Plugin[]): string[] {
  const base = searchedFolder(plugin);
  const known = [plugin, ...siblings].flatMap(({ modules }) => modules.get(module) ?? []);
  return [
    ...known,
    ...(base === undefined ? [] : filesIn(base, module)),
    ...candidateFiles(module).map((file) => join(plugin.root, file)),
  ];
}

/** Names of the rocks that a plugin's rockspec depends on. */
export async function dependenciesOf(plugin: Plugin, read: ReadFile = readFromDisk): Promise<string[]> {
  return (await rockOf(plugin, read)).dependencies;
}

/** What a plugin's rockspec says of the rock. */
async function rockOf(
  { rockspec }: Plugin,
  read: ReadFile = readFromDisk,
): Promise<{ dependencies: string[]; rockVersion?: string | undefined }> {
  const text = rockspec === undefined ? undefined : await read(rockspec);
  if (text === undefined || rockspec === undefined) return { dependencies: [] };
  const [{ readRockspec }, { dependencyNames }] = await Promise.all([import('../rockspec/read'), import('./travel/rock')]);
  const { dependencies, version } = readRockspec(text, rockspec);
  return {
    dependencies: dependencyNames(dependencies.map(({ value }) => value)),
    rockVersion: version?.value.replace(/-\d+$/, ''),
  };
}

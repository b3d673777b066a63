// On which ways a plugin reaches a node, and which of the workspace's files are there then: what only lies beside it does not count.
import { candidateFiles } from '../../lua/moduleName';
import type { ReadFile } from '../pluginCode';
import type { Plugin } from '../plugin';
import { searchedFolder, type SearchedFolder } from './searchedFolder';
import { rockContents, type RockCache, type RockContents } from './rock';
import { slashedFrom } from '../../system/paths';

/** How a plugin is brought: in a rock, in an archive of its folder, or as the workspace's own folder on the node's search path. */
export type WayKind = 'rock' | 'archive' | 'folder';

/** One way, and what travels on it. */
export interface Way {
  kind: WayKind;
  /** As it stands in a sentence: `as a rock`. */
  title: string;
  /** Whether a file of the workspace is that module on the node. */
  brings: (module: string, path: string) => boolean;
  compiled: ReadonlySet<string>;
  /** What is taken for granted about it. */
  assumes: readonly string[];
  rock: RockContents | undefined;
}

export const WAY_TITLES: Readonly<Record<WayKind, string>> = {
  rock: 'as a rock',
  archive: 'as a rock or .tar.gz',
  folder: 'from the mounted folder',
};

export interface WayOptions {
  read: ReadFile;
  siblings: readonly Plugin[];
  rocks: RockCache;
}

/** The ways of a plugin, what people are given first: one at least. */
export async function waysOf(plugin: Plugin, options: WayOptions): Promise<Way[]> {
  const rock = await rockOf(plugin, options);
  const ways = rock === undefined ? [archiveWay(plugin)] : [rock];
  const base = searchedFolder(plugin);
  return base === undefined ? ways : [...ways, folderWay(base)];
}

async function rockOf(plugin: Plugin, options: WayOptions): Promise<Way | undefined> {
  const { read, rocks } = options;
  const own = plugin.rockspec === undefined ? undefined : await rockContents(plugin.rockspec, read, rocks);
  if (own === undefined || !(own.hasPlugin(plugin.name) || own.builtBy !== undefined)) return undefined;
  // A rock that takes the handler from elsewhere brings another copy of the plugin than this one.
  const handler = own.fileOf(`kong.plugins.${plugin.name}.handler`);
  if (handler !== undefined && plugin.handler !== undefined && handler !== plugin.handler) return undefined;
  const way = { kind: 'rock', title: WAY_TITLES.rock, rock: own, compiled: own.compiled } as const;
  if (own.builtBy !== undefined) {
    return {
      ...way,
      brings: () => true,
      assumes: ['that the rock, which LuaRocks builds by running programs, holds all its files'],
    };
  }
  const beside = await dependenciesInWorkspace(own, options);
  return {
    ...way,
    brings: (module, path) => [own, ...beside].some((contents) => contents.fileOf(module) === path),
    assumes: [],
  };
}

/** The rocks of the workspace's other plugins that a rock depends on: they are installed with it. */
async function dependenciesInWorkspace(own: RockContents, { read, rocks, siblings }: WayOptions): Promise<RockContents[]> {
  // LuaRocks takes `lua` for the interpreter, never for a rock.
  const wanted = own.dependencies.filter((name) => name !== 'lua');
  if (wanted.length === 0) return [];
  const paths = new Set(
    siblings.flatMap(({ rockspec }) => (rockspec === undefined || rockspec === own.rockspec ? [] : [rockspec])),
  );
  const others = await Promise.all([...paths].map((path) => rockContents(path, read, rocks)));
  return others.flatMap((other) => (other !== undefined && wanted.includes(other.name) ? [other] : []));
}

/** What packing makes of a folder without a rockspec: the plugin's own folder. */
function archiveWay(plugin: Plugin): Way {
  // A folder's init.lua answers to the folder's name and to its own.
  const brings = (module: string, path: string): boolean =>
    [module, module.replace(/\.init$/, '')].some((name) => plugin.modules.get(name) === path);
  return { kind: 'archive', title: WAY_TITLES.archive, brings, compiled: new Set(), assumes: [], rock: undefined };
}

function folderWay(base: SearchedFolder): Way {
  const brings = (module: string, path: string): boolean => {
    return candidateFiles(module).includes(base.prefix + slashedFrom(base.dir, path));
  };
  return { kind: 'folder', title: WAY_TITLES.folder, brings, compiled: new Set(), assumes: [], rock: undefined };
}

// Which plugins' files are on a node, where they came from, and what is in them.
import { createHash } from 'node:crypto';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { moduleCandidates, pluginRoots } from '../../kong/packagePath';
import { candidateFiles, installedFile } from '../../lua/moduleName';
import type { Plugin } from '../../plugin/plugin';
import { errorCode, UserError } from '../../system/userError';
import { moduleOwners, TREE_MANIFEST, type Provider } from '../../luarocks/treeManifest';
import { readReceipts, type Receipt } from './receipts';
import type { InstallKind } from '../types';
import type { NodeView } from './view';

/** A plugin whose files a node's Kong finds. */
export interface InstalledPlugin {
  name: string;
  via: InstallKind | null;
  /** The rock's version, or the handler's VERSION where no rock brought it. */
  version: string | null;
  rock: string | undefined;
  /** The folder that holds `kong/plugins/NAME`, and that folder. */
  root: string;
  dir: string;
  /** Every file of the folder by relative path. */
  files: ReadonlyMap<string, Buffer>;
  /** What Lua finds for the plugin's modules: each module by itself, so a later folder of the path fills the gaps of an earlier one. */
  found: ReadonlyMap<string, Buffer>;
  /** Absolute, on the node; undefined when there is none. */
  handler: string | undefined;
  schema: string | undefined;
}

/** Whoever only looks at a node is not held up by receipts that may not be read: how plugins came there is then not known. */
async function receiptsIfReadable(view: NodeView): Promise<ReadonlyMap<string, Receipt>> {
  try {
    return await readReceipts(view);
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}

/** The files under which Lua finds a module of a plugin's folder. */
const fileOf = (files: ReadonlyMap<string, Buffer>, module: string): string | undefined =>
  candidateFiles(module).find((path) => files.has(path));

/** A plugin's name and a folder that may hold `kong/plugins/NAME`. */
interface PluginPlace {
  root: string;
  name: string;
}

type Tree = PluginPlace & { files: ReadonlyMap<string, Buffer> };

/** Whose a plugin's files are. */
interface Owners {
  rocks: ReadonlyMap<string, Provider>;
  receipts: ReadonlyMap<string, Receipt>;
  isKongs: (place: PluginPlace) => boolean;
}

/**
 * Every custom plugin on the node's search path, the first of equal names, and of `also` those that are there under another layout.
 * Plugins that belong to Kong itself are left out.
 */
export async function installedPlugins(view: NodeView, also: readonly string[] = []): Promise<Map<string, InstalledPlugin>> {
  const roots = pluginRoots(view.patterns);
  const [owners, ...listings] = await Promise.all([
    ownersOf(view),
    ...roots.map((root) => view.node.list(`${root}/kong/plugins`)),
  ]);
  const places = roots
    .flatMap((root, i) => (listings[i] ?? []).map((name) => ({ root, name })))
    .filter((place) => !owners.isKongs(place));
  const others = also.filter((name) => !places.some((place) => place.name === name));
  const unusual = (await Promise.all(others.map((name) => unusualPlace(view, name)))).flat();
  return assembled(view, owners, await treesIn(view, [...places, ...unusual]));
}

/** One custom plugin, as `installedPlugins` has it, for less; a name that is no folder's, such as a log may hold, is nowhere. */
export async function installedPlugin(view: NodeView, name: string): Promise<InstalledPlugin | undefined> {
  if (/^\.{0,2}$|[/\0]/.test(name)) return undefined;
  const places = pluginRoots(view.patterns).map((root) => ({ root, name }));
  const [owners, found] = await Promise.all([ownersOf(view), treesIn(view, places)]);
  const own = found.filter((tree) => !owners.isKongs(tree));
  const trees = own.length > 0 ? own : await treesIn(view, await unusualPlace(view, name));
  return assembled(view, owners, trees).get(name);
}

async function ownersOf(view: NodeView): Promise<Owners> {
  const { node, facts } = view;
  const [rocks, receipts, hasKong] = await Promise.all([
    rocksOfPlugins(view),
    receiptsIfReadable(view),
    node.stat(`${facts.tree}/share/lua/5.1/kong/meta.lua`),
  ]);
  return { rocks, receipts, isKongs: kongsOwn(view, rocks, hasKong !== undefined) };
}

async function treesIn(view: NodeView, places: readonly PluginPlace[]): Promise<Tree[]> {
  const trees = places.map(async ({ root, name }): Promise<Tree[]> => {
    const files = await view.node.readTree(`${root}/kong/plugins/${name}`);
    return files === undefined ? [] : [{ root, name, files }];
  });
  return (await Promise.all(trees)).flat();
}

function assembled({ facts }: NodeView, { rocks, receipts }: Owners, trees: readonly Tree[]): Map<string, InstalledPlugin> {
  const installed = new Map<string, InstalledPlugin>();
  for (const name of new Set(trees.map((tree) => tree.name))) {
    const copies = trees.filter((tree) => tree.name === name);
    const found = new Map(copies.reverse().flatMap(({ files }) => [...files]));
    const placeOf = (module: string): string | undefined => {
      const path = fileOf(found, module);
      const copy = path === undefined ? undefined : copies.findLast(({ files }) => files.has(path));
      return copy === undefined || path === undefined ? undefined : `${copy.root}/kong/plugins/${name}/${path}`;
    };
    const [handler, schema] = [placeOf('handler'), placeOf('schema')];
    const first = copies.findLast(({ files }) => fileOf(files, 'handler') !== undefined) ?? copies.at(-1);
    if (first === undefined || (handler === undefined && schema === undefined)) continue;
    const { root, files } = first;
    const inTree = root === `${facts.tree}/share/lua/5.1`;
    const rock = inTree ? rocks.get(name) : undefined;
    const text = found.get(fileOf(found, 'handler') ?? '')?.toString('utf8') ?? '';
    installed.set(name, {
      name,
      via: viaOf(rock?.name, receipts.get(name), inTree),
      version: rock?.version ?? writtenVersion(text) ?? null,
      rock: rock?.name,
      root,
      dir: `${root}/kong/plugins/${name}`,
      files,
      found,
      handler,
      schema,
    });
  }
  return installed;
}

/** One number for the content of a plugin: its Lua files by module, whatever folder they are in. */
export function contentHash(files: ReadonlyMap<string, Uint8Array>): string {
  const hash = createHash('sha256');
  for (const [path, content] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    if (!path.endsWith('.lua')) continue;
    hash.update(`${path}\0${content.length}\0`).update(content);
  }
  return hash.digest('hex');
}

/** Lua modules, by name, as files below a root of the search path. One that cannot be read is left out for the error codes that `mayMiss` takes. */
export async function readModules(
  modules: Iterable<readonly [module: string, file: string]>,
  mayMiss: (code: string) => boolean,
): Promise<Map<string, Buffer>> {
  const { readFile } = await import('node:fs/promises');
  const read = [...modules].map(async ([module, file]): Promise<[string, Buffer][]> => {
    const content = await readFile(file).catch((error: unknown) => {
      const code = errorCode(error);
      if (code === undefined || !mayMiss(code)) throw error;
      return undefined;
    });
    return content === undefined ? [] : [[installedFile(module, file), content]];
  });
  return new Map((await Promise.all(read)).flat());
}

/**
 * A workspace plugin's Lua files as they lie below `kong/plugins/NAME` once installed. A file that a rockspec names and that cannot be read is left
 * out: what is installed differs from it.
 */
export async function workspaceFiles(plugin: Plugin): Promise<Map<string, Buffer>> {
  const own = [...plugin.modules].filter(([module]) => module.startsWith(`kong.plugins.${plugin.name}.`));
  const folder = `kong/plugins/${plugin.name}/`;
  const files = await readModules(own, () => true);
  return new Map([...files].map(([path, content]) => [path.slice(folder.length), content]));
}

/** The VERSION a handler gives itself as a literal. */
export function writtenVersion(text: string): string | undefined {
  return /\bVERSION\s*=\s*(["'])([^"'\n]*)\1/.exec(text)?.[2];
}

function viaOf(rock: string | undefined, receipt: Receipt | undefined, inTree: boolean): InstallKind | null {
  if (rock !== undefined) return receipt?.via === 'source' ? 'source' : 'rock';
  if (receipt !== undefined) return receipt.via;
  return inTree ? null : 'path';
}

/** The rock that owns each plugin's handler; none is known where the tree's manifest cannot be read. */
async function rocksOfPlugins(view: NodeView): Promise<Map<string, Provider>> {
  const manifest = await view.node.read(`${view.facts.tree}/${TREE_MANIFEST}`).catch(() => undefined);
  try {
    return new Map(
      [...moduleOwners(manifest)].flatMap(([module, rock]): [string, Provider][] => {
        const plugin = /^kong\.plugins\.(.+)\.handler$/s.exec(module)?.[1];
        return plugin === undefined ? [] : [[plugin, rock]];
      }),
    );
  } catch (error) {
    if (error instanceof UserError) return new Map();
    throw error;
  }
}

/** Tells whether a plugin of a root folder came with Kong: the rock `kong` owns it, or it is on the list and Kong's own files are there too. */
function kongsOwn(view: NodeView, rocks: ReadonlyMap<string, { name: string }>, hasKong: boolean): Owners['isKongs'] {
  const home = `${view.facts.tree}/share/lua/5.1`;
  const bundled = bundledPlugins(view.version);
  return ({ root, name }) => {
    if (root !== home) return false;
    const owner = rocks.get(name)?.name;
    return owner === 'kong' || (owner === undefined && hasKong && bundled.has(name));
  };
}

/** Where a pattern that names no root folder (`/x/?/y.lua`) leads for a plugin. */
async function unusualPlace(view: NodeView, name: string): Promise<PluginPlace[]> {
  const usual = new Set(pluginRoots(view.patterns));
  const suffix = `/kong/plugins/${name}/handler.lua`;
  for (const path of moduleCandidates(view.patterns, `kong.plugins.${name}.handler`)) {
    if (!path.endsWith(suffix) || usual.has(path.slice(0, -suffix.length))) continue;
    if ((await view.node.stat(path)) !== undefined) return [{ root: path.slice(0, -suffix.length), name }];
  }
  return [];
}

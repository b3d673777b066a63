// What a remedy works with: the finding, the plugin in the workspace that it is about, and how its files are read.
import { distance } from 'fastest-levenshtein';
import { LuaSource } from '../../lua/source';
import type { Plugin } from '../../plugin/plugin';
import { readFromDisk, type ReadFile } from '../../plugin/pluginCode';
import { readModuleTable, returnsTable } from '../../plugin/sourceEdits/moduleTable';
import type { FileChange } from '../../text/diagnostic';
import type { Finding } from '../../troubleshoot/finding';
import type { RemedyKind } from '../../troubleshoot/remedyKinds';
import type { Keep } from '../steps/keepUses';
import type { Operation } from '../plan/plan';

/** One finding, ready to be mended. */
export interface RemedyCase {
  finding: Finding;
  /** The name Kong knows the plugin by, when the finding or the workspace tells it. */
  name: string | undefined;
  /** The plugin in the workspace. */
  plugin: Plugin | undefined;
  /** The plugins of the workspace, it among them. */
  siblings: readonly Plugin[];
  /** Reads a workspace file; editors answer with the text that is not saved yet. */
  read: ReadFile;
  /** Keeps what is taken out of a configuration as a file; returns where. */
  keep: Keep;
}

/** A remedy: what it changes in the workspace, and what it then does on a node. Either may be missing. */
export interface Remedy {
  /** What the case must know: the plugin's name, its source in the workspace, or nothing. */
  needs: 'name' | 'source' | 'nothing';
  /** Whether it is one for this finding, where its kind alone does not tell. */
  fits?: (about: RemedyCase) => boolean | Promise<boolean>;
  /** What it will do, in one sentence, beyond what the steps say. */
  says: string;
  /** The changes of workspace files; none when they are right already. */
  changes?: (about: RemedyCase) => Promise<FileChange[]>;
  /** What is done on the node once the changes are made. */
  operation?: (about: RemedyCase) => Promise<Operation>;
}

export type RemedyTable = Partial<Record<RemedyKind, Remedy>>;

/** What a case is made from. */
export interface CaseOptions {
  read?: ReadFile;
  keep?: Keep;
}

/** Makes the case of a finding: finds its plugin among those of the workspace, also where Kong does not say whose fault it is. */
export async function caseOf(finding: Finding, plugins: readonly Plugin[], options: CaseOptions = {}): Promise<RemedyCase> {
  const { read = readFromDisk, keep = () => Promise.resolve('') } = options;
  const lua = plugins.filter(({ language }) => language === 'lua');
  const plugin =
    lua.find(({ name }) => name === finding.plugin) ??
    lua.find(({ modules }) => [...modules].some(([module, path]) => module === finding.module || path === finding.file)) ??
    misspelt(finding, lua) ??
    (await ofRock(finding.plugin, lua, read)) ??
    (finding.plugin === null ? await returningNothing(finding, lua, read) : undefined);
  return { finding, name: finding.plugin ?? plugin?.name, plugin, siblings: plugins, read, keep };
}

/** The plugin that the list was meant to name, where it names one that is nowhere: joined in another way, or with a slip. */
function misspelt({ id, plugin }: Finding, plugins: readonly Plugin[]): Plugin | undefined {
  if (id !== 'plugin-enabled-not-installed' || plugin === null) return undefined;
  const bare = (name: string): string => name.toLowerCase().replace(/[-_.\s]/g, '');
  const near = plugins.filter(({ name }) => distance(bare(name), bare(plugin)) <= (bare(plugin).length > 4 ? 1 : 0));
  return new Set(near.map(({ name }) => name)).size === 1 ? near[0] : undefined;
}

/** The plugin that a rock of that name carries: by its rockspec, or by the usual prefix. */
async function ofRock(rock: string | null, plugins: readonly Plugin[], read: ReadFile): Promise<Plugin | undefined> {
  if (rock === null) return undefined;
  const { readRockspec } = await import('../../rockspec/read');
  for (const plugin of plugins) {
    if (plugin.rockspec === undefined) continue;
    const text = await read(plugin.rockspec);
    if (text !== undefined && readRockspec(text, plugin.rockspec).package?.value === rock) return plugin;
  }
  return plugins.find(({ name }) => rock === `kong-plugin-${name}` || rock === `kong-${name}`);
}

/** Kong does not say whose module returns nothing; where one plugin of the workspace has such a file, it is that one. */
async function returningNothing(finding: Finding, plugins: readonly Plugin[], read: ReadFile): Promise<Plugin | undefined> {
  if (!/returned-nothing|not-table|module-broken/.test(finding.id)) return undefined;
  const found = await Promise.all(plugins.map(async (plugin) => (await filesWithoutTable(plugin, read)).length > 0));
  return plugins.find((_, i) => found[i]);
}

/** The modules that Kong loads by name and that must return a table. */
const LOADED = ['handler', 'schema', 'daos', 'api', 'migrations', 'migrations.init'];

/** The plugin's files that Kong loads and that return no table. */
export async function filesWithoutTable(plugin: Plugin, read: ReadFile): Promise<LuaSource[]> {
  const paths = new Set(LOADED.flatMap((module) => plugin.modules.get(`kong.plugins.${plugin.name}.${module}`) ?? []));
  for (const path of [plugin.handler, plugin.schema]) if (path !== undefined) paths.add(path);
  const sources = await Promise.all([...paths].map((path) => sourceOf(path, read)));
  return sources.filter((source): source is LuaSource => {
    const module = source === undefined ? undefined : readModuleTable(source);
    return module !== undefined && !returnsTable(module);
  });
}

/** A workspace file as Lua source; undefined when there is none. */
export async function sourceOf(path: string | undefined, read: ReadFile): Promise<LuaSource | undefined> {
  const text = path === undefined ? undefined : await read(path);
  return text === undefined ? undefined : new LuaSource(text, path);
}

// From listed folders to plugins: who is one, what its name is, which rockspec is its own.
import { readFile } from 'node:fs/promises';
import { basename, dirname, join, sep } from 'node:path';
import { candidateFiles, moduleOfFile } from '../lua/moduleName';
import { projectFolder } from '../rockspec/projectFolder';
import { errorCode } from '../system/userError';
import { hasFile, isPluginFolder, type FolderTree } from './folderTree';
import type { Plugin } from './plugin';
import { findServerPlugins } from './pluginServers';
import { readRockspecModules } from './rockspecMap';

/** A rockspec of the workspace with what it maps, paths absolute. */
interface MappedRockspec {
  path: string;
  project: string;
  modules: ReadonlyMap<string, string>;
}

/** Rockspecs that were read, by path; an entry is dropped when its file changes. */
export type RockspecCache = Map<string, MappedRockspec>;

type Projects = ReadonlyMap<string, readonly MappedRockspec[]>;

const HANDLER_FILES = candidateFiles('handler');
const HANDLER_MODULE = /^kong\.plugins\.(.+)\.handler$/;
/** Names of a handler's folder that cannot be the plugin's own. */
const GENERIC_FOLDERS = new Set(['src', 'lua', 'lib', 'plugin', 'plugins', 'kong']);
const READ_AT_ONCE = 32;
const newestFirst = new Intl.Collator('en', { numeric: true });

/** Every plugin in the listed folders, sorted by name and folder; reads the rockspecs that `cache` lacks. */
export async function assemble(tree: FolderTree, cache: RockspecCache, signal?: AbortSignal): Promise<Plugin[]> {
  const projects = await readRockspecs(tree, cache, signal);
  const plugins = mappedPlugins(projects, tree);
  const taken = new Set(plugins.map(({ dir }) => dir));
  for (const [dir, { files }] of tree) {
    const hasHandler = handlerIn(dir, tree) !== undefined;
    const hasSchema = files.includes('schema.lua');
    if ((!hasHandler && !hasSchema) || taken.has(dir)) continue;
    if (isPluginFolder(dir)) {
      plugins.push(conventionalPlugin(dir, tree, projects));
      taken.add(dir);
    } else if (hasHandler && hasSchema && !isBelowAny(dir, taken)) {
      const plugin = await loosePlugin(dir, tree);
      if (plugin !== undefined) plugins.push(plugin);
    }
  }
  plugins.push(...(await findServerPlugins(tree, signal)));
  return plugins
    .filter((plugin) => !isMisplaced(plugin, plugins, tree))
    .sort((a, b) => compare(a.name, b.name) || compare(a.dir, b.dir));
}

/** Whether a rockspec's line only names the wrong folder for a plugin that is found elsewhere in its project. */
function isMisplaced({ name, dir, root, handler }: Plugin, plugins: readonly Plugin[], tree: FolderTree): boolean {
  if (handler !== undefined || tree.has(dir)) return false;
  return plugins.some((other) => other.name === name && other.dir !== dir && `${other.dir}${sep}`.startsWith(`${root}${sep}`));
}

/** All rockspecs by project, the newest of each project first. */
async function readRockspecs(tree: FolderTree, cache: RockspecCache, signal?: AbortSignal): Promise<Projects> {
  const paths: string[] = [];
  for (const [dir, { files }] of tree) for (const name of files) if (name.endsWith('.rockspec')) paths.push(join(dir, name));
  const known = new Set(paths);
  for (const path of cache.keys()) if (!known.has(path)) cache.delete(path);
  const unread = paths.filter((path) => !cache.has(path));
  const readNext = async (): Promise<void> => {
    for (let path = unread.pop(); path !== undefined; path = unread.pop()) {
      signal?.throwIfAborted();
      const project = projectFolder(path);
      const modules = new Map<string, string>();
      for (const [module, file] of await readRockspecModules(path)) modules.set(module, join(project, file));
      cache.set(path, { path, project, modules });
    }
  };
  await Promise.all(Array.from({ length: READ_AT_ONCE }, readNext));
  const projects = new Map<string, MappedRockspec[]>();
  for (const path of paths) {
    const rockspec = cache.get(path);
    if (rockspec === undefined) continue;
    const others = projects.get(rockspec.project);
    if (others === undefined) projects.set(rockspec.project, [rockspec]);
    else others.push(rockspec);
  }
  for (const rockspecs of projects.values()) rockspecs.sort((a, b) => newestFirst.compare(rank(b.path), rank(a.path)));
  return projects;
}

/** A file name to sort rockspecs of one project by version: those without a number, or of a branch, are the oldest. */
function rank(path: string): string {
  const name = basename(path);
  return /-\d[^-]*-\d+\.rockspec$/.test(name) ? `1${name}` : `0${name}`;
}

/** What rockspecs map to `kong.plugins.<name>.handler`. The innermost project's newest rockspec decides about a file. */
function mappedPlugins(projects: Projects, tree: FolderTree): Plugin[] {
  const plugins: Plugin[] = [];
  const owner = new Map<string, MappedRockspec>();
  const innermostFirst = [...projects].sort(([a], [b]) => b.length - a.length);
  for (const [project, rockspecs] of innermostFirst) {
    for (const rockspec of rockspecs) {
      for (const [module, file] of rockspec.modules) {
        const name = HANDLER_MODULE.exec(module)?.[1];
        if (name === undefined || isPartOfAnother(name, rockspec)) continue;
        const exists = hasFile(tree, file);
        // Old rockspecs are kept for the record: a handler that is gone concerns only the newest one.
        if (!exists && (rockspec !== rockspecs[0] || isPluginFolder(dirname(file)))) continue;
        if ((owner.get(file) ?? rockspec) !== rockspec) continue;
        owner.set(file, rockspec);
        const schema = rockspec.modules.get(`kong.plugins.${name}.schema`) ?? join(dirname(file), 'schema.lua');
        plugins.push({
          name,
          language: 'lua',
          dir: dirname(file),
          root: project,
          handler: exists ? file : undefined,
          schema: hasFile(tree, schema) ? schema : undefined,
          rockspec: rockspec.path,
          modules: withOwnModules(folderModules(dirname(file), `kong.plugins.${name}`, tree), rockspec, name, tree),
        });
      }
    }
  }
  return plugins;
}

/** Whether a handler lies deeper in the folder of a plugin that the same rockspec installs: a copy or a part of that, no plugin. */
function isPartOfAnother(name: string, { modules }: MappedRockspec): boolean {
  const parts = name.split('.');
  return parts.some((_, i) => i > 0 && modules.has(`kong.plugins.${parts.slice(0, i).join('.')}.handler`));
}

/** The modules of a folder with those of a rockspec that are not another plugin's; a mistyped line does not hide the file that is there. */
function withOwnModules(
  present: Map<string, string>,
  rockspec: MappedRockspec,
  name: string,
  tree: FolderTree,
): Map<string, string> {
  const modules = new Map(present);
  for (const [module, file] of rockspec.modules) {
    const own = !module.startsWith('kong.plugins.') || module.startsWith(`kong.plugins.${name}.`);
    if (own && (hasFile(tree, file) || !present.has(module))) modules.set(module, file);
  }
  return modules;
}

/** The handler of a plugin's folder. */
function handlerIn(dir: string, tree: FolderTree): string | undefined {
  return HANDLER_FILES.map((file) => join(dir, file)).find((path) => hasFile(tree, path));
}

/** `kong/plugins/<name>` as Kong finds it in a folder of `lua_package_path`, with the rockspec that stands beside `kong` or names it from above. */
function conventionalPlugin(dir: string, tree: FolderTree, projects: Projects): Plugin {
  const name = basename(dir);
  const base = dirname(dirname(dirname(dir)));
  const module = `kong.plugins.${name}`;
  const handler = handlerIn(dir, tree);
  const named = rockspecOf(base, `${module}.`, projects);
  // A rockspec that takes the handler from elsewhere is that of another copy of the plugin.
  const taken = named?.modules.get(`${module}.handler`);
  const rockspec = taken === undefined || taken === handler || !hasFile(tree, taken) ? named : undefined;
  const schema = join(dir, 'schema.lua');
  const present = folderModules(dir, module, tree);
  return {
    name,
    language: 'lua',
    dir,
    root: rockspec?.project ?? base,
    handler,
    schema: hasFile(tree, schema) ? schema : undefined,
    rockspec: rockspec?.path,
    modules: rockspec === undefined ? present : withOwnModules(present, rockspec, name, tree),
  };
}

function rockspecOf(base: string, prefix: string, projects: Projects): MappedRockspec | undefined {
  for (let at = base; ; at = dirname(at)) {
    for (const rockspec of projects.get(at) ?? []) {
      const modules = [...rockspec.modules.keys()];
      if (modules.some((module) => module.startsWith(prefix))) return rockspec;
      if (at === base && !modules.some((module) => module.startsWith('kong.plugins.'))) return rockspec;
    }
    if (dirname(at) === at) return undefined;
  }
}

/**
 * A folder with a handler and a schema outside of any `kong/plugins`, deployed by a Dockerfile or by hand: a plugin when its handler speaks to
 * Kong. Its name is the schema's, or else the folder's.
 */
async function loosePlugin(dir: string, tree: FolderTree): Promise<Plugin | undefined> {
  const handler = join(dir, 'handler.lua');
  const schema = join(dir, 'schema.lua');
  const [handlerText, schemaText] = await Promise.all([readText(handler), readText(schema)]);
  if (!/\bPRIORITY\b|\bkong\.plugins\.|\bkong\.(?:log|request|response|service|ctx|client)\b/.test(handlerText)) return undefined;
  if (!/\bfields\b/.test(schemaText)) return undefined;
  const folder = GENERIC_FOLDERS.has(basename(dir)) ? basename(dirname(dir)).replace(/^kong-plugin-/, '') : basename(dir);
  const name = /\bname\s*=\s*["']([\w.-]+)["']\s*,\s*(?:--[^\n]*\n\s*)*(?:fields|no_consumer)\b/.exec(schemaText)?.[1] ?? folder;
  const modules = folderModules(dir, `kong.plugins.${name}`, tree);
  return { name, language: 'lua', dir, root: dir, handler, schema, rockspec: undefined, modules };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return '';
  }
}

/** Every Lua file below a folder by the module name it has when the folder is `prefix`; `init.lua` stands for its folder (`?/init.lua`). */
function folderModules(dir: string, prefix: string, tree: FolderTree, modules = new Map<string, string>()): Map<string, string> {
  const folder = tree.get(dir);
  for (const file of folder?.files ?? []) {
    if (file.endsWith('.lua')) modules.set(moduleOfFile(`${prefix}/${file}`), join(dir, file));
  }
  for (const name of folder?.folders ?? []) folderModules(join(dir, name), `${prefix}.${name}`, tree, modules);
  return modules;
}

function isBelowAny(dir: string, folders: ReadonlySet<string>): boolean {
  for (let at = dirname(dir); dirname(at) !== at; at = dirname(at)) if (folders.has(at)) return true;
  return false;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

// What Kong's plugin loader would say to the files on a node.
import { moduleCandidates } from '../../kong/packagePath';
import { hasKongModule } from '../../kong/kongModules';
import { isAtLeast } from '../../kong/versions';
import { moduleOfFile, modulePath } from '../../lua/moduleName';
import { LuaSource } from '../../lua/source';
import type { Node } from '../../node/node';
import type { PluginCode } from '../../plugin/pluginCode';
import type { KnownProblem } from '../../troubleshoot/problem';
import type { InstalledPlugin } from './installed';
import type { NodeView } from './view';

/** What the loader would say to a plugin. */
export interface LoaderVerdict {
  /** What keeps it from taking the plugin. */
  stops: KnownProblem[];
  /** Why that cannot be known without running it. */
  doubt: string | undefined;
}

/** What the loader would say to a plugin of a node. */
export async function loaderProblems(view: NodeView, name: string, plugin: InstalledPlugin | undefined): Promise<LoaderVerdict> {
  const { preflightCode, refusal } = await import('../../plugin/preflight');
  if (plugin?.handler === undefined) {
    const said = refusal(name, notInstalled(view, name));
    return { stops: [{ id: 'plugin-enabled-not-installed', words: {}, plugin: name, said }], doubt: undefined };
  }
  const { stops, verdict } = preflightCode(await codeOf(view, name, plugin), view.version, {
    database: view.setting('database').value,
    luaRoot: plugin.root,
    variable: view.facts.variable,
  });
  return { stops, doubt: verdict.verdict === 'unknown' ? verdict.message : undefined };
}

/** The code of a plugin of a node, with what it requires as the node finds it. */
export async function codeOf(view: NodeView, name: string, plugin: InstalledPlugin): Promise<PluginCode> {
  const modules = [...plugin.found].filter(([path]) => path.endsWith('.lua'));
  const sources = new Map(
    modules.map(([path, content]) => [
      `kong.plugins.${name}.${moduleOfFile(path)}`,
      new LuaSource(content, `${plugin.dir}/${path}`),
    ]),
  );
  const compiled = await addRequired(view, sources);
  return { name, sources, dependencies: compiled };
}

const REQUIRE = /\brequire\s*(?:\(\s*)?(?:"([\w.-]+)"|'([\w.-]+)')/g;

/**
 * Adds the modules that sources require and that Kong does not bring, as the node's search path finds them. Returns the names of those that
 * are there in compiled form, which cannot be read.
 */
export async function addRequired(view: NodeView, sources: Map<string, LuaSource>): Promise<string[]> {
  const compiled: string[] = [];
  const looked = new Set<string>();
  for (const source of sources.values()) {
    for (const match of source.bytes.matchAll(REQUIRE)) {
      const module = match[1] ?? match[2] ?? '';
      if (looked.has(module) || sources.has(module) || hasKongModule(module, view.version)) continue;
      looked.add(module);
      const path = await firstFile(view.node, moduleCandidates(view.patterns, module));
      const content = path === undefined ? undefined : await view.node.read(path);
      if (content !== undefined) sources.set(module, new LuaSource(content, path));
      else if ((await firstFile(view.node, [`${view.facts.tree}/lib/lua/5.1/${modulePath(module)}.so`])) !== undefined)
        compiled.push(module);
    }
  }
  return compiled;
}

/** The first of some paths that exists on a node. */
export async function firstFile(node: Node, paths: readonly string[]): Promise<string | undefined> {
  for (const path of paths) if ((await node.stat(path)) !== undefined) return path;
  return undefined;
}

/** 2.3 and later no longer say where they looked (kong/tools/utils.lua and module.lua of the tags). */
function notInstalled(view: NodeView, name: string): string {
  const head = `${name} plugin is enabled but not installed;\n`;
  if (isAtLeast(view.version, '2.3')) return `${head}no plugin found`;
  const module = `kong.plugins.${name}.handler`;
  const searched = moduleCandidates(view.patterns, module).map((path) => `\tno file '${path}'`);
  return `${head}module '${module}' not found:\n${searched.join('\n')}`;
}

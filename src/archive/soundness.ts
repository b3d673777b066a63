// What a plugin lacks in an archive so that it would install and then fail at Kong's start: half of the plugin, modules of its own, sound Lua.
import { hasKongModule } from '../kong/kongModules';
import { DEFAULT_KONG, parseKongVersion } from '../kong/versions';
import { candidateFiles, moduleOfFile, moduleOfPath } from '../lua/moduleName';
import { parse } from '../lua/parser';
import { LuaSource } from '../lua/source';
import type { FileContent } from '../luarocks/files';
import { supplyOf, type Supply } from '../plugin/travel/supply';
import { reachable, unansweredRequires } from '../plugin/travel/unanswered';

/** A `require` of a module that is missing. */
export interface MissingRequire {
  module: string;
  /** Path in the rock and one-based line of the call. */
  path: string;
  line: number;
  /** Whether it is a module of a plugin in the rock. */
  own: boolean;
}

/** A plugin may take the place of a bundled one and use the rest of its files. */
const KONG = parseKongVersion(DEFAULT_KONG);
const HANDLER = /^lua\/kong\/plugins\/(.+)\/handler(?:\/init)?\.lua$/;
const HALF = /^lua\/kong\/plugins\/(.+)\/(?:handler|schema)(?:\/init)?\.lua$/;

/** Names of the plugins whose handler is among the files of a rock. */
export function pluginsInRock(paths: Iterable<string>): string[] {
  return outermost([...paths].flatMap((path) => HANDLER.exec(path)?.[1] ?? [])).map(moduleOfPath);
}

/** Folders that lie in no other of them: what is called handler.lua deeper in a plugin is a copy or a part of it. */
function outermost(folders: readonly string[]): string[] {
  return [...new Set(folders)].filter((folder) => !folders.some((other) => folder.startsWith(`${other}/`)));
}

/** Whether a path in a rock is the handler or the schema that Kong loads of a plugin there. */
export function isEssential(path: string, plugins: readonly string[]): boolean {
  const folder = HALF.exec(path)?.[1];
  return folder !== undefined && plugins.includes(moduleOfPath(folder));
}

/** Plugins of which a rock holds the handler without the schema, or the other way round: Kong loads neither half alone. */
export function halfPlugins(files: readonly FileContent[]): { name: string; missing: 'handler' | 'schema' }[] {
  const paths = new Set(files.map((file) => file.path));
  const names = outermost([...paths].flatMap((path) => HALF.exec(path)?.[1] ?? []));
  return names.flatMap((name) =>
    (['handler', 'schema'] as const)
      .filter((half) => !candidateFiles(half).some((file) => paths.has(`lua/kong/plugins/${name}/${file}`)))
      .filter((half) => hasKongModule(`kong.plugins.${moduleOfPath(name)}.${half}`, KONG) !== true)
      .map((missing) => ({ name: moduleOfPath(name), missing })),
  );
}

/**
 * Requires, in what Kong reaches of the rock's plugins, that neither the rock nor Kong nor a dependency answers. Calls under `pcall` are
 * optional and not named.
 */
export function missingModules(files: readonly FileContent[], dependencies: readonly string[]): MissingRequire[] {
  const plugins = pluginsInRock(files.map(({ path }) => path));
  const { sources, compiled } = rockModules(files);
  const supplied = [...dependencies, ...compiled];
  return plugins.flatMap((name) => {
    const supply = (module: string): Supply => supplyOf(module, name, supplied, KONG);
    return unansweredRequires({ plugins: [name], sources, version: KONG, supply }).map(({ module, source, place }) => ({
      module,
      path: source.path ?? '',
      line: source.line(place.start),
      own: plugins.some((plugin) => module.startsWith(`kong.plugins.${plugin}.`)),
    }));
  });
}

/** Paths of the rock's Lua files that Kong reaches from its plugins; undefined when it holds none, or a computed require may reach any. */
export function reachedFiles(files: readonly FileContent[]): ReadonlySet<string> | undefined {
  const plugins = pluginsInRock(files.map(({ path }) => path));
  const { sources, computed } = reachable({ plugins, sources: rockModules(files).sources });
  if (plugins.length === 0 || computed.length > 0) return undefined;
  return new Set([...sources.values()].map(({ path }) => path ?? ''));
}

/** The modules of a rock: those in Lua, and the names of those that are compiled. */
function rockModules(files: readonly FileContent[]): { sources: Map<string, LuaSource>; compiled: string[] } {
  const sources = new Map<string, LuaSource>();
  const compiled: string[] = [];
  for (const { path, content } of files) {
    if (path.startsWith('lua/') && path.endsWith('.lua')) sources.set(moduleOfFile(path.slice(4)), new LuaSource(content, path));
    else if (/^lib\/.*\.(?:so|dylib|dll)$/.test(path)) compiled.push(moduleOfPath(path.slice(4).replace(/\.[^.]+$/, '')));
  }
  return { sources, compiled };
}

/** Lua files of a rock that LuaJIT cannot read, with its words. */
export function syntaxErrors(files: readonly FileContent[]): { path: string; line: number; message: string }[] {
  return files.flatMap(({ path, content }) => {
    // LuaJIT also loads its own bytecode, which begins with an escape.
    if (!path.startsWith('lua/') || !path.endsWith('.lua') || content[0] === 0x1b) return [];
    const { error } = parse(new LuaSource(content, path), 'luajit');
    return error === undefined ? [] : [{ path, line: error.line, message: error.message }];
  });
}

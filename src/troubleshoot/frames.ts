// Lua's way to name a place (`path.lua:12`), also when LuaJIT cut the path on the left, turned into plugin, module and file.
import { candidateFiles, moduleOfFile } from '../lua/moduleName';

/** A place in a Lua file, as far as the text tells it. */
export interface NamedPlace {
  plugin: string | null;
  module: string | null;
  /** Relative to a search path root: `kong/plugins/x/handler.lua`. */
  file: string | null;
  line: number | null;
  /** Whether the file is part of Kong, OpenResty or Lua rather than of somebody's plugin. */
  core: boolean;
  /** The file of Kong, OpenResty or Lua, as far as the text tells it: `kong/api/endpoints.lua:246`. */
  source?: string;
}

const PLUGINS = 'kong/plugins/';
const FRAME = /([^\s'"(<]{1,300}\.lua):(\d{1,7})(?=[:\s>'")]|$)/g;
/** What stands before a module's relative path on a Lua search path. */
const ROOTS = /^.*\/(?:share\/lua\/5\.\d|lualib|luajit-2\.\d+)\//;
const CORE =
  /(?:^|\/)(?:kong\/(?!plugins\/)|lapis\/|resty\/(?:core|timerng|events|worker)\/|luarocks\/)|\/openresty\/|(?:^|\/)nginx[\w-]*\.conf/;
/** Folders and files below kong/plugins that are Kong's own libraries: no version has a handler there (the files of Kong's git tags). */
const LIBRARIES = /^kong\/plugins\/(?:log[-_]serializers\/|log-buffering\/|base_plugin\.lua$)/;

/** The plugin of a module below kong.plugins, or null. */
export function pluginOfModule(module: string): string | null {
  return /^kong\.plugins\.([^.]+)\./.exec(module)?.[1] ?? null;
}

/**
 * Resolves the path of an error message. A path that LuaJIT cut (`...gins/x/handler.lua`, lj_debug.c LUA_IDSIZE) is completed
 * from `known` modules of the same text, or from the rest of `kong/plugins/` that is still there.
 */
export function resolvePath(path: string, line: number | null, known: readonly string[] = []): NamedPlace {
  const at = path.lastIndexOf(PLUGINS);
  if (at >= 0) return ofFile(path.slice(at), line);
  const cut = path.startsWith('...') ? path.slice(3) : null;
  if (cut === null) {
    if (CORE.test(path)) return ofCore(path, line);
    return ofFile(path.replace(ROOTS, '').replace(/^\.?\//, ''), line);
  }
  for (const module of known) {
    for (const file of candidateFiles(module)) {
      if (`/${file}`.endsWith(cut) || cut.endsWith(`/${file}`)) return ofFile(file, line);
    }
  }
  // A slash alone is a part of any path: then the file must lie in the folder itself.
  for (let i = 1; i < PLUGINS.length; i++) {
    const rest = PLUGINS.slice(i);
    const inside = rest === '/' ? /^[\w-]+\/[\w-]+\.lua$/ : /^[\w-]+\/./;
    if (rest === '/' && CORE.test(cut)) continue;
    if (cut.startsWith(rest) && inside.test(cut.slice(rest.length))) return ofFile(PLUGINS + cut.slice(rest.length), line);
  }
  if (CORE.test(cut)) return ofCore(cut, line);
  return { plugin: null, module: null, file: null, line: null, core: false };
}

function ofCore(path: string, line: number | null): NamedPlace {
  const file = path.replace(/^.*\/(?=kong\/(?!.*\/kong\/))/, '').replace(ROOTS, '');
  const source = line === null ? file : `${file}:${line}`;
  return { plugin: null, module: null, file: null, line: null, core: true, source };
}

function ofFile(file: string, line: number | null): NamedPlace {
  if (LIBRARIES.test(file)) return ofCore(file, line);
  const plugin = /^kong\/plugins\/([^/]+)\//.exec(file)?.[1] ?? null;
  return { plugin, module: moduleOfFile(file), file, line, core: false };
}

/** The modules that a text names in quotes (`module 'kong.plugins.x.handler'`): they complete paths that were cut. */
export function namedModules(text: string): string[] {
  return [...text.matchAll(/'(kong\.plugins\.[\w.-]{1,200})'/g)].map((m) => m[1] ?? '');
}

const MAX_PLACES = 100;

/** The places that a text names, in its order: of an error first the one that raised it, then its stack. */
export function placesIn(text: string, known: readonly string[]): NamedPlace[] {
  const places: NamedPlace[] = [];
  for (const match of text.matchAll(FRAME)) {
    places.push(resolvePath(match[1] ?? '', Number(match[2]), known));
    if (places.length === MAX_PLACES) break;
  }
  return places;
}

/** The first place in the text that belongs to a plugin, or null. */
export function firstPluginPlace(text: string, known: readonly string[]): NamedPlace | null {
  return placesIn(text, known).find(({ plugin }) => plugin !== null) ?? null;
}

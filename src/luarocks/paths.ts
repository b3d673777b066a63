// How LuaRocks turns names into paths, ported from its core/dir.lua, dir.lua, core/path.lua and path.lua (3.8.0; the same in 3.12).
// Its rule for modules is not that of `require` (lua/moduleName.ts): a compiled file keeps its own name in the module's folder, and to it
// `a/b/init.lua` is the module `a.b.init`.
import { withoutSlash, withoutTrailing } from '../text/ends';

/** Directory part of the place of a Lua module: `a.b.c` gives `a/b/` (path.module_to_path). */
export function moduleToPath(module: string): string {
  return module.slice(0, module.lastIndexOf('.') + 1).replaceAll('.', '/');
}

/** Last component of a module name, undefined when it ends with a dot. */
export function moduleBase(module: string): string | undefined {
  return module.slice(module.lastIndexOf('.') + 1) || undefined;
}

/** Module that a deployed file provides: `a/b/init.lua` gives `a.b.init` (core/path.path_to_module). */
export function pathToModule(file: string): string {
  const stem = /^(.*)\.(?:lua|so)$/s.exec(file)?.[1];
  const name = stem === undefined ? file : stem.replaceAll('/', '.');
  return withoutTrailing(name.replace(/^\.+/, ''), /\./);
}

/** Last component of a path with either separator (dir.base_name). */
export function baseName(path: string): string {
  return withoutTrailing(path, /[/\\]/).split(/[/\\]/).at(-1) ?? path;
}

/** Path without its last component; empty when there is none (dir.dir_name). */
export function dirName(path: string): string {
  const trimmed = withoutTrailing(path, /\//);
  const slash = trimmed.lastIndexOf('/');
  return slash < 0 ? '' : withoutTrailing(trimmed.slice(0, slash), /\//);
}

/** Joins with single slashes and without a trailing one (core/dir.path). */
export function joinPath(...parts: string[]): string {
  const joined = parts
    .filter((part) => part !== '')
    .join('/')
    .replace(/([^:])\/+/g, '$1/')
    .replace(/^\/+/, '/');
  return withoutSlash(joined);
}

/** Resolves `.` and `..` and turns backslashes (core/dir.normalize); leading `..` stay. */
export function normalizePath(path: string): string {
  const absolute = /^[/\\]/.test(path);
  const pieces: string[] = [];
  for (const piece of path.split(/[/\\]+/)) {
    if (piece === '' || piece === '.') continue;
    if (piece === '..' && pieces.length > 0 && pieces.at(-1) !== '..') pieces.pop();
    else if (piece !== '..' || !absolute) pieces.push(piece);
  }
  return (absolute ? '/' : '') + pieces.join('/');
}

/** Whether a normalized path stays inside the folder it is relative to. */
export function staysInside(normalized: string): boolean {
  return !/^(?:\/|[A-Za-z]:)/.test(normalized) && normalized !== '..' && !normalized.startsWith('../');
}

/** Name, version and arch of a rock file's name, as path.parse_name reads it; undefined when it is not `name-version-revision.arch.rock`. */
export function parseRockName(fileName: string): { name: string; version: string; arch: string } | undefined {
  const match = /^(.*)-([^-]+-\d+)\.([^.]+)\.rock$/s.exec(fileName);
  return match?.[1] === undefined || match[2] === undefined || match[3] === undefined
    ? undefined
    : { name: match[1], version: match[2], arch: match[3] };
}

/** Where a file goes when another rock holds its plain place: `<name>_<version>-<file>` (core/path.versioned_name). */
export function versionedName(file: string, name: string, version: string): string {
  return `${`${name}_${version}`.replace(/[-.]/g, '_')}-${file}`;
}

/** Where a tree keeps its rocks, relative to it (LuaRocks for Lua 5.1, which LuaJIT is). */
export const ROCKS_FOLDER = 'lib/luarocks/rocks-5.1';

/** The folder of a tree's rocks. */
export function rocksFolder(tree: string): string {
  return `${tree}/${ROCKS_FOLDER}`;
}

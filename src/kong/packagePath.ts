// lua_package_path: where a Kong looks for `kong.plugins.<name>.handler`, and adding and removing a folder of ours.
import { modulePath } from '../lua/moduleName';

/** Kong's default of lua_package_path (kong.conf.default, 0.11.1 on). */
export const DEFAULT_PACKAGE_PATH = './?.lua;./?/init.lua;';

/** The patterns that one root folder needs: modules, and modules that are folders (`migrations/init.lua`). */
export function rootPatterns(root: string): string[] {
  return [`${root}/?.lua`, `${root}/?/init.lua`];
}

const DRIVE = /^[A-Za-z]:\//;

/** Whether a path of a setting does not depend on the folder Kong starts in. A node that is a folder of Windows has drives. */
export function isAbsoluteFrom(cwd: string, path: string): boolean {
  return path.startsWith('/') || (DRIVE.test(cwd) && DRIVE.test(path));
}

/** A path of a setting, absolute: a relative one starts in the folder Kong starts in. */
export function absoluteFrom(cwd: string, path: string): string {
  return isAbsoluteFrom(cwd, path) ? path : `${cwd.replace(/\/$/, '')}/${path.replace(/^\.\//, '')}`;
}

/** The value with a root folder searched first; `;;`, the built-in path, is kept or added at the end. Unchanged when it is there. */
export function withRoot(value: string | undefined, root: string): string {
  const missing = rootPatterns(root).filter((pattern) => !(value ?? '').split(';').includes(pattern));
  if (missing.length === 0) return value ?? '';
  const others = value === undefined || value.trim() === '' ? ';;' : value.trim();
  return `${missing.join(';')}${others.startsWith(';') ? '' : ';'}${others}`;
}

/** The value without the patterns of a root folder. */
export function withoutRoot(value: string, root: string): string {
  const ours = rootPatterns(root);
  const builtIn = /;;\s*$/.test(value);
  const left = value.split(';').filter((pattern) => pattern !== '' && !ours.includes(pattern));
  return left.length === 0 ? ';;' : `${left.join(';')}${builtIn ? ';;' : ''}`;
}

/**
 * The patterns a module is searched with, in order: the setting's own, then the tree's, as the built-in path always follows
 * (Kong renders `lua_package_path '<value>;;'`). Relative ones are made absolute against the folder Kong starts in.
 */
export function searchPatterns(value: string | undefined, cwd: string, tree: string, environment: string | undefined): string[] {
  const builtIn = rootPatterns(`${tree}/share/lua/5.1`);
  const own = [...(value ?? DEFAULT_PACKAGE_PATH).split(';'), ...(environment ?? '').split(';')];
  const absolute = own
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== '')
    .map((pattern) => absoluteFrom(cwd, pattern));
  return [...new Set([...absolute, ...builtIn])];
}

/** Where a module would be, by pattern. */
export function moduleCandidates(patterns: readonly string[], module: string): string[] {
  const path = modulePath(module);
  return patterns.map((pattern) => pattern.replaceAll('?', path));
}

/** The folders whose `kong/plugins/<name>` the patterns reach, each once, in search order. */
export function pluginRoots(patterns: readonly string[]): string[] {
  const roots = patterns.flatMap((pattern) => {
    const match = /^(.*?)\/\?(?:\/init)?\.lua$/.exec(pattern);
    return match?.[1] === undefined ? [] : [match[1] === '' ? '/' : match[1]];
  });
  return [...new Set(roots)];
}

// Paths of this machine: which lie in a folder, and how the rest of the world writes them.
import nodePath, { type PlatformPath } from 'node:path';

/** What of `node:path` is asked here; tests ask it as another system has it. */
export type PathRules = Pick<PlatformPath, 'sep' | 'relative' | 'isAbsolute'>;

/** Whether `path` is `folder` or lies below it; both are absolute. */
export function isInside(folder: string, path: string, rules: PathRules = nodePath): boolean {
  const way = rules.relative(folder, path);
  return way !== '..' && !way.startsWith(`..${rules.sep}`) && !rules.isAbsolute(way);
}

/** A path with forward slashes, as rockspecs, reports and nodes have it. Where `\` separates nothing, it belongs to a name and stays. */
export function slashed(path: string, rules: PathRules = nodePath): string {
  return rules.sep === '/' ? path : path.replaceAll(rules.sep, '/');
}

/** The way from a folder to a path, with forward slashes; empty for the folder itself, and absolute where no way leads there (another drive). */
export function slashedFrom(folder: string, path: string, rules: PathRules = nodePath): string {
  return slashed(rules.relative(folder, path), rules);
}

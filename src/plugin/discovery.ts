// Which plugins a workspace holds: found once, then kept up to date by file events without scanning again.
import { dirname, resolve } from 'node:path';
import { isInside } from '../system/paths';
import { assemble, type RockspecCache } from './assemble';
import { forgetFolder, isInPlugin, ruledBy, scanFolders, type FolderTree } from './folderTree';
import type { Plugin } from './plugin';

export interface DiscoveryOptions {
  signal?: AbortSignal | undefined;
}

/** A workspace whose plugins are known; `applyChanges` takes the paths that file events name. */
export interface Discovery {
  /** Sorted by name, then by folder. */
  readonly plugins: readonly Plugin[];
  /** Brings `plugins` up to date after files or folders were created, changed, renamed or deleted; only what they touch is read again. */
  applyChanges(paths: readonly string[], options?: DiscoveryOptions): Promise<void>;
}

/**
 * Finds every plugin below the roots: `kong/plugins/<name>/handler.lua` anywhere, what a rockspec maps to `kong.plugins.<name>.handler`, a
 * folder with a Kong handler and schema that is deployed by other means, and the plugins of external plugin servers. Ignored files,
 * packages, installed trees and test fixtures are left out. Missing or unreadable folders hold none.
 * Throws the signal's reason when aborted.
 */
export async function discoverPlugins(roots: readonly string[], options: DiscoveryOptions = {}): Promise<Plugin[]> {
  return [...(await openDiscovery(roots, options)).plugins];
}

/** As discoverPlugins, and ready for file events. */
export async function openDiscovery(roots: readonly string[], options: DiscoveryOptions = {}): Promise<Discovery> {
  const tree: FolderTree = new Map();
  const rockspecs: RockspecCache = new Map();
  const absolute = [...new Set(roots.map((root) => resolve(root)))];
  for (const root of absolute) if (!tree.has(root)) await scanFolders(root, tree, options);
  let plugins = await assemble(tree, rockspecs, options.signal);

  const apply = async (paths: readonly string[], signal: AbortSignal | undefined): Promise<void> => {
    const listings = new Set<string>();
    let mattered = false;
    for (const path of paths.map((changed) => resolve(changed))) {
      if (!absolute.some((root) => isInside(root, path))) continue;
      rockspecs.delete(path);
      // A folder may have been replaced as a whole, and ignore rules reach everything below them.
      const replaced = ruledBy(path) ?? path;
      mattered ||= tree.has(replaced) || decidesByContent(path, tree);
      forgetFolder(replaced, tree);
      listings.add(nearestKnown(dirname(path), tree, absolute));
      if (absolute.includes(replaced)) listings.add(replaced);
    }
    for (const folder of listings) {
      const before = JSON.stringify(tree.get(folder));
      await scanFolders(folder, tree, { signal });
      mattered ||= JSON.stringify(tree.get(folder)) !== before;
    }
    if (mattered) plugins = await assemble(tree, rockspecs, signal);
  };

  let last: Promise<unknown> = Promise.resolve();
  return {
    get plugins() {
      return plugins;
    },
    applyChanges(paths, { signal } = {}) {
      // One after the other: each works on what the one before it left, also when that was cancelled.
      const mine = last.then(() => apply(paths, signal));
      last = mine.catch(() => undefined);
      return mine;
    },
  };
}

/** Whether what stands in a file decides about plugins: any but the Lua files of a plugin in its usual place. */
function decidesByContent(path: string, tree: FolderTree): boolean {
  if (!path.endsWith('.lua')) return /\.(?:rockspec|py|[cm]?[jt]s|go|json|mod)$/.test(path);
  return !isInPlugin(dirname(path), tree);
}

/** The nearest folder that is listed, from `dir` upwards to its root. */
function nearestKnown(dir: string, tree: FolderTree, roots: readonly string[]): string {
  let at = dir;
  while (!tree.has(at) && !roots.includes(at) && dirname(at) !== at) at = dirname(at);
  return at;
}

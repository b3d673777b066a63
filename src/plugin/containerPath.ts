// From what Kong prints to the file in the workspace: module names, and the paths of files inside a node or container, also cut short.
import { sep } from 'node:path';
import type { Plugin } from './plugin';

/**
 * The workspace file of a module name (`kong.plugins.x.handler`) or of a path as Kong prints it
 * (`/usr/local/share/lua/5.1/kong/plugins/x/handler.lua`, `...gins/x/handler.lua`). Undefined when no plugin has it, or when a path that is
 * cut short fits files of several.
 */
export function moduleToFile(plugins: readonly Plugin[], moduleOrPath: string): string | undefined {
  const wanted = moduleOrPath.trim();
  if (!/[\\/]/.test(wanted) && !wanted.endsWith('.lua')) {
    for (const { modules } of plugins) {
      const file = modules.get(wanted) ?? modules.get(wanted.replace(/\.init$/, ''));
      if (file !== undefined) return file;
    }
    return undefined;
  }
  const path = wanted.replaceAll('\\', '/');
  const cut = path.startsWith('...');
  const tail = cut ? path.slice(3) : path;
  const found = new Set<string>();
  for (const { modules } of plugins) {
    for (const [module, file] of modules) {
      const fits = installedPaths(module, file).some(
        (installed) => `/${tail}`.endsWith(`/${installed}`) || (cut && `/${installed}`.endsWith(tail)),
      );
      if (fits) found.add(file);
    }
  }
  // A path that does not say the plugin's name may be the workspace's own, mounted somewhere else.
  if (found.size === 0 && !/(?:^|\/)kong\/(?:plugins\/)?/.test(tail)) addMounted(plugins, tail, found);
  const [file] = found;
  return found.size === 1 ? file : undefined;
}

/** Adds the files whose path ends most like the tail, when folder and name at least agree. */
function addMounted(plugins: readonly Plugin[], tail: string, found: Set<string>): void {
  let best = 2;
  for (const { modules } of plugins) {
    for (const file of modules.values()) {
      const common = commonEnd(file.split(sep), tail.split('/'));
      if (common > best) found.clear();
      if (common >= best) found.add(file);
      best = Math.max(best, common);
    }
  }
}

function commonEnd(a: readonly string[], b: readonly string[]): number {
  let count = 0;
  while (count < Math.min(a.length, b.length) && a.at(-1 - count) === b.at(-1 - count)) count++;
  return count;
}

/** Where a module lies below `share/lua/5.1`, as `require` finds it. */
function installedPaths(module: string, file: string): string[] {
  const path = module.replaceAll('.', '/');
  return /[\\/]init\.lua$/.test(file) ? [`${path}/init.lua`, `${path}.lua`] : [`${path}.lua`];
}

// Which folders and files of a workspace make up its plugins, and where below a Lua root they belong.
import { basename, dirname, join, posix } from 'node:path';
import { candidateFiles } from '../../lua/moduleName';
import type { Mount } from '../../node/container/development';
import type { Plugin } from '../../plugin/plugin';

/**
 * The sources of plugins with their places relative to a Lua root: whole folders where the files are named as their modules and
 * `takesFolder` agrees, single files otherwise. A folder that another one brings along is left out.
 */
export function sourceMounts(plugins: readonly Plugin[], takesFolder: (target: string) => boolean): Mount[] {
  const all = plugins
    .flatMap((plugin) => [...plugin.modules])
    .map(([module, file]): Mount => {
      const files = candidateFiles(module);
      const usual = files.find((candidate) => posix.basename(candidate) === basename(file));
      const folder = posix.dirname(usual ?? '.');
      return folder !== '.' && takesFolder(folder)
        ? { source: dirname(file), target: folder }
        : { source: file, target: usual ?? files[0] };
    });
  const distinct = [...new Map(all.map((mount) => [`${mount.source}\0${mount.target}`, mount])).values()];
  return distinct.filter((mount) => !distinct.some((other) => isBelow(mount, other)));
}

/** Whether the other one brings this one along, to the same place. */
function isBelow({ source, target }: Mount, other: Mount): boolean {
  return target.startsWith(`${other.target}/`) && source === join(other.source, target.slice(other.target.length + 1));
}

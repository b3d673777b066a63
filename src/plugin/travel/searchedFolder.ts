// Which folder of the workspace Kong's search path may lead to for a plugin.
import { dirname, join, sep } from 'node:path';
import { candidateFiles } from '../../lua/moduleName';
import { isPluginFolder } from '../folderTree';
import type { Plugin } from '../plugin';

/** A folder that Kong's search path may lead to, and what a path in it has before it there. */
export interface SearchedFolder {
  dir: string;
  prefix: string;
}

/**
 * The folder of the workspace that `lua_package_path` would name for a plugin, or that would be mounted as `kong/plugins`. None when the
 * plugin's files stand where no search path finds them under their names.
 */
export function searchedFolder({ dir, name, rockspec }: Plugin): SearchedFolder | undefined {
  if (isPluginFolder(dir)) return { dir: dirname(dirname(dirname(dir))), prefix: '' };
  const isNamed = dir.endsWith(sep + join(...name.split('.')));
  return rockspec === undefined && isNamed ? { dir: dirname(dir), prefix: 'kong/plugins/' } : undefined;
}

/** The files that a module may be in below such a folder. */
export function filesIn({ dir, prefix }: SearchedFolder, module: string): string[] {
  return candidateFiles(module).flatMap((file) => (file.startsWith(prefix) ? [join(dir, file.slice(prefix.length))] : []));
}

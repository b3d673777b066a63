// Which rockspec of a folder is packed: the one `luarocks make` takes (util.lua get_default_rockspec, 3.8.0).
import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { projectFolder } from '../rockspec/projectFolder';
import { parseVersion, versionLess } from '../luarocks/versions';
import { slashedFrom } from '../system/paths';
import { errorCode, UserError } from '../system/userError';
import { pathKind, sortedEntries } from '../luarocks/installTree';

/** A folder to pack from: paths of the rockspec start at `root`. */
export interface Project {
  root: string;
  rockspec: string | undefined;
}

const ROCKSPEC_FOLDERS = ['.', 'rockspec', 'rockspecs'];

/**
 * The project at a path: a folder, or a rockspec in one. Without any rockspec, `rockspec` is undefined.
 * Throws UserError when the path does not exist (exit code 2) or when LuaRocks could not choose either.
 */
export async function openProject(path: string): Promise<Project> {
  const absolute = resolve(path);
  let isFolder: boolean;
  try {
    isFolder = (await stat(absolute)).isDirectory();
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`${path} does not exist.`, { exitCode: 2 });
  }
  if (isFolder) return { root: absolute, rockspec: await defaultRockspec(absolute) };
  if (!absolute.endsWith('rockspec')) {
    throw new UserError(`${path} is neither a folder nor a rockspec.`, { exitCode: 2, next: 'Name the folder of a plugin.' });
  }
  return { root: projectFolder(absolute), rockspec: absolute };
}

async function defaultRockspec(root: string): Promise<string | undefined> {
  const newest = new Map<string, { version: string; path: string }>();
  const unnamed: string[] = [];
  for (const folder of ROCKSPEC_FOLDERS) {
    for (const { name } of await sortedEntries(join(root, folder))) {
      const path = join(root, folder, name);
      if (!name.endsWith('rockspec') || (await pathKind(path)) !== 'file') continue;
      const parsed = /^(.*)-([^-]+-\d+)\.rockspec/s.exec(name);
      if (parsed?.[1] === undefined || parsed[2] === undefined) {
        unnamed.push(path);
        continue;
      }
      const there = newest.get(parsed[1]);
      if (there === undefined || versionLess(parseVersion(there.version), parseVersion(parsed[2]))) {
        newest.set(parsed[1], { version: parsed[2], path });
      }
    }
  }
  const choices = unnamed.length > 0 ? unnamed : [...newest.values()].map((choice) => choice.path);
  const ofFolder = unnamed.length > 0 ? undefined : newest.get(basename(root))?.path;
  if (ofFolder !== undefined || choices.length <= 1) return ofFolder ?? choices[0];
  throw new UserError(
    `${root} has rockspecs of several packages: ${choices.map((choice) => slashedFrom(root, choice)).join(', ')}.`,
    {
      exitCode: 2,
      next: 'Name the one to pack.',
    },
  );
}

// A bump of what lies in a folder: finds the rockspec and its modules, and plans the change.
import { readdir, readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { cannot, reasonOf } from '../system/fileErrors';
import { slashed, slashedFrom } from '../system/paths';
import { errorCode, UserError } from '../system/userError';
import { bump, type Bump } from './bump';
import { projectFolder } from './projectFolder';
import { readRockspec } from './read';
import type { SourceText } from './versionLiterals';

const HANDLER_FILE = /^kong\/plugins\/([^/]+)\/handler\.lua$/;

export interface BumpFolderOptions {
  /** Gives a file's text; an editor passes its unsaved ones. */
  read?: (path: string) => Promise<string>;
  /** Whether the new version may be lower than the one now. */
  lower?: boolean;
}

/**
 * Plans the change to a new version of the rockspec at `path`, a file or the folder that holds it. Nothing is written.
 * Throws UserError when there is no rockspec, or several, or `bump` refuses.
 */
export async function bumpFolder(
  path: string,
  version: string,
  { read = readText, lower = false }: BumpFolderOptions = {},
): Promise<Bump> {
  const rockspecPath = await rockspecInFolder(resolve(path));
  const rockspec: SourceText = { path: rockspecPath, text: await read(rockspecPath) };
  const modules = new Map<string, SourceText>();
  for (const [name, file] of await listedModules(rockspec)) {
    try {
      modules.set(name, { path: file, text: await read(file) });
    } catch (error) {
      if (errorCode(error) === undefined) throw error;
      // A module that is not there matters only to a handler that requires it.
      if (!name.endsWith('.handler')) continue;
      throw new UserError(`${basename(rockspecPath)} lists ${slashedFrom(dirname(rockspecPath), file)}: ${reasonOf(error)}.`, {
        next: 'Mend build.modules first; nothing was changed.',
        at: { path: rockspecPath },
      });
    }
  }
  return bump({ rockspec, modules, version, lower });
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8');
}

async function rockspecInFolder(path: string): Promise<string> {
  let names: string[];
  try {
    if ((await stat(path)).isFile()) return path;
    names = (await readdir(path)).filter((name) => /(^|\.)rockspec$/.test(name)).sort();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    throw cannot('read', path, error, 2);
  }
  const [only, ...others] = names;
  if (only === undefined)
    throw new UserError(`There is no rockspec in ${path}.`, {
      exitCode: 2,
      next: 'Name the folder of the plugin, or the rockspec.',
    });
  if (others.length > 0)
    throw new UserError(`${path} has several rockspecs: ${names.join(', ')}.`, { exitCode: 2, next: 'Name the one to change.' });
  return join(path, only);
}

/** The Lua modules the rockspec lists; without a list (format 3.0 finds them itself) the handlers in `kong/plugins`. */
async function listedModules(rockspec: SourceText): Promise<Map<string, string>> {
  const root = projectFolder(rockspec.path);
  const listed = readRockspec(rockspec.text, rockspec.path).build?.modules;
  if (listed !== undefined) {
    return new Map(
      listed.flatMap(({ name, sources }) =>
        sources?.[0]?.value.endsWith('.lua') ? [[name, resolve(root, sources[0].value)]] : [],
      ),
    );
  }
  const modules = new Map<string, string>();
  for (const file of await filesBelow(root, 'kong/plugins')) {
    const plugin = HANDLER_FILE.exec(file)?.[1];
    if (plugin !== undefined) modules.set(`kong.plugins.${plugin}.handler`, join(root, file));
  }
  return modules;
}

async function filesBelow(root: string, folder: string): Promise<string[]> {
  try {
    const names = await readdir(join(root, folder), { recursive: true });
    return names.map((name) => `${folder}/${slashed(name)}`);
  } catch (error) {
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') return [];
    throw error;
  }
}

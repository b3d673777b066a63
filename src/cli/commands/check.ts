// `kong-plugin check`: everything wrong with the rockspecs of a folder, at once, each problem where it is.
import { readFile, stat } from 'node:fs/promises';
import { basename, join, resolve, sep } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '.';
import { DEFAULT_KONG } from '../../kong/versions';
import { projectOf } from '../../plugin/rockspecMap';
import { errorCode, UserError } from '../../system/userError';
import type { FileDiagnostics } from '../../text/diagnostic';
import type { CheckFormat } from '../checkReport';
import type { Io } from '../io';

interface CheckFlags {
  kong?: string;
  luarocks?: string;
  format: CheckFormat;
}

export const addCheck: AddCommand = (program, io, finish) => {
  program
    .command('check')
    .description('check rockspecs the way LuaRocks, Kong and their users would')
    .argument('[path...]', 'rockspecs, or folders to find them in', ['.'])
    .option('--kong <version>', 'the Kong it is for; with it comes its LuaRocks (default: 3.9)')
    .option('--luarocks <version>', 'another LuaRocks whose verdict counts')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .action(async (paths: string[], flags: CheckFlags) => {
      const { checkRockspec, ROCKSPEC_CHECKS } = await import('../../rockspec/check');
      const { parseTarget } = await import('../../rockspec/target');
      const { DiskFiles } = await import('../../rockspec/projectFiles');
      const { printCheck } = await import('../checkReport');
      parseTarget(flags);
      const files = new DiskFiles();
      const results: FileDiagnostics[] = [];
      for (const path of await rockspecsIn(paths, io)) {
        io.signal.throwIfAborted();
        results.push({ path, diagnostics: await checkRockspec(await readRockspecFile(path), path, { ...flags, files }) });
      }
      results.push(...(await checkPlugins(paths, flags.kong ?? DEFAULT_KONG, io)));
      printCheck(io, results, flags.format, ROCKSPEC_CHECKS);
      finish(results.some((file) => file.diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0);
    });
};

/** What is wrong with the Lua files of the plugins in the folders, and of those that belong to the rockspecs. */
async function checkPlugins(paths: readonly string[], kong: string, io: Io): Promise<FileDiagnostics[]> {
  const { discoverPlugins } = await import('../../plugin/discovery');
  const { checkPluginFiles } = await import('../../plugin/preflight');
  const named = paths.map((path) => resolve(io.cwd, path));
  const roots = named.map((path) => (path.endsWith('rockspec') ? projectOf(path) : path));
  const siblings = await discoverPlugins(roots, { signal: io.signal });
  const results: FileDiagnostics[] = [];
  for (const plugin of siblings) {
    io.signal.throwIfAborted();
    const wanted = named.some((path, i) => path === plugin.rockspec || (path === roots[i] && isInside(plugin.dir, path)));
    if (wanted) results.push(...(await checkPluginFiles(plugin, kong, { siblings })));
  }
  return results;
}

function isInside(path: string, folder: string): boolean {
  return path === folder || path.startsWith(folder.endsWith(sep) ? folder : folder + sep);
}

/** The rockspecs that the arguments name: the files themselves, and those in and below the folders. */
async function rockspecsIn(paths: readonly string[], io: Io): Promise<string[]> {
  const found = new Set<string>();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    if (await isFolder(path, written)) {
      const { scanFolders } = await import('../../plugin/folderTree');
      const tree = new Map<string, { folders: readonly string[]; files: readonly string[] }>();
      await scanFolders(path, tree, { signal: io.signal });
      const below = [...tree].flatMap(([dir, { files }]) =>
        files.filter((name) => name.endsWith('.rockspec')).map((name) => join(dir, name)),
      );
      for (const file of below.sort()) found.add(file);
    } else if (basename(path).endsWith('rockspec')) found.add(path);
    else {
      throw new UserError(`${written} is not a rockspec.`, {
        exitCode: 2,
        next: 'Name a .rockspec file, or a folder that holds one.',
      });
    }
  }
  return [...found];
}

async function isFolder(path: string, written: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw cannotRead(written, error);
  }
}

async function readRockspecFile(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

function cannotRead(path: string, error: unknown): unknown {
  const code = errorCode(error);
  if (code === undefined) return error;
  if (code === 'ENOENT') return new UserError(`There is no file or folder ${path}.`, { exitCode: 2, cause: error });
  return new UserError(`${path} cannot be read (${code}).`, { exitCode: 3, next: 'Check its permissions.', cause: error });
}

// `kong-plugin check`: everything wrong with the rockspecs and plugins of a folder, at once, each problem where it is.
import { open, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { FolderTree } from '../../plugin/folderTree';
import { reasonOf } from '../../system/fileErrors';
import { errorCode, UserError } from '../../system/userError';
import type { Diagnostic, FileDiagnostics } from '../../text/diagnostic';
import type { CheckFormat } from '../checkReport';
import type { Io } from '../io';
import { isFolder, shownPath } from '../paths';

interface CheckFlags {
  kong?: string;
  luarocks?: string;
  format: CheckFormat;
}

/** What the arguments name: rockspec files, and folders to find rockspecs and plugins in. */
interface Subjects {
  rockspecs: string[];
  folders: string[];
  /** Folders that are there and cannot be read, with the reason. */
  closed: Map<string, unknown>;
}

export const addCheck: AddCommand = (program, io, finish) => {
  program
    .command('check')
    .description('check rockspecs, handlers and schemas the way LuaRocks, Kong and their users would')
    .argument('[path...]', 'rockspecs, or folders to find rockspecs and plugins in', ['.'])
    .option('--kong <version>', 'the Kong it is for; with it comes its LuaRocks (default: 3.9)')
    .option('--luarocks <version>', 'another LuaRocks whose verdict counts')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .action(async (paths: string[], flags: CheckFlags) => {
      const { ROCKSPEC_CHECKS } = await import('../../rockspec/check');
      const { parseTarget } = await import('../../rockspec/target');
      const { printCheck } = await import('../checkReport');
      const { kong } = parseTarget(flags);
      const { rockspecs, folders, closed } = await subjectsOf(paths, io);
      for (const [path, error] of closed) {
        io.err(`${shownPath(io.cwd, path)} cannot be read: ${reasonOf(error)}. What is in it is not checked.\n`);
      }
      const results = [...(await checkRockspecs(rockspecs, flags, io)), ...(await checkPlugins(folders, kong.text, io))];
      printCheck(io, results, flags.format, ROCKSPEC_CHECKS);
      finish(results.some((file) => file.diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0);
    });
};

async function checkRockspecs(paths: readonly string[], flags: CheckFlags, io: Io): Promise<FileDiagnostics[]> {
  const { checkRockspec } = await import('../../rockspec/check');
  const { DiskFiles } = await import('../../rockspec/projectFiles');
  const files = new DiskFiles();
  const results: FileDiagnostics[] = [];
  for (const path of paths) {
    io.signal.throwIfAborted();
    const unreadable = await unreadableFile(path);
    results.push({
      path,
      diagnostics: unreadable ?? (await checkRockspec(await readFile(path), path, { ...flags, files })),
    });
  }
  return results;
}

/** The handlers, schemas and other Lua files of the plugins below the folders. */
async function checkPlugins(folders: readonly string[], kong: string, io: Io): Promise<FileDiagnostics[]> {
  if (folders.length === 0) return [];
  const { discoverPlugins } = await import('../../plugin/discovery');
  const { checkPluginFiles } = await import('../../plugin/preflight');
  const byPath = new Map<string, FileDiagnostics>();
  const plugins = await discoverPlugins(folders, { signal: io.signal });
  for (const plugin of plugins) {
    io.signal.throwIfAborted();
    if (plugin.language === 'lua') {
      for (const path of plugin.modules.values()) if (!byPath.has(path)) byPath.set(path, { path, diagnostics: [] });
    }
    for (const { path, diagnostics } of await checkPluginFiles(plugin, kong, { siblings: plugins })) {
      const known = byPath.get(path);
      if (known === undefined) byPath.set(path, { path, diagnostics: [...diagnostics] });
      else known.diagnostics.push(...diagnostics);
    }
  }
  const results = [...byPath.values()];
  return Promise.all(
    results.map(async ({ path, diagnostics }) => ({ path, diagnostics: (await unreadableFile(path)) ?? diagnostics })),
  );
}

/** The one thing to say of a file that is there and that we may not read; undefined for every other file. */
async function unreadableFile(path: string): Promise<Diagnostic[] | undefined> {
  try {
    await (await open(path)).close();
    return undefined;
  } catch (error) {
    const code = errorCode(error);
    if (code === undefined) throw error;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
    const start = { line: 0, character: 0 };
    return [
      {
        code: 'check/unreadable',
        severity: 'error',
        message: `This file cannot be read: ${reasonOf(error)}.`,
        range: { start, end: start },
        enforcedBy: [],
      },
    ];
  }
}

async function subjectsOf(paths: readonly string[], io: Io): Promise<Subjects> {
  const rockspecs = new Set<string>();
  const folders = new Set<string>();
  const closed: Subjects['closed'] = new Map();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    if (await isFolder(path, written)) {
      folders.add(path);
      const { scanFolders } = await import('../../plugin/folderTree');
      const tree: FolderTree = new Map();
      await scanFolders(path, tree, { signal: io.signal, onUnreadable: (dir, error) => closed.set(dir, error) });
      const below = [...tree].flatMap(([dir, { files }]) =>
        files.filter((name) => name.endsWith('.rockspec')).map((name) => join(dir, name)),
      );
      for (const file of below.sort()) rockspecs.add(file);
    } else if (basename(path).endsWith('rockspec')) rockspecs.add(path);
    else {
      throw new UserError(`${written} is not a rockspec.`, {
        exitCode: 2,
        next: 'Name a .rockspec file, or a folder that holds one.',
      });
    }
  }
  return { rockspecs: [...rockspecs], folders: [...folders], closed };
}

// The folder that `luarocks make` would fill for a rock, built in memory: which file goes where, nothing read or copied yet.
import { lstat, readdir, readlink, realpath, stat } from 'node:fs/promises';
import type { Dirent } from 'node:fs';
import { basename, dirname, isAbsolute, join, posix, sep } from 'node:path';
import { isInside, slashed, slashedFrom } from '../system/paths';
import { errorCode } from '../system/userError';
import { error, warning, type RockProblem } from './problem';
import { baseName, dirName, joinPath, staysInside } from './paths';

/** A file of the rock: the absolute path it is copied from, or undefined for an empty file. */
export interface PlannedFile {
  source: string | undefined;
  mode: number;
}

/** Entries by path in the rock; `directory` entries exist even when nothing is in them. */
export interface InstallTree {
  /** Absolute folder that relative paths of the rockspec start from. */
  root: string;
  entries: Map<string, PlannedFile | 'directory'>;
  /** Files and folders that a LuaRocks without lua-filesystem would not have, and why. */
  onlyWithLfs: Map<string, LfsReason>;
  problems: RockProblem[];
}

/**
 * Why LuaRocks needs the module lfs for a file. Without it LuaRocks asks programs (fs/unix/tools.lua and fs/tools.lua, 3.8.0): `*` of the
 * shell and `ls` show no hidden names, `cp -R` keeps a link as it is (which then leads nowhere), and `cp` copies no folder as a file.
 */
export type LfsReason = 'hidden' | 'link' | 'folder';

/** A tree with nothing in it yet. */
export function emptyTree(root: string): InstallTree {
  return { root, entries: new Map(), onlyWithLfs: new Map(), problems: [] };
}

/** Where a folder's content ends to be a plugin's: a link to `/` would be walked for hours. */
const MAX_ENTRIES = 20_000;

export const READ_MODE = 0o644;
export const EXEC_MODE = 0o755;

/** Creates a directory and those above it; a problem when a file stands in the way. */
export function makeDirectory(tree: InstallTree, path: string): void {
  if (path === '') return;
  const entry = tree.entries.get(path);
  if (entry === 'directory') return;
  makeDirectory(tree, dirName(path));
  if (entry === undefined) tree.entries.set(path, 'directory');
  else problem(tree, 'pack/file-in-the-way', `"${path}" would be both a file and a directory of the rock.`, path);
}

/** Adds an error about the rock to come. */
export function problem(tree: InstallTree, code: string, message: string, path?: string): void {
  tree.problems.push(error(code, message, path));
}

/** Adds a warning about the rock to come. */
export function warn(tree: InstallTree, code: string, message: string, path?: string): void {
  tree.problems.push(warning(code, message, path));
}

/**
 * Plans one copy as fs.copy of LuaRocks does it: into a directory when the target is one; a folder as source becomes an empty file
 * (its `read` yields nothing), which is said. `source` is relative to the root. Two different sources for one place are an error,
 * because LuaRocks lets the order of a hash table choose.
 */
export async function planCopy(tree: InstallTree, source: string, target: string, mode: number): Promise<void> {
  const absolute = join(tree.root, source);
  const path = tree.entries.get(target) === 'directory' ? joinPath(target, baseName(source)) : target;
  const kind = await pathKind(absolute);
  if (kind === undefined) {
    problem(tree, 'pack/missing-file', `"${source}" does not exist.`, source);
    return;
  }
  if (kind !== 'file') {
    problem(
      tree,
      'pack/not-a-file',
      `"${source}" is not a file; LuaRocks would install an empty file for it, or without lua-filesystem (lfs) stop.`,
      source,
    );
    return;
  }
  const there = tree.entries.get(path);
  if (there !== undefined && there !== 'directory' && there.source !== absolute) {
    problem(
      tree,
      'pack/two-files-one-place',
      `"${source}" and "${relative(tree, there.source)}" both go to "${path}"; LuaRocks would keep one of them, by chance.`,
      source,
    );
    return;
  }
  await warnOfOutsideLink(tree, absolute, source);
  makeDirectory(tree, dirName(path));
  tree.entries.set(path, { source: absolute, mode });
}

function relative(tree: InstallTree, source: string | undefined): string {
  return source?.startsWith(tree.root + sep) ? slashedFrom(tree.root, source) : (source ?? 'an empty file');
}

/** Where folders really are, looked up once for each plan. */
const realFolders = new WeakMap<InstallTree, Map<string, Promise<string>>>();

function realFolder(tree: InstallTree, folder: string): Promise<string> {
  const known = realFolders.get(tree) ?? new Map<string, Promise<string>>();
  realFolders.set(tree, known);
  const real = known.get(folder) ?? realpath(folder);
  known.set(folder, real);
  return real;
}

async function warnOfOutsideLink(tree: InstallTree, absolute: string, source: string): Promise<void> {
  const [info, folder, root] = await Promise.all([
    lstat(absolute),
    realFolder(tree, dirname(absolute)),
    realFolder(tree, tree.root),
  ]);
  const real = info.isSymbolicLink() ? await realpath(absolute) : join(folder, basename(absolute));
  if (!isInside(root, real)) {
    warn(
      tree,
      'pack/link-outside',
      `"${source}" is a link to "${real}", outside the plugin's folder; its content is packed.`,
      source,
    );
  }
}

/** Copies what a folder holds, as fs.copy_contents does: links followed, later files over earlier ones, other things than files left out. */
export async function planContents(tree: InstallTree, source: string, target: string): Promise<void> {
  await copyFolder(tree, source, target, new Set());
  for (const { name } of await sortedEntries(join(tree.root, source))) {
    if (name.startsWith('.')) markLfs(tree, joinPath(target, name), 'hidden');
  }
  for (const [path, link] of await linksBelow(join(tree.root, source))) {
    // One that stays in the folder leads to the same place in the copy.
    const leads = posix.join(posix.dirname(path), link);
    if (isAbsolute(link) || !staysInside(leads)) markLfs(tree, joinPath(target, path), 'link');
  }
}

/** Notes what is packed but a LuaRocks without lfs would not have. */
export function markLfs(tree: InstallTree, path: string, reason: LfsReason): void {
  if (tree.entries.has(path)) tree.onlyWithLfs.set(path, reason);
}

/** Links below a folder with where they lead; what lies behind a link is not looked at. */
async function linksBelow(folder: string, prefix = ''): Promise<[string, string][]> {
  const found: [string, string][] = [];
  for (const entry of await sortedEntries(join(folder, prefix))) {
    const path = joinPath(prefix, entry.name);
    if (entry.isSymbolicLink()) found.push([path, slashed(await readlink(join(folder, path)))]);
    else if (entry.isDirectory()) found.push(...(await linksBelow(folder, path)));
  }
  return found;
}

async function copyFolder(tree: InstallTree, source: string, target: string, above: ReadonlySet<string>): Promise<void> {
  const absolute = join(tree.root, source);
  const real = await realpath(absolute);
  if (above.has(real)) {
    problem(
      tree,
      'pack/link-cycle',
      `"${source}" is a link to a folder that it lies in; LuaRocks with lua-filesystem (lfs) would not come to an end.`,
      source,
    );
    return;
  }
  const inside = new Set([...above, real]);
  for (const entry of await sortedEntries(absolute)) {
    if (tree.entries.size >= MAX_ENTRIES) {
      if (!tree.problems.some(({ code }) => code === 'pack/too-many-files')) {
        problem(
          tree,
          'pack/too-many-files',
          `There are more than ${MAX_ENTRIES} files to pack; does "${source}" lead somewhere else?`,
          source,
        );
      }
      return;
    }
    const from = joinPath(source, entry.name);
    const to = joinPath(target, entry.name);
    if (entry.name.includes('\\')) {
      problem(
        tree,
        'pack/backslash',
        `"${from}" has a backslash in its name; LuaRocks with lua-filesystem (lfs) would stop copying there and leave out the rest.`,
        from,
      );
      continue;
    }
    const kind = entry.isSymbolicLink() ? await pathKind(join(absolute, entry.name)) : kindOfEntry(entry);
    if (kind === 'directory') {
      makeDirectory(tree, to);
      await copyFolder(tree, from, to, inside);
    } else if (kind === 'file') {
      const there = tree.entries.get(to);
      if (there === 'directory') {
        problem(tree, 'pack/file-in-the-way', `"${to}" would be both a file and a directory of the rock.`, from);
        continue;
      }
      if (entry.isSymbolicLink()) await warnOfOutsideLink(tree, join(absolute, entry.name), from);
      const path = join(absolute, entry.name);
      if (there !== undefined && there.source !== path) {
        warn(tree, 'pack/replaced', `"${from}" takes the place of "${relative(tree, there.source)}" in the rock.`, from);
      }
      tree.entries.set(to, { source: path, mode: READ_MODE });
    }
  }
}

/** Entries of a folder in bytewise order; empty when there is no such folder. */
export async function sortedEntries(path: string): Promise<Dirent[]> {
  try {
    const entries = await readdir(path, { withFileTypes: true });
    return entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (failure) {
    if (errorCode(failure) === 'ENOENT' || errorCode(failure) === 'ENOTDIR') return [];
    throw failure;
  }
}

type PathKind = 'file' | 'directory' | 'other';

function kindOfEntry(entry: Pick<Dirent, 'isFile' | 'isDirectory'>): PathKind {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other';
}

/** What a path leads to, links followed; undefined when to nothing. */
export async function pathKind(path: string): Promise<PathKind | undefined> {
  try {
    return kindOfEntry(await stat(path));
  } catch (failure) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG'].includes(errorCode(failure) ?? '')) return undefined;
    throw failure;
  }
}

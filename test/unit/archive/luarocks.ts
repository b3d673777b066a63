// Helpers: projects on disk, and what the real LuaRocks makes of them.
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ARCHIVE_LIMITS } from '../../../src/archive/entries';
import { readZip } from '../../../src/archive/readZip';
import { runProcess } from '../../../src/system/process';
import type { Project } from './projects';

/**
 * The two LuaRocks that there are: with the module lfs, and without it, as in an image that lacks it; they list and copy folders by other
 * means. Every Lua that is started reads the variable, also LuaRocks where the product starts it.
 */
export const LUAROCKS = [
  { title: 'LuaRocks with lua-filesystem', lfs: true, init: 'require "lfs"' },
  { title: 'LuaRocks without lua-filesystem', lfs: false, init: 'package.preload.lfs = function() error("there is no lfs") end' },
] as const;

/** Lets the tests of a suite run with one of the two. */
export function useLuarocks({ init }: (typeof LUAROCKS)[number]): void {
  const own = process.env['LUA_INIT'];
  before(() => {
    process.env['LUA_INIT'] = init;
  });
  after(() => {
    if (own === undefined) delete process.env['LUA_INIT'];
    else process.env['LUA_INIT'] = own;
  });
}

/** Runs a test body with a folder of its own, which is removed afterwards. */
export async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'kong-plugin-archive-'));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes a project into a folder. */
export async function writeProject(folder: string, project: Omit<Project, 'shape'>): Promise<void> {
  for (const path of project.directories ?? []) await mkdir(join(folder, path), { recursive: true });
  for (const [path, text] of Object.entries(project.files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
  for (const path of project.executable ?? []) await chmod(join(folder, path), 0o755);
  for (const [path, target] of Object.entries(project.links ?? {})) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await symlink(target, join(folder, path));
  }
}

/** Runs luarocks and returns what it printed; throws with its words when it fails. */
export async function luarocks(cwd: string, ...args: string[]): Promise<string> {
  const result = await runProcess({ command: 'luarocks', args, cwd, timeout: 60_000 });
  const said = `${result.stdout.toString()}${result.stderr.toString()}`;
  if (result.code !== 0) throw new Error(`luarocks ${args.join(' ')} ended with ${result.code ?? 'a signal'}: ${said}`);
  return said;
}

/** Bytes of the rock that `luarocks make` and `luarocks pack` give for the project in a folder. */
export async function packWithLuarocks(project: string, work: string, name: string, version: string): Promise<Buffer> {
  const tree = join(work, 'their-tree');
  await luarocks(project, 'make', '--tree', tree);
  return packTree(tree, work, name, version);
}

/** Bytes of the rock that `luarocks pack` writes into `work` of what is installed in a tree. */
export async function packTree(tree: string, work: string, name: string, version: string): Promise<Buffer> {
  await mkdir(work, { recursive: true });
  await luarocks(work, 'pack', '--tree', tree, name, version);
  const rock = (await readdir(work)).find((file) => file.endsWith('.rock'));
  if (rock === undefined) throw new Error('luarocks pack wrote no rock');
  return readFile(join(work, rock));
}

/** Members of a rock: contents of files by path, and empty directories under their path with a slash. */
export async function membersOf(rock: Buffer): Promise<Map<string, string>> {
  const { entries, problems } = await readZip(rock, rock.length, () => true, ARCHIVE_LIMITS);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  const paths = entries.map((entry) => entry.path);
  const members = entries.filter(
    (entry) => entry.type === 'file' || !paths.some((path) => path !== entry.path && path.startsWith(entry.path)),
  );
  return new Map(members.map((entry): [string, string] => [entry.path, entry.content?.toString('latin1') ?? '']).sort());
}

/** Every file below a folder with its content, sorted; links are what they lead to, and nothing when that is not there. */
export async function filesBelow(folder: string, prefix = ''): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  for (const entry of (await readdir(join(folder, prefix), { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    const is = entry.isSymbolicLink() ? await stat(join(folder, path)).catch(() => undefined) : entry;
    if (is === undefined) continue;
    if (is.isDirectory()) for (const [key, value] of await filesBelow(folder, path)) found.set(key, value);
    else found.set(path, await readFile(join(folder, path), 'latin1'));
  }
  return found;
}

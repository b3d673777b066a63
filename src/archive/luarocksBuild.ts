// Rocks that need more than copying: built by the person's own LuaRocks, in a copy of the project and a tree of their own.
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { slashedFrom } from '../system/paths';
import { runProcess } from '../system/process';
import { UserError } from '../system/userError';
import type { FileContent } from '../luarocks/files';
import { emptyTree, EXEC_MODE, planContents, READ_MODE } from '../luarocks/installTree';
import { layoutRock, type Layout } from '../luarocks/layout';
import { readDataFile } from '../luarocks/readData';
import { emptyDirectories, readPlanned } from './writeRock';
import { ROCK_MANIFEST } from '../luarocks/rockManifest';
import { rockspecName, type RockSource } from '../luarocks/rockSource';
import { needsMachine } from '../luarocks/scripts';
import type { DataTable } from '../luarocks/writeData';

/** The rock LuaRocks built, without its rock_manifest. */
export interface BuiltRock {
  arch: string;
  files: FileContent[];
  emptyDirectories: string[];
}

export interface BuildOptions {
  build?: boolean;
  signal?: AbortSignal;
  onProgress?: (message: string) => void;
}

/** Thrown where nothing may be run: a rock that copying files does not make. */
export class NeedsBuild extends UserError {
  readonly source: Pick<RockSource, 'name' | 'version'>;
  readonly reasons: readonly string[];

  constructor(message: string, source: RockSource, reasons: readonly string[]) {
    super(message, { next: 'Allow LuaRocks to build it; that runs the programs the rockspec names.' });
    this.source = source;
    this.reasons = reasons;
  }
}

const LUA = '5.1';
const BUILD_TIMEOUT_MS = 10 * 60_000;
/** What a build does not need and a copy need not carry. */
const NOT_COPIED = new Set(['.git', '.hg', '.svn', 'node_modules']);

/**
 * Builds with `luarocks make`, dependencies not looked at, hooks never run. Throws UserError: exit code 3 when there is no LuaRocks,
 * 1 when building is not allowed or fails (with LuaRocks' words).
 */
export async function buildWithLuarocks(
  root: string,
  source: RockSource,
  reasons: readonly string[],
  options: BuildOptions,
): Promise<BuiltRock> {
  const why = `${basename(source.rockspec)} cannot be packed by copying files: ${reasons.join('; ')}.`;
  if (options.build === false) throw new NeedsBuild(why, source, reasons);
  const arch = await luarocksArch(why, options.signal);
  const work = await mkdtemp(join(tmpdir(), 'kong-plugin-pack-'));
  try {
    const copy = join(work, 'project');
    const tree = join(work, 'tree');
    options.onProgress?.(`LuaRocks builds it, because ${reasons.join('; ')}`);
    await cp(root, copy, { recursive: true, verbatimSymlinks: true, filter: (path) => !NOT_COPIED.has(basename(path)) });
    const rockspec = slashedFrom(root, source.rockspec);
    await dropHooks(join(copy, rockspec), source);
    const args = ['make', '--lua-version', LUA, '--tree', tree, '--deps-mode', 'none', rockspec];
    const made = await runProcess({
      command: 'luarocks',
      args,
      cwd: copy,
      timeout: BUILD_TIMEOUT_MS,
      ...(options.signal && { signal: options.signal }),
    });
    if (made.code !== 0) {
      const said = `${made.stderr.toString().trim()}\n${made.stdout.toString().trim()}`.trim();
      throw new UserError(
        `LuaRocks could not build ${basename(source.rockspec)}${made.timedOut ? ' in ten minutes' : ''}:\n${said}`,
        { at: { path: source.rockspec } },
      );
    }
    return await readBuilt(tree, source, await layoutRock(copy, source), arch);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function luarocksArch(why: string, signal: AbortSignal | undefined): Promise<string> {
  const next = 'Install LuaRocks (https://luarocks.org), or list Lua files only in build.modules.';
  try {
    const { code, stdout } = await runProcess({
      command: 'luarocks',
      args: ['config', 'arch'],
      timeout: 30_000,
      ...(signal && { signal }),
    });
    if (code === 0) return stdout.toString().trim();
  } catch (cause) {
    if (!(cause instanceof UserError)) throw cause;
  }
  throw new UserError(`${why} That takes LuaRocks, which is not there or does not work.`, { exitCode: 3, next });
}

/** Takes the hooks out of the copy: packing installs nothing on this machine. */
async function dropHooks(path: string, source: RockSource): Promise<void> {
  if (source.postInstall === undefined) return;
  await writeFile(path, Buffer.concat([await readFile(path), Buffer.from('\nhooks = nil\n')]));
}

/**
 * What `luarocks pack` would put into the rock: the rock's own folder, and the modules back from where they were deployed; and from the copy
 * that was built what a LuaRocks without lua-filesystem did not see.
 */
async function readBuilt(tree: string, source: RockSource, layout: Layout, arch: string): Promise<BuiltRock> {
  const own = join('lib', 'luarocks', `rocks-${LUA}`, source.name, source.version);
  const plan = emptyTree(tree);
  await planContents(plan, own, '');
  const manifest = readDataFile(await readFile(join(tree, own, ROCK_MANIFEST)));
  const listed = manifest.data?.get(ROCK_MANIFEST);
  const kinds = [
    { kind: 'lua', deployed: join('share', 'lua', LUA), mode: READ_MODE },
    { kind: 'lib', deployed: join('lib', 'lua', LUA), mode: EXEC_MODE },
  ];
  for (const { kind, deployed, mode } of kinds) {
    const files = listed instanceof Map ? listed.get(kind) : undefined;
    for (const path of files instanceof Map ? leafPaths(files) : []) {
      plan.entries.set(`${kind}/${path}`, { source: join(tree, deployed, path), mode });
    }
  }
  const unseen = [...layout.onlyWithLfs.keys()].filter((path) => !plan.entries.has(path));
  for (const [path, entry] of layout.entries) {
    if (unseen.some((top) => path === top || path.startsWith(`${top}/`))) plan.entries.set(path, entry);
  }
  plan.entries.delete(ROCK_MANIFEST);
  plan.entries.set(rockspecName(source), { source: source.rockspec, mode: READ_MODE });
  const files = await readPlanned(plan);
  const machine = files.some(({ path }) => path.startsWith('lib/')) || needsMachine(files, source.wrapBinScripts) !== undefined;
  return { arch: machine ? arch : 'all', files, emptyDirectories: emptyDirectories(plan) };
}

function leafPaths(table: DataTable, prefix = ''): string[] {
  return [...table].flatMap(([key, value]) =>
    value instanceof Map ? leafPaths(value, `${prefix}${key}/`) : [`${prefix}${key}`],
  );
}

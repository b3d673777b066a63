// What `luarocks make` installs for a rockspec, as data: build.lua and build/builtin.lua of LuaRocks 3.8.0 without copying anything.
import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  emptyTree,
  EXEC_MODE,
  pathKind,
  makeDirectory,
  markLfs,
  planContents,
  planCopy,
  problem,
  READ_MODE,
  sortedEntries,
  warn,
  type InstallTree,
} from './installTree';
import { baseName, dirName, joinPath, moduleBase, moduleToPath, normalizePath, pathToModule, staysInside } from './paths';
import type { DataTable, LuaData } from './writeData';
import { rockspecName, type RockSource } from './rockSource';

/** Where everything of a rock comes from, and why LuaRocks itself must build it (empty when copying files is all there is to do). */
export interface Layout extends InstallTree {
  needsLuarocks: string[];
}

const REFUSED_ROOTS = new Set(['rock_manifest', 'rock_namespace', 'luarocks.lock']);
const AUTODETECT_SKIPS = new Set(['spec', '.luarocks', 'lua_modules', 'test.lua', 'tests.lua']);
const DEFAULT_DOCS = /^(?:readme|license|copying|.*\.md)/;

/** Plans the rock of a rockspec from the files in `root`, the folder `luarocks make` would run in. Never throws for what the rockspec says. */
export async function layoutRock(root: string, source: RockSource): Promise<Layout> {
  const layout: Layout = { ...emptyTree(root), needsLuarocks: [] };
  const type = source.build?.get('type') ?? (source.format3 ? 'builtin' : undefined);
  if (type === undefined) {
    problem(layout, 'pack/build-type', 'The rockspec has no build.type; LuaRocks refuses it before rockspec_format = "3.0".');
    return layout;
  }
  const build: DataTable = new Map(source.build);
  for (const key of ['patches', 'extra_files']) {
    if (build.has(key)) layout.needsLuarocks.push(`build.${key} changes files before they are installed`);
  }
  if (type === 'builtin' || type === 'module') await runBuiltin(layout, source, build);
  else if (type !== 'none') layout.needsLuarocks.push(`build.type = "${dataText(type)}" runs programs`);
  await installFiles(layout, build);
  if (source.build?.has('modules') !== true) markDetected(layout);
  await copyDirectories(layout, build);
  const lock = join(root, 'luarocks.lock');
  if ((await pathKind(lock)) === 'file') layout.entries.set('luarocks.lock', { source: lock, mode: READ_MODE });
  layout.entries.set(rockspecName(source), { source: source.rockspec, mode: READ_MODE });
  return layout;
}

function dataText(value: LuaData | undefined): string {
  return value instanceof Map ? 'a table' : String(value);
}

/** build/builtin.lua `run`: the modules, found when not listed, then everything in a folder `lua`. */
async function runBuiltin(layout: Layout, source: RockSource, build: DataTable): Promise<void> {
  if (!build.has('modules')) {
    if (!source.format3) {
      problem(
        layout,
        'pack/no-modules',
        'The rockspec lists no build.modules; LuaRocks stops with "Missing build.modules table".',
      );
      return;
    }
    await autodetect(layout, build);
  }
  const modules = build.get('modules');
  if (!(modules instanceof Map)) {
    problem(layout, 'pack/modules-shape', 'build.modules is not a table.');
    return;
  }
  const usedBy = new Map<string, string>();
  for (const [module, value] of [...modules].sort(byKey)) await placeModule(layout, module, value, usedBy);
  if ((await pathKind(join(layout.root, 'lua'))) === 'directory') await planContents(layout, 'lua', 'lua');
}

function byKey([a]: [string | number, unknown], [b]: [string | number, unknown]): number {
  return String(a) < String(b) ? -1 : 1;
}

async function placeModule(layout: Layout, module: string | number, value: LuaData, usedBy: Map<string, string>): Promise<void> {
  if (typeof module === 'number') {
    problem(
      layout,
      'pack/module-name',
      `build.modules[${module}] has no module name; write ["module.name"] = "${dataText(value)}".`,
    );
    return;
  }
  if (typeof value !== 'string') {
    if (value instanceof Map) layout.needsLuarocks.push(`the module ${module} is compiled from C`);
    else
      problem(
        layout,
        'pack/module-value',
        `The module ${module} is ${dataText(value)}, not a file; LuaRocks silently leaves it out.`,
      );
    return;
  }
  if (!value.endsWith('.lua')) {
    layout.needsLuarocks.push(`the module ${module} is "${value}", which LuaRocks takes for C source`);
    return;
  }
  const file = packable(layout, value, `the module ${module}`);
  const base = moduleBase(module);
  if (file === undefined) return;
  if (base === undefined) {
    problem(layout, 'pack/module-name', `"${module}" is no module name.`);
    return;
  }
  const isInit = baseName(value) === 'init.lua' && !module.endsWith('.init');
  const target = isInit
    ? joinPath('lua', moduleToPath(`${module}.init`), 'init.lua')
    : joinPath('lua', moduleToPath(module), `${base}.lua`);
  const other = usedBy.get(value);
  if (other === undefined) usedBy.set(value, module);
  else
    warn(
      layout,
      'pack/file-of-two-modules',
      `"${value}" is the file of ${other} and of ${module}: \`luarocks make\` installs only one of them, by chance. Both are packed here.`,
      value,
    );
  await planCopy(layout, file, target, READ_MODE);
}

/** A path of the rockspec as a path inside the project; undefined, with a problem, when it leads elsewhere. */
function packable(layout: Layout, path: string, what: string): string | undefined {
  const normalized = normalizePath(path);
  if (normalized !== '' && staysInside(normalized) && !path.includes('\0')) return normalized;
  problem(
    layout,
    'pack/outside',
    `"${path}" (${what}) is outside the plugin's folder; the archive could not be built anywhere else.`,
    path,
  );
  return undefined;
}

/** builtin.autodetect_modules: fills `modules`, and `install` and `copy_directories` where the rockspec has none. */
async function autodetect(layout: Layout, build: DataTable): Promise<void> {
  let prefix = '';
  for (const parent of ['src', 'lua', 'lib']) {
    if (prefix === '' && (await pathKind(join(layout.root, parent))) === 'directory') prefix = parent;
  }
  const modules: DataTable = new Map();
  for (const file of await findFiles(join(layout.root, prefix))) {
    if (AUTODETECT_SKIPS.has(file.split('/', 1)[0] ?? '')) continue;
    if (file.endsWith('.lua')) modules.set(pathToModule(file), joinPath(prefix, file));
    else if (file.endsWith('.c'))
      modules.set(pathToModule(file.replace(/\.c$/, '.lua')), new Map([['sources', joinPath(prefix, file)]]));
  }
  build.set('modules', modules);
  for (const bin of ['src/bin', 'bin']) {
    if (build.has('install') || (await pathKind(join(layout.root, bin))) !== 'directory') continue;
    const names = (await sortedEntries(join(layout.root, bin))).map((entry, i): [number, string] => [
      i + 1,
      joinPath(bin, entry.name),
    ]);
    build.set('install', new Map([['bin', new Map(names)]]));
  }
  const directories: [number, string][] = [];
  for (const name of ['doc', 'docs', 'samples', 'tests']) {
    if ((await pathKind(join(layout.root, name))) === 'directory') directories.push([directories.length + 1, name]);
  }
  if (directories.length > 0 && !build.has('copy_directories')) build.set('copy_directories', new Map(directories));
}

/** Names at which autodetection without lfs does not look. */
const UNSEEN = /^(?:(?:src|lua|lib)[/])?\.|^(?:src[/])?bin[/]\./;

/** Notes what autodetection finds only with lfs. */
function markDetected(layout: Layout): void {
  for (const [path, entry] of layout.entries) {
    const source = entry === 'directory' ? undefined : entry.source?.slice(layout.root.length + 1).replaceAll('\\', '/');
    if (source !== undefined && UNSEEN.test(source)) markLfs(layout, path, 'hidden');
  }
}

/** Every file below a folder, relative, links to folders not followed (LuaRocks follows them, endlessly when they lead up). */
async function findFiles(folder: string, prefix = ''): Promise<string[]> {
  const found: string[] = [];
  for (const entry of await sortedEntries(join(folder, prefix))) {
    const path = joinPath(prefix, entry.name);
    if (entry.isDirectory()) found.push(...(await findFiles(folder, path)));
    else if (entry.isFile() || (entry.isSymbolicLink() && (await pathKind(join(folder, path))) === 'file')) found.push(path);
  }
  return found;
}

const INSTALL_KINDS = [
  { kind: 'lua', modulePaths: true, mode: READ_MODE },
  { kind: 'lib', modulePaths: true, mode: EXEC_MODE },
  { kind: 'bin', modulePaths: false, mode: EXEC_MODE },
  { kind: 'conf', modulePaths: false, mode: READ_MODE },
];

/** build.install: arrays go to the root of their folder, keyed entries to the place the key names. */
async function installFiles(layout: Layout, build: DataTable): Promise<void> {
  const install = build.get('install');
  if (install === undefined) return;
  if (!(install instanceof Map)) {
    problem(layout, 'pack/install-shape', 'build.install is not a table.');
    return;
  }
  for (const { kind, modulePaths, mode } of INSTALL_KINDS) {
    const files = install.get(kind);
    if (files === undefined) continue;
    if (!(files instanceof Map)) {
      problem(layout, 'pack/install-shape', `build.install.${kind} is not a table.`);
      continue;
    }
    for (const [key, value] of [...files].sort(byKey)) {
      const what = `build.install.${kind}`;
      if (typeof value !== 'string') {
        problem(layout, 'pack/install-shape', `${what}["${key}"] is not a file name.`);
        continue;
      }
      const file = packable(layout, value, what);
      const target =
        typeof key === 'number' ? baseName(value) : modulePaths ? modulePlace(key, value) : packable(layout, key, what);
      if (file === undefined || target === undefined) continue;
      await planCopy(layout, file, joinPath(kind, target), mode);
    }
  }
  if (install.get('lib') instanceof Map) layout.needsLuarocks.push('build.install.lib holds files for one kind of machine');
}

function modulePlace(module: string, file: string): string {
  const name = file.endsWith('.lua') ? `${moduleBase(module) ?? ''}.lua` : baseName(file);
  return joinPath(moduleToPath(module), name);
}

/** build.copy_directories, `doc` when there is none; with no directory copied, the readme and licence files of the root. */
async function copyDirectories(layout: Layout, build: DataTable): Promise<void> {
  const given = build.get('copy_directories');
  if (given !== undefined && !(given instanceof Map)) {
    problem(layout, 'pack/copy-directories', 'build.copy_directories is not a table.');
    return;
  }
  let any = false;
  for (const [, value] of given ?? new Map<number, LuaData>([[1, 'doc']])) {
    if (typeof value !== 'string') {
      problem(layout, 'pack/copy-directories', `build.copy_directories holds ${dataText(value)}, not a directory name.`);
      continue;
    }
    const directory = normalizePath(value) === '' ? '' : packable(layout, value, 'build.copy_directories');
    if (directory === undefined) continue;
    const kind = await pathKind(join(layout.root, directory));
    if (kind !== 'directory') {
      if (given !== undefined)
        problem(layout, 'pack/copy-directories', `Directory "${value}" of build.copy_directories not found.`, value);
      continue;
    }
    if (REFUSED_ROOTS.has(directory) || directory.endsWith('.rockspec')) {
      problem(layout, 'pack/copy-directories', `A directory of the name "${directory}" breaks the rock.`, value);
      continue;
    }
    if (/^(?:lua|lib|bin)(?:\/|$)/.test(directory)) {
      warn(
        layout,
        'pack/copied-into-place',
        `LuaRocks installs what "${directory}" holds as ${directory.startsWith('bin') ? 'programs' : 'modules'}.`,
        value,
      );
    }
    if (directory === 'lib')
      layout.needsLuarocks.push('build.copy_directories has "lib", which LuaRocks takes for compiled modules');
    makeDirectory(layout, directory);
    await planContents(layout, directory, directory);
    any = true;
  }
  if (!any) await defaultDocs(layout);
}

/** install_default_docs of build.lua. A folder of such a name becomes an empty file there, which is kept and said. */
async function defaultDocs(layout: Layout): Promise<void> {
  for (const { name } of await sortedEntries(layout.root)) {
    if (!DEFAULT_DOCS.test(name.toLowerCase())) continue;
    const path = join(layout.root, name);
    const kind = await pathKind(path);
    if (kind === 'file') await planCopy(layout, name, `doc/${name}`, READ_MODE);
    else if (kind === 'directory') {
      warn(
        layout,
        'pack/folder-as-doc',
        `LuaRocks makes an empty file of the folder "${name}", or without lua-filesystem (lfs) nothing; list it in build.copy_directories to pack it.`,
        name,
      );
      makeDirectory(layout, 'doc');
      layout.entries.set(`doc/${name}`, { source: undefined, mode: READ_MODE });
      markLfs(layout, `doc/${name}`, 'folder');
    } else if ((await lstat(path)).isSymbolicLink()) makeDirectory(layout, dirName(`doc/${name}`));
    if (name.startsWith('.')) markLfs(layout, `doc/${name}`, 'hidden');
  }
}

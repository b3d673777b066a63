// What installing a rock would do, read from the rock: where its files go, and what LuaRocks would refuse, drop or run.
import { readRockspec } from '../rockspec/read';
import { error, warning, type RockProblem } from '../luarocks/problem';
import type { ArchiveFile } from './archive';
import type { ArchiveEntry } from './entries';
import { readDataFile } from '../luarocks/readData';
import { parseRockName } from '../luarocks/paths';
import type { DataTable } from '../luarocks/writeData';
import { ROCK_MANIFEST } from '../luarocks/rockManifest';
import { rockSourceOf } from '../rockspec/rockSourceOf';
import { rockspecName, type RockSource } from '../luarocks/rockSource';
import { own } from '../text/own';

/** A rock understood. */
export interface RockContents {
  files: ArchiveFile[];
  problems: RockProblem[];
  source: RockSource | undefined;
  dependencies: string[];
  arch: string | undefined;
}

/** Where a tree keeps what a rock installs, by the first folder in the rock. */
const DEPLOYED: Readonly<Record<string, string>> = { lua: 'share/lua/5.1', lib: 'lib/lua/5.1', bin: 'bin' };
const SHAPE_OF_ARCH =
  /^(?:linux|macosx|freebsd|openbsd|netbsd|dragonfly|solaris|haiku|cygwin|mingw32|win32|windows)-[A-Za-z0-9_]+$/;
/** Files LuaRocks puts beside the others without listing them. */
const UNLISTED = new Set([ROCK_MANIFEST, 'rock_namespace']);

/** Whether the reader should keep a file's content for this. */
export function isRockMetadata(path: string): boolean {
  return path === ROCK_MANIFEST || (path.endsWith('.rockspec') && !path.includes('/'));
}

/** Judges a rock by its file name and entries (cmd/install.lua, repos.lua; 3.8.0 and 3.12.2 behave alike). */
export function inspectRock(fileName: string, entries: readonly ArchiveEntry[]): RockContents {
  const problems: RockProblem[] = [];
  const named = parseRockName(fileName);
  const files = entries.filter((entry) => entry.type === 'file');
  if (named === undefined) {
    problems.push(
      error('inspect/file-name', `LuaRocks wants a rock to be called name-version-revision.arch.rock; "${fileName}" it refuses.`),
    );
  }
  const rockspec = rockspecInRock(files, named, problems);
  const source = rockspec && rockSourceOf(rockspec);
  if (rockspec !== undefined && named !== undefined) problems.push(...nameProblems(named, source));
  const arch = named?.arch;
  const result = { problems, source, dependencies: rockspec?.dependencies.map(({ value }) => value) ?? [], arch };
  if (source?.postInstall !== undefined) {
    problems.push(warning('inspect/hook', `Installing it runs this command on the node: ${source.postInstall}`));
  }
  if (arch === 'src') {
    problems.push(...buildProblems(source));
    return { ...result, files: files.map(plain) };
  }
  if (arch !== undefined) problems.push(...archProblems(arch, files));
  const listed = readManifest(files, problems);
  if (listed !== undefined) problems.push(...manifestProblems(listed, files));
  const deployed = files.map((file) => {
    const to =
      listed === undefined || listed.has(file.path) || isRockMetadata(file.path) ? placeOf(file.path, source) : undefined;
    return { ...plain(file), ...(to !== undefined && { deploysTo: to }) };
  });
  if (!files.some(({ path }) => /^(?:lua|lib|bin)\//.test(path) && (listed === undefined || listed.has(path)))) {
    problems.push(error('inspect/installs-nothing', 'Installing it would put no module and no program into the tree.'));
  }
  for (const { path } of files) {
    if (/^(?:kong|share)\//.test(path)) {
      problems.push(
        error('inspect/misplaced', `"${path}" is not below lua/, so that LuaRocks leaves it where Kong does not look.`, path),
      );
      break;
    }
  }
  return { ...result, files: deployed };
}

function plain({ path, size }: ArchiveEntry): ArchiveFile {
  return { path, size };
}

/** Where installing puts a file, relative to the tree. */
function placeOf(path: string, source: RockSource | undefined): string | undefined {
  const slash = path.indexOf('/');
  const deployed = slash > 0 ? own(DEPLOYED, path.slice(0, slash)) : undefined;
  if (deployed !== undefined) return deployed + path.slice(slash);
  return source && `lib/luarocks/rocks-5.1/${source.name}/${source.version}/${path}`;
}

function rockspecInRock(
  files: readonly ArchiveEntry[],
  named: { name: string; version: string } | undefined,
  problems: RockProblem[],
): ReturnType<typeof readRockspec> | undefined {
  const rockspecs = files.filter(({ path }) => path.endsWith('.rockspec') && !path.includes('/'));
  const wanted = named && rockspecName(named);
  const file = rockspecs.find(({ path }) => path === wanted) ?? rockspecs[0];
  if (file === undefined) {
    problems.push(error('inspect/no-rockspec', 'There is no rockspec in its root; LuaRocks cannot install it.'));
    return undefined;
  }
  if (wanted !== undefined && file.path !== wanted) {
    problems.push(
      error(
        'inspect/rockspec-name',
        `Its rockspec is called "${file.path}"; by the rock's name LuaRocks looks for "${wanted}".`,
        file.path,
      ),
    );
  }
  if (file.content === undefined) {
    problems.push(error('inspect/rockspec', `Its rockspec "${file.path}" cannot be read.`, file.path));
    return undefined;
  }
  const rockspec = readRockspec(file.content, file.path);
  const failure = rockspec.syntaxError ?? rockspec.evaluation.error ?? rockspec.evaluation.exhausted;
  if (failure !== undefined || rockSourceOf(rockspec) === undefined) {
    const why = failure?.message ?? 'it does not say package and version';
    problems.push(error('inspect/rockspec', `Its rockspec "${file.path}" is broken: ${why}.`, file.path));
  }
  return rockspec;
}

function nameProblems(named: { name: string; version: string }, source: RockSource | undefined): RockProblem[] {
  if (source === undefined || (named.name === source.name && named.version === source.version)) return [];
  const message = `The file is called ${named.name}-${named.version}, its rockspec says ${source.name}-${source.version}; LuaRocks cannot install it.`;
  return [error('inspect/name-mismatch', message)];
}

function archProblems(arch: string, files: readonly ArchiveEntry[]): RockProblem[] {
  const compiled = files.find(({ path }) => path.startsWith('lib/'));
  if (arch === 'all') {
    return compiled === undefined
      ? []
      : [
          error(
            'inspect/architecture',
            `It says it fits every machine, but "${compiled.path}" is compiled for one.`,
            compiled.path,
          ),
        ];
  }
  if (!SHAPE_OF_ARCH.test(arch)) {
    return [
      error(
        'inspect/architecture',
        `"${arch}" is no machine LuaRocks knows; it refuses the rock ("Incompatible architecture ${arch}").`,
      ),
    ];
  }
  const where = `It installs only where LuaRocks calls the machine ${arch}`;
  return [
    arch.startsWith('linux-')
      ? warning('inspect/architecture', `${where}.`)
      : error('inspect/architecture', `${where}; Kong runs on Linux.`),
  ];
}

function buildProblems(source: RockSource | undefined): RockProblem[] {
  const type = source?.build?.get('type');
  if (type === undefined || ['builtin', 'module', 'none'].includes(String(type instanceof Map ? '' : type))) return [];
  return [
    warning('inspect/runs-programs', `Installing it runs programs: build.type = "${type instanceof Map ? '' : String(type)}".`),
  ];
}

/** Paths with their MD5 as rock_manifest lists them; undefined when there is none, and LuaRocks makes one. */
function readManifest(files: readonly ArchiveEntry[], problems: RockProblem[]): Map<string, string> | undefined {
  const file = files.find(({ path }) => path === ROCK_MANIFEST);
  if (file === undefined) {
    problems.push(warning('inspect/no-rock-manifest', 'It has no rock_manifest; LuaRocks makes one from what it finds.'));
    return undefined;
  }
  const { data, error: reason } =
    file.content === undefined ? { data: undefined, error: 'it is too large' } : readDataFile(file.content);
  const manifest = data?.get(ROCK_MANIFEST);
  const listed = new Map<string, string>();
  if (manifest instanceof Map) collect(manifest, '', listed);
  else
    problems.push(
      error('inspect/rock-manifest', `Its rock_manifest is broken: ${reason ?? 'it assigns no table'}.`, ROCK_MANIFEST),
    );
  return listed;
}

function collect(table: DataTable, prefix: string, listed: Map<string, string>): void {
  for (const [key, value] of table) {
    if (value instanceof Map) collect(value, `${prefix}${key}/`, listed);
    else listed.set(`${prefix}${key}`, String(value));
  }
}

function manifestProblems(listed: ReadonlyMap<string, string>, files: readonly ArchiveEntry[]): RockProblem[] {
  const problems: RockProblem[] = [];
  const present = new Set(files.map(({ path }) => path));
  for (const [path] of listed) {
    if (!present.has(path))
      problems.push(
        error('inspect/absent', `"${path}" is in its rock_manifest but not in the rock; LuaRocks fails to install it.`, path),
      );
  }
  for (const { path, md5 } of files) {
    const wanted = listed.get(path);
    if (wanted === undefined) {
      if (UNLISTED.has(path)) continue;
      const deployed = /^(?:lua|lib|bin)\//.test(path);
      const message = `"${path}" is not in its rock_manifest${deployed ? ', so that LuaRocks does not install it' : ''}.`;
      problems.push(deployed ? error('inspect/unlisted', message, path) : warning('inspect/unlisted', message, path));
    } else if (md5 !== undefined && md5 !== wanted.toLowerCase()) {
      problems.push(
        error(
          'inspect/checksum',
          `"${path}" is not the file that was packed: its MD5 is ${md5}, the rock_manifest says ${wanted}.`,
          path,
        ),
      );
    }
  }
  return problems;
}

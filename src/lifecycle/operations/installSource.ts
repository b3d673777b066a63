// What is to be installed: a plugin project, a .rock file, or the address of one, read once and then spread over any number of nodes.
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { NeedsBuild } from '../../archive/luarocksBuild';
import { readRock } from '../../archive/readRock';
import { discoverPlugins } from '../../plugin/discovery';
import type { Project } from '../../archive/project';
import type { Plugin } from '../../plugin/plugin';
import { DEFAULT_KONG, parseKongVersion } from '../../kong/versions';
import { errorCode, UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { shellWord } from '../../text/shellWord';
import { StepFailure } from '../failure';
import type { InstallSource, PackedRock } from '../steps/place';
import type { InstallKind } from '../types';

const MAX_DOWNLOAD_BYTES = 100 * 1024 * 1024;
const DOWNLOAD_TIMEOUT_MS = 120_000;

export interface ReadOptions {
  /** How it will be installed: by path a project need not be packed. */
  via?: InstallKind | undefined;
  signal?: AbortSignal | undefined;
  /** False refuses what LuaRocks would have to build; otherwise that is a step of its own, and nothing is run before. */
  build?: boolean | undefined;
}

/**
 * Reads what an `install` argument names: a folder (packed in memory), a `.rock` file, or an http(s) address of one. Throws UserError when it
 * is none of these or brings no plugin, and StepFailure, with what Kong would say, when it cannot be packed.
 */
export async function readInstallSource(argument: string, cwd: string, options: ReadOptions = {}): Promise<InstallSource> {
  const { signal } = options;
  if (/^https?:\/\//i.test(argument)) {
    refuseSource(argument, options.via);
    return fromRock(await download(argument, signal), basename(new URL(argument).pathname), argument, signal);
  }
  const path = resolve(cwd, argument);
  const info = await stat(path).catch((error: unknown) => {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`There is no file or folder ${path}.`, { exitCode: 2, cause: error });
  });
  if (info.isFile() && path.endsWith('.rock')) {
    refuseSource(path, options.via);
    return fromRock(await readFile(path), basename(path), path, signal);
  }
  if (info.isDirectory() || path.endsWith('.rockspec')) return fromProject(path, options);
  throw new UserError(`${path} is neither a plugin folder nor a .rock file.`, { exitCode: 2 });
}

async function fromProject(path: string, { via, signal, build }: ReadOptions): Promise<InstallSource> {
  const byPath = via === 'path';
  const { openProject } = await import('../../archive/project');
  const project = await openProject(path);
  const found = (await discoverPlugins([project.root], { signal })).filter((plugin) => plugin.language === 'lua');
  if (byPath || project.rockspec === undefined) {
    const plugins = projectPlugins(project, found);
    if (plugins.length === 0) throw noPlugin(path);
    if (!byPath && via !== undefined) throw noRockspec(path, via, plugins);
    return { title: path, plugins: plugins.map(({ name }) => name), rock: undefined, project: { root: project.root, plugins } };
  }
  const pack = (build: boolean, stop: AbortSignal | undefined): Promise<InstallSource> =>
    packedSource(path, project.root, found, build, stop);
  try {
    return await pack(false, signal);
  } catch (error) {
    if (!(error instanceof NeedsBuild)) throw error;
    if (build === false) throw new UserError(error.message, { next: 'Installing it without --no-build lets LuaRocks build it.' });
    return toBuild(path, error, projectPlugins(project, found), project.root, (stop) => pack(true, stop));
  }
}

/** What is known of a rock before LuaRocks has built it; nothing is run until somebody runs the step. */
function toBuild(
  title: string,
  { source, reasons }: NeedsBuild,
  plugins: readonly Plugin[],
  root: string,
  built: (signal: AbortSignal | undefined) => Promise<InstallSource>,
): InstallSource {
  if (plugins.length === 0) throw noPlugin(title);
  const { name, version } = source;
  const rock: PackedRock = {
    fileName: `${name}-${version}.all.rock`,
    bytes: Buffer.alloc(0),
    rock: { name, version, arch: 'all', files: [], dependencies: [], postInstall: undefined, wrapBinScripts: true },
  };
  let once: Promise<InstallSource> | undefined;
  return {
    title,
    plugins: plugins.map((plugin) => plugin.name),
    rock,
    project: { root, plugins },
    build: {
      reasons,
      // Several nodes get the same rock.
      async run(signal) {
        once ??= built(signal);
        Object.assign(rock, (await once).rock);
      },
    },
  };
}

async function packedSource(
  path: string,
  root: string,
  found: readonly Plugin[],
  build: boolean,
  signal: AbortSignal | undefined,
): Promise<InstallSource> {
  const { packProject } = await import('../../archive/pack');
  const scratch = await mkdtemp(join(tmpdir(), 'kong-plugin-'));
  try {
    const options = { kind: 'rock', out: scratch, build, ...(signal === undefined ? {} : { signal }) } as const;
    const [archive] = await packProject(path, options);
    if (archive === undefined || archive.sha256 === null) {
      const reasons = archive?.problems.filter((problem) => problem.severity === 'error').map((problem) => problem.message) ?? [];
      throw new StepFailure(
        `This cannot be packed: ${reasons.join(' ')}`,
        await whatKongWouldSay(found),
        '`kong-plugin check` shows where.',
      );
    }
    const source = await fromRock(await readFile(archive.path), basename(archive.path), path, signal);
    return { ...source, project: { root, plugins: found.filter((plugin) => source.plugins.includes(plugin.name)) } };
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

/** The plugins that are a project's own: its rockspec's, or where that has none, those that no inner project claims. */
function projectPlugins({ root, rockspec }: Project, found: readonly Plugin[]): Plugin[] {
  const choices = [
    found.filter((plugin) => rockspec !== undefined && plugin.rockspec === rockspec),
    found.filter((plugin) => plugin.root === root),
    found,
  ];
  return [...(choices.find(({ length }) => length > 0) ?? [])];
}

/** What the plugins' own faults would make of a start of Kong. */
async function whatKongWouldSay(plugins: readonly Plugin[]): Promise<Finding[]> {
  const [{ preflightCode }, { readPluginCode }, { findingsOf }] = await Promise.all([
    import('../../plugin/preflight'),
    import('../../plugin/pluginCode'),
    import('../../troubleshoot/conclude'),
  ]);
  const version = parseKongVersion(DEFAULT_KONG);
  const judged = await Promise.all(plugins.map(async (plugin) => preflightCode(await readPluginCode(plugin), version)));
  return findingsOf(
    judged.flatMap(({ stops }) => stops),
    undefined,
  );
}

async function fromRock(bytes: Buffer, fileName: string, title: string, signal: AbortSignal | undefined): Promise<InstallSource> {
  const rock = await readRock({ name: fileName, content: bytes }, signal);
  const plugins = rock.files.flatMap(
    (file) => /^lua\/kong\/plugins\/([^/]+)\/handler(?:\/init)?\.lua$/.exec(file.path)?.[1] ?? [],
  );
  if (plugins.length === 0) throw noPlugin(title);
  return { title, plugins, rock: { fileName, rock, bytes }, project: undefined };
}

/** Without a rockspec nobody knows what the rock is: installing it another way is for the person to say. */
function noRockspec(where: string, via: InstallKind, plugins: readonly Plugin[]): UserError {
  const inner = [...new Set(plugins.flatMap(({ rockspec }) => rockspec ?? []))].sort();
  const how = via === 'rock' ? 'as a rock' : 'from its source with LuaRocks';
  return new UserError(`${where} has no rockspec of its own, so it cannot be installed ${how}.`, {
    exitCode: 2,
    next:
      inner.length === 0
        ? '--via path brings its files; LuaRocks needs a rockspec.'
        : `Name the project to install: ${inner.map(shellWord).join(', ')}. Or bring the files with --via path.`,
  });
}

/** A rock holds what was made of the source. */
function refuseSource(rock: string, via: InstallKind | undefined): void {
  if (via !== 'source') return;
  throw new UserError(`${rock} is a rock, and holds no source that LuaRocks could make again.`, {
    exitCode: 2,
    next: 'Leave out --via, or name the folder of the plugin.',
  });
}

function noPlugin(where: string): UserError {
  return new UserError(`${where} holds no Kong plugin: there is no kong/plugins/NAME/handler.lua in it.`);
}

async function download(url: string, signal: AbortSignal | undefined): Promise<Buffer> {
  const timeout = AbortSignal.timeout(DOWNLOAD_TIMEOUT_MS);
  let response: Response;
  try {
    response = await fetch(url, { signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]) });
  } catch (cause) {
    signal?.throwIfAborted();
    throw new UserError(`${url} cannot be downloaded: no answer.`, { exitCode: 3, cause });
  }
  if (!response.ok || response.body === null)
    throw new UserError(`${url} cannot be downloaded: the server answers ${response.status}.`);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.length;
    if (size > MAX_DOWNLOAD_BYTES) throw new UserError(`${url} is larger than 100 MB; it will not be downloaded.`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// Packing: from a folder to its `.all.rock` or `.tar.gz`, checked first, written only when nothing is wrong.
import { readFile } from 'node:fs/promises';
import { basename, join, relative } from 'node:path';
import { installedFile } from '../lua/moduleName';
import { readHandler } from '../plugin/describe';
import { discoverPlugins } from '../plugin/discovery';
import type { Plugin } from '../plugin/plugin';
import { dependencyNames } from '../plugin/travel/rock';
import { readRockspec } from '../rockspec/read';
import { slashedFrom } from '../system/paths';
import { UserError } from '../system/userError';
import { error, hasErrors, warning, type RockProblem } from '../luarocks/problem';
import type { Archive, ArchiveFile, ArchiveKind } from './archive';
import type { FileContent } from '../luarocks/files';
import { checkRockspecFile } from './checks';
import { emptyTree, READ_MODE, type InstallTree } from '../luarocks/installTree';
import { buildWithLuarocks } from './luarocksBuild';
import { layoutRock, type Layout } from '../luarocks/layout';
import { openProject } from './project';
import { contentProblems } from './contentProblems';
import { isNeverLoaded } from './neverLoaded';
import { pluginsInRock, reachedFiles } from './soundness';
import { assembleRock, emptyDirectories, readPlanned } from './writeRock';
import { rockSourceOf } from '../rockspec/rockSourceOf';
import type { RockSource } from '../luarocks/rockSource';
import { needsMachine } from '../luarocks/scripts';
import { writeTarGz } from './tarball';
import { rootDocuments, tarFiles, type SourcedFile } from './tarLayout';
import { sha256, writeArchive } from './writeArchive';

export interface PackOptions {
  /** A rock when there is a rockspec, a tar otherwise. */
  kind?: ArchiveKind;
  /** Folder that archives are written to. */
  out: string;
  /** Asked before a different archive of the same name is replaced; nobody to ask means no. */
  mayReplace?: (path: string) => Promise<boolean>;
  /** Whether the person's LuaRocks may build what needs compiling or commands (which runs the rockspec's programs). Hooks never run. */
  build?: boolean;
  signal?: AbortSignal;
  onProgress?: (message: string) => void;
}

/** A rockspec that was read, with what is wrong with it. */
interface ReadSource {
  source: RockSource;
  dependencies: readonly string[];
  problems: RockProblem[];
}

/** What is packed, before it is written. `bytes` is undefined when it is refused. */
interface Draft {
  fileName: string;
  kind: ArchiveKind;
  files: ArchiveFile[];
  bytes: Buffer | undefined;
  problems: RockProblem[];
}

/**
 * Packs the plugin in a folder (or of a rockspec) and returns its archives; one that is refused has no sha256 and says why in its problems.
 * Throws UserError for what is not the plugin's fault: no such folder, several packages to choose from, no LuaRocks for what needs it,
 * a folder that cannot be written to; and the signal's reason.
 */
export async function packProject(path: string, options: PackOptions): Promise<Archive[]> {
  const { root, rockspec } = await openProject(path);
  const drafts = rockspec === undefined ? await draftFolder(root, options) : [await draftRockspec(root, rockspec, options)];
  const archives: Archive[] = [];
  for (const draft of drafts) archives.push(await write(draft, options));
  return archives;
}

async function write({ fileName, kind, files, bytes, problems }: Draft, options: PackOptions): Promise<Archive> {
  const path = join(options.out, fileName);
  const archive: Archive = { path, kind, sha256: null, files, problems };
  if (bytes === undefined || hasErrors(problems)) return archive;
  options.signal?.throwIfAborted();
  options.onProgress?.(`Writing ${fileName}`);
  if (await writeArchive(path, bytes, async () => (await options.mayReplace?.(path)) === true)) {
    return { ...archive, sha256: sha256(bytes) };
  }
  const message = `${fileName} exists already and holds something else. Give the plugin a new version, or replace it (--force).`;
  return { ...archive, problems: [...problems, error('pack/exists', message, fileName)] };
}

async function draftRockspec(root: string, path: string, options: PackOptions): Promise<Draft> {
  const kind = options.kind ?? 'rock';
  options.onProgress?.(`Checking ${basename(path)}`);
  const content = await readFile(path);
  const rockspec = readRockspec(content, path);
  const problems = await checkRockspecFile(rockspec, 'archive');
  const source = rockSourceOf(rockspec);
  if (source === undefined || hasErrors(problems)) {
    const fileName = `${basename(path).replace(/\.?rockspec$/, '')}${kind === 'rock' ? '.all.rock' : '.tar.gz'}`;
    if (!hasErrors(problems))
      problems.push(error('pack/rockspec', `${basename(path)} does not say which package and version it is.`, basename(path)));
    return { fileName, kind, files: [], bytes: undefined, problems };
  }
  const layout = await layoutRock(root, source);
  const dependencies = dependencyNames(rockspec.dependencies.map(({ value }) => value));
  const stem = `${source.name}-${source.version}`;
  if (kind === 'tar') {
    if (layout.needsLuarocks.length > 0) {
      const why = `Only a rock can be packed of it, because ${layout.needsLuarocks.join('; ')}.`;
      return {
        fileName: `${stem}.tar.gz`,
        kind,
        files: [],
        bytes: undefined,
        problems: [...problems, error('pack/not-pure', why)],
      };
    }
    return draftTar(root, { source, dependencies, problems }, layout, options);
  }
  if (layout.needsLuarocks.length > 0) return draftBuilt(root, { source, dependencies, problems }, layout.needsLuarocks, options);
  const found = [...problems, ...layout.problems];
  if (hasErrors(found)) return { fileName: `${stem}.all.rock`, kind, files: [], bytes: undefined, problems: found };
  const files = await read(layout, options);
  const machine = needsMachine(files, source.wrapBinScripts);
  if (machine !== undefined) return draftBuilt(root, { source, dependencies, problems }, [machine], options);
  found.push(...(await contentProblems(root, files, source, dependencies)));
  const rock = assembleRock(files, emptyDirectories(layout));
  return { fileName: `${stem}.all.rock`, kind, files: archiveFiles(rock.files), bytes: rock.bytes, problems: found };
}

function read(tree: InstallTree, options: PackOptions): Promise<FileContent[]> {
  return readPlanned(tree, options.signal, (done, total) => options.onProgress?.(`Reading files: ${done} of ${total}`));
}

function archiveFiles(files: readonly FileContent[]): ArchiveFile[] {
  return files.map(({ path, content }) => ({ path, size: content.length }));
}

/** A rock that the person's LuaRocks builds in a copy of the project; written again by us, so that at least the order and dates are fixed. */
async function draftBuilt(
  root: string,
  { source, dependencies, problems }: ReadSource,
  reasons: readonly string[],
  options: PackOptions,
): Promise<Draft> {
  const built = await buildWithLuarocks(root, source, reasons, options);
  const rock = assembleRock(built.files, built.emptyDirectories);
  const found = [...problems, ...(await contentProblems(root, built.files, source, dependencies))];
  return {
    fileName: `${source.name}-${source.version}.${built.arch}.rock`,
    kind: 'rock',
    files: archiveFiles(rock.files),
    bytes: rock.bytes,
    problems: found,
  };
}

async function draftTar(
  root: string,
  { source, dependencies, problems }: ReadSource,
  layout: Layout,
  options: PackOptions,
): Promise<Draft> {
  const fileName = `${source.name}-${source.version}.tar.gz`;
  const found = [...problems, ...layout.problems];
  if (hasErrors(found)) return { fileName, kind: 'tar', files: [], bytes: undefined, problems: found };
  const plugins = pluginsInRock(layout.entries.keys());
  return finishTar(
    root,
    layout,
    {
      fileName,
      plugins: plugins.length > 0 ? plugins : [source.name],
      folder: plugins.length === 1 && plugins[0] !== undefined ? plugins[0] : source.name,
      source,
      dependencies,
      problems: [...found, ...unseenWithoutLfs(layout)],
    },
    options,
  );
}

/** What LuaRocks leaves out when it builds the archive and cannot see hidden files; links are files in the archive. */
function unseenWithoutLfs({ onlyWithLfs }: Layout): RockProblem[] {
  const hidden = [...onlyWithLfs].flatMap(([path, reason]) => (reason === 'hidden' ? [path] : []));
  return hidden.map((path) =>
    warning(
      'pack/needs-lfs',
      `A LuaRocks without lua-filesystem (lfs) sees no hidden names and leaves out "${path}" when it builds this archive; a rock has it either way.`,
      path,
    ),
  );
}

interface TarDraft {
  fileName: string;
  folder: string;
  plugins: readonly string[];
  source: RockSource | undefined;
  /** Names of the rocks it depends on. */
  dependencies: readonly string[];
  problems: RockProblem[];
}

async function finishTar(root: string, tree: InstallTree, draft: TarDraft, options: PackOptions): Promise<Draft> {
  const { fileName, folder, plugins, source } = draft;
  const files: SourcedFile[] = (await read(tree, options)).map((file) => {
    const entry = tree.entries.get(file.path);
    return { ...file, source: source !== undefined && entry !== 'directory' ? entry?.source : undefined };
  });
  for (const path of await rootDocuments(root)) {
    files.push({ path: '', content: await readFile(path), mode: READ_MODE, source: path });
  }
  const tar = tarFiles(root, files, {
    folder,
    archive: fileName,
    plugins,
    rock: source,
    summary: source?.summary,
    initModules: files.some(({ path }) => /^lua\/.*\/init\.lua$/.test(path)),
  });
  // `luarocks make` in the archive looks for every directory of build.copy_directories.
  const empty = emptyDirectories(tree)
    .filter((path) => !path.startsWith('lua/'))
    .map((path) => `${folder}/${path}`);
  const problems = [...draft.problems, ...(await contentProblems(root, files, source, draft.dependencies)), ...tar.problems];
  return { fileName, kind: 'tar', files: archiveFiles(tar.files), bytes: writeTarGz(tar.files, empty), problems };
}

/** The plugins of a folder without a rockspec, one `.tar.gz` each. */
async function draftFolder(root: string, options: PackOptions): Promise<Draft[]> {
  if (options.kind === 'rock') {
    throw new UserError(`${root} has no rockspec, so no rock can be made of it.`, {
      next: 'Write a rockspec, or pack a .tar.gz (--kind tar).',
    });
  }
  const plugins = (await discoverPlugins([root], { signal: options.signal })).filter((plugin) => plugin.language === 'lua');
  if (plugins.length === 0) {
    throw new UserError(`No plugin found in ${root}: no rockspec and no kong/plugins/<name>/handler.lua.`, {
      next: 'Name the folder of a plugin.',
    });
  }
  return Promise.all(
    plugins.map(async (plugin) => {
      const tree = emptyTree(root);
      for (const [module, source] of plugin.modules)
        tree.entries.set(`lua/${installedFile(module, source)}`, { source, mode: READ_MODE });
      const problems = await leaveOut(plugin, tree);
      const version =
        plugin.handler === undefined ? undefined : readHandler(await readFile(plugin.handler, 'utf8'))?.version?.value;
      const isFileName = version !== undefined && /^[\w.+-]+$/.test(version);
      const draft = {
        fileName: `${plugin.name}${isFileName ? `-${version}` : ''}.tar.gz`,
        folder: plugin.name,
        plugins: [plugin.name],
        source: undefined,
        dependencies: [],
        problems,
      };
      return finishTar(plugin.root, tree, draft, options);
    }),
  );
}

/** Takes the files out of a folder's archive that Kong never loads, by what they lie in and because nothing requires them. */
async function leaveOut({ dir }: Plugin, tree: InstallTree): Promise<RockProblem[]> {
  const sources = [...tree.entries].flatMap(([path, entry]) =>
    entry === 'directory' ? [] : [{ path, source: entry.source ?? '' }],
  );
  const suspects = sources.filter(({ source }) => isNeverLoaded(relative(dir, source)));
  if (suspects.length === 0) return [];
  const reached = reachedFiles(await readPlanned(tree));
  return suspects.flatMap(({ path, source }) => {
    if (reached?.has(path) !== false) return [];
    tree.entries.delete(path);
    const name = slashedFrom(tree.root, source);
    return [warning('pack/left-out', `${name} is not packed: nothing requires it, and Kong never loads it.`, path)];
  });
}

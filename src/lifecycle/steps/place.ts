// The step that brings files to a node: a rock by its LuaRocks or by us, the source by `luarocks make` there, or a folder for lua_package_path.
import { readdir, readFile } from 'node:fs/promises';
import { join, posix } from 'node:path';
import { workFolder } from '../state/workFolder';
import { Skip } from '../failure';
import { rocksFolder } from '../../luarocks/paths';
import { slashedFrom, type PathRules } from '../../system/paths';
import { runLuarocks } from '../plan/nodeLuarocks';
import type { FileEdit, Step, StepContext } from '../plan/plan';
import type { Plugin } from '../../plugin/plugin';
import { receiptEdit } from './receiptEdits';
import type { Rock } from '../../luarocks/rock';
import type { InstallKind } from '../types';
import type { NodeView } from '../state/view';
import { refuseUnwritable } from '../state/writable';
import { ownFolders, pruneEmptyFolders } from '../plan/rollback';
import { installEdits } from './rockEdits';
import { contentHash, installedPlugin, readModules } from '../state/installed';

/** A rock and the archive it came in. */
export interface PackedRock {
  /** `NAME-VERSION.all.rock`: LuaRocks reads name and version from it. */
  fileName: string;
  bytes: Buffer;
  rock: Rock;
}

/** Something to install. */
export interface InstallSource {
  /** For people. */
  title: string;
  /** The plugins it brings, by the names Kong knows. */
  plugins: string[];
  /** undefined for a project without a rockspec, and for one that is to be installed by path. */
  rock: PackedRock | undefined;
  /** Set when the rock must be built first, which runs programs: `rock` has its name and version until then. */
  build?: { reasons: readonly string[]; run: (signal: AbortSignal | undefined) => Promise<void> } | undefined;
  /** The project and its plugins on this machine; undefined for a rock from elsewhere. */
  project: { root: string; plugins: readonly Plugin[] } | undefined;
}

/** Where a plugin's own root folder for lua_package_path is on a node: beside its kong.conf. */
export function pathRoot(view: NodeView, plugin: string): string {
  return `${posix.dirname(view.facts.confPath)}/plugins/${plugin}`;
}

/** The step that installs, one way. */
export async function placeStep(view: NodeView, source: InstallSource, via: InstallKind): Promise<Step> {
  if (via === 'path' || source.rock === undefined) {
    await refuseUnwritable(
      view,
      source.plugins.map((plugin) => pathRoot(view, plugin)),
    );
    return pathStep(view, source);
  }
  const packed = source.rock;
  const { rock } = packed;
  await refuseUnwritable(
    view,
    TREE_PLACES.map((place) => `${view.facts.tree}/${place}`),
  );
  const byLuarocks = await canUseLuarocks(view, via);
  if (via === 'source' && byLuarocks && source.project !== undefined) return makeStep(view, source, packed, source.project.root);
  const how = byLuarocks ? 'luarocks install --force' : 'placed directly, as this node has no LuaRocks or no unzip';
  return {
    name: 'install',
    describe: `${rock.name} ${rock.version} into ${view.facts.tree} (${how}).`,
    run: (context) => (byLuarocks ? installWithLuarocks(context, source, packed) : placeRock(context, source, packed, via)),
  };
}

/** Where LuaRocks writes in a tree. */
const TREE_PLACES = ['share/lua/5.1', 'lib/luarocks/rocks-5.1'];

async function canUseLuarocks(view: NodeView, via: InstallKind): Promise<boolean> {
  if (view.facts.luarocks === undefined) return false;
  return via === 'source' || hasProgram(view, 'unzip');
}

/** Whether a program can be started on the node. */
async function hasProgram(view: NodeView, name: string): Promise<boolean> {
  try {
    const result = await view.node.run([name, '-v'], { timeout: 10_000, quick: true });
    return result !== undefined && result.code !== 126 && result.code !== 127;
  } catch {
    return false;
  }
}

async function installWithLuarocks(context: StepContext, source: InstallSource, packed: PackedRock): Promise<string> {
  const view = await context.view();
  const { rock } = packed;
  const incoming = `${workFolder(view.facts.prefix)}/incoming/${packed.fileName}`;
  await beforeLuarocks(context, view, rock, [incoming]);
  await context.node.write(incoming, packed.bytes);
  await runLuarocks(context.node, view.facts, ['install', '--force', incoming], { signal: context.signal });
  await context.node.remove(incoming);
  await pruneEmptyFolders(context.node, incoming, ownFolders(view));
  await noteReceipts(context, view, source, 'rock');
  return `luarocks installed ${rock.name} ${rock.version} into ${view.facts.tree}.${lossOf(view)}`;
}

/** The step that builds the rock on this machine; none where files are only copied. */
export function buildSteps({ build }: InstallSource): Step[] {
  if (build === undefined) return [];
  return [
    {
      name: 'build',
      describe: `LuaRocks builds the rock on this machine, which runs programs that its rockspec names, because ${build.reasons.join('; ')}.`,
      async run({ signal }) {
        await build.run(signal);
        return 'LuaRocks built the rock on this machine.';
      },
    },
  ];
}

function makeStep(view: NodeView, source: InstallSource, packed: PackedRock, root: string): Step {
  return {
    name: 'install',
    describe: `luarocks make of ${root} there, into ${view.facts.tree}.`,
    async run(context) {
      const now = await context.view();
      const { rock } = packed;
      const folder = `${workFolder(now.facts.prefix)}/incoming/${rock.name}`;
      const files = await projectFiles(root);
      await beforeLuarocks(
        context,
        now,
        rock,
        files.map((file) => `${folder}/${file}`),
      );
      for (const file of files) await context.node.write(`${folder}/${file}`, await readFile(join(root, file)));
      const rockspec = files.find((file) => posix.basename(file) === `${rock.name}-${rock.version}.rockspec`);
      await runLuarocks(context.node, now.facts, ['make', ...(rockspec === undefined ? [] : [rockspec])], {
        cwd: folder,
        signal: context.signal,
      });
      const own = ownFolders(now);
      for (const file of files) {
        await context.node.remove(`${folder}/${file}`);
        await pruneEmptyFolders(context.node, `${folder}/${file}`, own);
      }
      await noteReceipts(context, now, source, 'source');
      return `luarocks make installed ${rock.name} ${rock.version} into ${now.facts.tree}.${lossOf(now)}`;
    },
  };
}

/** Remembers everything LuaRocks may touch: the files of this rock as they are, where new ones will be, and the tree's manifest. */
async function beforeLuarocks(context: StepContext, view: NodeView, rock: Rock, scratch: readonly string[]): Promise<void> {
  const [before, edits] = await Promise.all([
    context.node.list(rocksFolder(view.facts.tree)),
    installEdits(context.node, view.facts, rock),
  ]);
  await context.note({ rocks: [...(before ?? []), rock.name] }, [...edits.map((edit) => edit.path), ...scratch]);
}

/** What LuaRocks would do, done by us. */
async function placeRock(context: StepContext, source: InstallSource, { rock }: PackedRock, via: InstallKind): Promise<string> {
  const view = await context.view();
  const edits = await installEdits(context.node, view.facts, rock);
  await context.edit(edits);
  await noteReceipts(context, view, source, via);
  return `${rock.name} ${rock.version} placed in ${view.facts.tree} (${edits.filter((edit) => edit.content !== null).length} files).${lossOf(view)}`;
}

function pathStep(view: NodeView, source: InstallSource): Step {
  return {
    name: 'install',
    describe: source.plugins.map((plugin) => `${plugin} into ${pathRoot(view, plugin)}, for lua_package_path.`).join(' '),
    async run(context) {
      const now = await context.view();
      const edits: FileEdit[] = [];
      for (const plugin of source.plugins) {
        const root = pathRoot(now, plugin);
        const files = [...(await pluginFiles(source, plugin))].map(([path, content]): FileEdit => ({
          path: `${root}/${path}`,
          content,
          mode: 0o644,
        }));
        const old = [...((await context.node.readTree(root)) ?? new Map<string, Buffer>()).keys()].map(
          (path) => `${root}/${path}`,
        );
        const coming = new Set(files.map((file) => file.path));
        edits.push(...files, ...old.filter((path) => !coming.has(path)).map((path): FileEdit => ({ path, content: null })));
        edits.push(
          await receiptEdit(now.facts.prefix, {
            plugin,
            via: 'path',
            version: source.rock?.rock.version ?? null,
            rock: null,
            files: [...coming],
            root,
          }),
        );
      }
      if (edits.length === 0) throw new Skip('There is nothing to place.');
      await context.edit(edits);
      return `${source.plugins.map((plugin) => `${plugin} placed in ${pathRoot(now, plugin)}.`).join(' ')}${lossOf(now)}`;
    },
  };
}

/** A plugin's Lua files below the root of a search path. */
export async function pluginFiles(source: InstallSource, plugin: string): Promise<Map<string, Buffer>> {
  const own = source.project?.plugins.find((candidate) => candidate.name === plugin);
  // One that is still to be built has no files yet.
  if (source.rock !== undefined && source.rock.rock.files.length > 0) {
    const members = source.rock.rock.files.filter((file) => file.path.startsWith('lua/'));
    return new Map(members.map((file) => [file.path.slice('lua/'.length), file.content]));
  }
  // A rockspec may name a file that is not there; Kong says what it misses.
  return readModules(own?.modules ?? [], (code) => code === 'ENOENT');
}

/** What a plugin's folder must hold once installed. */
export async function expectedHash(source: InstallSource, plugin: string): Promise<string> {
  const prefix = `kong/plugins/${plugin}/`;
  const files = [...(await pluginFiles(source, plugin))].filter(([path]) => path.startsWith(prefix));
  return contentHash(new Map(files.map(([path, content]) => [path.slice(prefix.length), content])));
}

/** What is wrong with the plugin's files on the node, compared with what was installed; undefined when Kong finds exactly those. */
export async function otherThanInstalled(
  context: StepContext,
  source: InstallSource,
  plugin: string,
): Promise<string | undefined> {
  const found = await installedPlugin(await context.view(), plugin);
  if (found === undefined) return `Kong would not find ${plugin} on its search path.`;
  if (contentHash(found.files) === (await expectedHash(source, plugin))) return undefined;
  return `Kong would load other files: it finds ${found.dir} first, and that is not what was installed.`;
}

async function noteReceipts(context: StepContext, view: NodeView, source: InstallSource, via: InstallKind): Promise<void> {
  const rock = source.rock?.rock;
  const receipts = source.plugins.map((plugin) =>
    receiptEdit(view.facts.prefix, {
      plugin,
      via,
      version: rock?.version ?? null,
      rock: rock?.name ?? null,
      files: [],
      root: null,
    }),
  );
  await context.edit(await Promise.all(receipts));
}

/** What a container does not keep, and what keeps it. */
function lossOf(view: NodeView): string {
  const isContainer = view.node.kind === 'docker' || view.node.kind === 'compose';
  return isContainer ? ' It is lost when the container is recreated; `kong-plugin persist` shows how to keep it.' : '';
}

const LEFT_BEHIND = new Set(['.git', 'node_modules', 'lua_modules', '.luarocks', '.hg', '.svn']);

/** The files of a project that `luarocks make` may want. */
async function projectFiles(root: string): Promise<string[]> {
  const entries = await readdir(root, { withFileTypes: true, recursive: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return wantedThere(root, paths);
}

/** Of the absolute paths of a project's files, those that go along, relative, with forward slashes. */
export function wantedThere(root: string, paths: readonly string[], rules?: PathRules): string[] {
  return paths
    .map((path) => slashedFrom(root, path, rules))
    .filter((path) => !path.split('/').some((part) => LEFT_BEHIND.has(part)) && !path.endsWith('.rock'))
    .sort();
}

// Which files go with a plugin and which stay: what we or a rock put there goes, what is somebody's source is only no longer looked for.
import { posix } from 'node:path';
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { pluginRoots } from '../../kong/packagePath';
import { listEntries } from '../../kong/pluginsSetting';
import { environmentName } from '../../kong/settings';
import { moduleOwners, TREE_MANIFEST } from '../../luarocks/treeManifest';
import { UserError } from '../../system/userError';
import { Skip } from '../failure';
import { runLuarocks } from '../plan/nodeLuarocks';
import type { FileEdit, Step, StepContext } from '../plan/plan';
import { ownFolders, pruneEmptyFolders } from '../plan/rollback';
import { installedPlugin, installedPlugins } from '../state/installed';
import { readReceipts, type FoundReceipt } from '../state/receipts';
import { enabledOn } from '../state/status';
import type { NodeView } from '../state/view';
import { receiptRemoval } from './receiptEdits';
import { removalEdits } from './rockEdits';

/** Where a tree keeps the Lua files of its rocks. */
const TREE_MODULES = 'share/lua/5.1';

/** What a removal does about a plugin's files: nothing but these goes. */
export interface Deletion {
  plugin: string;
  /** The rock that goes as a whole. */
  rock: string | undefined;
  /** Every file that goes, absolute. */
  files: readonly string[];
  /** The folders of the search path that are no longer looked in. */
  roots: readonly string[];
  /** What stays, and why. */
  stays: string | undefined;
  receipt: FoundReceipt | undefined;
}

/** Plans it. With `yes`, what somebody else put into the node's tree goes too, unless it is somebody's source. */
export async function planDeletion(view: NodeView, plugin: string, yes: boolean): Promise<Deletion> {
  const receipt = (await readReceipts(view)).get(plugin);
  const found = await installedPlugin(view, plugin);
  const wanted = (await rockOf(view, plugin)) ?? (receipt?.ours === true ? receipt.rock : null) ?? undefined;
  const ofRock = wanted === undefined ? undefined : await removalEdits(view.node, view.facts, wanted);
  const rock = ofRock === undefined ? undefined : wanted;
  const going = new Set([...gone(ofRock ?? []), ...(receipt?.ours === true ? receipt.files : [])]);
  const roots = new Set([receipt?.root ?? []].flat());
  const stays: string[] = [];
  for (const { root, dir, files } of found === undefined ? [] : await copiesOf(view, plugin)) {
    const strange = files.filter((path) => !going.has(path));
    if (strange.length === 0) continue;
    if (await isAloneThere(view, root, plugin)) roots.add(root);
    const reason = await reasonToKeep(view, dir, yes);
    if (reason === undefined) for (const path of strange) going.add(path);
    else stays.push(`${dir} stays: ${reason}`);
  }
  return { plugin, rock, files: [...going], roots: [...roots], stays: stays.length === 0 ? undefined : stays.join(' '), receipt };
}

/** The step that deletes what was planned. */
export function deleteStep(deletion: Deletion): Step {
  return { name: 'delete', describe: described(deletion), run: (context) => deletePlanned(context, deletion) };
}

/** Every file by its name. */
function described({ rock, files, stays }: Deletion): string {
  const what = rock === undefined ? '' : `the rock ${rock}, `;
  const parts = [
    files.length === 0
      ? 'Nothing to delete.'
      : `Delete ${what}${files.length} ${files.length === 1 ? 'file' : 'files'}: ${files.join(', ')}.`,
    ...(stays === undefined ? [] : [stays]),
  ];
  return parts.join(' ');
}

async function deletePlanned(context: StepContext, deletion: Deletion): Promise<string> {
  const { plugin, rock, receipt, stays } = deletion;
  const view = await context.view();
  const { node } = context;
  const left = new Set(deletion.files);
  const done: string[] = [];
  const edits = rock === undefined ? undefined : await removalEdits(node, view.facts, rock);
  if (rock !== undefined && edits !== undefined) {
    const unplanned = gone(edits).find((path) => !left.has(path));
    if (unplanned !== undefined) {
      throw new UserError(`${unplanned} would go too, which was not planned: the tree has changed just now.`, {
        next: 'Try again.',
      });
    }
    await refuseSharedRock(view, plugin, rock);
    done.push(await removeRock(context, view, rock, edits));
    for (const path of gone(edits)) left.delete(path);
  }
  if (left.size > 0) {
    await context.edit([...left].map((path): FileEdit => ({ path, content: null })));
    const own = ownFolders(view);
    for (const path of left) await pruneEmptyFolders(node, path, own);
    done.push(`Deleted ${left.size} files of ${plugin}.`);
  }
  if (receipt !== undefined) {
    const forget = receiptRemoval(view.facts.prefix, plugin);
    await context.edit([forget]);
    await pruneEmptyFolders(node, forget.path, ownFolders(view));
  }
  if (stays !== undefined) done.push(stays);
  if (done.length === 0 || (done.length === 1 && stays !== undefined)) {
    throw new Skip(stays ?? `No files of ${plugin} are on this node.`);
  }
  // Where a variable of a container's own decides, only what runs was told.
  if (listEntries(view.setting('plugins').value).includes(plugin)) {
    done.push(`The next start of this Kong fails unless ${environmentName('plugins')} no longer names ${plugin} by then.`);
  }
  return done.join(' ');
}

async function removeRock(context: StepContext, view: NodeView, rock: string, edits: readonly FileEdit[]): Promise<string> {
  const own = ownFolders(view);
  if (view.facts.luarocks !== undefined) {
    await context.note(
      {},
      edits.map((edit) => edit.path),
    );
    await runLuarocks(context.node, view.facts, ['remove', rock], { signal: context.signal });
    // LuaRocks leaves an empty manifest behind with the last rock.
    const manifest = `${view.facts.tree}/${TREE_MANIFEST}`;
    if (gone(edits).includes(manifest)) {
      await context.edit([{ path: manifest, content: null }]);
      await pruneEmptyFolders(context.node, manifest, own);
    }
    return `luarocks removed ${rock}.`;
  }
  await context.edit(edits);
  for (const path of gone(edits)) await pruneEmptyFolders(context.node, path, own);
  return `Removed the rock ${rock} (${gone(edits).length} files).`;
}

/** One rock may carry several plugins; removing it must not take an enabled one along. */
async function refuseSharedRock(view: NodeView, plugin: string, rock: string): Promise<void> {
  const enabled = enabledOn(view);
  const others = [...(await installedPlugins(view)).values()].filter((other) => other.rock === rock && other.name !== plugin);
  const needed = others.filter((other) => enabled.has(other.name)).map((other) => other.name);
  if (needed.length > 0) {
    throw new UserError(`The rock ${rock} also carries ${needed.join(', ')}, which is enabled.`, {
      next: `Remove ${needed.join(', ')} first.`,
    });
  }
}

function gone(edits: readonly FileEdit[]): string[] {
  return edits.filter(({ content }) => content === null).map(({ path }) => path);
}

/** The rock that the tree has for a plugin, also where another copy is found first. */
async function rockOf(view: NodeView, plugin: string): Promise<string | undefined> {
  const manifest = await view.node.read(`${view.facts.tree}/${TREE_MANIFEST}`);
  const owners = moduleOwners(manifest);
  const names = ['handler', 'schema'].map((module) => owners.get(`kong.plugins.${plugin}.${module}`)?.name);
  return names.find((name) => name !== undefined && name !== 'kong');
}

/** Every copy of a plugin on the search path but Kong's own, with its files, absolute. */
async function copiesOf(view: NodeView, plugin: string): Promise<{ root: string; dir: string; files: string[] }[]> {
  const home = `${view.facts.tree}/${TREE_MODULES}`;
  const roots = pluginRoots(view.patterns).filter((root) => root !== home || !isBundledPlugin(plugin, view.version));
  const copies = roots.map(async (root) => {
    const dir = `${root}/kong/plugins/${plugin}`;
    return { root, dir, files: [...((await view.node.readTree(dir))?.keys() ?? [])].map((path) => `${dir}/${path}`) };
  });
  return Promise.all(copies);
}

/** Why files that neither we nor a rock put there are not deleted; undefined when they may be. */
async function reasonToKeep(view: NodeView, dir: string, yes: boolean): Promise<string | undefined> {
  const [real = dir, ...roots] = await view.node.realPaths([dir, view.facts.tree, view.facts.prefix]);
  if (!roots.some((root) => real.startsWith(`${root}/`))) {
    return 'it is in none of the folders of this node, and somebody may work there; it is only taken off the path.';
  }
  const workplace = await workplaceOf(view, real);
  if (workplace !== undefined) return `it lies in ${workplace}; delete it there if you mean to.`;
  return yes ? undefined : 'kong-plugin did not put it there. Say --yes to delete it all the same.';
}

/** What shows that somebody works on the files of a folder: Git, the rockspec of a project, or a mount from elsewhere into a container. */
async function workplaceOf({ node }: NodeView, dir: string): Promise<string | undefined> {
  if (node.kind === 'docker' || node.kind === 'compose') {
    const mounts = (await node.read('/proc/mounts'))?.toString('utf8') ?? '';
    const points = mounts.split('\n').flatMap((line) => line.split(' ')[1] ?? []);
    const mount = points.find(
      (point) => point !== '/' && (dir === point || dir.startsWith(`${point}/`) || point.startsWith(`${dir}/`)),
    );
    if (mount !== undefined) return `a mount (${mount})`;
  }
  for (let folder = dir; ; folder = posix.dirname(folder)) {
    const names = (await node.list(folder)) ?? [];
    if (names.includes('.git')) return `the Git working tree ${folder}`;
    if (folder !== '/' && names.some((name) => name.endsWith('.rockspec'))) return `the project ${folder}`;
    if (folder === '/' || posix.dirname(folder) === folder) return undefined;
  }
}

/** Whether a folder of the search path, which is not the tree's, holds no other plugin. */
async function isAloneThere(view: NodeView, root: string, plugin: string): Promise<boolean> {
  if (root === `${view.facts.tree}/${TREE_MODULES}`) return false;
  const names = (await view.node.list(`${root}/kong/plugins`)) ?? [];
  return names.every((other) => other === plugin);
}

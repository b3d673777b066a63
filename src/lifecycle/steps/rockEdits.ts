// A rock in a node's tree: what putting it there or taking it out touches, as edits of files.
import { planInstall, planRemoval, type TreePlan } from '../../luarocks/deploy';
import type { Rock } from '../../luarocks/rock';
import { readTreeManifest, rocksIn, TREE_MANIFEST } from '../../luarocks/treeManifest';
import type { Node, NodeFacts } from '../../node/node';
import type { FileEdit } from '../plan/plan';

/** The edits that install a rock as LuaRocks would, replacing other versions of it. */
export async function installEdits(node: Node, facts: NodeFacts, rock: Rock): Promise<FileEdit[]> {
  const manifest = await node.read(`${facts.tree}/${TREE_MANIFEST}`);
  return asEdits(node, facts.tree, planInstall(manifest, rock, { tree: facts.tree, lua: await interpreterOf(node) }));
}

/** Where Kong's images and packages have LuaJIT, and where other systems have one. */
const INTERPRETERS = [
  '/usr/local/openresty/luajit/bin/luajit',
  '/usr/local/bin/luajit',
  '/usr/bin/luajit',
  '/usr/bin/lua5.1',
] as const;

/** The Lua that runs programs of rocks on a node. A folder is mounted into a Kong that is not here to be asked. */
async function interpreterOf(node: Node): Promise<string> {
  const [usual] = INTERPRETERS;
  if (node.kind === 'folder') return usual;
  for (const path of INTERPRETERS) if ((await node.stat(path)) !== undefined) return path;
  return usual;
}

/** The edits that remove every version of a rock; undefined when the tree does not have it. */
export async function removalEdits(node: Node, facts: NodeFacts, name: string): Promise<FileEdit[] | undefined> {
  const plan = planRemoval(await node.read(`${facts.tree}/${TREE_MANIFEST}`), name);
  if (plan === undefined) return undefined;
  // A manifest without rocks says nothing; it is made with the first rock.
  return (await asEdits(node, facts.tree, plan)).map((edit) => withoutEmptyManifest(edit, facts.tree));
}

function withoutEmptyManifest(edit: FileEdit, tree: string): FileEdit {
  const { path, content } = edit;
  if (path !== `${tree}/${TREE_MANIFEST}` || !Buffer.isBuffer(content)) return edit;
  return rocksIn(readTreeManifest(content)).length === 0 ? { path, content: null } : edit;
}

/** Every path that a plan's operations change, once, with what will be there; in the order of the plan. */
async function asEdits(node: Node, tree: string, plan: TreePlan): Promise<FileEdit[]> {
  const edits = new Map<string, FileEdit>();
  const put = (relative: string, content: FileEdit['content'], mode?: number): void => {
    const path = `${tree}/${relative}`;
    edits.delete(path);
    edits.set(path, { path, content, ...(mode === undefined ? {} : { mode }) });
  };
  for (const path of plan.removeFiles) put(path, null);
  for (const folder of plan.removeFolders) {
    for (const path of (await node.readTree(`${tree}/${folder}`))?.keys() ?? []) put(`${folder}/${path}`, null);
  }
  for (const { from, to } of plan.renames) {
    const content = await node.read(`${tree}/${from}`);
    if (content === undefined) continue;
    put(from, null);
    put(to, content);
  }
  for (const { path, content, mode } of plan.write) put(path, content, mode);
  return [...edits.values()];
}

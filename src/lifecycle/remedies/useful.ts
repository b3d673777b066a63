// Which remedies would change something on a node, as it is now: the others are not offered for it.
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { CATALOGUE } from '../../troubleshoot/catalogue';
import type { RemedyKind } from '../../troubleshoot/remedyKinds';
import { contentHash, installedPlugin, workspaceFiles } from '../state/installed';
import { isAmong } from '../state/sameProblem';
import { inspectNode } from '../state/status';
import { viewNode } from '../state/view';
import type { RemedyCase } from './case';
import { findRoot } from './findRoot';

/** They bring the files of the workspace. */
const BRINGING: readonly RemedyKind[] = ['install', 'reinstall'];

/**
 * Of some remedies those that would change something on a node. Its files may be the workspace's already, as always where that is mounted:
 * then a fault of the code is mended in the code, and what only an older Kong said is gone with a reload or start. A node that cannot be
 * looked at keeps all of them.
 */
export async function usefulOn(node: Node, kinds: readonly RemedyKind[], about: RemedyCase): Promise<RemedyKind[]> {
  const brings = about.plugin !== undefined && kinds.some((kind) => BRINGING.includes(kind));
  const searches = !kinds.includes('install') && kinds.includes('repair-lua-package-path') && about.name !== undefined;
  if (!brings && !searches) return [...kinds];
  try {
    const kept = brings ? await withoutTheSame(node, kinds, about) : [...kinds];
    return searches ? await withoutSearch(node, kept, about) : kept;
  } catch (error) {
    if (error instanceof UserError) return [...kinds];
    throw error;
  }
}

async function withoutTheSame(node: Node, kinds: readonly RemedyKind[], { finding, plugin }: RemedyCase): Promise<RemedyKind[]> {
  const view = await viewNode(node);
  const found = plugin === undefined ? undefined : await installedPlugin(view, plugin.name);
  if (plugin === undefined || found === undefined) return [...kinds];
  if (contentHash(found.files) !== contentHash(await workspaceFiles(plugin))) return [...kinds];
  const others = kinds.filter((kind) => !BRINGING.includes(kind));
  if (CATALOGUE[finding.id].stage === 'runtime') return others;
  const { prediction } = await inspectNode(node);
  const isThere = prediction.all.some(({ findings }) => isAmong(finding, findings));
  if (isThere) return others;
  return [...new Set<RemedyKind>([view.facts.running ? 'reload' : 'restart', ...others])];
}

/** The search path can only be repaired for files that are somewhere. */
async function withoutSearch(
  node: Node,
  kinds: readonly RemedyKind[],
  { finding, name = '' }: RemedyCase,
): Promise<RemedyKind[]> {
  if (finding.id !== 'plugin-enabled-not-installed' || (await findRoot(await viewNode(node), name)) !== undefined)
    return [...kinds];
  return kinds.filter((kind) => kind !== 'repair-lua-package-path' && kind !== 'make-readable');
}

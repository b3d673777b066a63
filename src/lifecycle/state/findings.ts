// What is wrong with a node now: what it said since it was last started or reloaded well, or else what its next start would say.
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import type { Finding } from '../../troubleshoot/finding';
import { mapToWorkspace } from '../../troubleshoot/mapping';
import { UserError } from '../../system/userError';
import { findingsIn, isFault } from '../failure';
import { contentHash, installedPlugin, workspaceFiles } from './installed';
import { partedLog } from './logOfNow';
import { tellApart } from './ambiguous';
import { inspectNode } from './status';
import { viewNode, type ViewOptions } from './view';

/** The findings of a node, the most decisive first, with the paths of the workspace's files. Throws UserError when it cannot be reached. */
export async function lookAt(node: Node, plugins: readonly Plugin[], options: ViewOptions = {}): Promise<Finding[]> {
  const { kong } = await node.facts(options.signal);
  const said = await saidNow(node, kong, options);
  const faults = await Promise.all(said.map(isFault));
  // Requests that failed, and errors that nobody knows, do not hide what the next start would say.
  const found = faults.includes(true) ? said : [...(await predicted(node, options)), ...said];
  return found.map((finding) => mapToWorkspace(finding, plugins));
}

/**
 * Findings of a node with the paths of the workspace's files. Those of a plugin whose copy on the node is another one keep the name that Kong
 * knows the file by: the fault is in that copy, and the workspace's file may be right.
 */
export async function mapToSame(
  nodes: readonly Node[],
  findings: readonly Finding[],
  plugins: readonly Plugin[],
  options: ViewOptions = {},
): Promise<Finding[]> {
  const mapped = findings.map((finding) => ({ finding, here: mapToWorkspace(finding, plugins) }));
  const files = new Set(mapped.flatMap(({ finding, here }) => (here === finding ? [] : (here.file ?? []))));
  const meant = plugins.filter(({ modules }) => [...modules.values()].some((file) => files.has(file)));
  const others = new Set((await Promise.all(meant.map((plugin) => differs(nodes, plugin, options)))).flat());
  return mapped.map(({ finding, here }) => (here.file !== null && others.has(here.file) ? finding : here));
}

/** The files of a plugin, when a node has another copy of it; none that can be read is no other copy. */
async function differs(nodes: readonly Node[], plugin: Plugin, options: ViewOptions): Promise<string[]> {
  const wanted = contentHash(await workspaceFiles(plugin));
  for (const node of nodes) {
    try {
      const there = await installedPlugin(await viewNode(node, options), plugin.name);
      if (there !== undefined && contentHash(there.files) !== wanted) return [...plugin.modules.values()];
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
    }
  }
  return [];
}

/**
 * The findings in what the Kong of a node has said since it was last started or reloaded well, told apart by looking at the node. `kong` is its
 * version when that is known. Throws UserError when the log cannot be read.
 */
export async function saidNow(node: Node, kong: string | undefined, options: ViewOptions = {}): Promise<Finding[]> {
  return tellApart(node, await findingsIn((await partedLog(node)).now, kong, options.signal), options);
}

async function predicted(node: Node, options: ViewOptions): Promise<Finding[]> {
  const { prediction } = await inspectNode(node, options);
  const findings = prediction.said.flatMap((obstacle) => obstacle.findings);
  return [
    ...new Map(findings.map((finding) => [`${finding.id} ${finding.plugin ?? ''} ${finding.file ?? ''}`, finding])).values(),
  ];
}

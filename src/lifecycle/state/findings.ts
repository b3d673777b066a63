// What is wrong with a node now: what it said since it was last started or reloaded well, or else what its next start would say.
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import type { Finding } from '../../troubleshoot/finding';
import { mapToWorkspace } from '../../troubleshoot/mapping';
import { findingsIn, isFault } from '../failure';
import { partedLog } from './logOfNow';
import { tellApart } from './ambiguous';
import { inspectNode } from './status';
import type { ViewOptions } from './view';

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

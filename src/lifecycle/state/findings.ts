// What is wrong with a node now: what it said since it was last started or reloaded well, or else what its next start would say.
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import type { Finding } from '../../troubleshoot/finding';
import { mapToWorkspace } from '../../troubleshoot/mapping';
import { findingsIn, isFault } from '../failure';
import { logOfNow } from './logOfNow';
import { tellApart } from './ambiguous';
import { inspectNode } from './status';
import type { ViewOptions } from './view';

/** The findings of a node, the most decisive first, with the paths of the workspace's files. Throws UserError when it cannot be reached. */
export async function lookAt(node: Node, plugins: readonly Plugin[], options: ViewOptions = {}): Promise<Finding[]> {
  const text = await logOfNow(node);
  const { kong } = await node.facts(options.signal);
  const said = await findingsIn(text, kong);
  const faults = await Promise.all(said.map(isFault));
  // Requests that failed, and errors that nobody knows, do not hide what the next start would say.
  const found = faults.includes(true) ? await tellApart(node, said, options) : [...(await predicted(node, options)), ...said];
  return found.map((finding) => mapToWorkspace(finding, plugins));
}

async function predicted(node: Node, options: ViewOptions): Promise<Finding[]> {
  const { prediction } = await inspectNode(node, options);
  const findings = prediction.said.flatMap((obstacle) => obstacle.findings);
  return [
    ...new Map(findings.map((finding) => [`${finding.id} ${finding.plugin ?? ''} ${finding.file ?? ''}`, finding])).values(),
  ];
}

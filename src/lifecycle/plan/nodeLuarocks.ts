// Running the node's own LuaRocks, on the tree its Kong reads.
import { TREE_MANIFEST } from '../../luarocks/treeManifest';
import type { FileInfo, Node, NodeFacts } from '../../node/node';
import { printedBy } from '../../system/process';
import { UserError } from '../../system/userError';
import { StepFailure } from '../failure';

const LUAROCKS_TIMEOUT_MS = 5 * 60_000;

/**
 * Runs `luarocks ARGS --tree TREE` as the user who may write there and returns what it printed. Throws StepFailure with the findings in its
 * output when it exits with anything but 0 (2 is a missing permission).
 */
export async function runLuarocks(
  node: Node,
  facts: NodeFacts,
  args: readonly string[],
  options: { cwd?: string; signal?: AbortSignal | undefined } = {},
): Promise<string> {
  if (facts.luarocks === undefined) throw new UserError('This node has no luarocks program.', { exitCode: 3 });
  const manifest = `${facts.tree}/${TREE_MANIFEST}`;
  const before = await node.stat(manifest);
  const result = await node.run([facts.luarocks, ...args, '--tree', facts.tree], {
    ...(facts.canBeRoot ? { as: 'root' as const } : {}),
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    timeout: LUAROCKS_TIMEOUT_MS,
  });
  if (result === undefined) throw new UserError('No program can be run on this node.', { exitCode: 3 });
  if (before?.type === 'file') await keepOwner(node, facts, manifest, before);
  const said = printedBy(result);
  if (result.code === 0) return said;
  throw await StepFailure.fromOutput(
    result.timedOut ? 'LuaRocks did not end within five minutes.' : `luarocks ${args[0] ?? ''} failed: ${lastWords(said)}`,
    said,
    facts.kong,
  );
}

/** LuaRocks writes the tree's manifest anew, as the user that runs it: it is to stay that of whoever had it. */
async function keepOwner(node: Node, facts: NodeFacts, path: string, before: FileInfo): Promise<void> {
  const now = await node.stat(path);
  if (now?.type !== 'file') return;
  if (before.owner !== undefined && now.owner !== before.owner && facts.canBeRoot)
    await node.run(['chown', before.owner, path], { as: 'root' });
  if (now.mode !== before.mode) await node.chmod(path, before.mode);
}

function lastWords(said: string): string {
  const lines = said.split('\n').map((line) => line.trim());
  return lines.findLast((line) => line.startsWith('Error:')) ?? lines.findLast((line) => line !== '') ?? 'it said nothing.';
}

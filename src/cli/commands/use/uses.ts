// `kong-plugin uses`: where a plugin is in use on nodes, with the id by which each use is changed or taken away.
import type { AddCommand } from '../../addCommand';
import type { ListedUse } from '../../../lifecycle/state/use/listUses';
import { messageAndNext, UserError } from '../../../system/userError';
import type { Json } from '../../../kong/adminClient';
import type { Node } from '../../../node/node';
import type { ExitStatus, Io } from '../../io';
import { oneArgument, openNamedNodes, withNodeOptions, type NodeFlags } from '../../nodes';

/** The uses on one node; `known` is false where some could not be seen. */
interface NodeUses {
  id: string;
  known: boolean;
  message: string | null;
  uses: ReturnType<typeof shown>[];
}

export const addUses: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('uses')
      .description('where plugins are in use on nodes: what they are applied to, the id of each use, and its configuration')
      .argument('[name]', 'the plugin, as Kong knows it (default: all)'),
  ).action(async (given: string | undefined, flags: NodeFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const name = oneArgument(given, rest, 'plugin name');
    let exit: ExitStatus = 0;
    const found: NodeUses[] = [];
    for (const node of nodes) {
      try {
        found.push(await look(io, node, name));
        if (found.at(-1)?.known === false && exit === 0) exit = 3;
      } catch (error) {
        if (!(error instanceof UserError) || error.exitCode === 2) throw error;
        exit = error.exitCode;
        found.push({ id: node.id, known: false, message: messageAndNext(error), uses: [] });
      }
    }
    if (flags.format === 'json') io.out(`${JSON.stringify({ nodes: found }, null, 2)}\n`);
    else for (const node of found) io.out(text(node, name));
    finish(exit);
  });
};

async function look(io: Io, node: Node, name: string | undefined): Promise<NodeUses> {
  const { viewNode } = await import('../../../lifecycle/state/view');
  const { seeUses } = await import('../../../lifecycle/state/use/seenUses');
  const { scopeWords } = await import('../../../lifecycle/state/use/listUses');
  const { maskedData } = await import('../../../troubleshoot/secrets/data');
  const { uses, unseen } = await seeUses(await viewNode(node, { signal: io.signal }), name, io.signal);
  return {
    id: node.id,
    known: unseen === undefined,
    message: unseen ?? null,
    uses: uses.map((use) => shown(use, scopeWords(use), maskedData(use.config))),
  };
}

/** A use as it is printed. */
function shown(
  { id, plugin, enabled, instance, workspace, entity, declared }: ListedUse,
  scope: string,
  config: Record<string, Json>,
): {
  id: string;
  name: string;
  scope: string;
  enabled: boolean;
  instance: string | null;
  workspace: string | null;
  config: Record<string, Json>;
  line: number | null;
  running: boolean;
} {
  return {
    id,
    name: plugin,
    scope,
    enabled,
    instance: instance ?? null,
    workspace: workspace ?? null,
    config,
    line: declared?.line ?? null,
    running: entity !== undefined,
  };
}

function text({ id, known, message, uses }: NodeUses, name: string | undefined): string {
  const none = known ? `  ${name === undefined ? 'No plugin is' : `${name} is not`} in use.\n` : '';
  const lines = uses.map((use) => {
    const extra = [
      use.enabled ? undefined : 'switched off',
      use.instance === null ? undefined : `instance ${use.instance}`,
      use.workspace === null ? undefined : `in workspace ${use.workspace}`,
      use.line === null ? undefined : `line ${use.line}`,
    ].filter((word) => word !== undefined);
    const fields = Object.entries(use.config).filter(([, value]) => value !== null);
    const config = fields.map(([field, value]) => `      ${field}: ${JSON.stringify(value)}\n`).join('');
    return `  ${use.name} on ${use.scope}${extra.length === 0 ? '' : ` (${extra.join(', ')})`}: ${use.id}\n${config}`;
  });
  return `${id}\n${uses.length === 0 ? none : lines.join('')}${message === null ? '' : `  ${message}\n`}`;
}

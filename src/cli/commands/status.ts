// `kong-plugin status` and `kong-plugin nodes`: the ladder of nodes, and what their next start would say.
import { resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { NodeStatus, PluginOnNode } from '../../lifecycle/types';
import type { Node } from '../../node/node';
import { messageAndNext, messageOf, UserError, type ExitCode } from '../../system/userError';
import type { Io, OutputFormat } from '../io';
import { adminTokens, openNamedNodes, withNodeOptions, type NodeFlags } from '../nodes';

export const addStatus: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program.command('status').description('say on which rung each plugin of nodes stands, and what their next start would say'),
  )
    .option('--workspace <dir>', 'folder whose plugins are compared with those on the nodes', '.')
    .action(async (flags: NodeFlags & { workspace: string }) => {
      const { nodes } = await openNamedNodes(io, flags);
      const statuses = await Promise.all(nodes.map((node) => look(io, node, flags.workspace)));
      await print(io, statuses, flags.format);
      const doomed = statuses.some((status) => !status.predictedStart.ok);
      finish(doomed || statuses.some(({ interrupted }) => interrupted !== null) ? 1 : 0);
    });
};

export const addNodes: AddCommand = (program, io, finish) => {
  program
    .command('nodes')
    .description('list the nodes that can be found here')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (flags: { format: OutputFormat }) => {
      const { findNodes } = await import('../../node/registry');
      const { nodes: found, troubles } = await findNodes({ cwd: io.cwd, env: io.env, adminToken: adminTokens(io.env) });
      for (const trouble of troubles) io.err(`${messageAndNext(trouble)}\n`);
      const statuses: NodeStatus[] = [];
      // Who could not be asked matters where nobody else answers.
      let exit: 0 | ExitCode = found.length === 0 ? (troubles[0]?.exitCode ?? 0) : 0;
      for (const node of found) {
        try {
          statuses.push(await look(io, node, '.'));
        } catch (error) {
          if (!(error instanceof UserError)) throw error;
          io.err(`${node.id}: ${messageOf(error)}\n`);
          exit = error.exitCode;
        }
      }
      await print(io, statuses, flags.format);
      if (found.length === 0 && troubles.length === 0 && flags.format === 'text') {
        io.out(
          'No Kong was found: no kong program on the PATH, and no container with one that Docker or Podman tells of here.\n',
        );
      }
      finish(exit);
    });
};

async function look(io: Io, node: Node, workspace: string): Promise<NodeStatus> {
  const { statusOf } = await import('../../lifecycle/state/status');
  const { discoverPlugins } = await import('../../plugin/discovery');
  const plugins = await discoverPlugins([resolve(io.cwd, workspace)], { signal: io.signal });
  return statusOf(node, { signal: io.signal, workspace: plugins, thorough: true });
}

async function print(io: Io, nodes: readonly NodeStatus[], format: OutputFormat): Promise<void> {
  if (format === 'json') {
    io.out(`${JSON.stringify({ nodes }, null, 2)}\n`);
    return;
  }
  const { recoverHint } = await import('../../lifecycle/state/interruptedWords');
  const { problemLines } = await import('../../text/problemWords');
  for (const node of nodes) {
    const version = node.kong === null ? 'Kong of unknown version' : `Kong ${node.kong}`;
    io.out(
      `${node.id}: ${version}, ${node.running ? 'running' : standing(node)}${node.database === null ? '' : `, database ${node.database}`}${node.role === 'traditional' ? '' : `, ${node.role.replace('_', ' ')}`}\n`,
    );
    if (node.plugins.length === 0) io.out('  no custom plugins\n');
    for (const plugin of node.plugins) io.out(`  ${rungWords(plugin)}\n`);
    io.out(
      node.predictedStart.ok ? '  A start now would succeed.\n' : `  A start now would fail: ${stoppers(node).join(', ')}\n`,
    );
    for (const { words, place, setting } of problemLines(node.findings)) {
      const where = place === null ? '' : ` ${place.file}:${place.line}`;
      io.out(`    ${words}${setting === null ? '' : `; ${setting}`}${where}\n`);
    }
    const { unseen = [] } = node.predictedStart;
    if (unseen.length > 0) io.out(`  Not looked at: ${unseen.join('; ')}.\n`);
    if (node.interrupted !== null) io.out(`  ${node.interrupted.says}\n  ${recoverHint(node)}\n`);
  }
  for (const line of differences(nodes)) io.out(`${line}\n`);
}

/** What would stop a start, each with the plugins that it is about. */
function stoppers({ plugins, predictedStart }: NodeStatus): string[] {
  return predictedStart.problems.flatMap((id) => {
    const names = plugins.filter(({ problems }) => problems.includes(id)).map(({ name }) => name);
    return names.length === 0 ? [id] : names.map((name) => `${id} (${name})`);
  });
}

/** How a Kong that does not run stands. */
function standing({ ended }: NodeStatus): string {
  if (ended === undefined) return 'not running';
  return `${ended.how}${ended.at === null ? '' : ` at ${ended.at.replace(/\.\d+/, '')}`}`;
}

/** Which plugins some of several nodes have and others lack. */
function differences(nodes: readonly NodeStatus[]): string[] {
  const names = [...new Set(nodes.flatMap(({ plugins }) => plugins.map(({ name }) => name)))].sort();
  return names.flatMap((name) => {
    const has = (node: NodeStatus): boolean => node.plugins.some((plugin) => plugin.name === name && plugin.installed !== null);
    const lacking = nodes.filter((node) => !has(node));
    if (lacking.length === 0 || lacking.length === nodes.length) return [];
    return [
      `${name} is missing on ${lacking.map(({ id }) => id).join(', ')}; ${nodes
        .filter(has)
        .map(({ id }) => id)
        .join(', ')} ${nodes.length - lacking.length === 1 ? 'has' : 'have'} it.`,
    ];
  });
}

function rungWords(plugin: PluginOnNode): string {
  const { installed, enabled, loaded, inUse, drift, problems } = plugin;
  const parts = [
    installed === null
      ? 'not installed'
      : `installed${installed.version === null ? '' : ` ${installed.version}`} (${installed.via ?? 'by hand'})`,
    enabled ? 'enabled' : 'not enabled',
    loaded === null ? 'loaded?' : loaded ? 'loaded' : 'not loaded',
    inUse === null ? 'in use?' : inUse === 0 ? 'not in use' : `in use ${inUse}×`,
    ...(drift === true ? ['differs from the workspace'] : []),
    ...problems,
  ];
  return `${plugin.name}: ${parts.join(', ')}`;
}

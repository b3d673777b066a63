// What the commands about nodes share: their options, opening nodes, running an operation and printing what came of it.
import { Option, type Command } from 'commander';
import type { Operation } from '../lifecycle/plan/plan';
import type { OperationResult, StepResult } from '../lifecycle/types';
import type { Node } from '../node/node';
import { UserError } from '../system/userError';
import type { ExitStatus, Io, OutputFormat } from './io';

/** Flags of every command that takes nodes. */
export interface NodeFlags {
  node: string[];
  kong?: string;
  adminUrl?: string;
  format: OutputFormat;
}

export interface OperationFlags extends NodeFlags {
  dryRun?: boolean;
  parallel?: boolean;
}

/** Adds `--node`, `--kong`, `--admin-url` and `--format`. */
export function withNodeOptions(command: Command): Command {
  return command
    .requiredOption('--node <node...>', 'folder:DIR, local, local:KONG.CONF, docker:CONTAINER or compose:PROJECT/SERVICE')
    .option('--kong <version>', "the Kong version of a node that does not tell, such as a folder's")
    .option(
      '--admin-url <url>',
      'where the Admin API of the one node answers; tokens come from KONG_ADMIN_TOKEN, or KONG_ADMIN_TOKEN_DOCKER_X for docker:x',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'));
}

/** As withNodeOptions, with `--dry-run` and `--parallel`. */
export function withOperationOptions(command: Command): Command {
  return withNodeOptions(command)
    .option('--dry-run', 'show the steps and change nothing')
    .option('--parallel', 'all nodes at once instead of one after the other');
}

const NODE_ID = /^(?:folder|local|docker|compose)(?::|$)/;

/**
 * Opens the nodes that `--node` names, compose services with every replica. `--node` takes several words, so a word after it that is no
 * node (`--node folder:x DIR`) is given back as an argument.
 */
export async function openNamedNodes(io: Io, flags: NodeFlags): Promise<{ nodes: Node[]; rest: string[] }> {
  const { openNodes: open } = await import('../node/registry');
  const ids = flags.node.filter((id, i) => i === 0 || NODE_ID.test(id));
  const rest = flags.node.filter((id, i) => i > 0 && !NODE_ID.test(id));
  if (flags.adminUrl !== undefined && ids.length > 1)
    throw new UserError('--admin-url is the address of one node, and these are several.', { exitCode: 2 });
  const options = { cwd: io.cwd, env: io.env, kong: flags.kong, adminUrl: flags.adminUrl, adminToken: adminTokens(io.env) };
  const nodes = (await Promise.all(ids.map((id) => open(id, options)))).flat();
  const unique = [...new Map(nodes.map((node) => [node.id, node])).values()];
  return { nodes: unique, rest };
}

/** Tokens of the Admin APIs: a node's own variable (`docker:kong-1` is KONG_ADMIN_TOKEN_DOCKER_KONG_1), else the one for all. */
export function adminTokens(env: Io['env']): (ids: readonly string[]) => string | undefined {
  return (ids) => {
    const own = ids.map((id) => env[`KONG_ADMIN_TOKEN_${id.toUpperCase().replace(/[^A-Z0-9]/g, '_')}`]);
    return own.find((token) => token !== undefined) ?? env['KONG_ADMIN_TOKEN'];
  };
}

/** The one argument a command takes, wherever on the command line it stood. Throws UserError (usage) when there are more. */
export function oneArgument(given: string | undefined, rest: readonly string[], name: string): string | undefined {
  const all = [...(given === undefined ? [] : [given]), ...rest];
  if (all.length > 1) throw new UserError(`One ${name} at a time: ${all.join(', ')}.`, { exitCode: 2 });
  return all[0];
}

/** As oneArgument, for an argument that must be there. */
export function requiredArgument(given: string | undefined, rest: readonly string[], name: string): string {
  const argument = oneArgument(given, rest, name);
  if (argument === undefined) throw new UserError(`The ${name} is missing.`, { exitCode: 2 });
  return argument;
}

/** Runs an operation on the nodes, shows progress on standard error and the results on standard output (with `more` in the JSON), and returns the exit status. */
export async function runOperation(
  io: Io,
  nodes: readonly Node[],
  operation: Operation,
  flags: OperationFlags,
  more: Readonly<Record<string, unknown>> = {},
): Promise<ExitStatus> {
  const { operate } = await import('../lifecycle/operations/operate');
  const { results, exitCode } = await operate(nodes, operation, {
    signal: io.signal,
    dryRun: flags.dryRun,
    parallel: flags.parallel,
    ...(io.interactive && { begin: (node: string, step: string) => io.err(`${node}: ${step} …\n`) }),
    ...(io.interactive && flags.format === 'json'
      ? { progress: (node: string, step: StepResult) => io.err(`${node}: ${line(step)}\n`) }
      : {}),
  });
  await printResults(io, results, flags.format, more);
  return exitCode;
}

/** Prints results as people read them, or as the one JSON document, with `more` in it. */
export async function printResults(
  io: Io,
  results: readonly OperationResult[],
  format: OutputFormat,
  more: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  if (format === 'json') {
    io.out(`${JSON.stringify({ ...more, results }, null, 2)}\n`);
    return;
  }
  for (const result of results) {
    io.out(`${result.node}\n${result.steps.map((step) => `  ${line(step)}\n`).join('')}`);
    if (result.findings.length > 0) {
      const { findingsText } = await import('../troubleshoot/findingsText');
      io.out(findingsText(result.findings));
    }
  }
}

const MARKS: Readonly<Record<StepResult['status'], string>> = { planned: '·', done: '✓', skipped: '-', failed: '✗', undone: '↶' };

function line({ name, status, detail, warning = false }: StepResult): string {
  const marked = `${warning ? '!' : MARKS[status]} ${name}`;
  return `${marked}${status === 'undone' ? ' (undone)' : ''}: ${detail}`;
}

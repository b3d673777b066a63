// `kong-plugin try`: one request through a node's proxy, and what it did there.
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { AddCommand } from '../../addCommand';
import type { Node } from '../../../node/node';
import { reasonOf } from '../../../system/fileErrors';
import { UserError } from '../../../system/userError';
import type { TrialRequest } from '../../../lifecycle/trial/types';
import { findingsHere, pluginsHere } from '../../findingsHere';
import type { ExitStatus, Io } from '../../io';
import { oneArgument, openNamedNodes, withNodeOptions, type NodeFlags } from '../../nodes';

interface TryFlags extends NodeFlags {
  header: string[];
  data?: string;
  all?: boolean;
  compare?: boolean;
  plugin?: string;
}

export const addTry: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('try')
      .description(
        "send a request through a node's proxy: the answer, what plugins logged and changed, what went wrong, how long they took",
      )
      .argument('[method]', 'GET, POST … (default: GET, with a body POST); with --all a folder or file of saved requests')
      .argument('[path]', 'the path with its query (default: /)'),
  )
    .option(
      '-H, --header <header>',
      "a header, 'Name: value'; may be given again",
      (text: string, before: string[]) => [...before, text],
      [],
    )
    .option('-d, --data <body>', 'the body, or @FILE')
    .option('--all', 'send every saved request (.http files) and hold the answers against what they expect')
    .option(
      '--compare',
      'on a development node, also in JSON: send it a second time past the plugins, and tell what they changed',
    )
    .option('--no-compare', 'send it once only')
    .option('--plugin <dir>', "the plugin's folder, to name its files")
    .action(async (method: string | undefined, path: string | undefined, flags: TryFlags) => {
      const { nodes, rest } = await openNamedNodes(io, flags);
      const words = [method, path, ...rest].filter((word) => word !== undefined);
      if (flags.all === true) {
        if (flags.header.length > 0 || flags.data !== undefined) {
          throw new UserError('Saved requests have headers and bodies of their own.', { exitCode: 2 });
        }
        const { tryAll } = await import('./tryAll');
        const [first, ...more] = words;
        finish(
          await tryAll(io, oneNode(nodes), {
            path: oneArgument(first, more, 'folder or file'),
            format: flags.format,
            plugin: flags.plugin,
          }),
        );
        return;
      }
      const { methodAndPath, trialRequest } = await import('../../../lifecycle/trial/request');
      const request = trialRequest({
        ...methodAndPath(words),
        headers: flags.header,
        body: flags.data === undefined ? undefined : await bodyOf(io, flags.data),
      });
      finish(await tryOne(io, oneNode(nodes), request, flags));
    });
};

async function tryOne(io: Io, node: Node, request: TrialRequest, flags: TryFlags): Promise<ExitStatus> {
  const plugins = await pluginsHere(io, flags.plugin);
  const [{ sendTrial }, { changesWithoutSecrets, withoutSecrets }] = await Promise.all([
    import('../../../lifecycle/trial/send'),
    import('../../../lifecycle/trial/shown'),
  ]);
  const compare = flags.compare ?? flags.format === 'text';
  const trial = await sendTrial(node, request, { signal: io.signal, plugins, compare });
  const findings = await findingsHere(trial.result.findings, [node], io, plugins);
  const result = withoutSecrets({ ...trial.result, findings });
  const changes = trial.changes === null ? null : changesWithoutSecrets(trial.changes, trial.result);
  if (flags.format === 'json') {
    for (const remark of trial.remarks) io.err(`${remark}\n`);
    io.out(`${JSON.stringify(compare ? { ...result, changes } : result, null, 2)}\n`);
  } else {
    const [{ findingsText }, { trialText }] = await Promise.all([
      import('../../../troubleshoot/findingsText'),
      import('../../../lifecycle/trial/trialText'),
    ]);
    io.out(trialText(result, changes, trial.remarks));
    if (findings.length > 0) io.out(`\n${findingsText(result.findings)}`);
  }
  return findings.length === 0 ? 0 : 1;
}

async function bodyOf(io: Io, data: string): Promise<string> {
  if (!data.startsWith('@')) return data;
  const path = resolve(io.cwd, data.slice(1));
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw new UserError(`The body cannot be read from ${path}: ${reasonOf(cause)}.`, { exitCode: 2, cause });
  });
}

function oneNode(nodes: readonly Node[]): Node {
  const [node, ...others] = nodes;
  if (node !== undefined && others.length === 0) return node;
  throw new UserError(`A request goes to one node, and these are ${nodes.length}: ${nodes.map(({ id }) => id).join(', ')}.`, {
    exitCode: 2,
    next: 'Name one of them.',
  });
}

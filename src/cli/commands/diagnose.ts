// `kong-plugin diagnose`: what a log, or the output of a command, says is wrong, and what to do.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { InvalidArgumentError, Option } from 'commander';
import type { AddCommand } from '../addCommand';
import { reasonOf } from '../../system/fileErrors';
import { errorCode, UserError } from '../../system/userError';
import type { Node } from '../../node/node';
import type { Finding } from '../../troubleshoot/finding';
import { findingsHere, pluginsHere } from '../findingsHere';
import type { Io } from '../io';
import { openNamedNodes } from '../nodes';

interface DiagnoseFlags {
  kong?: string;
  plugin?: string;
  node?: string;
  format: 'text' | 'json';
}

const PROGRESS_BYTES = 64 << 20;

export const addDiagnose: AddCommand = (program, io, finish) => {
  program
    .command('diagnose')
    .description("read Kong's log or output and say what is wrong, where, and what to do")
    .argument('[file]', 'the log, or - for standard input', '-')
    .option('--kong <version>', "Kong's version, when the log does not tell it", toVersion)
    .option('--plugin <dir>', "the plugin's folder, to name its files")
    .option(
      '--node <node>',
      'read what a node (docker:CONTAINER, local, folder:DIR …) says since it last started or reloaded well, and look there what its words mean',
    )
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json']).default('text'))
    .action(async (file: string, flags: DiagnoseFlags) => {
      const { nodes, found } =
        flags.node === undefined ? { nodes: [], found: await ofLog(io, file, flags) } : await ofNode(io, flags.node, file, flags);
      const hasFiles = found.some((finding) => finding.file !== null);
      const findings = await findingsHere(found, nodes, io, hasFiles ? await pluginsHere(io, flags.plugin) : []);
      if (flags.format === 'json') io.out(`${JSON.stringify({ findings }, null, 2)}\n`);
      else {
        const { findingsText } = await import('../../troubleshoot/findingsText');
        io.out(findingsText(findings));
      }
      finish(findings.length === 0 ? 0 : 1);
    });
};

async function ofLog(io: Io, file: string, flags: DiagnoseFlags): Promise<Finding[]> {
  const { diagnose } = await import('../../troubleshoot/diagnose');
  const input = file === '-' ? standardInput(io) : await openLog(resolve(io.cwd, file));
  let told = 0;
  return diagnose(input, {
    signal: io.signal,
    ...(flags.kong !== undefined && { kong: flags.kong }),
    ...(io.interactive && {
      onProgress: (bytes: number) => {
        if (bytes - told < PROGRESS_BYTES) return;
        told = bytes;
        io.err(`${(bytes / 1e6).toFixed(0)} MB read\n`);
      },
    }),
  });
}

/** What the logs of a node's replicas say since each last started or reloaded well, ambiguities settled by looking at each. */
async function ofNode(
  io: Io,
  id: string,
  file: string,
  flags: DiagnoseFlags,
): Promise<{ nodes: readonly Node[]; found: Finding[] }> {
  if (file !== '-') throw new UserError('A file and --node are two logs.', { exitCode: 2, next: 'Name one of them.' });
  const { saidNow } = await import('../../lifecycle/state/findings');
  const { nodes } = await openNamedNodes(io, {
    node: [id],
    format: flags.format,
    ...(flags.kong !== undefined && { kong: flags.kong }),
  });
  const found = await Promise.all(
    nodes.map(async (node) => saidNow(node, flags.kong ?? (await kongOf(node, io.signal)), { signal: io.signal })),
  );
  return { nodes, found: found.flat() };
}

/** A node whose log can be read, and nothing else, does not tell its version. */
async function kongOf(node: Node, signal: AbortSignal): Promise<string | undefined> {
  try {
    return (await node.facts(signal)).kong;
  } catch (error) {
    if (error instanceof UserError && error.exitCode !== 2) return undefined;
    throw error;
  }
}

function toVersion(text: string): string {
  if (!/^\d{1,3}\.\d{1,4}(?:\.[\dx]{1,4}){0,2}$/.test(text)) throw new InvalidArgumentError('It looks like 3.9 or 2.8.5.');
  return text;
}

async function* standardInput(io: Io): AsyncGenerator<Uint8Array> {
  if (io.interactive) io.err('Paste the log, then press Ctrl-D.\n');
  for await (const chunk of io.stdin) yield typeof chunk === 'string' ? Buffer.from(chunk) : chunk;
}

async function openLog(path: string): Promise<AsyncIterable<Uint8Array>> {
  try {
    if ((await stat(path)).isDirectory())
      throw new UserError(`${path} is a folder.`, { exitCode: 2, next: 'Name a log file, or - for standard input.' });
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`Cannot read ${path}: ${reasonOf(error)}.`, {
      exitCode: 2,
      next: 'Name a log file, or - for standard input.',
      cause: error,
    });
  }
  return createReadStream(path, { highWaterMark: 1 << 20 });
}

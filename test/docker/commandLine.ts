// The command line, run in this process, as the Docker tests use it: in an empty folder of its own, where it may leave files.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/program';
import type { NodeStatus, OperationResult } from '../../src/lifecycle/types';

/** How a command ended and what it printed. */
export interface Ran {
  status: number;
  out: string;
  err: string;
}

/** Where the command line runs, and what it then is for paths of its results. */
export const CWD = mkdtempSync(path.join(os.tmpdir(), 'kpw-cwd-'));
process.once('exit', () => rmSync(CWD, { recursive: true, force: true }));

/** Runs `kong-plugin ARGS`. */
export async function kongPlugin(...args: string[]): Promise<Ran> {
  let out = '';
  let err = '';
  const status = await run(args, {
    cwd: CWD,
    env: process.env,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    stdin: Readable.from([]),
    interactive: false,
    signal: new AbortController().signal,
  });
  return { status, out, err };
}

/** Runs an operation and returns its results, one a node. */
export async function operation(...args: string[]): Promise<{ status: number; results: OperationResult[] }> {
  const ran = await kongPlugin(...args, '--format', 'json');
  if (ran.out === '') throw new Error(`kong-plugin ${args.join(' ')} ended with ${ran.status}: ${ran.err}`);
  return { status: ran.status, results: (JSON.parse(ran.out) as { results: OperationResult[] }).results };
}

/** What `kong-plugin status` says of one node. */
export async function statusOf(node: string): Promise<NodeStatus> {
  const ran = await kongPlugin('status', '--node', node, '--format', 'json');
  const [status] = (JSON.parse(ran.out) as { nodes: NodeStatus[] }).nodes;
  if (status === undefined) throw new Error(`no status of ${node}`);
  return status;
}

/** What `kong-plugin uses` says of one node. */
export async function usesOf(
  node: string,
): Promise<{ id: string; name: string; scope: string; enabled: boolean; config: Record<string, unknown>; running: boolean }[]> {
  const ran = await kongPlugin('uses', '--node', node, '--format', 'json');
  const [found] = (JSON.parse(ran.out) as { nodes: { uses: Awaited<ReturnType<typeof usesOf>> }[] }).nodes;
  return found?.uses ?? [];
}

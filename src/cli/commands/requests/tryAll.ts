// `kong-plugin try --all`: the saved requests of a plugin's folder as a smoke test.
import { resolve } from 'node:path';
import type { Node } from '../../../node/node';
import { findingsHere, pluginsHere } from '../../findingsHere';
import type { ExitStatus, Io, OutputFormat } from '../../io';
import { shownPath } from '../../paths';
import type { SavedOutcome } from '../../../lifecycle/trial/saved';
import type { TrialResult } from '../../../lifecycle/trial/types';
import type { Plugin } from '../../../plugin/plugin';

interface Flags {
  /** A folder or a file; the working directory otherwise. */
  path: string | undefined;
  format: OutputFormat;
  plugin: string | undefined;
}

/** One request of the JSON document; `line` is one-based. */
interface Told {
  file: string;
  line: number;
  name: string;
  ok: boolean;
  failures: string[];
  result: TrialResult | null;
}

/** Sends them in turn and tells how each went, and how many as expected. */
export async function tryAll(io: Io, node: Node, flags: Flags): Promise<ExitStatus> {
  const { savedRequests, trySaved } = await import('../../../lifecycle/trial/saved');
  const requests = await savedRequests(resolve(io.cwd, flags.path ?? flags.plugin ?? '.'), io.env);
  const plugins = await pluginsHere(io, flags.plugin);
  const told: Told[] = [];
  for await (const outcome of trySaved(node, requests, { signal: io.signal, plugins })) {
    const one = await toldOf(io, node, outcome, plugins);
    told.push(one);
    if (flags.format === 'text')
      io.out(
        linesOf(one)
          .map((line) => `${line}\n`)
          .join(''),
      );
    else if (io.interactive) io.err(`${one.name}: ${one.ok ? 'passed' : 'failed'}\n`);
  }
  const failed = told.filter(({ ok }) => !ok).length;
  const passed = told.length - failed;
  if (flags.format === 'json') io.out(`${JSON.stringify({ requests: told, passed, failed }, null, 2)}\n`);
  else io.out(`${passed} passed, ${failed} failed\n`);
  return failed === 0 ? 0 : 1;
}

async function toldOf(io: Io, node: Node, { saved, trial, failures }: SavedOutcome, plugins: readonly Plugin[]): Promise<Told> {
  const { sentenceWithoutSecrets, withoutSecrets } = await import('../../../lifecycle/trial/shown');
  const result = trial?.result;
  return {
    file: shownPath(io.cwd, saved.file),
    line: saved.line + 1,
    name: saved.name,
    ok: failures.length === 0,
    failures: result === undefined ? failures : failures.map((failure) => sentenceWithoutSecrets(failure, result)),
    result:
      result === undefined
        ? null
        : withoutSecrets({ ...result, findings: await findingsHere(result.findings, [node], io, plugins) }),
  };
}

function linesOf({ file, line, name, ok, failures, result }: Told): string[] {
  const answer = result === null ? '' : `: ${result.request.method} ${result.request.path} → ${result.response.status}`;
  return [`${ok ? '✓' : '✗'} ${name} (${file}:${line})${answer}`, ...failures.map((failure) => `    ${failure}`)];
}

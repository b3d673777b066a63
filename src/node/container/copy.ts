// A program run for a container that does not run: in a copy of it, with its volumes and networks, which goes when the program ends.
import type { ProcessResult } from '../../system/process';
import type { ContainerClient } from './client';
import { execFlags } from './programs';
import type { Container } from './containers';
import type { RunOptions } from '../node';

const COPY_TIMEOUT_MS = 120_000;

/** Runs a program beside a stopped container. Its files are a copy: only what it does to volumes, or over the network, lasts. */
export async function runInCopy(
  client: ContainerClient,
  container: Container,
  args: readonly [string, ...string[]],
  options: RunOptions,
): Promise<ProcessResult> {
  const [program, ...rest] = args;
  const call = {
    timeout: options.timeout ?? COPY_TIMEOUT_MS,
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  };
  const image = text(await client.ask(['commit', container.id], { timeout: COPY_TIMEOUT_MS }));
  let copy: string | undefined;
  try {
    const [network = 'default', ...others] = container.networks;
    const { passed, flags } = execFlags(options);
    const how = ['--volumes-from', container.id, '--network', network, ...flags];
    copy = text(
      await client.ask(['create', ...how, '--no-healthcheck', '--entrypoint', program, image, ...rest], { env: passed }),
    );
    for (const other of others) await client.ask(['network', 'connect', other, copy]);
    return await client.call(['start', '--attach', copy], call);
  } finally {
    if (copy !== undefined) await client.call(['rm', '--force', copy]);
    await client.call(['rmi', '--force', image]);
  }
}

function text(said: Buffer): string {
  return said.toString('utf8').trim();
}

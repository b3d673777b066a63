// Test equipment: the docker program.
import { LABEL } from '../../scripts/dockerLabel.mjs';
import { runProcess } from '../../src/system/process';

export { LABEL };

/** Runs `docker` and returns its output without the last line break; throws what it said when it fails. */
export async function docker(...args: string[]): Promise<string> {
  return command('docker', args, { DOCKER_BUILDKIT: '0' });
}

/** As `docker`, for any program. */
export async function command(program: string, args: string[], env: NodeJS.ProcessEnv = {}): Promise<string> {
  const PATH = `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin`;
  const result = await runProcess({ command: program, args, env: { PATH, ...env } });
  if (result.code !== 0)
    throw new Error(`${program} ${args.join(' ')}\n${result.stderr.toString()}${result.stdout.toString().slice(-2000)}`);
  return result.stdout.toString().replace(/\n$/, '');
}

// The docker (or podman) program as a client: a call is an argument vector, every failure a sentence. Contexts and remote engines are the program's business.
import { access, constants } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { runProcess, type ProcessCall, type ProcessResult } from '../../system/process';
import { UserError } from '../../system/userError';
import { MissingProgram } from '../node';

/** What finding the program needs. */
export interface ContainerOptions {
  env: Readonly<Record<string, string | undefined>>;
  /** The docker or podman program, when it is not the one on PATH. */
  containerProgram?: string | undefined;
}

/** How one call is made. */
export type ClientCall = Pick<ProcessCall, 'env' | 'input' | 'timeout' | 'signal' | 'onOutput'>;

/** A program that speaks docker's command line. */
export interface ContainerClient {
  /** The program as it was found. */
  readonly program: string;
  /** Runs it to its end; throws UserError (environment) when the engine cannot be reached or does not answer in time. */
  call(args: readonly string[], options?: ClientCall): Promise<ProcessResult>;
  /** As `call`, but everything other than success is a UserError. Returns what it wrote. */
  ask(args: readonly string[], options?: ClientCall): Promise<Buffer>;
}

/** Overrides the program for every face; the setting `kongPlugin.docker.path` does the same in the editor. */
const PROGRAM_VARIABLE = 'KONG_PLUGIN_DOCKER';
const PROGRAMS = ['docker', 'podman'];
const DEFAULT_TIMEOUT_MS = 30_000;

/** What the programs say when there is no engine behind them (docker/cli and podman, several versions), and what to do about it. */
const UNREACHABLE: readonly { pattern: RegExp; next: string }[] = [
  {
    pattern: /permission denied while trying to connect|dial unix \S+: connect: permission denied/i,
    next: 'Give this user access to the engine (on Linux: the group docker), or name another with DOCKER_HOST or `docker context use`.',
  },
  {
    pattern:
      /cannot connect to the docker daemon|failed to connect to the docker api|error during connect|is the docker daemon running|docker daemon is not running|unable to connect to podman|connection reset by peer|unexpected EOF|cannot connect to podman/i,
    next: 'Start Docker, or name the engine with DOCKER_HOST or `docker context use`.',
  },
  {
    pattern: /context .* (?:does not exist|not found)|current context .* is not found/i,
    next: 'Choose a context that exists: `docker context use NAME`.',
  },
];

/** Finds the program. Throws UserError (environment) when there is neither docker nor podman. */
export async function containerClient(options: ContainerOptions): Promise<ContainerClient> {
  const named = options.containerProgram ?? options.env[PROGRAM_VARIABLE];
  const program = named === undefined || named === '' ? await onPath(options.env) : named;
  if (program === undefined) {
    throw new MissingProgram('There is no docker and no podman program on the PATH.', {
      exitCode: 3,
      next: `Install Docker, or name the program with ${PROGRAM_VARIABLE}.`,
    });
  }
  const call = async (args: readonly string[], callOptions: ClientCall = {}): Promise<ProcessResult> => {
    const timeout = callOptions.timeout ?? DEFAULT_TIMEOUT_MS;
    const result = await runProcess({
      ...callOptions,
      command: program,
      args,
      timeout,
      env: { ...options.env, ...callOptions.env },
    });
    if (result.timedOut) throw overdue(`${program} ${args[0] ?? ''}`, timeout);
    if (result.code !== 0) throwUnreachable(program, result);
    return result;
  };
  return {
    program,
    call,
    async ask(args, callOptions) {
      const result = await call(args, callOptions);
      if (result.code !== 0) throw new UserError(`${program} ${args[0] ?? ''} failed: ${saidBy(result)}.`, { exitCode: 3 });
      return result.stdout;
    },
  };
}

/** A call that did not end in its time. */
export function overdue(call: string, timeout: number): UserError {
  return new UserError(`${call} did not end within ${timeout / 1000} s.`, {
    exitCode: 3,
    next: 'Check that the engine answers: `docker version`.',
  });
}

/** The last line that a failed call wrote, without its prefix and full stop; Docker's question behind it is answered by what to do next. */
export function saidBy(result: ProcessResult): string {
  const lines = result.stderr.toString('utf8').trim().split('\n');
  const line = lines.findLast((text) => text.trim() !== '') ?? '';
  return (
    line.replace(/^(?:Error response from daemon|Error):\s*/i, '').replace(/\.$|\. Is the docker daemon running\?$/, '') ||
    `it ended with ${result.code ?? 'a signal'}`
  );
}

/** Exit codes of a program in a container are its own: only what the client itself says counts, and it says it last. */
function throwUnreachable(program: string, result: ProcessResult): void {
  const text = result.stderr.toString('utf8').slice(-2000);
  const last = text.trim().split('\n').slice(-2).join('\n');
  for (const { pattern, next } of UNREACHABLE) {
    if (pattern.test(last))
      throw new UserError(`${program} does not reach its engine: ${saidBy(result)}.`, { exitCode: 3, next });
  }
}

async function onPath(env: ContainerOptions['env']): Promise<string | undefined> {
  const folders = (env['PATH'] ?? env['Path'] ?? '').split(delimiter).filter((folder) => folder !== '');
  const extensions = process.platform === 'win32' ? ['.exe', ''] : [''];
  for (const name of PROGRAMS) {
    for (const path of folders.flatMap((folder) => extensions.map((extension) => join(folder, name + extension)))) {
      const executable = await access(path, constants.X_OK).then(
        () => true,
        () => false,
      );
      if (executable) return path;
    }
  }
  return undefined;
}

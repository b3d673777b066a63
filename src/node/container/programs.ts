// Programs in a running container: in a shell that is open already, or by a `docker exec` of their own.
import type { ProcessResult } from '../../system/process';
import { UserError } from '../../system/userError';
import { overdue, type ContainerClient } from './client';
import { inspectContainer, type Container } from './containers';
import { containerShell, type RunScript, type ScriptCall } from './shell';
import type { RunOptions } from '../node';

const TIMEOUT_MS = 120_000;
const STOPPED_MEMORY_MS = 2000;
/** How long to wait before each further look at a container whose program was killed. */
const ENGINE_LAGS_MS = [50, 150, 300];

/** Runs a program as it is; its variables come as lines of input, because everybody can see arguments. */
const PROGRAM = `while IFS= read -r v; do export "$v"; done
command -v "$1" >/dev/null || exit 127
exec "$@" </dev/null`;
const VARIABLE = /^[A-Za-z_]\w*=[^\n]*$/;

/** What runs in one container. Results are undefined when the container is not running. */
export interface ContainerPrograms {
  /** As the image's own user, which is Kong's, or as root. Throws UserError (environment) when there is no such program. */
  run(args: readonly string[], options: RunOptions): Promise<ProcessResult | undefined>;
  /** A script on the container's files, as root. */
  script: RunScript;
  /** A script that may wait for Kong, beside those on files. */
  ask: RunScript;
  /** The same for as long as the container has not ended since it was first seen; undefined when that is not known. */
  readonly life: object | undefined;
  /** Begins to open the shell that is needed first. */
  open(): void;
  /** Closes the shells that nobody waits for. */
  rest(): void;
  /** The container is another one by now. */
  close(): void;
  /** The engine says that it does not run. */
  stopped(): void;
  /** It may run again. */
  forget(): void;
}

/** Opens a container for programs; nothing is started before the first one. */
export function containerPrograms(
  client: () => Promise<ContainerClient>,
  name: string,
  env: Readonly<Record<string, string | undefined>>,
): ContainerPrograms {
  const shell = containerShell(client, name, env);
  const ownShell = containerShell(client, name, env, 'own');
  let stoppedUntil = 0;
  const rememberStopped = (): void => void (stoppedUntil = Date.now() + STOPPED_MEMORY_MS);
  const close = (): void => {
    shell.close();
    ownShell.close();
  };

  const execute = async (args: readonly string[], options: RunOptions): Promise<ProcessResult | undefined> => {
    const docker = await client();
    const { timeout = TIMEOUT_MS, signal, input } = options;
    const { passed, flags } = execFlags(options);
    const interactive = input === undefined ? [] : ['--interactive'];
    const result = await docker.call(['exec', ...interactive, ...flags, name, ...args], {
      timeout,
      env: passed,
      ...(signal === undefined ? {} : { signal }),
      ...(input === undefined ? {} : { input }),
    });
    return (await endedWithContainer(docker, name, result)) ? undefined : result;
  };

  const script: RunScript = async (text, args, call = {}) => {
    // A container that stands still is not asked before every file whether it still does.
    if (Date.now() < stoppedUntil) return undefined;
    const result =
      (await shell.run(text, args, call)) ??
      (await execute(['sh', '-c', text, 'sh', ...args], { ...optionsOf(call), as: 'root' }));
    if (result === undefined) rememberStopped();
    else if (lacksProgram(result)) {
      throw new NoShell(`The container ${name} has no shell (sh), so it cannot be looked into.`, {
        exitCode: 3,
        next: `Its log can be read all the same: \`kong-plugin diagnose --node docker:${name}\``,
      });
    }
    return result;
  };

  const inOwnShell = async (text: string, args: readonly string[], call: ScriptCall): Promise<ProcessResult | undefined> => {
    const result = await ownShell.run(text, args, call);
    if (result?.timedOut === true) throw overdue(`${(await client()).program} exec`, call.timeout ?? 0);
    return result;
  };

  const quickly = async (args: readonly string[], options: RunOptions): Promise<ProcessResult | undefined> => {
    const { env: variables = {}, timeout, signal } = options;
    const lines = Object.entries(variables).map(([variable, value]) => `${variable}=${value}`);
    const suits = options.quick === true && options.as !== 'root' && options.cwd === undefined && options.input === undefined;
    if (!suits || !lines.every((line) => VARIABLE.test(line))) return undefined;
    return inOwnShell(PROGRAM, args, { input: Buffer.from(lines.map((line) => `${line}\n`).join('')), timeout, signal });
  };

  return {
    async run(args, options) {
      const quick = await quickly(args, options);
      const result = quick ?? (await execute(args, options));
      if (result !== undefined && (quick === undefined ? lacksProgram(result) : isUnknown(result)))
        throw noProgram(args[0] ?? '', name);
      return result;
    },
    script,
    ask: async (text, args, call = {}) =>
      (await inOwnShell(text, args, call)) ?? (await execute(['sh', '-c', text, 'sh', ...args], optionsOf(call))),
    get life() {
      return shell.life;
    },
    open: () => shell.open(),
    rest() {
      shell.rest();
      ownShell.rest();
    },
    close,
    stopped() {
      close();
      rememberStopped();
    },
    forget: () => void (stoppedUntil = 0),
  };
}

/** Nothing can be looked at in a container without a shell. */
export class NoShell extends UserError {}

/** What the engine says when the program to be run is not in the container. */
export function lacksProgram({ code, stdout, stderr }: ProcessResult): boolean {
  if (code !== 126 && code !== 127) return false;
  const said = `${stderr.subarray(0, 2000).toString('utf8')}${stdout.subarray(0, 2000).toString('utf8')}`;
  return /exec failed: .*(?:executable file not found|no such file or directory)/is.test(said);
}

/** What PROGRAM says of a program that is not there. */
function isUnknown({ code, stdout, stderr }: ProcessResult): boolean {
  return code === 127 && stdout.length + stderr.length === 0;
}

/** A program that was to be run is not in the container. */
export function noProgram(program: string, container: string): UserError {
  return new UserError(`There is no program ${program} in the container ${container}.`, { exitCode: 3 });
}

function optionsOf({ input, timeout, signal }: ScriptCall): RunOptions {
  return {
    ...(input === undefined ? {} : { input }),
    ...(timeout === undefined ? {} : { timeout }),
    ...(signal === undefined ? {} : { signal }),
  };
}

/**
 * How `docker exec` and `docker create` are told user, folder and variables. Variables travel through the client's own environment, where no
 * process list shows them; a name that the client itself reads cannot.
 */
export function execFlags({ as, cwd, env = {} }: RunOptions): { passed: Record<string, string>; flags: string[] } {
  const passed: Record<string, string> = {};
  const flags = [...(as === 'root' ? ['--user', '0'] : []), ...(cwd === undefined ? [] : ['--workdir', cwd])];
  for (const [name, value] of Object.entries(env)) {
    if (/^(?:KONG|LUA)_/.test(name)) {
      passed[name] = value;
      flags.push('--env', name);
    } else {
      flags.push('--env', `${name}=${value}`);
    }
  }
  return { passed, flags };
}

/** True when a call failed because the container is not running (any more). */
async function endedWithContainer(client: ContainerClient, name: string, result: ProcessResult): Promise<boolean> {
  if (result.code === 0) return false;
  const said = result.stderr.toString('utf8');
  if (/no such container/i.test(said)) {
    throw new UserError(`There is no container ${name}.`, {
      exitCode: 3,
      next: 'List the containers that exist: `docker ps --all`.',
    });
  }
  if (
    /is not running|is paused|is restarting|can only create exec sessions on running containers|container state improper|cannot exec in a stopped/i.test(
      said,
    )
  )
    return true;
  if (!mayBeLost(result)) return false;
  const container = await endsSoon(client, name);
  if (container.running) return false;
  // Nothing of the program has begun.
  if (result.code === NOT_BEGUN || container.paused) return true;
  throw new UserError(`The container ${name} is ${container.state}: it ended while a program ran in it.`, {
    exitCode: 3,
    next: `Its log says why: \`${client.program} logs ${name}\`.`,
  });
}

/** What the client ends with where the engine could not begin a program: it is none, or the container was about to end. */
const NOT_BEGUN = 126;

/** A container that dies takes its programs with it: they end by a signal, are never begun, or the client loses its stream. */
function mayBeLost(result: ProcessResult): boolean {
  const { code, stdout, stderr } = result;
  if (code === NOT_BEGUN)
    return (
      !lacksProgram(result) &&
      !/permission denied|exec format error|is a directory/i.test(`${stdout.toString()}${stderr.toString()}`)
    );
  return code === 137 || code === 143 || code === 125 || code === 128 || code === null;
}

/** The container once it has ended, or after a while: the engine says so a moment after its programs have. */
async function endsSoon(client: ContainerClient, name: string): Promise<Container> {
  for (const wait of ENGINE_LAGS_MS) {
    const container = await inspectContainer(client, name);
    if (!container.running) return container;
    await new Promise((resolve) => setTimeout(resolve, wait));
  }
  return inspectContainer(client, name);
}

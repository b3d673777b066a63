// The one place that starts a program: an argument vector, never a shell.
import { spawn } from 'node:child_process';
import { Socket } from 'node:net';
import { UserError } from './userError';

/** A call as data: the program, its arguments and its surroundings. */
export interface ProcessCall {
  command: string;
  args: readonly string[];
  cwd?: string;
  /** Laid over the environment of this process; undefined removes a name. */
  env?: Readonly<Record<string, string | undefined>>;
  input?: string | Uint8Array;
  /** Who the program runs as, where we may choose. */
  uid?: number;
  gid?: number;
  /** Milliseconds until the program is killed. */
  timeout?: number;
  signal?: AbortSignal;
  /** Called with every piece of output as it comes. */
  onOutput?: (stream: 'stdout' | 'stderr', chunk: Buffer) => void;
}

/** How a program ended. `code` is null when a signal or the time limit ended it. */
export interface ProcessResult {
  code: number | null;
  stdout: Buffer;
  stderr: Buffer;
  timedOut: boolean;
}

const KILL_GRACE_MS = 2000;

/** Everything that a program printed. */
export function printedBy({ stdout, stderr }: Pick<ProcessResult, 'stdout' | 'stderr'>): string {
  return `${stdout.toString('utf8')}${stderr.toString('utf8')}`;
}

/**
 * Runs a program to its end and returns what it said; a non-zero exit is a result, not an error.
 * Throws UserError (exit code 3) when the program cannot be started, and the signal's reason when it is aborted.
 */
export async function runProcess(call: ProcessCall): Promise<ProcessResult> {
  call.signal?.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(call.command, [...call.args], {
      cwd: call.cwd,
      env: { ...process.env, ...call.env },
      stdio: 'pipe',
      windowsHide: true,
      shell: false,
      ...(call.uid === undefined ? {} : { uid: call.uid }),
      ...(call.gid === undefined ? {} : { gid: call.gid }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    let timedOut = false;
    const stop = (): void => {
      child.kill('SIGTERM');
      setTimeout(() => child.kill('SIGKILL'), KILL_GRACE_MS).unref();
    };
    const timer =
      call.timeout === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            stop();
          }, call.timeout);
    const done = (): void => {
      clearTimeout(timer);
      call.signal?.removeEventListener('abort', stop);
    };
    call.signal?.addEventListener('abort', stop, { once: true });
    child.stdout.on('data', (chunk: Buffer) => {
      out.push(chunk);
      call.onOutput?.('stdout', chunk);
    });
    child.stderr.on('data', (chunk: Buffer) => {
      err.push(chunk);
      call.onOutput?.('stderr', chunk);
    });
    child.on('error', (cause) => {
      done();
      reject(new UserError(`Cannot start ${call.command}: ${cause.message}`, { exitCode: 3, cause }));
    });
    child.on('close', (code) => {
      done();
      if (call.signal?.aborted) {
        const reason: unknown = call.signal.reason;
        reject(reason instanceof Error ? reason : new Error(String(reason)));
      } else {
        resolve({ code, stdout: Buffer.concat(out), stderr: Buffer.concat(err), timedOut });
      }
    });
    // A program that ends without reading its input is not our failure: its exit code tells the story.
    child.stdin.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') reject(error);
    });
    child.stdin.end(call.input);
  });
}

/** A program that we talk with while it runs. */
export interface Conversation {
  write(text: string): void;
  /** Ends its input; it ends by itself then. */
  end(): void;
  /** Settles when the program is gone, for whatever reason. */
  readonly ended: Promise<void>;
}

/** Starts a program to talk with. It never keeps this process alive: whoever waits for an answer does. */
export function converse(
  call: Pick<ProcessCall, 'command' | 'args' | 'env'>,
  onOutput: (stream: 'stdout' | 'stderr', chunk: Buffer) => void,
): Conversation {
  const child = spawn(call.command, [...call.args], {
    env: { ...process.env, ...call.env },
    stdio: 'pipe',
    windowsHide: true,
    shell: false,
  });
  child.stdout.on('data', (chunk: Buffer) => onOutput('stdout', chunk));
  child.stderr.on('data', (chunk: Buffer) => onOutput('stderr', chunk));
  const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('close', () => resolve()));
  // The end of the program is told by `ended`; a write that comes too late is nothing more.
  child.stdin.on('error', () => child.kill());
  child.unref();
  for (const stream of [child.stdin, child.stdout, child.stderr]) if (stream instanceof Socket) stream.unref();
  return { write: (text) => void child.stdin.write(text), end: () => child.stdin.end(), ended };
}

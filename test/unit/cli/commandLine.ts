// The command line in this process: arguments in, exit code and what it printed out.
import { Readable } from 'node:stream';
import { run } from '../../../src/cli/program';

/** What a command came to. */
export interface Said {
  status: number;
  out: string;
  err: string;
}

/** Runs a command with nothing on standard input and nobody to ask. */
export async function commandLine(
  args: readonly string[],
  { cwd = '.', env = {}, signal = new AbortController().signal }: CommandSurroundings = {},
): Promise<Said> {
  let [out, err] = ['', ''];
  const status = await run([...args], {
    cwd,
    env,
    out: (text) => void (out += text),
    err: (text) => void (err += text),
    stdin: Readable.from([]),
    interactive: false,
    signal,
  });
  return { status, out, err };
}

export interface CommandSurroundings {
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  signal?: AbortSignal;
}

#!/usr/bin/env node
// `kong-plugin`: the terminal face of the engine. Reads process.argv, runs one command, sets the exit code.
import { run } from './program';

const stop = new AbortController();
/** One key press may come as several signals: from the terminal, and from a program between us and it. */
const SAME_WORD_MS = 1000;
let asked: number | undefined;
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (asked === undefined) {
      asked = Date.now();
      stop.abort(new Error('Stopped.'));
      return;
    }
    if (Date.now() - asked < SAME_WORD_MS) return;
    process.stderr.write(
      'kong-plugin: stopped at once; what was being put back is half done.\n`kong-plugin status --node NODE` shows it, `kong-plugin recover --node NODE --undo` goes on with it.\n',
    );
    process.exit(130);
  });
}
// A reader that went away (`| head`) ends the run quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});

void run(process.argv.slice(2), {
  cwd: process.cwd(),
  env: process.env,
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
  stdin: process.stdin,
  interactive: process.stdin.isTTY && process.stderr.isTTY,
  signal: stop.signal,
}).then((status) => {
  process.exitCode = status;
});

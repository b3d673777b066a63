#!/usr/bin/env node
// `kong-plugin`: the terminal face of the engine. Reads process.argv, runs one command, sets the exit code.
import { run } from './program';
import { stopOnSignals } from './stopOnSignals';

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
  signal: stopOnSignals(),
}).then((status) => {
  process.exitCode = status;
});

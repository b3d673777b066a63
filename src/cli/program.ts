// The command line's grammar: one table of commands, each in its own file, and what happens to their errors.
import { Command, CommanderError } from 'commander';
import { refusal } from '../system/fileErrors';
import { messageOf, UserError } from '../system/userError';
import { printable } from '../text/printable';
import type { ExitStatus, Io } from './io';
import { COMMANDS } from './commands';

const HELP_HINT = 'kong-plugin --help tells more';

/** Runs `kong-plugin ARGS` and returns its exit status; never throws. */
export async function run(args: readonly string[], surroundings: Io): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  let printed = false;
  const io: Io = {
    ...surroundings,
    out: (text) => {
      printed = true;
      surroundings.out(printable(text, wantsJson(args) || args.includes('sarif') ? 'json' : 'text'));
    },
    err: (text) => surroundings.err(printable(text)),
  };
  /** Tells of a failure: on standard error, and where the one JSON document is awaited also as that. */
  const fail = (exit: ExitStatus, message: string, next?: string): ExitStatus => {
    io.err(`kong-plugin: ${message}\n${next === undefined ? '' : `${next}\n`}`);
    document(message, next);
    return exit;
  };
  const document = (message: string, next?: string): void => {
    if (wantsJson(args) && !printed) io.out(`${JSON.stringify({ error: { message, next: next ?? null } }, null, 2)}\n`);
  };
  const program = new Command('kong-plugin')
    .description('Check, pack, install, verify, remove and troubleshoot Kong Gateway plugins.')
    .option('--version', 'print the version')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError(`(${HELP_HINT})`);
  for (const add of COMMANDS) {
    add(program, io, (result) => {
      status = result;
    });
  }
  for (const command of program.commands) command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  try {
    if (args.length === 1 && args[0] === '--version') {
      const { version } = await import('../../package.json');
      io.out(`${version}\n`);
      return 0;
    }
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) {
      // Commander has written it to standard error.
      if (error.exitCode === 0) return 0;
      document(error.message.replace(/^error: /, ''), HELP_HINT);
      return 2;
    }
    const known = error instanceof UserError ? error : refusal(error);
    if (known !== undefined) return fail(known.exitCode, known.message, known.next);
    if (io.signal.aborted) return fail(130, messageOf(io.signal.reason));
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return fail(1, 'internal error, please report it with the lines below.', stack);
  }
}

/** Whether the one JSON document is wanted, also of a command line that is wrong. */
function wantsJson(args: readonly string[]): boolean {
  return args.some((word, i) => word === '--format=json' || (word === 'json' && args[i - 1] === '--format'));
}

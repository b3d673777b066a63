// The command line's grammar: one table of commands, each in its own file, and what happens to their errors.
import { Command, CommanderError } from 'commander';
import { messageOf, UserError } from '../system/userError';
import type { ExitStatus, Io } from './io';
import { COMMANDS } from './commands';

/** Runs `kong-plugin ARGS` and returns its exit status; never throws. */
export async function run(args: readonly string[], io: Io): Promise<ExitStatus> {
  let status: ExitStatus = 0;
  const program = new Command('kong-plugin')
    .description('Check, pack, install, verify, remove and troubleshoot Kong Gateway plugins.')
    .exitOverride()
    .configureOutput({ writeOut: io.out, writeErr: io.err })
    .showHelpAfterError('(kong-plugin --help tells more)');
  for (const add of COMMANDS) {
    add(program, io, (result) => {
      status = result;
    });
  }
  for (const command of program.commands) command.exitOverride().configureOutput({ writeOut: io.out, writeErr: io.err });
  try {
    await program.parseAsync([...args], { from: 'user' });
    return status;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    if (error instanceof UserError) {
      io.err(`kong-plugin: ${error.message}\n${error.next === undefined ? '' : `${error.next}\n`}`);
      return error.exitCode;
    }
    if (io.signal.aborted) {
      io.err(`kong-plugin: ${messageOf(io.signal.reason)}\n`);
      return 1;
    }
    const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.err(`kong-plugin: internal error, please report it with the lines below.\n${stack}\n`);
    return 1;
  }
}

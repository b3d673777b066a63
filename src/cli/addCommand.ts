// What a file of src/cli/commands offers to the program.
import type { Command } from 'commander';
import type { ExitStatus, Io } from './io';

/** Adds one command to the program; `finish` tells the exit status of its run. Heavy modules are imported inside the action. */
export type AddCommand = (program: Command, io: Io, finish: (status: ExitStatus) => void) => void;

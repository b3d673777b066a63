// The table of commands; a new command is a file here and a line in this table.
import type { Command } from 'commander';
import type { ExitStatus, Io } from '../io';
import { addBump } from './bump';
import { addCheck } from './check';
import { addDev } from './dev';
import { addDiagnose } from './diagnose';
import { addDisable } from './disable';
import { addEnable } from './enable';
import { addFix } from './fix';
import { addInspect } from './inspect';
import { addInstall } from './install';
import { addLsp } from './lsp';
import { addNew } from './new';
import { addPack } from './pack';
import { addPersist } from './persist';
import { addPreflight } from './preflight';
import { addPublish } from './publish';
import { addReload } from './reload';
import { addRemove } from './remove';
import { addRename } from './rename';
import { addRestart } from './restart';
import { addNodes, addStatus } from './status';
import { addVerify } from './verify';
import { addWatch } from './watch';

/** Adds one command to the program; `finish` tells the exit status of its run. Heavy modules are imported inside the action. */
export type AddCommand = (program: Command, io: Io, finish: (status: ExitStatus) => void) => void;

export const COMMANDS: readonly AddCommand[] = [
  addBump,
  addCheck,
  addDev,
  addDiagnose,
  addDisable,
  addEnable,
  addFix,
  addInspect,
  addInstall,
  addLsp,
  addNew,
  addNodes,
  addPack,
  addPersist,
  addPreflight,
  addPublish,
  addReload,
  addRemove,
  addRename,
  addRestart,
  addStatus,
  addVerify,
  addWatch,
];

// The table of commands; a new command is a file here and a line in this table.
import type { AddCommand } from '../addCommand';
import { addBump } from './bump';
import { addCheck } from './check';
import { addDev } from './dev';
import { addDiagnose } from './diagnose';
import { addDoctor } from './doctor';
import { addDisable, addEnable } from './enable';
import { addFix } from './fix';
import { addInspect } from './inspect';
import { addInstall } from './install';
import { addLsp } from './lsp';
import { addMatrix } from './plugin/matrix';
import { addNew } from './new';
import { addPack } from './pack';
import { addPersist } from './persist';
import { addPreflight } from './preflight';
import { addPublish } from './publish';
import { addRecover } from './recover';
import { addReload, addRestart } from './reload';
import { addRemove } from './remove';
import { addRename } from './rename';
import { addRestore } from './restore';
import { addSchema } from './plugin/schema';
import { addNodes, addStatus } from './status';
import { addTry } from './requests/try';
import { addTypes } from './plugin/types';
import { addConfigure } from './use/configure';
import { addUnconfigure } from './use/unconfigure';
import { addUses } from './use/uses';
import { addUpgrade } from './upgrade';
import { addVerify } from './verify';
import { addWatch } from './watch';

export const COMMANDS: readonly AddCommand[] = [
  addBump,
  addCheck,
  addConfigure,
  addDev,
  addDiagnose,
  addDisable,
  addDoctor,
  addEnable,
  addFix,
  addInspect,
  addInstall,
  addLsp,
  addMatrix,
  addNew,
  addNodes,
  addPack,
  addPersist,
  addPreflight,
  addPublish,
  addRecover,
  addReload,
  addRemove,
  addRename,
  addRestart,
  addRestore,
  addSchema,
  addStatus,
  addTry,
  addTypes,
  addUnconfigure,
  addUpgrade,
  addUses,
  addVerify,
  addWatch,
];

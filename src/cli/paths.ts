// Paths as people write them among the arguments, and as they are shown.
import { access, constants, stat } from 'node:fs/promises';
import { slashedFrom } from '../system/paths';
import { errorCode, UserError } from '../system/userError';

/** A path as reports show it: relative to the working directory, with `/`. */
export function shownPath(cwd: string, path: string): string {
  return slashedFrom(cwd, path) || '.';
}

/** Whether a path is a folder, that may be listed then, or a file. Throws UserError (usage, with the path as `written`) when it is neither. */
export async function isFolder(path: string, written: string): Promise<boolean> {
  try {
    if (!(await stat(path)).isDirectory()) return false;
    await access(path, constants.R_OK | constants.X_OK);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' && errorCode(error) !== 'ENOTDIR') throw error;
    throw new UserError(`There is no file or folder ${written}.`, { exitCode: 2, cause: error });
  }
}

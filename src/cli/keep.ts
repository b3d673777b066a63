// Where configurations that are taken out of use are kept, so that they can be put back.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { errorCode } from '../system/userError';
import type { Keep } from '../lifecycle/steps/keepUses';
import type { Io } from './io';

/** Writes them into new files of a folder, which nobody else may read: a configuration may hold secrets. */
export function keepRemoved(io: Io, folder: string, plugin: string): Keep {
  return async (text, extension) => {
    const stamp = new Date().toISOString().replace(/[:.]/g, '-');
    for (let copy = 1; ; copy++) {
      const path = resolve(io.cwd, folder, `${plugin}-removed-${stamp}${copy === 1 ? '' : `-${copy}`}.${extension}`);
      try {
        await writeFile(path, text, { flag: 'wx', mode: 0o600 });
        return path;
      } catch (error) {
        if (errorCode(error) !== 'EEXIST') throw error;
      }
    }
  };
}

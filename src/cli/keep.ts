// Where configurations that are taken out of use are kept, so that they can be put back.
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Io } from './io';

/** Writes them into a new file of a folder; returns its path. */
export function keepRemoved(io: Io, folder: string, plugin: string): (declarative: string) => Promise<string> {
  return async (declarative) => {
    const path = resolve(io.cwd, folder, `${plugin}-removed-${new Date().toISOString().replace(/[:.]/g, '-')}.json`);
    await writeFile(path, declarative, { flag: 'wx' });
    return path;
  };
}

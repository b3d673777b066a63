// A folder with those above it. Node's own recursive mkdir never ends where nothing can be made, such as in /proc.
import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from './userError';

/** Makes a folder and those that are missing above it. Returns the topmost one made, or undefined when all are there; throws as `mkdir` does. */
export async function makeFolders(path: string, mode?: number): Promise<string | undefined> {
  try {
    return await makeOne(path, mode);
  } catch (error) {
    if (errorCode(error) !== 'ENOENT' || dirname(path) === path) throw error;
    const first = await makeFolders(dirname(path), mode);
    const own = await makeOne(path, mode);
    return first ?? own;
  }
}

async function makeOne(path: string, mode: number | undefined): Promise<string | undefined> {
  try {
    await mkdir(path, mode);
    return path;
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return undefined;
    throw error;
  }
}

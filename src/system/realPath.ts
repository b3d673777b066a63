// Where a path of this machine leads, also when its end is not there yet.
import { readlink, realpath } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { errorCode } from './userError';

const MOST_LINKS = 40;

/**
 * A path with every link followed. A link to nothing is followed too, because writing through it would make what it names; what is not there
 * otherwise stays as it is named. Throws as the system does (ELOOP for links in a circle).
 */
export async function realPath(path: string, links = MOST_LINKS): Promise<string> {
  try {
    return await realpath(path);
  } catch (error) {
    const code = errorCode(error);
    if ((code !== 'ENOENT' && code !== 'ENOTDIR') || dirname(path) === path) throw error;
    const target = await readlink(path).catch(() => undefined);
    const folder = await realPath(dirname(path), links);
    if (target === undefined) return join(folder, basename(path));
    if (links === 0) throw error;
    return realPath(resolve(folder, target), links - 1);
  }
}

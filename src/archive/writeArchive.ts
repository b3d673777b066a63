// Puts a finished archive on disk: whole or not at all, its sha256 beside it, never over a different archive unasked.
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { cannot } from '../system/fileErrors';
import { makeFolders } from '../system/makeFolders';
import { errorCode } from '../system/userError';
import { sweepDrafts, writeWhole } from '../system/wholeFile';

/** Lower-case hex SHA-256. */
export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/**
 * Writes the archive and `<path>.sha256`. An equal archive that is there stays; a different one is replaced only when `mayReplace` says so,
 * otherwise false is returned and nothing written. Throws UserError when the folder cannot be written to.
 */
export async function writeArchive(path: string, bytes: Buffer, mayReplace: () => Promise<boolean>): Promise<boolean> {
  try {
    const there = await existing(path);
    const same = there?.equals(bytes) === true;
    if (there !== undefined && !same && !(await mayReplace())) return false;
    await makeFolders(dirname(path));
    await sweepDrafts(dirname(path));
    await Promise.all([
      same ? undefined : writeWhole(path, bytes),
      writeWhole(`${path}.sha256`, `${sha256(bytes)}  ${basename(path)}\n`, { durable: false }),
    ]);
    return true;
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    throw cannot('write', path, cause);
  }
}

async function existing(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

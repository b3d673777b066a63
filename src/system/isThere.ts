// Whether something stands at a path: a file, a folder or a link, wherever that leads.
import { lstat } from 'node:fs/promises';
import { errorCode } from './userError';

/** Whether there is anything; throws as the system does where that cannot be seen. */
export async function isThere(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return false;
    throw error;
  }
}

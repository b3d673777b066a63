// A secret of the user's own, made once and kept outside of every project: what is sealed with it was written by this user on this machine.
import { randomBytes } from 'node:crypto';
import { link, open, readFile, unlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { makeFolders } from './makeFolders';
import { errorCode } from './userError';

const FILE = 'secret';
const BYTES = 32;
const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;

/** Where what the user's programs remember is kept (XDG Base Directory Specification 0.8; Windows: LOCALAPPDATA). */
export function stateFolder(env: Readonly<Record<string, string | undefined>>): string {
  const named = process.platform === 'win32' ? env['LOCALAPPDATA'] : env['XDG_STATE_HOME'];
  const base = named !== undefined && isAbsolute(named) ? named : join(homedir(), '.local', 'state');
  return join(base, 'kong-plugin-workbench');
}

/** The secret; undefined when there is none and none can be kept, so that nothing can be told to be the user's own. */
export async function userSecret(env: Readonly<Record<string, string | undefined>> = process.env): Promise<Buffer | undefined> {
  const folder = stateFolder(env);
  const path = join(folder, FILE);
  return (await read(path)) ?? (await make(folder, path));
}

async function read(path: string): Promise<Buffer | undefined> {
  const content = await readFile(path).catch(() => undefined);
  return content?.length === BYTES ? content : undefined;
}

/** Two processes may make it at once: the first one's stays. */
async function make(folder: string, path: string): Promise<Buffer | undefined> {
  const draft = `${path}.${process.pid}.${randomBytes(6).toString('hex')}`;
  try {
    await makeFolders(folder, OWN_FOLDER);
    const file = await open(draft, 'wx', OWN_FILE);
    try {
      await file.writeFile(randomBytes(BYTES));
      await file.sync();
    } finally {
      await file.close();
    }
    await link(draft, path);
  } catch (error) {
    // Where a home cannot be written to there is no secret, and somebody else may have made it just now.
    if (errorCode(error) === undefined) throw error;
  } finally {
    await unlink(draft).catch(() => undefined);
  }
  return read(path);
}

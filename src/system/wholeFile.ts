// Files written whole or not at all: a draft beside the file, on the disk before it takes the file's place.
import { randomBytes } from 'node:crypto';
import { open, readdir, realpath, rename, stat, unlink, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isAlive } from './processIdentity';
import { errorCode } from './userError';

export interface WholeFileOptions {
  /** Permission bits, whatever the umask; a file that was there keeps its own otherwise. */
  mode?: number;
  /** Whether to wait until it is on the disk (it does). */
  durable?: boolean;
}

/** What our drafts are called: whose process they are of is in the name, so that those of one that died can be told. */
const DRAFT = /^\.kong-plugin\.(\d+)\.[0-9a-f]{12}\.tmp$/;
/** Nobody else may read a draft before it has the file's own mode: what is in it may be a secret. */
const DRAFT_MODE = 0o600;
/** Less what the umask takes away. */
const NEW_FILE_MODE = 0o666;

/** Replaces a file, or what a link leads to; mode and owner stay. Throws as the system does, and then the file is as it was. */
export async function writeWhole(path: string, content: Uint8Array | string, options: WholeFileOptions = {}): Promise<void> {
  const target = await realpath(path).catch((error: unknown) => {
    if (errorCode(error) === 'ENOENT') return path;
    throw error;
  });
  const before = await stat(target).catch(() => undefined);
  const draft = join(dirname(target), `.kong-plugin.${process.pid}.${randomBytes(6).toString('hex')}.tmp`);
  const mode = options.mode ?? (before === undefined ? undefined : before.mode & 0o7777);
  const file = await open(draft, 'wx', mode === undefined ? NEW_FILE_MODE : DRAFT_MODE);
  try {
    await file.writeFile(content);
    await own(file, before);
    if (mode !== undefined) await file.chmod(mode);
    if (options.durable !== false) await file.sync();
    await file.close();
    await rename(draft, target);
  } catch (error) {
    await file.close().catch(() => undefined);
    await unlink(draft).catch(() => undefined);
    throw error;
  }
}

/** Who may not give files away keeps them: only root can do otherwise. */
async function own(file: FileHandle, before: { uid: number; gid: number } | undefined): Promise<void> {
  if (before === undefined) return;
  const now = await file.stat();
  if (now.uid === before.uid && now.gid === before.gid) return;
  try {
    await file.chown(before.uid, before.gid);
  } catch (error) {
    if (!['EPERM', 'EINVAL', 'ENOSYS'].includes(errorCode(error) ?? '')) throw error;
  }
}

/** Removes the drafts in a folder whose process is gone. A folder that is not there or may not be changed has none to remove. */
export async function sweepDrafts(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const pid = DRAFT.exec(name)?.[1];
    if (pid !== undefined && Number(pid) !== process.pid && !isAlive(Number(pid)))
      await unlink(join(folder, name)).catch(() => undefined);
  }
}

// The file half of a node that stands on this machine: a folder, or the local Kong.
import { randomUUID } from 'node:crypto';
import { access, chmod, chown, constants, link, lstat, open, readdir, readFile, rmdir, stat, unlink } from 'node:fs/promises';
import { dirname, join, posix } from 'node:path';
import { cannot, readOnlyReason, reasonOf } from '../system/fileErrors';
import { makeFolders } from '../system/makeFolders';
import { slashed } from '../system/paths';
import { realPath } from '../system/realPath';
import { errorCode, UserError } from '../system/userError';
import { writeWhole } from '../system/wholeFile';
import type { FileInfo, Node } from './node';

const ABSENT = new Set(['ENOENT', 'ENOTDIR']);
const DIRECTORY_MODE = 0o755;
const FILE_MODE = 0o644;
const MAX_LOG_BYTES = 16 * 1024 * 1024;

type Files = Pick<
  Node,
  'read' | 'write' | 'create' | 'readTree' | 'stat' | 'chmod' | 'realPaths' | 'refusesWrite' | 'list' | 'remove'
>;

/** File operations on this machine's own paths; every failure is a UserError that names the path. */
export const hostFiles: Files = {
  read: (path) => absentOr(path, 'read', () => readFile(path)),
  async write(path, content, mode, owner) {
    await asUserError(path, 'write', async () => {
      await makeOpenFolders(dirname(path));
      const isNew = (await stat(path).catch(() => undefined)) === undefined;
      // The umask of this process must not make a plugin unreadable for Kong's user.
      const bits = mode ?? (isNew ? FILE_MODE : undefined);
      await writeWhole(path, content, bits === undefined ? {} : { mode: bits });
      if (isNew && owner !== undefined) await give(path, owner);
    });
  },
  async create(path, content) {
    return asUserError(path, 'create', async () => {
      await makeOpenFolders(dirname(path));
      // Linking a finished file is the one act that both fails when the name exists and never shows a half-written file.
      const draft = `${path}.${randomUUID()}`;
      const file = await open(draft, 'wx', FILE_MODE);
      try {
        await file.writeFile(content);
        await file.sync();
        await file.close();
        await link(draft, path);
        return true;
      } catch (error) {
        if (errorCode(error) === 'EEXIST') return false;
        throw error;
      } finally {
        await file.close().catch(() => undefined);
        await unlink(draft).catch(() => undefined);
      }
    });
  },
  readTree: (path) =>
    absentOr(path, 'read', async () => {
      const files = new Map<string, Buffer>();
      const folders = [''];
      for (let folder = folders.pop(); folder !== undefined; folder = folders.pop()) {
        for (const entry of await readdir(join(path, folder), { withFileTypes: true })) {
          const relative = posix.join(folder, entry.name);
          if (entry.isDirectory()) folders.push(relative);
          else if (entry.isFile()) files.set(relative, await readFile(join(path, relative)));
          else if (entry.isSymbolicLink()) {
            // A linked file is a file to Lua; a linked folder is left out, because it may lead in a circle.
            const content = await readFile(join(path, relative)).catch(() => undefined);
            if (content !== undefined) files.set(relative, content);
          }
        }
      }
      return files;
    }),
  stat: (path) =>
    absentOr(path, 'look at', async (): Promise<FileInfo> => {
      const info = await lstat(path);
      const type = info.isFile() ? 'file' : info.isDirectory() ? 'directory' : info.isSymbolicLink() ? 'link' : 'other';
      return { type, size: info.size, mode: info.mode & 0o7777, owner: `${info.uid}:${info.gid}` };
    }),
  realPaths: (paths) => Promise.all(paths.map((path) => asUserError(path, 'look at', async () => slashed(await realPath(path))))),
  chmod: (path, mode) => asUserError(path, 'change the permissions of', () => chmod(path, mode)),
  async refusesWrite(path) {
    const info = await stat(path).catch(() => undefined);
    if (info?.isFile() === true) {
      const reason = readOnlyReason(info.mode);
      if (reason !== undefined) return reason;
    }
    // A file is replaced by another one beside it.
    for (let folder = info?.isDirectory() === true ? path : dirname(path); ; folder = dirname(folder)) {
      try {
        await access(folder, constants.W_OK | constants.X_OK);
        return undefined;
      } catch (error) {
        if (!ABSENT.has(errorCode(error) ?? '') || dirname(folder) === folder) return reasonOf(error);
      }
    }
  },
  list: (path) => absentOr(path, 'list', async () => (await readdir(path)).sort()),
  async remove(path) {
    await asUserError(path, 'remove', async () => {
      try {
        await unlink(path);
      } catch (error) {
        const code = errorCode(error) ?? '';
        if (ABSENT.has(code)) return;
        if (code !== 'EISDIR' && code !== 'EPERM') throw error;
        await rmdir(path).catch((problem: unknown) => {
          if (errorCode(problem) === 'ENOTDIR') throw error;
          if (!ABSENT.has(errorCode(problem) ?? '')) throw problem;
        });
      }
    });
  },
};

/** What a log file says since a mark made here before; a file that was replaced or cut is read from its start. */
export async function readLogFile(path: string, since: string | undefined): Promise<{ text: string; mark: string }> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return { text: '', mark: '' };
  try {
    const { size, ino } = await file.stat();
    const [inode, offset] = (since ?? '').split(':');
    const from = inode === String(ino) && Number(offset) <= size ? Number(offset) : 0;
    const start = Math.max(from, size - MAX_LOG_BYTES);
    const buffer = Buffer.alloc(size - start);
    const { bytesRead } = await file.read(buffer, 0, buffer.length, start);
    return { text: buffer.subarray(0, bytesRead).toString('utf8'), mark: `${ino}:${size}` };
  } finally {
    await file.close();
  }
}

/** The mark of where a log file ends now. */
export async function logFileEnd(path: string): Promise<string> {
  const info = await stat(path).catch(() => undefined);
  return info === undefined ? '' : `${info.ino}:${info.size}`;
}

/** Gives a file to its owner; who may not give files away keeps it. */
async function give(path: string, owner: string): Promise<void> {
  const [uid, gid] = owner.split(':').map(Number);
  if (uid === undefined || gid === undefined || process.getuid?.() !== 0) return;
  await chown(path, uid, gid);
}

async function makeOpenFolders(path: string): Promise<void> {
  const first = await makeFolders(path);
  if (first === undefined) return;
  for (let folder = path; folder.length >= first.length; folder = dirname(folder)) await chmod(folder, DIRECTORY_MODE);
}

async function absentOr<T>(path: string, verb: string, act: () => Promise<T>): Promise<T | undefined> {
  return asUserError(path, verb, async () => {
    try {
      return await act();
    } catch (error) {
      if (ABSENT.has(errorCode(error) ?? '')) return undefined;
      throw error;
    }
  });
}

async function asUserError<T>(path: string, verb: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (errorCode(error) === undefined || error instanceof UserError) throw error;
    throw cannot(verb, path, error);
  }
}

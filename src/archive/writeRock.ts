// From a planned rock to the bytes of its `.all.rock`.
import { readFile, stat } from 'node:fs/promises';
import { cannot } from '../system/fileErrors';
import { errorCode, UserError } from '../system/userError';
import { byPath, type FileContent } from '../luarocks/files';
import { ARCHIVE_LIMITS } from './entries';
import type { InstallTree } from '../luarocks/installTree';
import { dirName } from '../luarocks/paths';
import { ROCK_MANIFEST, writeRockManifest } from '../luarocks/rockManifest';
import { writeZip } from './writeZip';

const PARALLEL_READS = 32;

/**
 * Reads every planned file, sorted by path; `onRead` hears of the progress. Throws UserError when a file cannot be read or all together are
 * too large, and the signal's reason.
 */
export async function readPlanned(
  tree: InstallTree,
  signal?: AbortSignal,
  onRead?: (done: number, total: number) => void,
): Promise<FileContent[]> {
  const planned = [...tree.entries].flatMap(([path, entry]) => (entry === 'directory' ? [] : [{ path, ...entry }]));
  const files: FileContent[] = [];
  let size = 0;
  const readSource = async (path: string): Promise<Buffer> => {
    try {
      size += (await stat(path)).size;
      if (size > ARCHIVE_LIMITS.total) throw tooLarge();
      return await readFile(path);
    } catch (cause) {
      if (errorCode(cause) === undefined) throw cause;
      throw cannot('read', path, cause);
    }
  };
  for (let start = 0; start < planned.length; start += PARALLEL_READS) {
    signal?.throwIfAborted();
    const batch = planned.slice(start, start + PARALLEL_READS);
    files.push(
      ...(await Promise.all(
        batch.map(async ({ path, source, mode }) => ({
          path,
          mode,
          content: source === undefined ? Buffer.alloc(0) : await readSource(source),
        })),
      )),
    );
    onRead?.(files.length, planned.length);
  }
  return files.sort(byPath);
}

function tooLarge(): UserError {
  return new UserError(`The files are more than ${ARCHIVE_LIMITS.total / 1024 / 1024} MB, which is no plugin.`, {
    next: 'Look at build.copy_directories.',
  });
}

/** Planned directories that nothing lies in. */
export function emptyDirectories(tree: InstallTree): string[] {
  const filled = new Set([...tree.entries.keys()].map(dirName));
  return [...tree.entries].flatMap(([path, entry]) => (entry === 'directory' && !filled.has(path) ? [path] : []));
}

/** The files of the finished rock, its rock_manifest among them, and the archive's bytes. */
export function assembleRock(files: readonly FileContent[], empty: readonly string[]): { files: FileContent[]; bytes: Buffer } {
  const manifest = { path: ROCK_MANIFEST, content: Buffer.from(writeRockManifest(files, empty)), mode: 0o644 };
  const all = [...files, manifest].sort(byPath);
  return { files: all, bytes: writeZip(all, empty) };
}

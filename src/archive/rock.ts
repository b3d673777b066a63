// From a planned rock to the bytes of its `.all.rock`.
import { readFile } from 'node:fs/promises';
import { byPath } from './archive';
import type { FileContent } from './archive';
import type { InstallTree } from './installTree';
import { dirName } from './luarocksPaths';
import { ROCK_MANIFEST, writeRockManifest } from './rockManifest';
import { writeZip } from './zip';

const PARALLEL_READS = 32;

/** Reads every planned file, sorted by path; `onRead` hears after each one. Throws the signal's reason when aborted. */
export async function readPlanned(
  tree: InstallTree,
  signal?: AbortSignal,
  onRead?: (done: number, total: number) => void,
): Promise<FileContent[]> {
  const planned = [...tree.entries].flatMap(([path, entry]) => (entry === 'directory' ? [] : [{ path, ...entry }]));
  const files: FileContent[] = [];
  for (let start = 0; start < planned.length; start += PARALLEL_READS) {
    signal?.throwIfAborted();
    const batch = planned.slice(start, start + PARALLEL_READS);
    files.push(
      ...(await Promise.all(
        batch.map(async ({ path, source, mode }) => ({
          path,
          mode,
          content: source === undefined ? Buffer.alloc(0) : await readFile(source),
        })),
      )),
    );
    onRead?.(files.length, planned.length);
  }
  return files.sort(byPath);
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

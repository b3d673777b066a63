// rock_manifest: the list of a rock's files with their MD5, as LuaRocks writes it (manif/writer.lua make_rock_manifest, 3.8.0).
import { createHash } from 'node:crypto';
import { writeAssignments, type DataTable } from './writeData';
import type { FileContent } from './files';

export const ROCK_MANIFEST = 'rock_manifest';

/** Lower-case hex MD5, which is what LuaRocks stores (and never verifies). */
export function md5(content: Uint8Array): string {
  return createHash('md5').update(content).digest('hex');
}

function tableAt(root: DataTable, path: readonly string[]): DataTable {
  let table = root;
  for (const part of path) {
    const next = table.get(part);
    if (next instanceof Map) table = next;
    else {
      const created: DataTable = new Map();
      table.set(part, created);
      table = created;
    }
  }
  return table;
}

/** The text of the rock_manifest for these files; empty directories are listed as empty tables. */
export function writeRockManifest(files: readonly FileContent[], emptyDirectories: readonly string[] = []): string {
  const root: DataTable = new Map();
  for (const directory of emptyDirectories) tableAt(root, directory.split('/'));
  for (const { path, content } of files) {
    const parts = path.split('/');
    const name = parts.pop() ?? path;
    tableAt(root, parts).set(name, md5(content));
  }
  return writeAssignments(new Map([[ROCK_MANIFEST, root]]));
}

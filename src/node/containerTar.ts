// The tar streams that `docker cp` speaks: small ones, in memory.
import { once } from 'node:events';
import { Header, Parser, type ReadEntry } from 'tar';
import type { FileInfo } from './node';

export interface TarEntry {
  /** Relative to the entry that was asked for; empty for itself. */
  path: string;
  type: FileInfo['type'];
  mode: number;
  owner: string;
  content: Buffer;
}

const TYPES: Readonly<Record<string, FileInfo['type']>> = {
  File: 'file',
  OldFile: 'file',
  Directory: 'directory',
  SymbolicLink: 'link',
  Link: 'link',
};
const BLOCK = 512;

/** The entries of a tar stream; `root` is the name that its first entry carries (`.` or the copied path's last part). */
export async function tarEntries(data: Buffer, root = '.'): Promise<TarEntry[]> {
  const entries: TarEntry[] = [];
  const keep = (entry: ReadEntry): void => {
    const chunks: Buffer[] = [];
    entry.on('data', (chunk: Buffer) => chunks.push(chunk));
    entry.on('end', () => {
      const path = entry.path.replace(/\/$/, '');
      entries.push({
        path: path === root ? '' : path.startsWith(`${root}/`) ? path.slice(root.length + 1) : path,
        type: TYPES[entry.type] ?? 'other',
        mode: (entry.mode ?? 0) & 0o7777,
        owner: `${entry.uid ?? 0}:${entry.gid ?? 0}`,
        content: Buffer.concat(chunks),
      });
    });
  };
  const parser = new Parser({ onReadEntry: keep });
  const ended = once(parser, 'end');
  parser.end(data);
  await ended;
  return entries;
}

/** A tar stream of one file; `owner` is `uid:gid`. */
export function tarOfFile(name: string, content: Buffer, mode: number, owner = '0:0'): Buffer {
  const [uid = 0, gid = 0] = owner.split(':').map(Number);
  const header = Buffer.alloc(BLOCK);
  new Header({ path: name, type: 'File', size: content.length, mode, uid, gid, mtime: new Date() }).encode(header);
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return Buffer.concat([header, content, padding, Buffer.alloc(2 * BLOCK)]);
}

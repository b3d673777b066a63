// The tar streams that `docker cp` speaks: small ones, in memory.
import { once } from 'node:events';
import { Header, Parser, type ReadEntry } from 'tar';
import type { FileInfo } from '../node';

export interface TarEntry {
  /** Relative to the entry that was asked for; empty for itself. */
  path: string;
  type: FileInfo['type'];
  mode: number;
  owner: string;
  content: Buffer;
  /** Where a link leads. */
  target: string | undefined;
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
        target: entry.linkpath,
      });
    });
  };
  const parser = new Parser({ onReadEntry: keep });
  const ended = once(parser, 'end');
  parser.end(data);
  await ended;
  return entries;
}

/** What a tar stream is made of; `owner` is `uid:gid`. */
export interface NewTarEntry {
  path: string;
  type: 'File' | 'Directory' | 'SymbolicLink';
  mode: number;
  owner: string | undefined;
  content?: Buffer;
  target?: string;
}

/** A tar stream of small entries. */
export function tarOf(entries: readonly NewTarEntry[]): Buffer {
  const blocks = entries.map(({ path, type, mode, owner = '0:0', content = Buffer.alloc(0), target }) => {
    const [uid = 0, gid = 0] = owner.split(':').map(Number);
    const header = Buffer.alloc(BLOCK);
    const fields = { path, type, size: content.length, mode, uid, gid, mtime: new Date() };
    new Header({ ...fields, ...(target === undefined ? {} : { linkpath: target }) }).encode(header);
    return [header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...blocks.flat(), Buffer.alloc(2 * BLOCK)]);
}

/** The first entry of a tar stream from its beginning; undefined when that is not enough to tell. */
export function firstTarEntry(data: Buffer): (Omit<TarEntry, 'path' | 'content'> & { size: number }) | undefined {
  if (data.length < BLOCK) return undefined;
  const header = new Header(data, 0);
  const type = TYPES[header.type];
  if (type === undefined) return undefined;
  return {
    type,
    size: header.size ?? 0,
    mode: (header.mode ?? 0) & 0o7777,
    owner: `${header.uid ?? 0}:${header.gid ?? 0}`,
    target: header.linkpath,
  };
}

// Writes and reads `.tar.gz`: written the same on every machine (sorted, one date, owner 0), read within bounds whoever made it.
import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { gzipSync } from 'fflate';
import { Header, Parser, Pax, type ReadEntry } from 'tar';
import { messageOf } from '../system/userError';
import { byPath, type FileContent } from '../luarocks/files';
import { error, type RockProblem } from '../luarocks/problem';
import {
  bombProblem,
  startDigest,
  type ArchiveEntry,
  type EntryType,
  type WantsContent,
  type ArchiveLimits,
  type ReadEntries,
} from './entries';

const BLOCK = 512;
/** 1980, as in our zips: GNU tar warns of 1970 as "implausibly old". */
const DATE = new Date(Date.UTC(1980, 0, 1));
/** Where the gzip header names the operating system; 255 says unknown. */
const GZIP_OS = 9;

/** The bytes of a gzipped ustar archive with these files and, for empty directories only, directory entries. */
export function writeTarGz(files: readonly FileContent[], emptyDirectories: readonly string[] = []): Buffer {
  const blocks: Uint8Array[] = [];
  const directories = emptyDirectories.map((path) => ({ path: `${path}/`, content: Buffer.alloc(0), mode: 0o755 }));
  for (const { path, content, mode } of [...files, ...directories].sort(byPath)) {
    const type = path.endsWith('/') ? ('Directory' as const) : ('File' as const);
    const data = { path, mode, size: content.length, mtime: DATE, type, uid: 0, gid: 0 };
    const header = Buffer.alloc(BLOCK);
    if (new Header(data).encode(header)) blocks.push(new Pax({ path, mtime: DATE }).encode());
    blocks.push(header, content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK));
  }
  blocks.push(Buffer.alloc(2 * BLOCK));
  const gz = Buffer.from(gzipSync(Buffer.concat(blocks), { level: 9, mtime: 0 }));
  gz[GZIP_OS] = 255;
  return gz;
}

const TYPES: Readonly<Record<string, EntryType>> = {
  File: 'file',
  OldFile: 'file',
  ContiguousFile: 'file',
  Directory: 'directory',
  GNUDumpDir: 'directory',
  Link: 'link',
  SymbolicLink: 'link',
};

/** Reads the gzipped tar in a file or in memory; what cannot be read becomes a problem, only the signal's reason is thrown. */
export async function readTarGz(
  source: string | Buffer,
  size: number,
  keep: WantsContent,
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ReadEntries> {
  const found: ReadEntries = { entries: [], problems: [] };
  const parser = new Parser({ strict: false });
  let damaged: string | undefined;
  parser.on('warn', (code: string, message: string | Error) => {
    if (code === 'TAR_BAD_ARCHIVE' || code === 'TAR_ENTRY_INVALID' || code === 'TAR_ABORT') damaged ??= messageOf(message);
  });
  for (const event of ['entry', 'ignoredEntry']) {
    parser.on(event, (raw: ReadEntry) => {
      readEntry(raw, keep, limits, found);
    });
  }
  // Behind its two blocks of zeros a tar is over; the parser would keep what follows, and copy it again with every chunk.
  let isOver = false;
  parser.on('eof', () => {
    isOver = true;
  });
  const input = typeof source === 'string' ? createReadStream(source) : Readable.from([source]);
  let bomb: RockProblem | undefined;
  try {
    await pipeline(input, createGunzip(), async (chunks: AsyncIterable<Buffer>) => {
      let unpacked = 0;
      for await (const chunk of chunks) {
        signal?.throwIfAborted();
        unpacked += chunk.length;
        bomb =
          found.entries.length > limits.entries
            ? error('inspect/size-bomb', `It has more than ${limits.entries} entries; the rest was not read.`)
            : bombProblem(unpacked, size, limits);
        if (bomb !== undefined) throw new Error(bomb.message);
        if (!isOver) parser.write(chunk);
      }
    });
    parser.end();
    if (damaged !== undefined) found.problems.push(error('inspect/corrupt', `It is not a whole tar archive: ${damaged}.`));
  } catch (cause) {
    signal?.throwIfAborted();
    found.problems.push(bomb ?? error('inspect/corrupt', `It is not a whole .tar.gz archive: ${messageOf(cause)}.`));
  }
  return found;
}

/** Takes the checksum of an entry as the parser hands its content out, which happens while it is written to. */
function readEntry(raw: ReadEntry, keep: WantsContent, limits: ArchiveLimits, found: ReadEntries): void {
  const type = TYPES[raw.type] ?? 'other';
  const entry: ArchiveEntry = {
    path: raw.path,
    type,
    size: raw.size,
    mode: (raw.mode ?? 0) & 0o7777,
    md5: undefined,
    content: undefined,
    target: type === 'link' ? raw.linkpath : undefined,
  };
  found.entries.push(entry);
  if (type !== 'file') {
    raw.resume();
    return;
  }
  const digest = startDigest(keep(raw.path), limits);
  raw.on('data', (chunk: Buffer) => digest.update(chunk));
  raw.on('end', () => {
    const read = digest.end();
    entry.md5 = read.md5;
    entry.content = read.content;
  });
}

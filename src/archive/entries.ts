// What readers of zip and tar give out alike: entries with checksums, contents only where asked, and the limits that keep hostile archives harmless.
import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { error, type RockProblem } from '../luarocks/problem';

export type EntryType = 'file' | 'directory' | 'link' | 'other';

/** One entry as the archive has it; the path is the archive's own and may be hostile. */
export interface ArchiveEntry {
  path: string;
  type: EntryType;
  size: number;
  mode: number;
  /** MD5 of the content of a file; undefined when it could not be read. */
  md5: string | undefined;
  /** Only for files that were asked for and are small enough. */
  content: Buffer | undefined;
  /** Where a link leads. */
  target: string | undefined;
}

/** What a reader found, as far as it came. */
export interface ReadEntries {
  entries: ArchiveEntry[];
  problems: RockProblem[];
}

/** Bounds on what is read: beyond them an archive is called a bomb and left alone. */
export interface ArchiveLimits {
  entries: number;
  /** Unpacked bytes of one archive. */
  total: number;
  /** Unpacked bytes that one packed byte may stand for, once `ratioFrom` bytes are unpacked. */
  ratio: number;
  ratioFrom: number;
  /** Bytes of one file that may be kept in memory. */
  content: number;
}

export const ARCHIVE_LIMITS: ArchiveLimits = {
  entries: 20_000,
  total: 256 * 1024 * 1024,
  ratio: 200,
  ratioFrom: 8 * 1024 * 1024,
  content: 4 * 1024 * 1024,
};

/** Says which files' contents the reader should keep. */
export type WantsContent = (path: string) => boolean;

/** What is wrong when so much was unpacked from so much, undefined while it is fine. */
export function bombProblem(unpacked: number, packed: number, limits: ArchiveLimits): RockProblem | undefined {
  if (unpacked > limits.total) {
    return error('inspect/size-bomb', `Unpacked it is larger than ${limits.total / 1024 / 1024} MB; the rest was not read.`);
  }
  if (unpacked > limits.ratioFrom && unpacked > packed * limits.ratio) {
    return error('inspect/size-bomb', `It unpacks to more than ${limits.ratio} times its size; the rest was not read.`);
  }
  return undefined;
}

/** Checksums of content as it comes. */
export interface Digest {
  update(chunk: Buffer): void;
  end(): { size: number; md5: string; crc32: number; content: Buffer | undefined };
}

/** Starts taking checksums; keeps the bytes when asked and while they are few. */
export function startDigest(keep: boolean, limits: ArchiveLimits): Digest {
  const hash = createHash('md5');
  const chunks: Buffer[] = [];
  let size = 0;
  let checksum = 0;
  return {
    update(chunk) {
      size += chunk.length;
      hash.update(chunk);
      checksum = crc32(chunk, checksum);
      if (keep && size <= limits.content) chunks.push(chunk);
    },
    end() {
      const content = keep && size <= limits.content ? Buffer.concat(chunks) : undefined;
      return { size, md5: hash.digest('hex'), crc32: checksum, content };
    },
  };
}

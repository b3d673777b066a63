// Reads a zip that anyone may have made: every entry with its MD5, nothing written, a bound on memory and time.
import { isUtf8 } from 'node:buffer';
import * as yauzl from 'yauzl';
import { messageOf } from '../system/userError';
import { error } from '../luarocks/problem';
import {
  bombProblem,
  startDigest,
  type ArchiveEntry,
  type EntryType,
  type WantsContent,
  type ArchiveLimits,
  type ReadEntries,
} from './entries';

const UNIX = 3;
const FILE_TYPE = 0o170000;
const TYPES: Readonly<Record<number, EntryType>> = { 0o100000: 'file', 0o040000: 'directory', 0o120000: 'link' };

/** Reads the zip in a file or in memory; what cannot be read becomes a problem, only the signal's reason is thrown. */
export async function readZip(
  source: string | Buffer,
  size: number,
  keep: WantsContent,
  limits: ArchiveLimits,
  signal?: AbortSignal,
): Promise<ReadEntries> {
  const found: ReadEntries = { entries: [], problems: [] };
  const options = { decodeStrings: false, validateEntrySizes: true, autoClose: false };
  let zip: yauzl.ZipFile | undefined;
  try {
    zip = typeof source === 'string' ? await yauzl.openPromise(source, options) : await yauzl.fromBufferPromise(source, options);
    let unpacked = 0;
    for await (const entry of zip.eachEntry()) {
      signal?.throwIfAborted();
      if (found.entries.length >= limits.entries) {
        found.problems.push(error('inspect/size-bomb', `It has more than ${limits.entries} entries; the rest was not read.`));
        break;
      }
      unpacked += entry.uncompressedSize;
      const bomb = bombProblem(unpacked, size, limits);
      if (bomb !== undefined) {
        found.problems.push(bomb);
        break;
      }
      found.entries.push(await readEntry(zip, entry, keep, limits, found, signal));
    }
  } catch (cause) {
    signal?.throwIfAborted();
    found.problems.push(error('inspect/corrupt', `It is not a whole zip archive: ${messageOf(cause)}.`));
  } finally {
    zip?.close();
  }
  return found;
}

function isUnix(raw: yauzl.Entry): boolean {
  return raw.versionMadeBy >> 8 === UNIX;
}

/** A name as unzip takes it: what Unix programs wrote without saying the encoding is bytes, UTF-8 when it can be. */
function nameOf(raw: yauzl.Entry, name: Buffer): string {
  return isUnix(raw) && isUtf8(name)
    ? name.toString()
    : yauzl.getFileNameLowLevel(raw.generalPurposeBitFlag, name, raw.extraFields, true);
}

async function readEntry(
  zip: yauzl.ZipFile,
  raw: yauzl.Entry,
  keep: WantsContent,
  limits: ArchiveLimits,
  found: ReadEntries,
  signal: AbortSignal | undefined,
): Promise<ArchiveEntry> {
  const path = nameOf(raw, raw.fileNameRaw);
  const unixMode = isUnix(raw) ? raw.externalFileAttributes >>> 16 : 0;
  const type = path.endsWith('/')
    ? 'directory'
    : (unixMode & FILE_TYPE) === 0
      ? 'file'
      : (TYPES[unixMode & FILE_TYPE] ?? 'other');
  const entry: ArchiveEntry = {
    path,
    type,
    size: raw.uncompressedSize,
    mode: unixMode & 0o7777,
    md5: undefined,
    content: undefined,
    target: undefined,
  };
  if (type === 'directory') return entry;
  if (raw.isEncrypted()) {
    found.problems.push(error('inspect/encrypted', `"${path}" is encrypted; LuaRocks cannot unpack it.`, path));
    return entry;
  }
  if (!raw.canDecodeFileData()) {
    found.problems.push(error('inspect/compression', `"${path}" is packed in a way that unzip may not know.`, path));
    return entry;
  }
  try {
    const local = await zip.readLocalFileHeaderPromise(raw);
    if (!local.fileName.equals(raw.fileNameRaw)) {
      const other = nameOf(raw, local.fileName);
      found.problems.push(
        error('inspect/two-names', `"${path}" is called "${other}" at its content; tools disagree on what it is.`, path),
      );
    }
    const digest = startDigest(type === 'link' || keep(path), limits);
    for await (const chunk of (await zip.openReadStreamPromise(raw)) as AsyncIterable<Buffer>) {
      signal?.throwIfAborted();
      digest.update(chunk);
    }
    const read = digest.end();
    if (read.crc32 !== raw.crc32)
      found.problems.push(error('inspect/corrupt', `"${path}" is damaged: its checksum in the zip is wrong.`, path));
    entry.md5 = read.md5;
    if (type === 'link') entry.target = read.content?.toString();
    else entry.content = read.content;
  } catch (cause) {
    signal?.throwIfAborted();
    found.problems.push(error('inspect/corrupt', `"${path}" cannot be read: ${messageOf(cause)}.`, path));
  }
  return entry;
}

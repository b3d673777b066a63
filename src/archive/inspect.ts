// Inspecting an archive that anyone may have made: what is inside, what installing it would do, what is wrong with it. Reads only.
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import { cannot } from '../system/fileErrors';
import { errorCode, UserError } from '../system/userError';
import { error, type RockProblem } from '../luarocks/problem';
import type { Archive, ArchiveFile, ArchiveKind } from './archive';
import { ARCHIVE_LIMITS, type ArchiveLimits } from './entries';
import { entryProblems } from './entryProblems';
import { inspectRock, isRockMetadata } from './inspectRock';
import { inspectTar, isTarMetadata } from './inspectTar';
import { readTarGz } from './tarball';
import { readZip } from './readZip';

const ZIP_MAGICS = ['PK\x03\x04', 'PK\x05\x06'];
const GZIP_MAGIC = '\x1f\x8b';

/**
 * Inspects the `.rock` or `.tar.gz` at a path. What is wrong with the archive is among the problems, however hostile it is.
 * Throws UserError when there is no such file (exit code 2) or it may not be read, and the signal's reason.
 */
export async function inspectArchive(
  path: string,
  options: { signal?: AbortSignal; limits?: ArchiveLimits } = {},
): Promise<Archive> {
  const { signal, limits = ARCHIVE_LIMITS } = options;
  const { size, magic } = await sizeAndMagic(path);
  const kind = archiveKind(path, magic);
  if (size > limits.total) {
    const message = `It is larger than ${limits.total / 1024 / 1024} MB and was not read.`;
    return { path, kind: kind ?? 'tar', sha256: null, files: [], problems: [error('inspect/size-bomb', message)] };
  }
  const sha256 = await hashFile(path, signal);
  if (kind === undefined) {
    const message = 'It is neither a rock (a zip archive) nor a .tar.gz.';
    return {
      path,
      kind: path.endsWith('.rock') ? 'rock' : 'tar',
      sha256,
      files: [],
      problems: [error('inspect/corrupt', message)],
    };
  }
  const read =
    kind === 'rock'
      ? await readZip(path, size, isRockMetadata, limits, signal)
      : await readTarGz(path, size, isTarMetadata, limits, signal);
  const inside: { files: ArchiveFile[]; problems: RockProblem[] } =
    kind === 'rock' ? inspectRock(basename(path), read.entries) : inspectTar(basename(path), read.entries);
  return {
    path,
    kind,
    sha256,
    files: inside.files,
    problems: [...read.problems, ...entryProblems(read.entries), ...inside.problems],
  };
}

function archiveKind(path: string, magic: string): ArchiveKind | undefined {
  if (ZIP_MAGICS.includes(magic)) return 'rock';
  if (magic.startsWith(GZIP_MAGIC)) return 'tar';
  return path.endsWith('.rock') ? 'rock' : undefined;
}

async function sizeAndMagic(path: string): Promise<{ size: number; magic: string }> {
  try {
    const info = await stat(path);
    if (!info.isFile()) throw new UserError(`${path} is not a file.`, { exitCode: 2, next: 'Name a .rock or a .tar.gz.' });
    const file = await open(path);
    try {
      const { buffer, bytesRead } = await file.read({ buffer: Buffer.alloc(4), position: 0 });
      return { size: info.size, magic: buffer.toString('latin1', 0, bytesRead) };
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (cause instanceof UserError || errorCode(cause) === undefined) throw cause;
    if (errorCode(cause) === 'ENOENT' || errorCode(cause) === 'ENOTDIR')
      throw new UserError(`${path} does not exist.`, { exitCode: 2 });
    throw cannot('read', path, cause);
  }
}

async function hashFile(path: string, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path, signal && { signal }) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

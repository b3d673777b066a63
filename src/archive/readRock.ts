// Reads a rock into memory: for putting it into a tree where no LuaRocks can do it.
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { cannot } from '../system/fileErrors';
import { errorCode, UserError } from '../system/userError';
import { shellWord } from '../text/shellWord';
import type { Rock } from '../luarocks/rock';
import { ARCHIVE_LIMITS } from './entries';
import type { ArchiveLimits } from './entries';
import { entryProblems } from './entryProblems';
import { inspectRock } from './inspectRock';
import { readZip } from './readZip';

/** Small enough to be held in memory whole. */
const MEMORY_LIMITS: ArchiveLimits = { ...ARCHIVE_LIMITS, total: 64 * 1024 * 1024, content: 64 * 1024 * 1024 };

/**
 * Reads the rock at a path, or in memory under its file name. Throws UserError with the first reason why it cannot be installed by copying
 * (damaged, hostile, a source rock, no rockspec, wrong name, wrong checksum); `inspectArchive` tells them all.
 */
export async function readRock(source: string | { name: string; content: Buffer }, signal?: AbortSignal): Promise<Rock> {
  const fileName = basename(typeof source === 'string' ? source : source.name);
  const content = typeof source === 'string' ? await read(source) : source.content;
  const { entries, problems } = await readZip(content, content.length, () => true, MEMORY_LIMITS, signal);
  const inside = inspectRock(fileName, entries);
  const fatal = [...problems, ...entryProblems(entries), ...inside.problems].find(({ severity }) => severity === 'error');
  const { arch, dependencies } = inside;
  if (fatal !== undefined || inside.source === undefined || arch === undefined) {
    throw new UserError(`${fileName} cannot be installed: ${fatal?.message ?? 'it is no rock.'}`, {
      next: `Look at it with: \`kong-plugin inspect ${shellWord(fileName)}\``,
    });
  }
  if (arch === 'src')
    throw new UserError(`${fileName} holds sources, which only LuaRocks can build.`, { next: 'Pack an .all.rock.' });
  const places = new Map(inside.files.map(({ path, deploysTo }) => [path, deploysTo]));
  const files = entries.flatMap(({ path, type, mode, content: bytes }) =>
    type === 'file' && bytes !== undefined
      ? [{ path, content: bytes, mode: (mode & 0o111) === 0 ? 0o644 : 0o755, deploysTo: places.get(path) }]
      : [],
  );
  return {
    name: inside.source.name,
    version: inside.source.version,
    arch,
    files,
    dependencies,
    postInstall: inside.source.postInstall,
    wrapBinScripts: inside.source.wrapBinScripts,
  };
}

async function read(path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (cause) {
    if (errorCode(cause) === undefined) throw cause;
    throw cannot('read', path, cause, 2);
  }
}

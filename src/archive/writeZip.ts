// Writes zip archives that are the same bytes on every machine: sorted, one date, one mode a file, one compressor (fflate, whatever Node runs us).
import { zipSync, type Zippable } from 'fflate';
import { byPath, type FileContent } from '../luarocks/files';

const UNIX = 3;
const DIRECTORY_ATTRS = ((0o040755 << 16) | 0x10) >>> 0;

/** The bytes of a zip with these files and, for empty directories only, directory entries. */
export function writeZip(files: readonly FileContent[], emptyDirectories: readonly string[] = []): Buffer {
  const entries = [
    ...files.map((file) => ({ path: file.path, content: file.content, attrs: ((0o100000 | file.mode) << 16) >>> 0 })),
    ...emptyDirectories.map((path) => ({ path: `${path}/`, content: Buffer.alloc(0), attrs: DIRECTORY_ATTRS })),
  ].sort(byPath);
  // Noon of the first day a zip can name: local time, because zip knows no time zone.
  const mtime = new Date(1980, 0, 1, 12);
  const zippable: Zippable = Object.fromEntries(
    entries.map(({ path, content, attrs }) => [path, [content, { level: content.length === 0 ? 0 : 6, mtime, os: UNIX, attrs }]]),
  );
  return Buffer.from(zipSync(zippable));
}

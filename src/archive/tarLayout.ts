// What goes into a `.tar.gz`: the workspace's own paths, so that `luarocks make` works in it, and `kong/plugins/<name>/…`, so that lua_package_path does.
import { join, sep } from 'node:path';
import { byPath, type FileContent } from '../luarocks/files';
import { error, type RockProblem } from '../luarocks/problem';
import { pathKind, sortedEntries } from '../luarocks/installTree';
import { slashedFrom } from '../system/paths';
import { installText, addedReadme, type InstallNames } from './installText';

/** A file of the rock with the place it came from. */
export interface SourcedFile extends FileContent {
  /** Absolute; undefined for what was made. */
  source: string | undefined;
}

const DOCUMENTS = /^(?:readme|licen[cs]e|copying|notice|changelog|install\.txt$)/i;

/** Absolute paths of the documents in the root of a project. */
export async function rootDocuments(root: string): Promise<string[]> {
  const names = (await sortedEntries(root)).map((entry) => entry.name).filter((name) => DOCUMENTS.test(name));
  const found: string[] = [];
  for (const name of names) if ((await pathKind(join(root, name))) === 'file') found.push(join(root, name));
  return found;
}

/**
 * Paths and contents of the archive, everything below `names.folder`. `files` are those of the rock (`lua/…` and the rest) and documents;
 * the rockspec comes under the name LuaRocks wants. Two different contents for one path are an error among the problems.
 */
export function tarFiles(
  root: string,
  files: readonly SourcedFile[],
  names: InstallNames,
): { files: FileContent[]; problems: RockProblem[] } {
  const placed = new Map<string, FileContent>();
  const problems: RockProblem[] = [];
  const place = (path: string, { content, mode }: FileContent): void => {
    const there = placed.get(path);
    if (there !== undefined && !there.content.equals(content)) {
      problems.push(
        error(
          'pack/two-files-one-place',
          `Two different files would be "${path}" in the archive: what the rockspec installs there, and the file that stands there.`,
          path,
        ),
      );
    }
    placed.set(path, { path: `${names.folder}/${path}`, content, mode });
  };
  for (const file of files) {
    if (file.path.endsWith('.rockspec') && !file.path.includes('/')) place(file.path, file);
    else if (file.source?.startsWith(root + sep)) place(slashedFrom(root, file.source), file);
  }
  for (const file of files) if (file.path.startsWith('lua/')) place(file.path.slice('lua/'.length), file);
  if (!placed.has('INSTALL.txt')) place('INSTALL.txt', made(installText(names)));
  if (![...placed.keys()].some((path) => /^readme(?:\.|$)/i.test(path))) place('README.md', made(addedReadme(names)));
  return { files: [...placed.values()].sort(byPath), problems };
}

function made(text: string): FileContent {
  return { path: '', content: Buffer.from(text), mode: 0o644 };
}

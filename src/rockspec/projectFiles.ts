// The files around a rockspec, as the checks see them: listed once, looked up without regard to case, never followed out of sight.
import { readdir, readFile, stat } from 'node:fs/promises';
import { isAbsolute, join, resolve } from 'node:path';
import { slashedFrom } from '../system/paths';
import { errorCode } from '../system/userError';
import { withoutTrailing } from '../text/ends';

export type FileKind = 'file' | 'directory' | 'other';

/** Access to files under absolute paths; a language server and the command line share the one below, tests bring their own. */
export interface ProjectFiles {
  /** What a folder holds; undefined when there is no such folder or it may not be read. */
  list: (dir: string) => Promise<ReadonlyMap<string, FileKind> | undefined>;
  /** A file's bytes; undefined when it cannot be read or is too large to be Lua. */
  read: (path: string) => Promise<Uint8Array | undefined>;
}

const MAX_FILE = 2_000_000;
const UNREADABLE = new Set(['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'EISDIR', 'ENAMETOOLONG', 'ERR_INVALID_ARG_VALUE']);

/** The disk, each folder listed and each file read once until `forget` is called. */
export class DiskFiles implements ProjectFiles {
  readonly #folders = new Map<string, Promise<ReadonlyMap<string, FileKind> | undefined>>();

  readonly #texts = new Map<string, Promise<Uint8Array | undefined>>();

  readonly list = (dir: string): Promise<ReadonlyMap<string, FileKind> | undefined> => {
    let listing = this.#folders.get(dir);
    if (listing === undefined) this.#folders.set(dir, (listing = listFolder(dir)));
    return listing;
  };

  readonly read = (path: string): Promise<Uint8Array | undefined> => {
    let bytes = this.#texts.get(path);
    if (bytes === undefined) {
      bytes = unlessUnreadable(async () => ((await stat(path)).size > MAX_FILE ? undefined : readFile(path)));
      this.#texts.set(path, bytes);
    }
    return bytes;
  };

  /** Drops what is remembered, because files came or went. */
  forget(): void {
    this.#folders.clear();
    this.#texts.clear();
  }
}

function listFolder(dir: string): Promise<ReadonlyMap<string, FileKind> | undefined> {
  return unlessUnreadable(async () => {
    const entries = await readdir(dir, { withFileTypes: true });
    const kinds = await Promise.all(
      entries.map(async (entry): Promise<[string, FileKind]> => {
        const found = entry.isSymbolicLink() ? await unlessUnreadable(() => stat(join(dir, entry.name))) : entry;
        return [entry.name, found?.isFile() === true ? 'file' : found?.isDirectory() === true ? 'directory' : 'other'];
      }),
    );
    return new Map(kinds);
  });
}

async function unlessUnreadable<T>(read: () => Promise<T>): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (UNREADABLE.has(errorCode(error) ?? '')) return undefined;
    throw error;
  }
}

/** What is at a path below a folder: its kind, or the path it has in another case. */
export type FoundPath = { kind: FileKind } | { otherCase: string } | undefined;

/** The part of the files that one rockspec speaks of, ready to be asked without waiting. Paths are relative to `root`, with `/`. */
export class FolderView {
  readonly #listings = new Map<string, ReadonlyMap<string, FileKind> | undefined>();
  readonly #found = new Map<string, FoundPath>();

  constructor(
    readonly root: string,
    private readonly files: ProjectFiles,
  ) {}

  /** Lists the folders that these paths go through, also under another case. */
  async load(paths: Iterable<string>): Promise<void> {
    const wanted = new Set<string>(['']);
    for (const path of paths) {
      const written = path.slice(0, Math.max(0, withoutTrailing(path, /\//).lastIndexOf('/')));
      if (wanted.has(written)) continue;
      wanted.add(written);
      const parts = this.#segments(written);
      for (let i = 1; i <= parts.length; i++) wanted.add(parts.slice(0, i).join('/'));
    }
    for (const dir of [...wanted].sort((a, b) => a.length - b.length)) {
      const actual = this.#actualDir(dir);
      if (actual !== undefined) await this.#list(actual);
    }
    this.#found.clear();
  }

  /** Lists a folder and everything below it that is not hidden; gives the files, sorted. Stops at a bound, so that a loop of links ends. */
  async loadTree(dir: string, limit = 5000): Promise<string[]> {
    const found: string[] = [];
    const queue = [dir];
    for (let at = queue.shift(); at !== undefined && found.length < limit && queue.length < limit; at = queue.shift()) {
      for (const [name, kind] of (await this.#list(at)) ?? []) {
        const path = at === '' ? name : `${at}/${name}`;
        if (kind === 'file') found.push(path);
        else if (kind === 'directory' && !name.startsWith('.') && segments(path).length < 20) queue.push(path);
      }
    }
    return found.sort();
  }

  /** The names in a folder that was loaded. */
  names(dir: string): ReadonlyMap<string, FileKind> | undefined {
    return this.#listings.get(segments(dir).join('/'));
  }

  /** What is at a path whose folders were loaded. */
  find(path: string): FoundPath {
    if (this.#found.has(path)) return this.#found.get(path);
    const found = this.#search(path);
    this.#found.set(path, found);
    return found;
  }

  #search(path: string): FoundPath {
    // The usual case first: a plain path of a folder that was listed.
    const slash = path.lastIndexOf('/');
    const kindHere = this.#listings.get(path.slice(0, Math.max(0, slash)))?.get(path.slice(slash + 1));
    if (kindHere !== undefined) return { kind: kindHere };
    const parts = this.#segments(path);
    let dir = '';
    let exact = true;
    for (const [i, part] of parts.entries()) {
      if (part === '..') {
        dir = dir === '' ? part : `${dir}/${part}`;
        continue;
      }
      const listing = this.#listings.get(dir);
      if (listing === undefined) return undefined;
      const kind = listing.get(part);
      const name = kind === undefined ? nameInAnyCase(listing, part) : part;
      if (name === undefined) return undefined;
      exact &&= kind !== undefined;
      dir = dir === '' ? name : `${dir}/${name}`;
      if (i === parts.length - 1) return exact ? { kind: kind ?? 'other' } : { otherCase: dir };
    }
    return { kind: 'directory' };
  }

  /** The folder on the way to a path that is there and cannot be listed; undefined when the way is clear, or ends. */
  unreadableFolder(path: string): string | undefined {
    const parts = this.#segments(path);
    for (let i = 1; i < parts.length; i++) {
      const dir = parts.slice(0, i).join('/');
      const isThere = this.#listings.get(parts.slice(0, i - 1).join('/'))?.get(parts[i - 1] ?? '') === 'directory';
      if (isThere && this.#listings.has(dir) && this.#listings.get(dir) === undefined) return dir;
    }
    return undefined;
  }

  /** A file's bytes. */
  read(path: string): Promise<Uint8Array | undefined> {
    return this.files.read(this.absolute(path));
  }

  absolute(path: string): string {
    return resolve(this.root, path);
  }

  /** The parts of a path below the root; an absolute one is reached through `..`. */
  #segments(path: string): string[] {
    return segments(isAbsolute(path) ? slashedFrom(this.root, path) : path);
  }

  async #list(dir: string): Promise<ReadonlyMap<string, FileKind> | undefined> {
    if (!this.#listings.has(dir)) this.#listings.set(dir, await this.files.list(this.absolute(dir)));
    return this.#listings.get(dir);
  }

  #actualDir(dir: string): string | undefined {
    if (dir === '') return dir;
    const found = this.find(dir);
    return found === undefined ? undefined : 'otherCase' in found ? found.otherCase : dir;
  }
}

/** The parts of a relative path; `..` at its beginning stays. */
function segments(path: string): string[] {
  const parts: string[] = [];
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part === '..' && parts.length > 0 && parts.at(-1) !== '..') parts.pop();
    else parts.push(part);
  }
  return parts;
}

function nameInAnyCase(listing: ReadonlyMap<string, FileKind>, name: string): string | undefined {
  const lower = name.toLowerCase();
  for (const candidate of listing.keys()) if (candidate.toLowerCase() === lower) return candidate;
  return undefined;
}

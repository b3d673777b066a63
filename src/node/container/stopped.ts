// The files of a container that stands still: `docker cp`, and what it gave a moment ago.
import { posix } from 'node:path';
import type { ProcessResult } from '../../system/process';
import { UserError } from '../../system/userError';
import { saidBy, type ContainerClient } from './client';
import { firstTarEntry, tarEntries, tarOf, type NewTarEntry, type TarEntry } from './tar';

/** The mode of a file that is new, in digits. */
export const FILE_MODE = '644';
const TIMEOUT_MS = 120_000;

/** What stands still stays as it is, unless we or somebody with `docker cp` change it: one look at a node asks for the same file many times. */
const SAME_MS = 2000;

/**
 * Nothing can be deleted in a container that stands still. A file that has to go becomes a link to nowhere: every program then finds no file,
 * and the link goes as soon as the container runs. When whoever made it is gone by then, the next one to lock the node finds a link in place of
 * the lock, and looks for the others.
 */
export const NOWHERE = '.kong-plugin-removed';

/** The container, and the way to its engine. */
export interface StoppedContainer {
  client: () => Promise<ContainerClient>;
  name: string;
}

/** What an entry is, without its content. */
export type StoppedEntry = NonNullable<ReturnType<typeof firstTarEntry>>;

export interface StoppedFiles {
  /** The entry itself first, then what is below it; undefined when there is none. */
  entries(path: string): Promise<TarEntry[] | undefined>;
  /** What a path is: only the first block of what the engine would give is read. */
  entry(path: string): Promise<StoppedEntry | undefined>;
  /**
   * Puts a file there, with the folders above it that are missing; without content it changes the mode of what is there, and a target makes it
   * a link. Owner and mode stay those of a file that was there; a new one belongs to the owner of its folder.
   */
  put(path: string, what: { content?: Buffer; mode?: number | undefined; target?: string }): Promise<void>;
  /** The container runs, or somebody else may have changed it: nothing is taken from memory. */
  forget(): void;
}

/** Files by the engine. All of it throws UserError (environment) for what the engine refuses. */
export function stoppedFiles({ client, name }: StoppedContainer): StoppedFiles {
  const copyOut = async (path: string): Promise<TarEntry[] | undefined> => {
    const result = await (await client()).call(['cp', '--follow-link', `${name}:${path}`, '-'], { timeout: TIMEOUT_MS });
    if (result.code === 0) return tarEntries(result.stdout, posix.basename(path));
    if (isAbsent(result)) return undefined;
    throw accessFailure(name, 'read', path, saidBy(result));
  };
  const look = async (path: string): Promise<StoppedEntry | undefined> => {
    const enough = new AbortController();
    let head = Buffer.alloc(0);
    try {
      const result = await (
        await client()
      ).call(['cp', '--follow-link', `${name}:${path}`, '-'], {
        timeout: TIMEOUT_MS,
        signal: enough.signal,
        onOutput: (stream, chunk) => {
          if (stream === 'stdout' && firstTarEntry(head) === undefined) head = Buffer.concat([head, chunk]);
          if (firstTarEntry(head) !== undefined) enough.abort();
        },
      });
      if (result.code !== 0 && head.length === 0) {
        if (isAbsent(result)) return undefined;
        throw accessFailure(name, 'look at', path, saidBy(result));
      }
    } catch (error) {
      if (!enough.signal.aborted) throw error;
    }
    return firstTarEntry(head);
  };

  const [whole, heads] = [remembered(copyOut), remembered(look)];
  const forget = (): void => {
    whole.forget();
    heads.forget();
  };
  const entry = heads.get;

  return {
    entries: whole.get,
    entry,
    async put(path, { content, mode, target }) {
      const before = await entry(path);
      const entries: NewTarEntry[] = [];
      let folder = posix.dirname(path);
      let found = await entry(folder);
      while (found === undefined && folder !== '/') {
        folder = posix.dirname(folder);
        found = await entry(folder);
      }
      const inside = posix.relative(folder, path);
      const parts = inside.split('/').slice(0, -1);
      const folderOwner = found?.owner;
      parts.forEach((_, i) =>
        entries.push({ path: `${parts.slice(0, i + 1).join('/')}/`, type: 'Directory', mode: 0o755, owner: folderOwner }),
      );
      const owner = before?.owner ?? folderOwner;
      if (target !== undefined) entries.push({ path: inside, type: 'SymbolicLink', mode: 0o777, owner, target });
      else if (content === undefined && before?.type === 'directory') {
        entries.push({ path: `${inside}/`, type: 'Directory', mode: mode ?? before.mode, owner });
      } else {
        const bytes = content ?? (await copyOut(path))?.[0]?.content ?? Buffer.alloc(0);
        entries.push({ path: inside, type: 'File', mode: mode ?? before?.mode ?? parseInt(FILE_MODE, 8), owner, content: bytes });
      }
      try {
        const result = await (
          await client()
        ).call(['cp', '-', `${name}:${folder}`], { input: tarOf(entries), timeout: TIMEOUT_MS });
        if (result.code !== 0) throw accessFailure(name, 'write', path, saidBy(result));
      } finally {
        forget();
      }
    },
    forget,
  };
}

/** One answer for those who ask the same within a moment; what failed is asked anew. */
function remembered<T>(ask: (path: string) => Promise<T>): { get: (path: string) => Promise<T>; forget: () => void } {
  const answers = new Map<string, Promise<T>>();
  let since = 0;
  return {
    get(path) {
      if (Date.now() - since > SAME_MS) answers.clear();
      if (answers.size === 0) since = Date.now();
      const known = answers.get(path);
      if (known !== undefined) return known;
      const answer = ask(path);
      answers.set(path, answer);
      answer.catch(() => answers.get(path) === answer && answers.delete(path));
      return answer;
    },
    forget: () => answers.clear(),
  };
}

/** What a file of a container refused, in the words of who refused it. */
export function accessFailure(container: string, verb: string, path: string, said: string): UserError {
  const reason = said.replace(/^[\w./-]+: (?:line )?\d*:? ?/, '').replace(/^can(?:not|'t) [^:]*: /, '');
  const next = /read-only file system/i.test(reason)
    ? { next: 'It is mounted read-only: change it where it comes from, or mount it writable.' }
    : {};
  return new UserError(`Cannot ${verb} ${path} in the container ${container}: ${reason}.`, { exitCode: 3, ...next });
}

function isAbsent(result: ProcessResult): boolean {
  return /could not find the file|no such (?:container:path|file or directory)|does not exist/i.test(
    result.stderr.toString('utf8'),
  );
}

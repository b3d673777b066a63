// Changes to a project that are under way, noted in the person's own state folder: what a process that was killed left half done is put back by the
// next command that changes the same project.
import { createHash, randomBytes } from 'node:crypto';
import { open, readdir, readFile, rename, rm, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { makeFolders } from './makeFolders';
import { isThere } from './isThere';
import { isInside } from './paths';
import { isGone, thisProcess, type ProcessIdentity } from './processIdentity';
import { errorCode } from './userError';
import { stateFolder } from './userSecret';
import { writeWhole } from './wholeFile';

/** One change, as what it takes to put it back: contents in base64, and what the change made of them as a digest. */
export type NotedChange =
  | { kind: 'edit'; path: string; before: string; after: string }
  | { kind: 'create'; path: string; after: string }
  | { kind: 'rename'; path: string; to: string };

/** The note of one set of changes: each is added before it is made, and all are forgotten when they are made or put back. */
export interface Note {
  add: (change: NotedChange) => Promise<void>;
  forget: () => Promise<void>;
}

/** A set of changes whose process is gone. */
export interface Unfinished {
  note: string;
  /** ISO 8601. */
  at: string;
  changes: NotedChange[];
}

const OWN_FILE = 0o600;
const OWN_FOLDER = 0o700;
const SUFFIX = '.jsonl';

const notes = (): string => join(stateFolder(process.env), 'unfinished');

/** What tells one content from another. */
export const digestOf = (content: string | Uint8Array): string => createHash('sha256').update(content).digest('hex');

/** Begins a note. Where no state can be kept there is none, and what a kill leaves is for the person. */
export async function beginNote(): Promise<Note | undefined> {
  const path = join(notes(), `${process.pid}-${randomBytes(6).toString('hex')}${SUFFIX}`);
  try {
    await makeFolders(notes(), OWN_FOLDER);
    await addLine(path, { by: await thisProcess(), at: new Date().toISOString() });
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    await unlink(path).catch(() => undefined);
    return undefined;
  }
  return { add: (change) => addLine(path, change), forget: () => unlink(path) };
}

async function addLine(path: string, line: unknown): Promise<void> {
  const file = await open(path, 'a', OWN_FILE);
  try {
    await file.writeFile(`${JSON.stringify(line)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
}

/** The sets of changes to a folder, with what they changed elsewhere, whose process is gone, the latest first. */
export async function unfinishedIn(folder: string): Promise<Unfinished[]> {
  const names = await readdir(notes()).catch(() => []);
  const found: Unfinished[] = [];
  for (const name of names.filter((one) => one.endsWith(SUFFIX))) {
    const note = join(notes(), name);
    const [head, ...changes] = linesOf(await readFile(note, 'utf8').catch(() => ''));
    const { by, at } = (head ?? {}) as { by?: ProcessIdentity; at?: string };
    if (by === undefined || at === undefined || (await isGone(by)) !== true) continue;
    if (changes.length === 0) await unlink(note).catch(() => undefined);
    else if (changes.some(({ path }) => isInside(folder, path))) found.push({ note, at, changes });
  }
  return found.sort((a, b) => (a.at < b.at ? 1 : -1));
}

/** A line that was cut short is of a change that was not made. */
function linesOf(text: string): NotedChange[] {
  return text
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line) as NotedChange);
}

/**
 * Puts back what was half done, the last change first, and forgets it. A file that is neither as it was nor as it was made has been somebody's since:
 * it stays, and its path is among those returned. Throws as the system does; the note stays then, for another try.
 */
export async function putBack({ note, changes }: Unfinished): Promise<string[]> {
  const left: string[] = [];
  for (const change of [...changes].reverse()) if (!(await putOneBack(change))) left.push(change.path);
  await unlink(note);
  return left;
}

async function putOneBack(change: NotedChange): Promise<boolean> {
  if (change.kind === 'rename') {
    if (!(await isThere(change.to))) return true;
    if (await isThere(change.path)) return false;
    await rename(change.to, change.path);
    return true;
  }
  const now = (await isThere(change.path)) ? await readFile(change.path) : undefined;
  if (change.kind === 'create') {
    if (now === undefined) return true;
    if (digestOf(now) !== change.after) return false;
    await rm(change.path);
    return true;
  }
  const before = Buffer.from(change.before, 'base64');
  if (now?.equals(before) === true) return true;
  if (now === undefined || digestOf(now) !== change.after) return false;
  await writeWhole(change.path, before);
  return true;
}

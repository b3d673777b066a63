// What an operation has changed on a node, written there before each change, so that whoever comes next can put it back.
import type { Json } from '../../kong/adminClient';
import type { Node } from '../../node/node';
import { sealed, unsealed } from './seal';
import { workFolder } from './workFolder';

/** A file as it was before a step; null when there was none. */
export interface FileBefore {
  path: string;
  /** base64 */
  content: string | null;
  mode?: number | undefined;
  /** `uid:gid`, where the node tells. */
  owner?: string | undefined;
  /** The folders above it that were not there, the innermost first. */
  newFolders?: string[];
}

/** How one step is undone: data, so that it outlives the process that made it. */
export interface StepUndo {
  step: string;
  files: FileBefore[];
  /** The names in the tree's rocks folder before LuaRocks ran; what is new there is removed. */
  rocks?: string[];
  /** Set when the running Kong was told to reload: the variables that give it the settings it had. */
  reload?: Record<string, string>;
  /** The declarative configuration that the running Kong had before it was sent another one. */
  config?: string;
  /** Rows deleted or changed over the Admin API, and, as null, those that were put there. */
  entities?: { path: string; row: Record<string, Json> | null }[];
  /** What the step did that nobody can undo, as a sentence. */
  stays?: string;
}

export interface Journal {
  operation: string;
  /** When the operation began, as ISO 8601. */
  at: string;
  undo: StepUndo[];
}

/** A journal that was found on a node. */
export interface FoundJournal extends Journal {
  /** Whether this user wrote it on this machine: then what it says may be done. */
  ours: boolean;
}

/** A journal holds what files were, passwords too. */
const MODE = 0o600;

/** Where the journal of a node is. */
export function journalPath(prefix: string): string {
  return `${workFolder(prefix)}/journal.json`;
}

/** The journal that an operation left; undefined when there is none, or only pieces of something. */
export async function readJournal(node: Node, prefix: string): Promise<FoundJournal | undefined> {
  const read = await unsealed('journal', (await node.read(journalPath(prefix)))?.toString('utf8'));
  return read !== undefined && isJournal(read.value) ? { ...read.value, ours: read.ours } : undefined;
}

/** Writes the journal, for its owner's eyes only. */
export async function writeJournal(node: Node, prefix: string, journal: Journal): Promise<void> {
  await node.write(journalPath(prefix), await sealed('journal', journal), MODE);
}

/** Paths of every file that a journal would put back. */
export function pathsOf(journal: Journal): string[] {
  return [...new Set(journal.undo.flatMap(({ files }) => files.map(({ path }) => path)))];
}

/** What an operation did that stays when it is undone, as sentences. */
export function staysOf(journal: Journal): string[] {
  return journal.undo.flatMap(({ stays }) => stays ?? []);
}

type Check = (value: unknown) => boolean;

const isText: Check = (value) => typeof value === 'string';
const isListOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);
const isRecordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value).every(check);
const isMissingOr =
  (check: Check): Check =>
  (value) =>
    value === undefined || check(value);
const isMode: Check = (value) => typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= 0o7777;
const isShape =
  (shape: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(shape).every(([key, check]) => check(value[key]));

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const isFile = isShape({
  path: isText,
  content: (value) => value === null || isText(value),
  mode: isMissingOr(isMode),
  owner: isMissingOr((value) => isText(value) && /^\d+:\d+$/.test(String(value))),
  newFolders: isMissingOr(isListOf(isText)),
});

const isUndo = isShape({
  step: isText,
  files: isListOf(isFile),
  rocks: isMissingOr(isListOf(isText)),
  reload: isMissingOr(isRecordOf(isText)),
  config: isMissingOr(isText),
  stays: isMissingOr(isText),
  entities: isMissingOr(isListOf(isShape({ path: isText, row: (value) => value === null || isObject(value) }))),
});

/** What somebody else wrote may have any shape. */
function isJournal(value: unknown): value is Journal {
  return isShape({ operation: isText, at: isText, undo: isListOf(isUndo) })(value);
}

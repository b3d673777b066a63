// What an operation has changed on a node, written there before each change, so that whoever comes next can put it back; and the lock that keeps others away meanwhile.
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import type { Json } from '../../kong/adminClient';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { workFolder } from '../state/workFolder';

/** A file as it was before a step; null when there was none. */
export interface FileBefore {
  path: string;
  /** base64 */
  content: string | null;
  mode: number | undefined;
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
  /** Rows deleted over the Admin API. */
  entities?: { path: string; row: Record<string, Json> }[];
}

export interface Journal {
  operation: string;
  undo: StepUndo[];
}

interface Lock {
  id: string;
  host: string;
  pid: number;
  operation: string;
  beat: number;
}

/** A lock whose holder on another machine was silent this long is nobody's. */
const STALE_AFTER_MS = 10 * 60_000;
const BEAT_MS = 60_000;

/** The locks this very process holds: one with our number that is not among them was left by another life of it. */
const HELD = new Set<string>();

/** Holds a node for one operation. */
export interface Hold {
  /** The journal of an operation that never ended, when there is one. */
  left: Journal | undefined;
  save(journal: Journal): Promise<void>;
  /** The operation ended well or was undone: nothing is left to put back. */
  clear(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the node's lock. Throws UserError when another operation holds it. */
export async function hold(node: Node, prefix: string, operation: string): Promise<Hold> {
  const mine: Lock = { id: randomUUID(), host: hostname(), pid: process.pid, operation, beat: Date.now() };
  // Known before it is on the node, where another operation of this process may find it at once.
  HELD.add(mine.id);
  try {
    return await taken(node, workFolder(prefix), mine);
  } catch (error) {
    HELD.delete(mine.id);
    // On a full disk the folder may be all there was room for.
    await node.remove(workFolder(prefix)).catch(() => undefined);
    throw error;
  }
}

async function taken(node: Node, folder: string, mine: Lock): Promise<Hold> {
  const lockPath = `${folder}/lock`;
  const journalPath = `${folder}/journal.json`;
  const take = (): Promise<boolean> => node.create(lockPath, JSON.stringify(mine));
  if (!(await take())) {
    const text = (await node.read(lockPath))?.toString('utf8');
    const other = text === undefined ? undefined : parseLock(text);
    if (other?.id !== mine.id) {
      if (other !== undefined && !isStale(other)) throw busy(other);
      // Only the very lock that was found stale is taken away.
      if ((await node.read(lockPath))?.toString('utf8') === text) await node.remove(lockPath);
      if (!(await take())) throw busy(parseLock((await node.read(lockPath))?.toString('utf8') ?? ''));
    }
  }
  const [lock, left] = await Promise.all([node.read(lockPath), node.read(journalPath)]);
  const holder = parseLock(lock?.toString('utf8') ?? '');
  if (holder?.id !== mine.id) throw busy(holder);
  return {
    left: parseJournal(left?.toString('utf8')),
    async save(journal) {
      await node.write(journalPath, JSON.stringify(journal));
      if (Date.now() - mine.beat < BEAT_MS) return;
      mine.beat = Date.now();
      await node.write(lockPath, JSON.stringify(mine));
    },
    clear: () => node.remove(journalPath),
    async release() {
      HELD.delete(mine.id);
      await node.remove(lockPath);
      // Only an empty folder goes: receipts of installed plugins stay.
      await node.remove(folder).catch(() => undefined);
    },
  };
}

function isStale(lock: Lock): boolean {
  if (lock.host !== hostname()) return Date.now() - lock.beat > STALE_AFTER_MS;
  if (lock.pid === process.pid) return !HELD.has(lock.id);
  try {
    process.kill(lock.pid, 0);
    return false;
  } catch (error) {
    return !(error instanceof Error && 'code' in error && error.code === 'EPERM');
  }
}

function busy(lock: Lock | undefined): UserError {
  const who = lock === undefined ? '' : ` (${lock.operation}, process ${lock.pid} on ${lock.host})`;
  return new UserError(`Another operation is at work on this node${who}.`, { next: 'Wait until it has ended, then try again.' });
}

function parseLock(text: string): Lock | undefined {
  const value = parsed(text);
  return typeof value === 'object' && value !== null && 'id' in value && 'pid' in value && 'host' in value
    ? (value as Lock)
    : undefined;
}

function parseJournal(text: string | undefined): Journal | undefined {
  const value = text === undefined ? undefined : parsed(text);
  return typeof value === 'object' && value !== null && 'undo' in value && Array.isArray(value.undo)
    ? (value as Journal)
    : undefined;
}

/** JSON that a killed process may have left in pieces: pieces say nothing. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// The lock that keeps other operations away from a node: a file that says who holds it, taken and taken over in single indivisible acts.
import { createHash, randomUUID } from 'node:crypto';
import type { Node } from '../../node/node';
import { isGone, thisProcess, type ProcessIdentity } from '../../system/processIdentity';
import { UserError } from '../../system/userError';
import { workFolder } from './workFolder';

interface Lock extends ProcessIdentity {
  id: string;
  operation: string;
  beat: number;
}

/** A lock whose holder cannot be looked at and was silent this long is nobody's. */
const STALE_AFTER_MS = 10 * 60_000;
const BEAT_MS = 60_000;
/** Others may come between two looks at a lock; whoever loses so often waits. */
const TURNS = 5;

/** The locks this very process holds: one with our number that is not among them was left by another life of it. */
const HELD = new Set<string>();

/** A lock that is held. */
export interface HeldLock {
  /** Says from time to time that it still is; throws UserError when somebody else has it by now. */
  beat(): Promise<void>;
  release(): Promise<void>;
}

/** Takes the node's lock. Throws UserError when another operation holds it. */
export async function takeLock(node: Node, prefix: string, operation: string): Promise<HeldLock> {
  const path = lockPath(prefix);
  const mine: Lock = { ...(await thisProcess()), id: randomUUID(), operation, beat: Date.now() };
  // Known before it is on the node, where another operation of this process may find it at once.
  HELD.add(mine.id);
  try {
    const holder = await acquire(node, path, mine);
    if (holder !== 'mine') throw busy(holder);
  } catch (error) {
    HELD.delete(mine.id);
    throw error;
  }
  const isMine = async (): Promise<boolean> => parseLock(await textOf(node, path))?.id === mine.id;
  return {
    async beat() {
      if (Date.now() - mine.beat < BEAT_MS) return;
      if (!(await isMine()))
        throw new UserError('Another operation has taken this node over.', { next: 'See what it does, then try again.' });
      mine.beat = Date.now();
      await node.write(path, JSON.stringify(mine));
    },
    async release() {
      HELD.delete(mine.id);
      if (await isMine()) await node.remove(path);
    },
  };
}

/** Whether somebody is at work on a node now. */
export async function isLocked(node: Node, prefix: string): Promise<boolean> {
  const text = await textOf(node, lockPath(prefix));
  const lock = parseLock(text);
  return text !== undefined && lock !== undefined && !(await isStale(lock));
}

function lockPath(prefix: string): string {
  return `${workFolder(prefix)}/lock`;
}

/**
 * Creates the lock, or takes over one that is nobody's. Only who holds the guard named after a stale lock may remove it, and only while it is
 * still that lock: so of all who found it stale one at most gets it, and none removes the lock of another. A guard is a lock itself, and taken
 * over the same way when its holder died with it.
 */
async function acquire(node: Node, path: string, mine: Lock): Promise<'mine' | Lock | undefined> {
  let other: Lock | undefined;
  for (let turn = 0; turn < TURNS; turn++) {
    if (await node.create(path, JSON.stringify(mine))) return 'mine';
    const text = await textOf(node, path);
    other = parseLock(text);
    // The answer to our own creation may have been lost.
    if (other?.id === mine.id) return 'mine';
    if (text === undefined) continue;
    if (other !== undefined && !(await isStale(other))) return other;
    const guard = `${path}.${createHash('sha256').update(text).digest('hex').slice(0, 16)}`;
    if (guard.length > path.length + 17 * TURNS) return other;
    const guardian = await acquire(node, guard, mine);
    if (guardian !== 'mine') return guardian ?? other;
    try {
      if ((await textOf(node, path)) === text) await node.remove(path);
    } finally {
      await node.remove(guard);
    }
  }
  return other;
}

async function isStale(lock: Lock): Promise<boolean> {
  const me = await thisProcess();
  const gone = await isGone(lock);
  // Nobody has been here in a time to come.
  if (gone === undefined) return Math.abs(Date.now() - lock.beat) > STALE_AFTER_MS;
  return gone || (lock.pid === me.pid && !HELD.has(lock.id));
}

function busy(lock: Lock | undefined): UserError {
  const who = lock === undefined ? '' : ` (${lock.operation}, process ${lock.pid} on ${lock.host})`;
  return new UserError(`Another operation is at work on this node${who}.`, { next: 'Wait until it has ended, then try again.' });
}

async function textOf(node: Node, path: string): Promise<string | undefined> {
  return (await node.read(path))?.toString('utf8');
}

/** A lock as it was written; a file that says something else is nobody's. */
function parseLock(text: string | undefined): Lock | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const lock = value as Partial<Lock>;
  const isLock =
    typeof lock.id === 'string' &&
    typeof lock.host === 'string' &&
    typeof lock.operation === 'string' &&
    typeof lock.pid === 'number' &&
    typeof lock.beat === 'number';
  return isLock ? (lock as Lock) : undefined;
}

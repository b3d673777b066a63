// Holding a node for one operation: its lock, its journal, and a folder of ours that nobody else looks into.
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import { workFolder } from '../state/workFolder';
import { journalPath, readJournal, writeJournal, type FoundJournal, type Journal } from '../state/journal';
import { takeLock, type HeldLock } from '../state/lock';

/** A node that is held. */
export interface Hold {
  /** The journal of an operation that never ended, when there is one. */
  left: FoundJournal | undefined;
  save(journal: Journal): Promise<void>;
  /** The operation ended well or was undone: nothing is left to put back. */
  clear(): Promise<void>;
  release(): Promise<void>;
}

/** What a process that was killed leaves beside a file it was writing: our drafts, here and in a container. */
export const DRAFT = /^\.kong-plugin\.\d+(?:\.[0-9a-f]{12}\.tmp)?$/;
/** A guard of a lock, and the draft of one. */
const LOCK_LEFTOVER = /^lock\.[\w.-]+$/;
const OWN_MODE = 0o700;

/** Takes the node's lock and reads what was left there. Throws UserError when another operation holds it. */
export async function hold(node: Node, prefix: string, operation: string): Promise<Hold> {
  const folder = workFolder(prefix);
  let lock: HeldLock;
  try {
    lock = await takeLock(node, prefix, operation);
  } catch (error) {
    // On a full disk the folder may be all there was room for.
    await node.remove(folder).catch(() => undefined);
    throw error;
  }
  try {
    await makeOwn(node, folder);
    await sweep(node, folder, (name) => DRAFT.test(name) || LOCK_LEFTOVER.test(name));
    const left = await readJournal(node, prefix);
    return {
      left,
      async save(journal) {
        await writeJournal(node, prefix, journal);
        await lock.beat();
      },
      clear: () => node.remove(journalPath(prefix)),
      release: () => letGo(node, folder, lock),
    };
  } catch (error) {
    await letGo(node, folder, lock);
    throw error;
  }
}

async function letGo(node: Node, folder: string, lock: HeldLock): Promise<void> {
  await lock.release();
  // Only an empty folder goes: receipts of installed plugins stay.
  await node.remove(folder).catch(() => undefined);
}

/** What is in it is nobody else's to read. */
async function makeOwn(node: Node, folder: string): Promise<void> {
  const info = await node.stat(folder);
  if (info !== undefined && info.mode !== OWN_MODE) await node.chmod(folder, OWN_MODE);
}

/** Removes what processes that were killed left in a folder; what cannot be removed is not in anybody's way. */
export async function sweep(node: Node, folder: string, isLeft: (name: string) => boolean): Promise<void> {
  for (const name of (await node.list(folder)) ?? []) {
    if (!isLeft(name)) continue;
    await node.remove(`${folder}/${name}`).catch((error: unknown) => {
      if (!(error instanceof UserError)) throw error;
    });
  }
}

// What a node logs from now on, as it comes.
import { setTimeout as sleep } from 'node:timers/promises';
import { UserError } from '../system/userError';
import type { Node } from './node';

const PAUSE_MS = 1000;

export interface FollowOptions {
  signal: AbortSignal;
  /** From where on: the mark of `Node.log`. */
  mark: string;
  /** Called with what was logged since the last time, also when that is nothing. */
  onText: (text: string, mark: string) => void;
  /** Called when the log cannot be read for now (a container that is made anew), and with undefined when it can again. */
  onTrouble: (trouble: string | undefined) => void;
  /** Milliseconds between two looks. */
  pause?: number;
}

/** Reads a node's log again and again until the signal is aborted, then resolves. Rejects only for what is no UserError. */
export async function followLog(node: Node, options: FollowOptions): Promise<void> {
  const { signal, onText, onTrouble, pause = PAUSE_MS } = options;
  const stopped = (): boolean => signal.aborted;
  let { mark } = options;
  let trouble: string | undefined;
  while (!stopped()) {
    try {
      const read = await node.log(mark);
      if (stopped()) return;
      if (trouble !== undefined) onTrouble((trouble = undefined));
      mark = read.mark;
      onText(read.text, mark);
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      if (!stopped() && trouble !== error.message) onTrouble((trouble = error.message));
    }
    // an abort ends the pause, and the loop with it
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
}

// After the proof: a plugin on a node is listened to until it is brought there anew, so that a fault that only requests or timers show is told.
import { setTimeout as sleep } from 'node:timers/promises';
import { followLog } from '../../node/follow';
import type { Node } from '../../node/node';
import { messageOf, UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { heardOf } from '../state/heard';
import { takenAt } from '../state/logOfNow';
import { oneStep } from '../oneStep';
import type { OperationResult } from '../types';

/** To read a container's log is a program. */
const PAUSE_MS = 1500;
/** Whether Kong runs at all is looked at once in so many looks. */
const LOOKS_PER_STATE = 3;
/** Of a log with much traffic the end is listened to. */
const MAX_TEXT = 500_000;

export interface FollowPluginOptions {
  plugin: string;
  /** From where on: where the log ended before the plugin was brought. Of a node that could not be reached, undefined: it is only waited for. */
  mark: string | undefined;
  signal: AbortSignal;
  /** Called for every fault that was not told before, and when Kong no longer runs or cannot be reached. */
  onFault: (result: OperationResult) => void;
  /** Called when Kong is there again, or is another one, started or made anew. */
  onBack: () => void;
  /** Milliseconds between two looks. */
  pause?: number;
}

/** Listens until the signal is aborted, then resolves. Rejects only for what is no UserError. */
export async function followPlugin(node: Node, options: FollowPluginOptions): Promise<void> {
  const { plugin, mark, signal, onFault, onBack, pause = PAUSE_MS } = options;
  const told = new Set<string>();
  let text = '';
  let looks = 0;
  let away = false;
  let kong: string | undefined;
  let life: string | undefined;
  let working = Promise.resolve();
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const fault = (detail: string, findings: Finding[] = []): void =>
    onFault(oneStep(node, false, { name: 'follow', status: 'failed', detail }, findings));
  const goes = (why: string): void => {
    if (!away) fault(why);
    away = true;
  };

  const take = async (more: string): Promise<void> => {
    if (more !== '') {
      text = ended(`${text}${text === '' ? '' : '\n'}${more}`);
      kong ??= (await node.facts(ends)).kong;
      const { faults } = await heardOf(text, plugin, kong, ends);
      const fresh = faults.filter((finding) => !told.has(keyOf(finding)));
      for (const finding of fresh) told.add(keyOf(finding));
      const [first] = fresh;
      if (first !== undefined && !ends.aborted) fault(`${plugin} fails since it was loaded: ${first.title}.`, fresh);
    }
    if (looks++ % LOOKS_PER_STATE > 0 || ends.aborted) return;
    const now = await node.facts(ends);
    if (!now.running) {
      goes('Kong no longer runs.');
      return;
    }
    const isAnother = life !== undefined && now.life !== life;
    life = now.life;
    if (!away && !isAnother) return;
    away = false;
    onBack();
  };

  if (mark === undefined) {
    if (await returns(node, ends, pause)) onBack();
    return;
  }
  await followLog(node, {
    mark,
    signal: ends,
    pause,
    onText: (more) => {
      working = working
        .then(() => (ends.aborted ? undefined : take(more)))
        .catch((error: unknown) => {
          if (ends.aborted) return;
          if (!(error instanceof UserError)) throw error;
          goes(messageOf(error));
        });
      // A bug of ours ends the listening, whose end throws it.
      working.catch(() => stop.abort());
    },
    onTrouble: (trouble) => {
      if (trouble !== undefined) goes(trouble);
    },
  });
  await working;
}

/** Waits until the Kong of a node runs and its log can be read; false when nobody waits any more. */
async function returns(node: Node, signal: AbortSignal, pause: number): Promise<boolean> {
  const isThere = async (): Promise<boolean> => {
    try {
      await node.logEnd();
      return (await node.facts(signal)).running;
    } catch (error) {
      if (error instanceof UserError || signal.aborted) return false;
      throw error;
    }
  };
  while (!signal.aborted) {
    if (await isThere()) return !signal.aborted;
    // an abort ends the pause, and the loop with it
    await sleep(pause, undefined, { signal }).catch(() => undefined);
  }
  return false;
}

/** The same fault of another request is no news. */
function keyOf({ id, file, line }: Finding): string {
  return `${id} ${file ?? ''} ${line ?? ''}`;
}

/** What of a log is listened to: since Kong took its configuration last, of a long one the first lines, which name its processes, and the end. */
function ended(log: string): string {
  const now = log.slice(takenAt(log));
  if (now.length <= MAX_TEXT) return now;
  const lines = now.slice(-MAX_TEXT / 2);
  const head = now.slice(0, MAX_TEXT / 4);
  return `${head.slice(0, head.lastIndexOf('\n') + 1)}${lines.slice(lines.indexOf('\n') + 1)}`;
}

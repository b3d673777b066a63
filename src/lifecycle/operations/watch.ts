// Watching: every save of a plugin goes to its nodes, one round after the other; what a newer save made pointless is dropped.
import { sep } from 'node:path';
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import { messageAndNext, UserError } from '../../system/userError';
import { followPlugin } from './followPlugin';
import { operate } from './operate';
import { syncOperation } from './sync';
import { oneStep } from '../oneStep';
import type { OperationResult } from '../types';

/** What one save came to; or, as a result with the one step `follow`, what a node showed of it afterwards. */
export interface Round {
  plugin: string;
  /** From the first change to the proof, or to what was seen later. */
  ms: number;
  results: OperationResult[];
}

export interface WatchSetup {
  nodes: readonly Node[];
  /** The watched plugins as they are now; asked anew for every round. */
  plugins: () => readonly Plugin[] | Promise<readonly Plugin[]>;
  onBegin?: (plugin: string) => void;
  onRound: (round: Round) => void;
  /** Anything that is not a result of a node: a bug of ours. */
  onError: (error: unknown) => void;
  signal: AbortSignal;
}

export interface Watch {
  /** Something of a plugin was saved. */
  changed(plugin: string): void;
  /** Resolves when nothing is left to do, after the end also when nobody listens to a node any more. */
  idle(): Promise<void>;
}

/** The round at work. While it is early nothing of it has come to a node, and to drop it costs little. */
interface Running {
  plugin: string;
  early: boolean;
  overtaken: AbortController;
}

/** One save of an editor is several events, and "save all" several files; what comes later still drops an early round. */
const DEBOUNCE_MS = 10;

/** Starts to watch; it ends with the signal. */
export function startWatch(setup: WatchSetup): Watch {
  const pending = new Map<string, number>();
  /** Ends the listening to what the last round of a plugin brought. */
  const following = new Map<string, AbortController>();
  let listening: Promise<unknown> = Promise.resolve();
  let current: Running | undefined;
  let timer: NodeJS.Timeout | undefined;
  let working: Promise<void> | undefined;
  const waiting: (() => void)[] = [];

  const round = async (name: string, since: number): Promise<void> => {
    const plugin = (await setup.plugins()).find((candidate) => candidate.name === name);
    // Renamed or deleted: whoever wants it off the node removes it.
    if (plugin === undefined) return;
    const overtaken = new AbortController();
    const running: Running = { plugin: name, early: true, overtaken };
    current = running;
    following.get(name)?.abort();
    setup.onBegin?.(name);
    try {
      const marks = await Promise.all(setup.nodes.map(endOfLog));
      const results = await sync(plugin, setup, overtaken.signal, (step) => {
        if (step !== 'preflight') running.early = false;
      });
      if (overtaken.signal.aborted || setup.signal.aborted) return;
      setup.onRound({ plugin: name, ms: Date.now() - since, results });
      follow(name, since, results, marks);
    } catch (error) {
      if (!overtaken.signal.aborted && !setup.signal.aborted) setup.onError(error);
    } finally {
      current = undefined;
    }
  };

  /** Listens to the nodes that have the plugin now, and waits for those that are gone. */
  const follow = (
    name: string,
    since: number,
    results: readonly OperationResult[],
    marks: readonly (string | undefined)[],
  ): void => {
    const stop = new AbortController();
    following.set(name, stop);
    const signal = AbortSignal.any([setup.signal, stop.signal]);
    const told = results.map(async ({ ok, steps }, i) => {
      const [node, mark] = [setup.nodes[i], marks[i]];
      const isGone = steps.at(-1)?.name === 'reach';
      if (node === undefined || node.kind === 'folder' || (isGone ? false : !ok || mark === undefined)) return;
      await followPlugin(node, {
        plugin: name,
        mark: isGone ? undefined : mark,
        signal,
        onFault: (result) => setup.onRound({ plugin: name, ms: Date.now() - since, results: [result] }),
        onBack: () => watch.changed(name),
      });
    });
    listening = Promise.all([listening, ...told]).catch((error: unknown) => setup.onError(error));
  };

  const work = async (): Promise<void> => {
    for (let [next] = pending; next !== undefined && !setup.signal.aborted; [next] = pending) {
      pending.delete(next[0]);
      await round(...next);
    }
    working = undefined;
    for (const resolve of waiting.splice(0)) resolve();
  };

  const watch: Watch = {
    changed(plugin) {
      if (!pending.has(plugin)) pending.set(plugin, Date.now());
      if (current?.plugin === plugin && current.early) current.overtaken.abort(new Error('A newer save came.'));
      clearTimeout(timer);
      timer = setTimeout(() => {
        timer = undefined;
        working ??= work();
      }, DEBOUNCE_MS);
    },
    idle: async () => {
      if (timer !== undefined || working !== undefined) {
        await new Promise<void>((resolve) => {
          waiting.push(resolve);
        });
      }
      if (setup.signal.aborted) await listening;
    },
  };
  return watch;
}

/** Where a node's log ends; undefined where it cannot be read, and then nothing is listened to. */
async function endOfLog(node: Node): Promise<string | undefined> {
  try {
    return await node.logEnd();
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** One round on every node at once; what cannot even begin is a failed result, as a node that cannot be reached is. */
async function sync(
  plugin: Plugin,
  { nodes, signal }: WatchSetup,
  overtaken: AbortSignal,
  done: (step: string) => void,
): Promise<OperationResult[]> {
  try {
    const { results } = await operate(nodes, syncOperation(plugin), {
      parallel: true,
      signal: AbortSignal.any([signal, overtaken]),
      progress: (_node, { name }) => done(name),
    });
    return results;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const detail = messageAndNext(error);
    return nodes.map((node) => oneStep(node, false, { name: 'begin', status: 'failed', detail }));
  }
}

/** The plugins that have one of some changed paths as a module or a rockspec, or as a Lua file in their folder. */
export function pluginsTouched(plugins: readonly Plugin[], paths: readonly string[]): Plugin[] {
  return plugins.filter(({ modules, rockspec, dir }) => {
    const files = new Set(modules.values());
    return paths.some((path) => path === rockspec || files.has(path) || (path.endsWith('.lua') && path.startsWith(dir + sep)));
  });
}

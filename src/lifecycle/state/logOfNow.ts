// What the master's log says of one reload, when an earlier one may still be at work, and what of a log is of the Kong that runs now.
import type { Node } from '../../node/node';

/** What Kong's master writes when the new configuration does not load; it then keeps the old workers. */
export const LOAD_ERROR =
  /init_by_lua error:|init_by_lua_block error|\[emerg\]|failed to initialize the (?:configuration|database)/;

/** nginx takes note of the signal at once, and begins when the reload before it is done (ngx_process.c, ngx_process_cycle.c). */
const ASKED = /signal 1 \(SIGHUP\) received/g;
const BEGUN = /^.*#\d+: reconfiguring\r?$/m;
const STARTED = /#\d+: start worker process/;

/** The part of a log that is of the reload asked for last. */
export interface ReloadLog {
  text: string;
  /** Whether its workers were started; undefined where the log level hides what nginx notes. */
  started: boolean | undefined;
}

/** The last reload's part of what the log holds since it was asked for. */
export function ofLastReload(log: string): ReloadLog {
  const asked = [...log.matchAll(ASKED)].at(-1);
  if (asked === undefined) return { text: log, started: undefined };
  const after = log.slice(asked.index);
  const begun = BEGUN.exec(after);
  if (begun === null) return { text: '', started: false };
  const text = after.slice(begun.index);
  return { text, started: STARTED.test(text) };
}

/** What nginx notes when it took a configuration. */
const TAKEN = /^.*\bnotice\b.*\bstart worker processes\r?$/gm;

/** Where the log of the Kong that runs now begins: everything before it was said of a configuration that is gone. */
export function takenAt(log: string): number {
  return [...log.matchAll(TAKEN)].at(-1)?.index ?? 0;
}

/** A node's log, or the last of it, parted where the log of the Kong that runs now begins. */
export interface PartedLog {
  /** What was said of a configuration that is gone. */
  before: string;
  /** What was said since Kong was last started or reloaded well; of one that does not run, since it was last told to start. */
  now: string;
  /** The mark of where it ends. */
  mark: string;
}

/** Reads a node's log in its two parts. Throws UserError when it cannot be read. */
export async function partedLog(node: Node): Promise<PartedLog> {
  const { text, mark, start = 0 } = await node.log();
  const from = start + takenAt(text.slice(start));
  return { before: text.slice(0, from), now: text.slice(from), mark };
}

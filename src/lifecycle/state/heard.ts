// What the log of the Kong that runs now says of one plugin: its faults, in any phase, timer or event, and whether its workers have initialised.
import type { EntryId } from '../../troubleshoot/catalogue';
import type { Finding } from '../../troubleshoot/finding';
import { findingsIn } from '../failure';
import { takenAt } from './logOfNow';
import type { NodeView } from './view';

/** What was heard of a plugin. */
export interface Heard {
  /** Faults of the plugin: it keeps Kong from working, or requests, timers or events of it fail. */
  faults: Finding[];
  /** Errors that it logged and that nobody knows: they may be meant. */
  logged: Finding[];
  /** Faults that are not this plugin's. */
  others: Finding[];
  /** Whether the log shows that workers were started: without that, its silence says nothing. */
  started: boolean;
}

/** Faults that say that a worker did not initialise, whoever's they are. */
const WORKER_FAULTS: readonly EntryId[] = ['init-worker-handler-failed', 'worker-init-error'];

/** At these levels nginx writes no errors (ngx_log.c). */
const HIDING = ['crit', 'alert', 'emerg'];

/** `2026/11/30 10:00:00 [error] 25#25: …`: what a process of nginx wrote begins like this; other lines go on with it. */
const RECORD = /^(?:nginx: )?\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[\w+\] (\d+)#/;
/** What the master notes of every process that it starts, also in place of one that ended (ngx_spawn_process). */
const SPAWNED = /^\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d \[notice\] (\d+)#\d+:(?: \*\d+)? start [\w ]*?process (\d+)\r?$/;

/** The part of a log that the Kong wrote that took its configuration last: workers of before it, which still leave, are left out. */
export function writtenByNow(log: string): { text: string; started: boolean } {
  const lines = log.slice(takenAt(log)).split('\n');
  const own = new Set(lines.flatMap((line) => SPAWNED.exec(line)?.slice(1) ?? []));
  if (own.size === 0) return { text: lines.join('\n'), started: false };
  let isOwn = true;
  const kept = lines.filter((line) => {
    const pid = RECORD.exec(line)?.[1];
    if (pid !== undefined) isOwn = own.has(pid);
    return isOwn;
  });
  return { text: kept.join('\n'), started: true };
}

/** Reads what a log says of a plugin since Kong took its configuration last. `kong` is its version when that is known. */
export async function heardOf(log: string, plugin: string, kong: string | undefined, signal?: AbortSignal): Promise<Heard> {
  const { text, started } = writtenByNow(log);
  const [{ CATALOGUE }, findings] = await Promise.all([import('../../troubleshoot/catalogue'), findingsIn(text, kong, signal)]);
  const isOwn = (finding: Finding): boolean =>
    finding.plugin === plugin || finding.file?.includes(`kong/plugins/${plugin}/`) === true;
  const faulty = findings.filter(({ id }) => ['stop', 'break', 'request'].includes(CATALOGUE[id].weight));
  return {
    faults: faulty.filter(isOwn),
    logged: findings.filter((finding) => CATALOGUE[finding.id].weight === 'unknown' && isOwn(finding)),
    others: faulty.filter((finding) => !isOwn(finding)),
    started,
  };
}

/** Whether a worker failed to initialise, whoever's fault that is. */
export function workersFailed({ faults, others }: Heard): boolean {
  return [...faults, ...others].some(({ id }) => WORKER_FAULTS.includes(id));
}

/** Why silence of the log proves nothing here; undefined when errors would have been seen. */
export function deafness(view: NodeView, { started }: Heard): string | undefined {
  const level = view.running('log_level') ?? view.setting('log_level').value;
  if (HIDING.includes(level)) return `log_level = ${level} keeps errors out of the log`;
  // At warn and error nginx does not note which workers it starts.
  if (started || level === 'warn' || level === 'error') return undefined;
  return 'the log that can be read here does not reach back to the start of these workers';
}

// Which process this is, so that another one can tell whether it still lives: numbers of processes are used again.
import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { errorCode } from './userError';

/** A process among all of the world's. */
export interface ProcessIdentity {
  host: string;
  /** The machine's own id, the boot, and the table of processes it is in; undefined where the system does not tell. */
  machine?: string;
  boot?: string;
  table?: string;
  pid: number;
  /** When it began, in the system's ticks since the boot. */
  started?: string;
}

/** Whether a process has this number now. */
export function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

let own: Promise<ProcessIdentity> | undefined;

/** This process. */
export async function thisProcess(): Promise<ProcessIdentity> {
  return (own ??= identify());
}

async function identify(): Promise<ProcessIdentity> {
  const [machine, boot, table, started] = await Promise.all([
    text('/etc/machine-id'),
    text('/proc/sys/kernel/random/boot_id'),
    readlink('/proc/self/ns/pid').catch(() => undefined),
    startOf(process.pid),
  ]);
  return {
    host: hostname(),
    pid: process.pid,
    ...(machine === undefined ? {} : { machine }),
    ...(boot === undefined ? {} : { boot }),
    ...(table === undefined ? {} : { table }),
    ...(started === undefined ? {} : { started }),
  };
}

/** Whether a process is gone: false when it lives or has never been of here, undefined when that cannot be told from here. */
export async function isGone(other: ProcessIdentity): Promise<boolean | undefined> {
  const me = await thisProcess();
  if (other.host !== me.host) return undefined;
  if (other.boot !== undefined && other.boot !== me.boot) {
    // The same machine after another start; two machines may share a name.
    return other.machine !== undefined && other.machine === me.machine ? true : undefined;
  }
  if (other.table !== undefined && other.table !== me.table) return undefined;
  if (!isAlive(other.pid)) return true;
  const started = await startOf(other.pid);
  return other.started !== undefined && started !== undefined && started !== other.started;
}

/** Field 22 of /proc/PID/stat (proc_pid_stat(5)); the name in parentheses before it may hold anything. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await text(`/proc/${pid}/stat`);
  return stat?.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
}

async function text(path: string): Promise<string | undefined> {
  const content = await readFile(path, 'utf8').catch(() => '');
  return content.trim() === '' ? undefined : content.trim();
}

// What happens to containers, as the engine tells it: which container it is about, so that only that one is looked at again.
import { UserError } from '../../system/userError';
import { readJson } from '../../text/json';
import { containerClient, type ContainerOptions } from './client';

/** What happens to a container that a list of nodes must know. */
const EVENTS = ['create', 'start', 'die', 'destroy', 'rename', 'pause', 'unpause', 'health_status'];
/** An engine that is gone is asked again after a while, each time a longer one. */
const RECONNECT_MS = { first: 5000, last: 60_000 };

/** A container that something happened to. */
export interface ChangedContainer {
  name: string;
  /** What compose noted of it, where compose made it. */
  service: { project: string; service: string } | undefined;
}

/**
 * Calls `onChange` whenever a container comes, goes or changes, until the signal is aborted; with undefined when any may have changed. An
 * engine that goes away is asked again, and its return is a change. Resolves when it ends; never rejects for want of an engine.
 */
export async function followContainers(
  options: ContainerOptions,
  onChange: (container: ChangedContainer | undefined) => void,
  signal: AbortSignal,
): Promise<void> {
  const filters = EVENTS.flatMap((event) => ['--filter', `event=${event}`]);
  const args = ['events', '--format', '{{json .}}', '--filter', 'type=container', ...filters];
  let wasConnected = true;
  let wait = RECONNECT_MS.first;
  const stopped = (): boolean => signal.aborted;
  while (!stopped()) {
    try {
      const client = await containerClient(options);
      await client.ask(['version', '--format', '{{.Server.Version}}'], { signal });
      if (!wasConnected) onChange(undefined);
      wasConnected = true;
      wait = RECONNECT_MS.first;
      const lines = lineReader((line) => onChange(changedContainer(line)));
      await client.call(args, { signal, timeout: 2 ** 31 - 1, onOutput: (stream, chunk) => stream === 'stdout' && lines(chunk) });
    } catch (error) {
      if (stopped()) return;
      if (!(error instanceof UserError)) throw error;
    }
    if (wasConnected) onChange(undefined);
    wasConnected = false;
    await pause(wait, signal);
    wait = Math.min(2 * wait, RECONNECT_MS.last);
  }
}

/** Which container a line of `docker events` is about, or of podman's; undefined where it does not tell. */
export function changedContainer(line: string): ChangedContainer | undefined {
  const event = asRecord(readJson(line));
  // Docker has an actor; podman tells the same beside the rest.
  const attributes = asRecord(asRecord(event['Actor'])['Attributes'] ?? event['Attributes']);
  const name = attributes['name'] ?? event['Name'];
  // After another name came, two nodes are others than before.
  const isRenamed = event['Action'] === 'rename' || event['Status'] === 'rename';
  if (typeof name !== 'string' || name === '' || isRenamed) return undefined;
  const [project, service] = ['project', 'service'].map((part) => attributes[`com.docker.compose.${part}`]);
  const isCompose = typeof project === 'string' && typeof service === 'string';
  return { name, service: isCompose ? { project, service } : undefined };
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** Hands on whole lines. */
function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  let rest = '';
  return (chunk) => {
    const lines = `${rest}${chunk.toString('utf8')}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (line.trim() !== '') onLine(line);
  };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done, { once: true });
    function done(): void {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    }
  });
}

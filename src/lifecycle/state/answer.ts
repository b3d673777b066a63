// What the Kong that serves now says of itself: for a moment after a reload an old worker may answer in place of a new one, and is not believed.
import { nodeInfo, type NodeInfo } from '../../kong/adminAnswers';
import { pause } from '../../kong/adminClient';
import { listEntries } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import type { NodeView } from './view';

/** nginx asks the old workers to leave 100 ms after it started the new ones (ngx_master_process_cycle); they need a moment to hear of it. */
const LEAVING_MS = 2000;
const POLL_MS = 50;

/** An answer of the Admin API, and whether it is certain that no worker of before a reload gave it. */
export interface Answer {
  info: NodeInfo;
  certain: boolean;
}

/**
 * Asks the running Kong for itself, and again while workers of before a reload may still answer, as the master's children tell. Where they
 * cannot be seen, the answer is certain when its settings are those Kong was last prepared with. undefined when there is no Admin API.
 * Throws UserError when it does not answer.
 */
export async function answerOfNow(view: NodeView, signal?: AbortSignal): Promise<Answer | undefined> {
  if (view.admin === undefined) return undefined;
  const children = childrenOfMaster(view);
  const silent = new Set<number>();
  const deadline = Date.now() + LEAVING_MS;
  for (;;) {
    // Before the question: a worker that answers it was there, or is a new one.
    const there = (await children()).filter((pid) => !silent.has(pid));
    const info = await nodeInfo(view.admin, signal);
    if (there.length === 0 || info.workers.length === 0) return { info, certain: isAsPrepared(view, info) };
    const strangers = there.filter((pid) => !info.workers.includes(pid));
    if (strangers.length === 0) return { info, certain: true };
    if (Date.now() > deadline) return { info, certain: false };
    for (const pid of await thoseSilent(view, strangers)) silent.add(pid);
    if (strangers.some((pid) => !silent.has(pid))) await pause(POLL_MS, signal);
  }
}

/** Whether an answer's list of plugins is the one in `.kong_env`; where one is not told, nothing speaks against it. */
function isAsPrepared(view: NodeView, { plugins }: NodeInfo): boolean {
  const prepared = view.running('plugins');
  if (plugins === undefined || prepared === undefined) return true;
  return listEntries(prepared).join() === plugins.join();
}

/** As `answerOfNow`, whoever gives it; undefined also when there is no answer. */
export async function infoOf({ admin }: NodeView, signal?: AbortSignal): Promise<NodeInfo | undefined> {
  if (admin === undefined) return undefined;
  try {
    return await nodeInfo(admin, signal);
  } catch (error) {
    // Between two sets of workers the Admin API may not answer, and a broken api.lua turns every answer into a 500.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The worker processes that serve: as the Admin API lists them, or as children of the master. */
export function workersIn(info: NodeInfo | undefined, children: readonly number[]): readonly number[] {
  return info !== undefined && info.workers.length > 0 ? info.workers : children;
}

/** The worker processes that serve now. */
export async function workersOf(view: NodeView): Promise<readonly number[]> {
  const [info, children] = await Promise.all([infoOf(view), childrenOfMaster(view)()]);
  return workersIn(info, children);
}

/**
 * Those of some children of the master that take no new connections: gone, by their title on their way (ngx_worker_process_cycle), or no
 * workers at all but nginx's cache manager and Kong's privileged agent.
 */
export async function thoseSilent(view: NodeView, children: readonly number[]): Promise<number[]> {
  const titles = await Promise.all(
    children.map((pid) =>
      view.node.read(`/proc/${pid}/cmdline`).catch((error: unknown) => {
        // Its process may end while it is read.
        if (error instanceof UserError) return undefined;
        throw error;
      }),
    ),
  );
  return children.filter((_, i) => {
    const title = titles[i];
    return title === undefined || title.includes('shutting down') || !title.includes('worker process');
  });
}

/** Asks for the child processes of Kong's master, as Linux lists them; none where that cannot be read. The master stays the same until it ends. */
export function childrenOfMaster({ node, facts: { prefix } }: NodeView): () => Promise<readonly number[]> {
  let master: string | undefined;
  const children = async (): Promise<string | undefined> =>
    master === undefined ? undefined : (await node.read(`/proc/${master}/task/${master}/children`))?.toString('utf8');
  return async () => {
    let found = await children();
    if (found === undefined) {
      const pid = (await node.read(`${prefix}/pids/nginx.pid`))?.toString('utf8').trim() ?? '';
      master = /^\d+$/.test(pid) ? pid : undefined;
      found = await children();
    }
    return (found ?? '').split(/\s+/).filter(Boolean).map(Number);
  };
}

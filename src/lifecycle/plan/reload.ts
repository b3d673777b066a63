// Making the running Kong take its settings and code anew, and finding out whether it really did.
import { pause } from '../../kong/adminClient';
import type { NodeInfo } from '../../kong/adminAnswers';
import { environmentName } from '../../kong/settings';
import { isAtLeast } from '../../kong/versions';
import { printedBy } from '../../system/process';
import { UserError } from '../../system/userError';
import { findingsIn, StepFailure } from '../failure';
import { childrenOfMaster, infoOf, thoseSilent, workersIn } from '../state/answer';
import { LOAD_ERROR, ofLastReload } from '../state/logOfNow';
import { decidedByEnvironment, type NodeView } from '../state/view';

const RELOAD_TIMEOUT_MS = 60_000;
const AWAIT_TIMEOUT_MS = 30_000;
const POLL_MS = 10;
/** How often the log is read while nothing else has changed; to read that of a container is a program. */
const LOG_EVERY_MS = 200;
/** Reload reads a file given with `-c` from this version on. */
const RELOAD_READS_FILE_SINCE = '2.3';
/** The settings that a plain `kong reload` may lose and an operation may change. */
const CARRIED = ['plugins', 'lua_package_path'] as const;

/**
 * The variables that make a reload keep what runs now: a container's own KONG_PLUGINS would otherwise undo an earlier `-e` reload
 * (transcript docker-3.9.1-06), and a removed line of kong.conf leaves the old value in .kong_env.
 */
export function runningSettings(view: NodeView): Record<string, string> {
  return Object.fromEntries(
    CARRIED.flatMap((name) => {
      const value = view.running(name);
      return value === undefined ? [] : [[environmentName(name), value]];
    }),
  );
}

/**
 * The variables that make a reload see what kong.conf says now: nothing where the file decides; where the surroundings decide,
 * what runs, because the person cannot change those for a running Kong.
 */
export function reloadSettings(view: NodeView): Record<string, string> {
  const keep = runningSettings(view);
  return Object.fromEntries(
    CARRIED.flatMap((name) => {
      const value = keep[environmentName(name)];
      return value !== undefined && decidedByEnvironment(view, name) ? [[environmentName(name), value]] : [];
    }),
  );
}

/** What ran before a reload, to tell afterwards whether something changed. */
export interface Before {
  workers: readonly number[];
  /** Where the log ended. */
  mark: string;
  /** Asks for the master's child processes. */
  children: () => Promise<readonly number[]>;
}

/** Notes workers and the end of the log. */
export async function beforeReload(view: NodeView): Promise<Before> {
  const children = childrenOfMaster(view);
  const [mark, info, alive] = await Promise.all([view.node.logEnd(), infoOf(view), children()]);
  return { workers: workersIn(info, alive), mark, children };
}

/**
 * Runs `kong reload` as Kong's own user with its prefix, its file and the given variables. Its exit code says little: 0 also when nothing
 * loads. Throws StepFailure when it fails itself.
 */
export async function reloadKong(
  view: NodeView,
  variables: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<void> {
  const readsFile = view.confText !== undefined && isAtLeast(view.version, RELOAD_READS_FILE_SINCE);
  const result = await view.node.run(
    ['kong', 'reload', '-p', view.facts.prefix, ...(readsFile ? ['-c', view.facts.confPath] : [])],
    { as: 'kong', env: variables, timeout: RELOAD_TIMEOUT_MS, quick: true, ...(signal === undefined ? {} : { signal }) },
  );
  if (result === undefined) throw new UserError('No program can be run on this node.', { exitCode: 3 });
  if (result.code === 0) return;
  const said = printedBy(result);
  const error = said.split('\n').find((line) => line.startsWith('Error:')) ?? 'it said nothing';
  throw await StepFailure.fromOutput(`kong reload failed: ${error}`, said, view.facts.kong);
}

/** How a reload ended: with new workers, and what the node then said of itself. */
export interface ReloadOutcome {
  /** undefined when there is no Admin API. */
  info: NodeInfo | undefined;
  /** Whether it is certain that new workers serve. */
  certain: boolean;
  /** Where the log ended before it. */
  mark: string;
}

/**
 * Waits until new workers serve. Throws StepFailure, with what the log says, when the master kept the old ones or never came back.
 * Without an Admin API the master's child processes tell; where they cannot be seen either, silence of the log is all there is.
 */
export async function awaitReload(view: NodeView, before: Before, signal?: AbortSignal): Promise<ReloadOutcome> {
  const deadline = Date.now() + AWAIT_TIMEOUT_MS;
  const canSeeWorkers = before.workers.length > 0;
  const quietUntil = Date.now() + 3000;
  const old = new Set(before.workers);
  /** The log from when new workers serve, read while the old ones leave: Kong says what it has against them before it starts them. */
  let told: Promise<string> | undefined;
  let logAt = Date.now() + LOG_EVERY_MS;
  const log = (): Promise<string> => {
    const text = view.node.log(before.mark).then((read) => read.text);
    // Whoever waits for it hears of a failure; a wait that ends for another reason does not.
    text.catch(() => undefined);
    return text;
  };
  for (;;) {
    const [info, children] = await Promise.all([infoOf(view), before.children()]);
    const listed = info !== undefined && info.workers.length > 0;
    const workers = listed ? info.workers : await stillServing(view, children, old);
    const replaced = canSeeWorkers && workers.length > 0 && !workers.some((pid) => old.has(pid));
    if (replaced) told ??= log();
    // An old worker answers for a moment more, and lists the new ones too: what it says of plugins is of yesterday.
    const renewed = replaced && !(await stillServing(view, children, old)).some((pid) => old.has(pid));
    const quiet = !canSeeWorkers && Date.now() > quietUntil;
    const late = Date.now() > deadline;
    if (renewed || quiet || late || (told === undefined && Date.now() > logAt)) {
      const [said, now] = await Promise.all([told ?? log(), infoOf(view)]);
      logAt = Date.now() + LOG_EVERY_MS;
      told = undefined;
      let { text, started } = ofLastReload(said);
      // An engine may have a line a moment after the workers it is about serve.
      if (renewed && started === false) ({ text, started } = ofLastReload(await log()));
      if (LOAD_ERROR.test(text)) {
        throw await StepFailure.fromOutput(
          'Kong kept its old workers, because the new configuration does not load.',
          text,
          view.facts.kong,
        );
      }
      if (renewed && started !== false) return { info: now, certain: true, mark: before.mark };
      // These are the workers of an earlier reload that was still at work.
      if (renewed) for (const pid of [...workers, ...children]) old.add(pid);
      if (quiet) return { info: undefined, certain: false, mark: before.mark };
      if (late) throw await timedOut(view, text);
    }
    await pause(POLL_MS, signal);
  }
}

/** The children without those old ones that take no new connections: one with a long request may stay for hours. */
async function stillServing(view: NodeView, children: readonly number[], old: ReadonlySet<number>): Promise<number[]> {
  const left = await thoseSilent(
    view,
    children.filter((pid) => old.has(pid)),
  );
  return children.filter((pid) => !left.includes(pid));
}

async function timedOut(view: NodeView, text: string): Promise<StepFailure> {
  const { running } = await view.node.facts();
  return new StepFailure(
    running ? `Kong has not started new workers within ${AWAIT_TIMEOUT_MS / 1000} s.` : 'Kong stopped during the reload.',
    await findingsIn(text, view.facts.kong),
  );
}

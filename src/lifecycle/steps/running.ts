// Steps at the running Kong: reload, restart, and the proof that a plugin is there, or gone.
import { pause } from '../../kong/adminClient';
import type { NodeInfo } from '../../kong/adminAnswers';
import { messageAndNext, UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { findingsIn, isFault, Skip, StepFailure } from '../failure';
import type { Step, StepContext } from '../plan/plan';
import { awaitReload, beforeReload, reloadKong, reloadSettings, runningSettings, type ReloadOutcome } from '../plan/reload';
import { answerOfNow, type Answer } from '../state/answer';
import { ofLastReload } from '../state/logOfNow';
import { changedVariables, type SettingChange } from './setting';
import { enabledOn, inspectNode } from '../state/status';
import type { NodeView } from '../state/view';

const RESTART_TIMEOUT_MS = 120_000;
/** New workers serve at once, but an old one may answer the Admin API for about a second more (transcripts, Reload). */
const OLD_ANSWERS_MS = 10_000;
const POLL_MS = 150;

export interface ReloadOptions {
  /** Steps between the reload and the proof. */
  then?: readonly Step[];
  /** Why the Kong that runs now need not be reloaded; undefined when it must. */
  unless?: ((now: NodeView) => string | undefined) | undefined;
}

/** Reloads the running Kong so that it has the changes, and proves what is expected of it then. */
export function reloadAndProve(
  view: NodeView,
  changes: readonly SettingChange[],
  expected: readonly Expectation[],
  { then = [], unless }: ReloadOptions = {},
): Step[] {
  let outcome: ReloadOutcome | undefined;
  const reload = reloadStep(view, changes, { unless, seen: (seen) => (outcome = seen) });
  return [reload, ...then, ...expected.map((expectation) => verifyStep(view, expectation, () => outcome))];
}

/** Reloads the running Kong so that it has the changes; skipped where none runs. `seen` gets how it ended. */
export function reloadStep(
  view: NodeView,
  changes: readonly SettingChange[],
  { unless, seen }: Pick<ReloadOptions, 'unless'> & { seen?: (outcome: ReloadOutcome) => void } = {},
): Step {
  return {
    name: 'reload',
    describe: view.facts.running
      ? `kong reload as Kong's own user; requests are served throughout.`
      : 'Nothing to reload: Kong does not run. It takes effect at its next start.',
    async run(context) {
      const now = await context.view();
      if (!now.facts.running) throw new Skip('Kong does not run here; it takes effect at its next start.');
      const needless = unless?.(now);
      if (needless !== undefined) throw new Skip(needless);
      const [before] = await bothDone([beforeReload(now), context.note({ reload: runningSettings(now) })]);
      const variables = { ...reloadSettings(now), ...changedVariables(now, changes) };
      await reloadKong(now, variables, context.signal);
      const outcome = await awaitReload(now, before, context.signal);
      context.changed();
      seen?.(outcome);
      return outcome.certain
        ? 'New workers serve.'
        : 'The log names no error; whether new workers serve cannot be seen from here.';
    },
  };
}

/** Both at once; a failure of one waits for the other, so that nothing is at work when it is undone. */
async function bothDone<A, B>([a, b]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** Stops and starts the Kong of this machine; in a container that would end the container, so there it is refused. */
export function restartStep(view: NodeView): Step {
  return {
    name: 'restart',
    describe: 'kong restart with the same file and prefix; requests are not served for a moment.',
    async run(context) {
      if (view.node.kind === 'docker' || view.node.kind === 'compose') {
        throw new UserError('kong restart would end this container, because nginx is its first process.', {
          next: 'Reload it, or restart the container itself (which forgets what only a reload was told).',
        });
      }
      const mark = await view.node.logEnd();
      const conf = view.confText === undefined ? [] : ['-c', view.facts.confPath];
      const result = await view.node.run(['kong', 'restart', ...conf, '-p', view.facts.prefix], {
        as: 'kong',
        timeout: RESTART_TIMEOUT_MS,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      if (result === undefined) throw new Skip('Nothing runs here.');
      const said = `${result.stdout.toString('utf8')}${result.stderr.toString('utf8')}`;
      if (result.code === 0) return 'Kong restarted.';
      const { text } = await view.node.log(mark);
      throw await StepFailure.fromOutput('Kong did not start again.', `${said}\n${text}`, view.facts.kong);
    },
  };
}

/** What a verification expects of a plugin. */
export interface Expectation {
  plugin: string;
  state: 'loaded' | 'gone';
  /** What else must hold of the files on the node; returns what is wrong. */
  files?: (context: StepContext) => Promise<string | undefined>;
}

/**
 * Proves that the running Kong has the plugin, or no longer has it: by its Admin API where there is one, otherwise by its new workers,
 * which only a configuration that loads as a whole gets. Where nothing runs, by what a start would say.
 */
export function verifyStep(view: NodeView, expected: Expectation, reloaded?: () => ReloadOutcome | undefined): Step {
  const { plugin, state } = expected;
  return {
    name: 'verify',
    describe: view.facts.running
      ? `See that the running Kong ${state === 'loaded' ? 'has' : 'no longer has'} ${plugin}, by its Admin API and its log.`
      : `See what a Kong started from here would say about ${plugin}.`,
    async run(context) {
      const wrong = await expected.files?.(context);
      if (wrong !== undefined) throw new StepFailure(wrong);
      const info = reloaded?.()?.info;
      if (info?.available.has(plugin) === (state === 'loaded')) return proof(info, expected);
      const now = await context.view();
      return now.facts.running ? verifyRunning(now, expected, reloaded?.(), context.signal) : verifyPredicted(context, expected);
    },
  };
}

async function verifyRunning(
  view: NodeView,
  { plugin, state }: Expectation,
  reloaded: ReloadOutcome | undefined,
  signal: AbortSignal | undefined,
): Promise<string> {
  const wanted = state === 'loaded';
  const deadline = Date.now() + OLD_ANSWERS_MS;
  for (;;) {
    const answer = await answerOf(view, plugin, signal);
    if (answer === undefined || answer instanceof UserError) return verifyUnseen(view, { plugin, state }, reloaded, answer);
    const { info, certain } = answer;
    if (certain && info.available.has(plugin) === wanted) return proof(info, { plugin, state });
    // Only right after a reload may the next answer differ.
    if (certain && (reloaded === undefined || Date.now() > deadline)) break;
    if (Date.now() > deadline) {
      throw new StepFailure(
        `It is not known whether the running Kong has ${plugin}: a worker of before a reload may have answered.`,
        await findingsAbout(view, plugin),
      );
    }
    await pause(POLL_MS, signal);
  }
  throw new StepFailure(
    wanted ? `The running Kong has not loaded ${plugin}.` : `The running Kong still has ${plugin}.`,
    wanted ? await findingsAbout(view, plugin) : [],
    wanted && !enabledOn(view).has(plugin) ? `It is not enabled: kong-plugin enable ${plugin} --node ${view.node.id}` : undefined,
  );
}

function proof({ available }: NodeInfo, { plugin, state }: Expectation): string {
  if (state === 'gone') return `Gone: the Admin API no longer lists ${plugin}.`;
  const version = available.get(plugin);
  return `Loaded${version === undefined ? '' : ` (VERSION ${version})`}: the Admin API lists ${plugin}.`;
}

/** What the Admin API says; why it cannot be asked, or undefined when there is none. Throws StepFailure when it is broken, which a plugin's api.lua can do. */
async function answerOf(
  view: NodeView,
  plugin: string,
  signal: AbortSignal | undefined,
): Promise<Answer | UserError | undefined> {
  try {
    return await answerOfNow(view, signal);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    if (error.exitCode === 3) return error;
    throw new StepFailure(error.message, await findingsAbout(view, plugin), error.next);
  }
}

/** Without the Admin API: Kong starts new workers only when every plugin of its list loads. */
function verifyUnseen(
  view: NodeView,
  { plugin, state }: Expectation,
  reloaded: ReloadOutcome | undefined,
  refusal: UserError | undefined,
): string {
  const wanted = state === 'loaded';
  const enabled = enabledOn(view).has(plugin);
  if (enabled !== wanted) throw new StepFailure(`${plugin} is ${enabled ? 'still' : 'not'} enabled in the running Kong.`);
  const why = refusal === undefined ? '' : ` ${messageAndNext(refusal)}`;
  if (!wanted) return `${plugin} is no longer enabled in the running Kong.${why}`;
  return reloaded?.certain === true
    ? `New workers serve with ${plugin} in the plugins list; Kong starts none when a plugin of the list does not load.${why}`
    : `${plugin} is in the plugins list of the running Kong and its log names no error. Without the Admin API that is all that can be seen.${why}`;
}

async function findingsAbout(view: NodeView, plugin: string): Promise<Finding[]> {
  const { text } = ofLastReload((await view.node.log()).text);
  const about = (await findingsIn(text, view.facts.kong)).filter((finding) => finding.plugin === plugin);
  const faults = await Promise.all(about.map(isFault));
  return about.filter((_, i) => faults[i]);
}

async function verifyPredicted(context: StepContext, { plugin, state }: Expectation): Promise<string> {
  const { prediction, view, plugins } = await inspectNode(context.node, { signal: context.signal });
  const enabled = enabledOn(view).has(plugin);
  const about = prediction.all.filter((obstacle) => obstacle.plugin === plugin);
  const [first] = about;
  if (first !== undefined) {
    throw new StepFailure(
      `A Kong started from here would refuse to start: ${first.message.split('\n', 1)[0] ?? first.message}`,
      about.flatMap((obstacle) => obstacle.findings),
    );
  }
  const others =
    prediction.all.length === 0 ? '' : ` It would not start for another reason, though: ${prediction.said[0]?.message ?? ''}`;
  if (state === 'gone') {
    if (enabled) throw new StepFailure(`${plugin} is still enabled.`);
    return `A Kong started from here would not load ${plugin}.${others}`;
  }
  if (!enabled) {
    throw new StepFailure(
      plugins.has(plugin) ? `${plugin} is installed but not enabled.` : `${plugin} is neither installed nor enabled.`,
      [],
      `Enable it: kong-plugin enable ${plugin} --node ${view.node.id}`,
    );
  }
  return `A Kong started from here would load ${plugin}.${others}`;
}

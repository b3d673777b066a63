// The proof that the running Kong has a plugin and that it works, as far as that was seen; or that it no longer has it.
import { pause } from '../../kong/adminClient';
import type { NodeInfo } from '../../kong/adminAnswers';
import { messageAndNext, UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { shellWord } from '../../text/shellWord';
import { findingsIn, isFault, StepFailure } from '../failure';
import type { Step, StepContext } from '../plan/plan';
import type { ReloadOutcome } from '../plan/reload';
import { answerOfNow, type Answer } from '../state/answer';
import { deafness, heardOf, workersFailed, type Heard } from '../state/heard';
import { installedPlugin } from '../state/installed';
import { ofLastReload, partedLog } from '../state/logOfNow';
import { enabledOn, inspectNode } from '../state/status';
import type { NodeView } from '../state/view';

/** New workers serve at once, but an old one may answer the Admin API for about a second more (transcripts, Reload). */
const OLD_ANSWERS_MS = 10_000;
const POLL_MS = 150;
/** An engine may have a line a moment after the worker that wrote it serves; where there are several, another one may still initialise. */
const SETTLE_MS = { oneWorker: 150, several: 500 };
/** The longest first delay of a timer that is waited for, what one is taken to be that only a run can tell, and how late it may be told of. */
const TIMER_MS = { longest: 5000, unknown: 2000, late: 300 };

/** What a verification expects of a plugin. */
export interface Expectation {
  plugin: string;
  state: 'loaded' | 'gone';
  /** What else must hold of the files on the node; returns what is wrong. */
  files?: (context: StepContext) => Promise<string | undefined>;
}

export interface VerifyOptions {
  /** Given when Kong was reloaded or started just before: how the reload ended. */
  reloaded?: () => ReloadOutcome | undefined;
  /** Somebody follows the log from here on. */
  followed?: boolean;
}

/**
 * Proves that the running Kong has the plugin, or no longer has it: by its Admin API where there is one, otherwise by its new workers,
 * which only a configuration that loads as a whole gets; and that it works, by what its log says since. Where nothing runs, by what a start
 * would say.
 */
export function verifyStep(view: NodeView, expected: Expectation, { reloaded, followed = false }: VerifyOptions = {}): Step {
  const { plugin, state } = expected;
  return {
    name: 'verify',
    describe: view.facts.running
      ? `See that the running Kong ${state === 'loaded' ? 'has' : 'no longer has'} ${plugin}, by its Admin API and its log.`
      : `See what a Kong started from here would say about ${plugin}.`,
    async run(context) {
      const wrong = await expected.files?.(context);
      if (wrong !== undefined) throw new StepFailure(wrong);
      const now = await context.view();
      if (!now.facts.running) return verifyPredicted(context, expected);
      const since = reloaded?.();
      const info = since?.info;
      const isThere = info?.available.has(plugin) === (state === 'loaded') ? listed(info, expected) : undefined;
      const seen = isThere ?? (await verifyRunning(now, expected, since, context.signal));
      if (state === 'gone') return seen;
      return `${seen}${await works(context, now, plugin, { since, wait: reloaded !== undefined && !followed })}`;
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
    if (certain && info.available.has(plugin) === wanted) return listed(info, { plugin, state });
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
    wanted && !enabledOn(view).has(plugin)
      ? `It is not enabled: \`kong-plugin enable ${shellWord(plugin)} --node ${shellWord(view.node.id)}\``
      : undefined,
  );
}

/** What of a plugin's life since its load the log shows, as the rest of the sentence. Throws StepFailure when it fails. */
async function works(
  { node, signal }: StepContext,
  view: NodeView,
  plugin: string,
  { since, wait }: { since: ReloadOutcome | undefined; wait: boolean },
): Promise<string> {
  const listen = async (): Promise<Heard | UserError> => {
    try {
      const log = since === undefined ? (await partedLog(node)).now : (await node.log(since.mark)).text;
      return await heardOf(log, plugin, view.facts.kong, signal);
    } catch (error) {
      if (error instanceof UserError) return error;
      throw error;
    }
  };
  const timers = wait ? await timersOf(view, plugin) : NO_TIMERS;
  const settle = since?.info?.workers.length === 1 ? SETTLE_MS.oneWorker : SETTLE_MS.several;
  const until = wait ? Date.now() + Math.max(settle, timers.wait) : 0;
  for (;;) {
    const heard = await listen();
    if (heard instanceof UserError) return ` Whether it works since cannot be seen: ${messageAndNext(heard)}`;
    if (heard.faults.length > 0)
      throw StepFailure.explained(`Kong has loaded ${plugin}, and it fails: its log says so since then.`, heard.faults);
    const left = until - Date.now();
    if (left <= 0) return told(heard, deafness(view, heard), plugin, timers);
    await pause(Math.min(left, 2 * SETTLE_MS.several), signal);
  }
}

/** What the silence or the noise of a log comes to. */
function told(heard: Heard, deaf: string | undefined, plugin: string, { wait, later }: Timers): string {
  const more = heard.others.map(
    ({ title, plugin: whose }) => ` Not of it, in the same log: ${title}${whose === null ? '' : ` (${whose})`}.`,
  );
  const rest = [...new Set(more)].join('');
  if (deaf !== undefined)
    return ` Whether its workers have initialised and whether it fails since cannot be seen: ${deaf}.${rest}`;
  const workers = workersFailed(heard) ? '' : ' Its workers have initialised';
  const [logged] = heard.logged;
  if (logged !== undefined)
    return `${workers}${workers === '' ? '' : '.'} It logs errors: ${logged.evidence[0]?.text ?? logged.title}.${rest}`;
  const timers = wait > 0 ? `, nor of its timers in the first ${(wait / 1000).toFixed(1)} s` : '';
  const unseen = later ? ` A timer that first runs after ${TIMER_MS.longest / 1000} s was not waited for.` : '';
  return `${workers === '' ? ' The log names' : `${workers}, and the log names`} no error of ${plugin} since${timers}.${unseen}${rest}`;
}

interface Timers {
  /** How long it takes until each of them has run once, in milliseconds; 0 where there are none. */
  wait: number;
  /** Some run later than is waited for. */
  later: boolean;
}

const NO_TIMERS: Timers = { wait: 0, later: false };
const TIMER = /\btimer\s*\.\s*(?:at|every)\s*\(\s*(?:(\d+(?:\.\d+)?|\.\d+)\s*,)?/g;

/** The timers that the plugin's files on the node start, by their first delay. */
async function timersOf(view: NodeView, plugin: string): Promise<Timers> {
  const found = await installedPlugin(view, plugin);
  const texts = [...(found?.found ?? [])]
    .filter(([path]) => path.endsWith('.lua'))
    .map(([, content]) => content.toString('latin1'));
  const delays = texts.flatMap((text) =>
    [...text.matchAll(TIMER)].map(([, delay]) => (delay === undefined ? TIMER_MS.unknown : Number(delay) * 1000)),
  );
  const near = delays.filter((delay) => delay <= TIMER_MS.longest);
  return { wait: near.length === 0 ? 0 : Math.max(...near) + TIMER_MS.late, later: near.length < delays.length };
}

/** What the Admin API has told. */
function listed({ available }: NodeInfo, { plugin, state }: Expectation): string {
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
    : `${plugin} is in the plugins list of the running Kong; whether it is loaded cannot be seen without the Admin API.${why}`;
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
      `Enable it: \`kong-plugin enable ${shellWord(plugin)} --node ${shellWord(view.node.id)}\``,
    );
  }
  return `A Kong started from here would load ${plugin}.${others}`;
}

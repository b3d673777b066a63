// Steps that bring up a Kong that does not run, and take one down: the container it lives in, or the Kong of this machine.
import { pause } from '../../kong/adminClient';
import { nodeInfo } from '../../kong/adminAnswers';
import { printedBy } from '../../system/process';
import { messageOf, UserError } from '../../system/userError';
import { findingsIn, Skip, StepFailure } from '../failure';
import type { Operation, Step, StepContext } from '../plan/plan';
import { workersOf } from '../state/answer';
import { LOAD_ERROR } from '../state/logOfNow';
import type { NodeView } from '../state/view';

const START_TIMEOUT_MS = 60_000;
const POLL_MS = 150;

/** What a start must not end in again: the id of the problem that is being mended. */
export interface StartOptions {
  not?: string | undefined;
}

/** Starts a Kong that does not run and waits until it serves; skipped where one runs, or nothing can be started. */
export function startStep(view: NodeView, options: StartOptions = {}): Step {
  return {
    name: 'start',
    describe:
      view.node.start === undefined
        ? 'Nothing can be started here; it takes effect at the next start.'
        : view.facts.running
          ? 'Kong runs: there is nothing to start.'
          : `Start ${isContainer(view) ? 'the container again' : 'Kong with the same file and prefix'}, and wait until it serves.`,
    run: (context) => start(context, options),
  };
}

/** Stops a running Kong. */
export function stopStep(view: NodeView): Step {
  return {
    name: 'stop',
    describe: `Stop ${isContainer(view) ? 'the container' : 'Kong'}; requests are not served until it is started again.`,
    async run(context) {
      const { node } = context;
      if (node.stop === undefined || !(await context.view()).facts.running) throw new Skip('Kong does not run here.');
      const result = await node.stop(context.signal);
      context.changed();
      if (result.code !== 0) throw new UserError(`Kong cannot be stopped: ${result.stderr.toString('utf8').trim()}`);
      return 'Kong stopped.';
    },
  };
}

/** An operation whose reload is followed by a start, where Kong does not run. */
export function withStart(operation: Operation, options: StartOptions = {}): Operation {
  return {
    ...operation,
    async steps(view) {
      const steps = await operation.steps(view);
      const at = steps.findIndex(({ name }) => name === 'reload') + 1;
      return [...steps.slice(0, at), startStep(view, options), ...steps.slice(at)];
    },
  };
}

function isContainer({ node }: NodeView): boolean {
  return node.kind === 'docker' || node.kind === 'compose';
}

async function start(context: StepContext, { not }: StartOptions): Promise<string> {
  const { node } = context;
  const before = await context.view();
  if (before.facts.running) throw new Skip('Kong runs.');
  if (node.start === undefined) throw new Skip('Nothing can be started here; it takes effect at the next start.');
  const mark = await node.logEnd();
  const result = await node.start(context.signal);
  context.changed();
  const failure = async (why: string): Promise<StepFailure> => {
    const { text } = await node.log(mark);
    return StepFailure.fromOutput(why, `${printedBy(result)}\n${text}`, before.facts.kong);
  };
  if (result.code !== 0) throw await failure('Kong did not start.');
  const deadline = Date.now() + START_TIMEOUT_MS;
  for (;;) {
    context.changed();
    const now = await context.view();
    if (await serves(now, context.signal)) break;
    const { text } = await node.log(mark);
    if (LOAD_ERROR.test(text) || (!now.facts.running && (await ended(context)))) throw await failure('Kong did not start.');
    if (Date.now() > deadline) throw await failure(`Kong does not serve within ${START_TIMEOUT_MS / 1000} s.`);
    await pause(POLL_MS, context.signal);
  }
  const findings = await findingsIn((await node.log(mark)).text, before.facts.kong);
  if (not !== undefined && findings.some(({ id }) => id === not))
    throw new StepFailure('Kong started, and says the same again.', findings);
  return 'Kong started and serves.';
}

/** Whether workers run and, where there is an Admin API, it answers. */
async function serves(view: NodeView, signal: AbortSignal | undefined): Promise<boolean> {
  if (!view.facts.running) return false;
  if (view.admin === undefined) return (await workersOf(view)).length > 0;
  try {
    await nodeInfo(view.admin, signal);
    return true;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    // Refused or broken is not for the start to judge, as long as somebody answers.
    return error.exitCode !== 3;
  }
}

/** Whether the container has ended: then no program can be run in it. */
async function ended({ node, signal }: StepContext): Promise<boolean> {
  try {
    const result = await node.run(['true'], signal === undefined ? {} : { signal });
    return result === undefined;
  } catch (error) {
    if (error instanceof UserError) return /is (?:stopped|exited|dead|gone)/.test(messageOf(error));
    throw error;
  }
}

// The end of a remedy: its finding is looked for again in what the Kong that runs now says, with the request that showed it where one did.
import { pause } from '../../kong/adminClient';
import type { Node } from '../../node/node';
import type { Finding } from '../../troubleshoot/finding';
import { findingsIn, isFault, Skip, StepFailure } from '../failure';
import type { Operation, Step, StepContext } from '../plan/plan';
import { deafness, writtenByNow } from '../state/heard';
import { isAmong, isSeenByRequests } from '../state/sameProblem';
import { inspectNode } from '../state/status';
import { LOOK_AGAIN, NOT_SEEN } from '../seen';
import { failedRequest, requestAgain, type FailedRequest } from './request';

/** An engine may have a line a moment after the answer. */
const HEARD_MS = 1500;
const POLL_MS = 100;

/** What is known of a node before its remedy. */
interface Beforehand {
  /** Where the log ended. */
  mark: string;
  running: boolean;
  /** The request that failed, when the finding came from one that may be sent again. */
  request: FailedRequest | undefined;
}

/**
 * The operation of a remedy with its proof: first the request that failed is sent once more, to see it fail; at the end the finding is looked
 * for again. What is there still is a failure, and is undone.
 */
export function provedOperation(operation: Operation, finding: Finding): Operation {
  return {
    ...operation,
    async steps(view) {
      const { running } = view.facts;
      const request = running && isSeenByRequests(finding) ? await failedRequest(view.node, finding) : undefined;
      const before: Beforehand = { mark: await view.node.logEnd(), running, request };
      let reproduced = false;
      const known = running ? [] : otherThan(finding, await predicted(view.node, undefined));
      const steps = await operation.steps(view);
      return [
        ...(request === undefined ? [] : [reproduceStep(finding, request, () => (reproduced = true))]),
        ...steps.map((step) => pastOthers(step, finding, known)),
        lookAgainStep(finding, before, () => reproduced),
      ];
    },
  };
}

/**
 * A step that does not fail where only a problem ends it that was there beside this one: that one has a remedy of its own, and a node with two
 * would never be past the first if its remedy were undone for the second.
 */
function pastOthers(step: Step, finding: Finding, known: readonly Finding[]): Step {
  if (known.length === 0) return step;
  return {
    ...step,
    async run(context) {
      try {
        return await step.run(context);
      } catch (error) {
        const left = error instanceof StepFailure ? error.findings : [];
        const [first] = left;
        if (first === undefined || isAmong(finding, left) || !left.every((other) => isAmong(other, known))) throw error;
        // The last step finds and tells it.
        throw new Skip(`This is mended, and Kong does not start for what was wrong besides: ${titleOf(first)}.`);
      }
    },
  };
}

function otherThan(finding: Finding, findings: readonly Finding[]): Finding[] {
  return findings.filter((other) => !isAmong(finding, [other]));
}

function titleOf({ title, plugin }: Finding): string {
  return plugin === null ? title : `${title} (${plugin})`;
}

function reproduceStep(finding: Finding, request: FailedRequest, seen: () => void): Step {
  return {
    name: 'reproduce',
    describe: `Send ${request.says} once more, to see that it fails.`,
    async run(context) {
      const status = await requestAgain(context.node, request, context.signal);
      if (status === undefined) throw new Skip(`${request.says} cannot be sent from here.`);
      const { mark, answered } = status;
      const said = await heardSince(context, mark, (findings) => isAmong(finding, findings));
      if (said === undefined) throw new Skip(`${request.says} was answered with ${answered} and did not fail this time.`);
      seen();
      return `${request.says} was answered with ${answered}: ${finding.title}.`;
    },
  };
}

function lookAgainStep(finding: Finding, before: Beforehand, wasReproduced: () => boolean): Step {
  return {
    name: LOOK_AGAIN,
    describe: `Look whether Kong still says: ${finding.title}.`,
    async run(context) {
      const view = await context.view();
      if (!view.facts.running) return lookAtFiles(context, finding);
      const { text, started } = writtenByNow((await view.node.log(before.mark)).text);
      const said = await findingsIn(text, view.facts.kong, context.signal);
      if (isAmong(finding, said)) throw still(finding, said);
      // A Kong that ran may have been told of by a failed reload, or by what its next start would say.
      if (before.running) await refuseInNextStart(context, finding);
      if (isSeenByRequests(finding)) return lookByRequest(context, finding, before.request, wasReproduced());
      const deaf = deafness(view, { faults: [], logged: [], others: [], started });
      if (before.running && deaf !== undefined) throw new Skip(`${NOT_SEEN} ${deaf}.`);
      const faults = await Promise.all(said.map(isFault));
      const others = said.filter((_, i) => faults[i]);
      if (others.length > 0) context.found(others);
      const rest = others.map((other) => ` It says something else: ${titleOf(other)}.`);
      return `The Kong that runs now no longer says it.${rest.join('')}`;
    },
  };
}

function still({ title }: Finding, findings: readonly Finding[]): StepFailure {
  return new StepFailure(`Kong says the same again: ${title}.`, findings);
}

/** Where no Kong runs, what its next start would say is all there is to see. */
async function lookAtFiles(context: StepContext, finding: Finding): Promise<never> {
  const findings = await predicted(context.node, context.signal);
  if (isAmong(finding, findings)) throw still(finding, findings);
  const [first] = findings;
  if (first === undefined) throw new Skip(`${NOT_SEEN} no Kong runs here. Its next start would no longer say it.`);
  context.found(findings);
  throw new Skip(
    `${NOT_SEEN} no Kong runs here, and its next start would fail for another reason: ${titleOf(first)}. Mend that next.`,
  );
}

/** What the next start would say, of all stages. */
async function predicted(node: Node, signal: AbortSignal | undefined): Promise<Finding[]> {
  const { prediction } = await inspectNode(node, { signal, thorough: true });
  return prediction.all.flatMap((obstacle) => obstacle.findings);
}

async function refuseInNextStart({ node, signal }: StepContext, finding: Finding): Promise<void> {
  const { prediction } = await inspectNode(node, { signal });
  const findings = prediction.all.flatMap((obstacle) => obstacle.findings);
  if (isAmong(finding, findings)) throw still(finding, findings);
}

async function lookByRequest(
  context: StepContext,
  finding: Finding,
  request: FailedRequest | undefined,
  wasReproduced: boolean,
): Promise<string> {
  if (request === undefined || !wasReproduced) {
    throw new Skip(
      `${NOT_SEEN} only requests, timers or events show it. \`kong-plugin verify\` says after the next one whether it is gone.`,
    );
  }
  const sent = await requestAgain(context.node, request, context.signal);
  if (sent === undefined) throw new Skip(`${NOT_SEEN} ${request.says} cannot be sent from here.`);
  const said = await heardSince(context, sent.mark, (findings) => isAmong(finding, findings));
  if (said !== undefined) throw still(finding, said);
  if (sent.answered >= 500)
    throw new Skip(`${NOT_SEEN} ${request.says} no longer fails so, and is answered with ${sent.answered}.`);
  return `${request.says}, which failed before, is answered with ${sent.answered}, and the log names no error.`;
}

/** The findings in the log since a mark once they hold what is looked for; undefined when they do not within a moment. */
async function heardSince(
  { node, signal }: StepContext,
  mark: string,
  holds: (findings: readonly Finding[]) => boolean,
): Promise<Finding[] | undefined> {
  const { kong } = await node.facts(signal);
  for (const deadline = Date.now() + HEARD_MS; ;) {
    const findings = await findingsIn((await node.log(mark)).text, kong, signal);
    if (holds(findings)) return findings;
    if (Date.now() > deadline) return undefined;
    await pause(POLL_MS, signal);
  }
}

// How every operation on nodes runs from the editor: steps shown first, progress with Cancel, results told, failures opened in the panel.
import * as vscode from 'vscode';
import type { Operation } from '../../lifecycle/plan/plan';
import type { OperationResult, StepResult } from '../../lifecycle/types';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { Services } from '../services';
import { inEditorWords, offersIn } from './editorWords';
import { nodeName } from './nodeWords';
import { withProgress } from './progress';
import { follow } from './showFailure';
import { addTo } from '../../text/grouped';

/** Something to go on with. */
export interface Next {
  title: string;
  run: () => unknown;
}

/** What is done, in the words of messages, and how careful to be. */
export interface Doing {
  /** `Install hello-header`, for titles; the nodes come after `at`. */
  title: string;
  at?: 'from';
  /** `hello-header is loaded`, for the end. */
  done: string;
  /** What the dialog with the steps asks for; undefined runs without asking, for what changes nothing that lasts. */
  button?: string;
  /** What else the message at the end tells. */
  also?: () => string;
  /** What can be done next, for the message at the end; asked for then. */
  next?: () => Next | undefined;
  /** What does it all the same, when this step refuses. */
  instead?: Next & { of: string };
}

/** Runs an operation on nodes; whether it succeeded on all of them. */
export async function operateOn(
  services: Services,
  nodes: readonly Node[],
  operation: Operation,
  doing: Doing,
): Promise<boolean> {
  return (await resultsOn(services, nodes, operation, doing)).every(({ ok }) => ok);
}

/** As operateOn; returns what came of it on each node. */
export async function resultsOn(
  services: Services,
  nodes: readonly Node[],
  operation: Operation,
  doing: Doing,
): Promise<readonly OperationResult[]> {
  const where = nodes.map(({ id }) => nodeName(id)).join(', ');
  const whole = `${doing.title} ${doing.at ?? 'on'} ${where}`;
  const { operate } = await import('../../lifecycle/operations/operate');
  if (doing.button !== undefined) {
    const { results } = await withProgress(`Looking at ${where}`, ({ signal }) =>
      operate(nodes, operation, { signal, dryRun: true }),
    );
    const refused = results.find(({ ok }) => !ok);
    if (refused !== undefined) throw new UserError(refused.steps.at(-1)?.detail ?? `${where} cannot be reached.`);
    await confirmSteps(services, results, doing, `${whole}?`, doing.button);
  }
  const { results } = await withProgress(whole, async ({ signal, say }) => {
    const progress = (node: string, step: StepResult): void => {
      services.log.info(`${node}: ${step.name} ${step.status}: ${step.detail}`);
    };
    const begin = (node: string, name: string): void =>
      say(`${nodes.length > 1 ? `${nodeName(node)}: ` : ''}${spoken({ name })} …`);
    return operate(nodes, operation, { signal, progress, begin });
  });
  for (const { id } of nodes) await services.nodes.refreshOne(id);
  await tell(services, results, doing);
  return results;
}

/** Asks whether a database is changed. */
export async function agreeToMigrate(question: string): Promise<boolean> {
  const migrate = 'Migrate';
  const detail = 'Keep a copy of the database first.';
  return (await vscode.window.showWarningMessage(question, { modal: true, detail }, migrate)) === migrate;
}

/** Longer texts do not fit into a dialog. */
const MAX_PREVIEW = 1200;

/** Shows the steps and asks for a yes; what is too long for the dialog is opened behind it on request. */
async function confirmSteps(
  services: Services,
  results: readonly OperationResult[],
  doing: Doing,
  message: string,
  yes: string,
): Promise<void> {
  const steps = preview(results);
  const more = 'Show All';
  for (;;) {
    const detail = steps.length <= MAX_PREVIEW ? steps : `${steps.slice(0, MAX_PREVIEW)} …`;
    const buttons = steps.length <= MAX_PREVIEW ? [yes] : [yes, more];
    const chosen = await vscode.window.showWarningMessage(message, { modal: true, detail }, ...buttons);
    if (chosen === yes) return;
    if (chosen !== more) throw new vscode.CancellationError();
    await services.reports.show(`${doing.title}.txt`, `${message}\n\n${steps.replaceAll(', /', ',\n     /')}\n`);
  }
}

/** `out-of-use` as people read it. */
const spoken = ({ name }: Pick<StepResult, 'name'>): string => name.replaceAll('-', ' ');

/** The steps as the dialog shows them; on several nodes under their names, those with the same steps together. */
function preview(results: readonly OperationResult[]): string {
  const nodesOf = new Map<string, string[]>();
  for (const { node, steps } of results) {
    const text = steps.map((step, i) => `${i + 1}. ${spoken(step)}: ${inEditorWords(step.detail)}`).join('\n');
    addTo(nodesOf, text, nodeName(node));
  }
  if (nodesOf.size === 1) return [...nodesOf.keys()].join('');
  return [...nodesOf].map(([text, nodes]) => `${nodes.join(', ')}\n${text}`).join('\n\n');
}

async function tell(services: Services, results: readonly OperationResult[], doing: Doing): Promise<void> {
  const failed = results.find(({ ok }) => !ok);
  const details = 'Show Steps';
  if (failed === undefined) {
    const [{ NEXT_START, whyNotSeen }, { doneWords }] = await Promise.all([
      import('../../lifecycle/seen'),
      import('./doneWords'),
    ]);
    const steps = results[0]?.steps ?? [];
    const last = steps.findLast(({ name, status }) => status === 'done' && name !== NEXT_START)?.detail ?? '';
    const next = doing.next?.();
    const buttons = next === undefined ? [details] : [next.title, details];
    const wrong = results.find(({ findings }) => findings.length > 0);
    const warning = wrong?.steps.find((step) => step.warning === true)?.detail ?? '';
    if (wrong !== undefined)
      await services.troubleshooting.showFindings(wrong.findings, `Next start of ${nodeName(wrong.node)}`, wrong.node);
    const said = whyNotSeen(results) ?? (wrong === undefined ? last : warning);
    const done = doneWords(results, { ...doing, nameOf: nodeName });
    const message = inEditorWords(`${done} ${said} ${doing.also?.() ?? ''}`.trim());
    const shown =
      wrong === undefined
        ? vscode.window.showInformationMessage(message, ...buttons)
        : vscode.window.showWarningMessage(message, ...buttons);
    void shown.then((chosen) => {
      if (chosen === details) void showSteps(services, doing, results);
      else if (chosen !== undefined) next?.run();
    });
    return;
  }
  const step = failed.steps.find(({ status }) => status === 'failed');
  const instead = doing.instead?.of === step?.name ? doing.instead : undefined;
  const notUndone = failed.steps.flatMap(({ name, detail }) => (name === 'undo' ? detail : [])).join(' ');
  const isUndone = failed.steps.some(({ status }) => status === 'undone');
  const undone = isUndone ? ` ${notUndone === '' ? 'Everything was put back as it was.' : notUndone}` : '';
  if (failed.findings.length > 0)
    await services.troubleshooting.showFindings(
      failed.findings,
      `${doing.title} ${doing.at ?? 'on'} ${nodeName(failed.node)}`,
      failed.node,
    );
  const said = `${doing.title} ${doing.at ?? 'on'} ${nodeName(failed.node)} failed: ${step?.detail ?? ''}${undone}`;
  // what is to be done instead knows more than the sentence that advises the same
  const offers = instead === undefined ? offersIn(said) : [];
  const buttons = [...(instead === undefined ? [] : [instead.title]), ...offers.map(({ title }) => title), details];
  void vscode.window.showErrorMessage(inEditorWords(said), ...buttons).then((chosen) => {
    if (chosen === details) void showSteps(services, doing, results);
    else if (chosen !== undefined && chosen === instead?.title) instead.run();
    else void follow(offers.find(({ title }) => title === chosen));
  });
}

async function showSteps(services: Services, doing: Doing, results: readonly OperationResult[]): Promise<void> {
  const lines = results.flatMap(({ node, ok, steps }) => [
    `${nodeName(node)}: ${ok ? 'done' : 'failed'}`,
    ...steps.map((step) => `  ${step.status.padEnd(8)} ${spoken(step).padEnd(12)} ${inEditorWords(step.detail)}`),
    '',
  ]);
  await services.reports.show(`${doing.title}.txt`, [doing.title, '', ...lines].join('\n'));
}

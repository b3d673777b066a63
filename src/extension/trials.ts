// Requests that are tried through nodes: the last one of each node is remembered, and what it did stands in one document beside.
import * as vscode from 'vscode';
import type { SavedRequest } from '../lifecycle/trial/httpFile';
import type { TrialRequest, TrialResponse } from '../lifecycle/trial/types';
import type { Node } from '../node/node';
import { messageAndNext, UserError } from '../system/userError';
import { nodeName } from './dialogue/nodeWords';
import type { Reports } from './dialogue/reports';
import { withProgress } from './dialogue/progress';
import type { OperationResult } from '../lifecycle/types';
import { isCancellation, logUnexpected } from './dialogue/showFailure';
import type { Troubleshooting } from './panel/troubleshooting';
import type { WorkspaceNodes } from './workspaceNodes';
import type { WorkspacePlugins } from './workspacePlugins';

/** A request, and what is expected of its answer. */
export type Tried = Pick<SavedRequest, 'request' | 'expects'>;

const REPORT = 'Tried Request.txt';

export class Trials {
  readonly #last = new Map<string, Tried>();
  readonly #nodes: WorkspaceNodes;
  readonly #plugins: WorkspacePlugins;
  readonly #reports: Reports;
  readonly #troubleshooting: Troubleshooting;
  readonly #log: vscode.LogOutputChannel;
  #shown: Shown | undefined;
  /** The request that is sent again now. */
  #again: AbortController | undefined;

  constructor(
    log: vscode.LogOutputChannel,
    nodes: WorkspaceNodes,
    plugins: WorkspacePlugins,
    reports: Reports,
    troubleshooting: Troubleshooting,
  ) {
    this.#log = log;
    this.#nodes = nodes;
    this.#plugins = plugins;
    this.#reports = reports;
    this.#troubleshooting = troubleshooting;
  }

  /** The last request that was tried on a node. */
  last(id: string): Tried | undefined {
    return this.#last.get(id);
  }

  /** Sends a request through a node's proxy and shows what it did. Throws UserError when it does not get there. */
  async send(id: string, tried: Tried): Promise<void> {
    this.#last.set(id, tried);
    const words = wordsOf(tried.request);
    const { node, text, findings } = await withProgress(`Sending ${words} through ${nodeName(id)}`, ({ signal }) =>
      this.#try(id, tried, signal),
    );
    this.#shown = { id, node: node.id, tried };
    await this.#reports.show(REPORT, text, { beside: true });
    if (findings.length === 0) return;
    await this.#troubleshooting.showFindings(findings, `${words} on ${nodeName(id)}`, id, { keepFocus: true, ofCopy: [node] });
  }

  /** Sends the request of the open document again after a save that its node took, and changes the document. A newer save makes it pointless. */
  async again(node: string): Promise<void> {
    const shown = this.#shownOf(node);
    if (shown === undefined) return;
    const { id, tried } = shown;
    this.#again?.abort(new vscode.CancellationError());
    const again = new AbortController();
    this.#again = again;
    try {
      const { text } = await this.#try(id, tried, again.signal);
      if (!again.signal.aborted) this.#reports.change(REPORT, text);
    } catch (error) {
      if (isCancellation(error) || again.signal.aborted) return;
      if (!(error instanceof UserError)) logUnexpected(this.#log, 'Trying a request again', error);
      else this.#reports.change(REPORT, `${wordsOf(tried.request)}\n\n${messageAndNext(error)}\n`);
    }
  }

  /** Says in the open document that its node did not take a save, and why. */
  async refused(plugin: string, { node, findings, steps }: OperationResult): Promise<void> {
    const shown = this.#shownOf(node);
    if (shown === undefined) return;
    this.#again?.abort(new vscode.CancellationError());
    const { findingsText } = await import('../troubleshoot/findingsText');
    const why =
      findings.length > 0 ? findingsText(findings) : `${steps.find(({ status }) => status === 'failed')?.detail ?? ''}\n`;
    const head = `${wordsOf(shown.tried.request)} was not sent again: the last save of ${plugin} did not come into use on ${nodeName(node)}.`;
    this.#reports.change(REPORT, `${head}\n\n${why}`);
  }

  /** What the document shows of a node, while it is open: who closed it does not want to see more. */
  #shownOf(node: string): Shown | undefined {
    return this.#shown?.node === node && this.#reports.isOpen(REPORT) ? this.#shown : undefined;
  }

  async #try(id: string, { request, expects }: Tried, signal: AbortSignal): Promise<Outcome> {
    const { sendTrial } = await import('../lifecycle/trial/send');
    const [plugins, [node]] = await Promise.all([this.#plugins.all(), this.#nodes.openSome(id)]);
    const trial = await sendTrial(node, request, { signal, plugins, compare: true });
    const [{ changesWithoutSecrets, withoutSecrets }, { trialText }] = await Promise.all([
      import('../lifecycle/trial/shown'),
      import('../lifecycle/trial/trialText'),
    ]);
    const result = withoutSecrets(trial.result);
    const changes = trial.changes === null ? null : changesWithoutSecrets(trial.changes, trial.result);
    const text = `${expected(expects, trial.result.response)}${trialText(result, changes, trial.remarks)}`;
    return { node, text, findings: result.findings };
  }
}

/** What the document shows: the node as commands name it, and the Kong that it was. */
interface Shown {
  id: string;
  node: string;
  tried: Tried;
}

interface Outcome {
  node: Node;
  text: string;
  findings: Parameters<Troubleshooting['showFindings']>[0];
}

const wordsOf = ({ method, path }: TrialRequest): string => `${method} ${path}`;

/** How the answer is held against what was expected of it. */
function expected(expects: Tried['expects'], response: TrialResponse): string {
  const lines = expects.map(({ text, failure }) => {
    const but = failure(response);
    return but === undefined ? `✓ ${text}` : `✗ ${text}, but ${but}`;
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

// Try Request: one request through a node's proxy, typed or saved in an .http file; what it did is shown as a document beside.
import * as vscode from 'vscode';
import type { SavedRequest } from '../../lifecycle/trial/httpFile';
import type { TrialRequest, TrialResponse } from '../../lifecycle/trial/types';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askText, lastAnswer, rememberAnswer } from '../dialogue/ask';
import { askNode } from '../dialogue/askNodes';
import { RUNNING } from '../dialogue/fits';
import { nodeName } from '../dialogue/nodeWords';
import { withProgress } from '../dialogue/progress';
import type { Services } from '../services';

const REPORT = 'Tried Request.txt';

export const tryRequest: CommandHandler = async (services, argument) => {
  const saved = isSaved(argument) ? await savedAt(argument) : undefined;
  const request = saved?.request ?? (await askRequest(services));
  const id = await askNode(services, argument, 'Through the proxy of which node?', RUNNING);
  const { sendTrial } = await import('../../lifecycle/trial/send');
  const plugins = await services.plugins.all();
  const words = `${request.method} ${request.path}`;
  const { node, trial } = await withProgress(`Sending ${words} through ${nodeName(id)}`, async ({ signal }) => {
    const [node] = await services.nodes.open(id);
    if (node === undefined) throw new UserError(`${nodeName(id)} has no container now.`);
    return { node, trial: await sendTrial(node, request, { signal, plugins, compare: true }) };
  });
  const [{ changesWithoutSecrets, withoutSecrets }, { trialText }] = await Promise.all([
    import('../../lifecycle/trial/shown'),
    import('../../lifecycle/trial/trialText'),
  ]);
  const result = withoutSecrets(trial.result);
  const changes = trial.changes === null ? null : changesWithoutSecrets(trial.changes, trial.result);
  const text = `${expected(saved, trial.result.response)}${trialText(result, changes, trial.remarks)}`;
  await services.reports.show(REPORT, text, { beside: true });
  if (result.findings.length === 0) return;
  await services.troubleshooting.showFindings(result.findings, `${words} on ${nodeName(id)}`, id, {
    keepFocus: true,
    ofCopy: [node],
  });
};

interface SavedPlace {
  file: string;
  line: number;
}

function isSaved(argument: unknown): argument is SavedPlace {
  if (typeof argument !== 'object' || argument === null) return false;
  return 'file' in argument && typeof argument.file === 'string' && 'line' in argument && typeof argument.line === 'number';
}

/** The request of a line, as the editor has it now. Throws UserError with the place of what cannot be read. */
async function savedAt({ file, line }: SavedPlace): Promise<SavedRequest> {
  const { readHttpFile } = await import('../../lifecycle/trial/httpFile');
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(file));
  const { requests, problems } = readHttpFile(document.getText(), process.env);
  const [problem] = problems;
  if (problem !== undefined) throw new UserError(problem.message, { at: { path: file, line: problem.line } });
  const found = requests.find((saved) => saved.line === line);
  if (found === undefined) throw new UserError('There is no request on this line any more.', { at: { path: file, line } });
  return found;
}

async function askRequest(services: Services): Promise<TrialRequest> {
  const { methodAndPath, trialRequest } = await import('../../lifecycle/trial/request');
  const read = (text: string): TrialRequest => {
    const words = text.split(/\s+/).filter((word) => word !== '');
    return trialRequest({ ...methodAndPath(words), headers: [], body: undefined });
  };
  const text = await askText({
    title: 'Try Request',
    prompt: 'Method and path; headers, a body and what is expected stand in an .http file',
    value: lastAnswer(services, 'request') ?? 'GET /',
    check: (typed) => {
      try {
        read(typed);
        return undefined;
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
    },
  });
  await rememberAnswer(services, 'request', text);
  return read(text);
}

/** How the answer is held against what was expected of it. */
function expected(saved: SavedRequest | undefined, response: TrialResponse): string {
  const lines = (saved?.expects ?? []).map(({ text, failure }) => {
    const but = failure(response);
    return but === undefined ? `✓ ${text}` : `✗ ${text}, but ${but}`;
  });
  return lines.length === 0 ? '' : `${lines.join('\n')}\n\n`;
}

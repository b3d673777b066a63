// Try Request: one request through a node's proxy, typed or saved in an .http file; what it did is shown as a document beside.
import * as vscode from 'vscode';
import type { SavedRequest } from '../../lifecycle/trial/httpFile';
import type { TrialRequest } from '../../lifecycle/trial/types';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askText, lastAnswer, rememberAnswer } from '../dialogue/ask';
import { askNode } from '../dialogue/askNodes';
import { RUNNING } from '../dialogue/fits';
import type { Services } from '../services';

export const tryRequest: CommandHandler = async (services, argument) => {
  const saved = isSaved(argument) ? await savedAt(argument) : undefined;
  const tried = saved ?? { request: await askRequest(services), expects: [] };
  const id = await askNode(services, argument, 'Through the proxy of which node?', RUNNING);
  await services.trials.send(id, tried);
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

/** A request that is typed; the last one stands there. */
export async function askRequest(services: Services): Promise<TrialRequest> {
  const { typedRequest } = await import('../../lifecycle/trial/request');
  const text = await askText({
    title: 'Try Request',
    prompt: 'Method and path; headers, a body and what is expected stand in an .http file',
    value: lastAnswer(services, 'request') ?? 'GET /',
    check: (typed) => {
      try {
        typedRequest(typed);
        return undefined;
      } catch (error) {
        if (error instanceof UserError) return error.message;
        throw error;
      }
    },
  });
  await rememberAnswer(services, 'request', text);
  return typedRequest(text);
}

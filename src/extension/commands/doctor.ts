// Doctor: what is on this machine and on the target nodes, as a document that can be copied into a report.
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import { withProgress } from '../dialogue/progress';
import { messageAndNext, UserError } from '../../system/userError';

export const doctor: CommandHandler = async ({ nodes }) => {
  const { examineMachine, examineNode, reportOf } = await import('../../node/doctor');
  const content = await withProgress('Looking at what is here', async ({ signal, say }) => {
    const reports = [reportOf('This machine', await examineMachine(process.env, signal))];
    for (const id of nodes.target) {
      say(id);
      try {
        for (const node of await nodes.open(id)) reports.push(reportOf(node.id, await examineNode(node, signal)));
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        reports.push(`${id}\n  ${messageAndNext(error)}\n`);
      }
    }
    return reports.join('\n');
  });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ content, language: 'plaintext' }));
};

// Feeding the troubleshooter: the clipboard, a file, what is selected in an editor, a node's log, a start that would fail.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { told } from '../dialogue/ask';
import { askLogFile, askNodeLog, clipboardText } from '../dialogue/askLog';
import { askNode } from '../dialogue/askNodes';
import { nodeName } from '../dialogue/nodeWords';
import { withProgress } from '../dialogue/progress';
import { cardKey } from '../panel/diagnosis';

export const diagnoseClipboard: CommandHandler = async ({ troubleshooting }) => {
  await troubleshooting.diagnoseText(await clipboardText(), 'Clipboard');
};

export const diagnoseFile: CommandHandler = async ({ troubleshooting }, argument) => {
  await troubleshooting.diagnoseFile(await askLogFile(argument instanceof vscode.Uri ? argument : undefined));
};

export const diagnoseSelection: CommandHandler = async ({ troubleshooting }) => {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) throw new UserError('No text is selected.', { next: 'Open a log and select what Kong said.' });
  const { document, selection } = editor;
  // nothing selected means all of it
  const text = document.getText(selection.isEmpty ? undefined : selection);
  const name = vscode.workspace.asRelativePath(document.uri);
  await troubleshooting.diagnoseText(text, selection.isEmpty ? name : `${name}, selection`);
};

export const diagnoseNode: CommandHandler = async (services, argument) => {
  await services.troubleshooting.diagnoseNode(await askNodeLog(services, argument), false);
};

export const followNode: CommandHandler = async (services, argument) => {
  await services.troubleshooting.diagnoseNode(await askNodeLog(services, argument), true);
};

export const explainStart: CommandHandler = async (services, argument) => {
  const { name: plugin } = told(services, argument);
  const id = await askNode(services, argument, 'Whose next start?');
  const { nodes, findings } = await withProgress(`Looking at ${nodeName(id)}`, async ({ signal }) => {
    const { inspectNode } = await import('../../lifecycle/state/status');
    const nodes = await services.nodes.open(id);
    const seen = await Promise.all(nodes.map((node) => inspectNode(node, { signal })));
    return { nodes, findings: seen.flatMap(({ prediction }) => prediction.all.flatMap((obstacle) => obstacle.findings)) };
  });
  if (findings.length === 0) {
    await services.nodes.refreshOne(id);
    void vscode.window.showInformationMessage(`Nothing is in the way of the next start of ${nodeName(id)}.`);
    return;
  }
  const distinct = [...new Map(findings.map((finding) => [cardKey(finding), finding])).values()];
  await services.troubleshooting.showFindings(distinct, `Next start of ${nodeName(id)}`, id, { ofCopy: nodes });
  if (plugin !== undefined) await services.troubleshooting.explain((finding) => finding.plugin === plugin);
};

export const copyDiagnosis: CommandHandler = ({ troubleshooting }) => troubleshooting.copy();

/** What a diagnostic of ours is about; without it the panel opens as it is. */
export const explainFinding: CommandHandler = async ({ troubleshooting }, key) => {
  await (typeof key === 'string' ? troubleshooting.explain((finding) => cardKey(finding) === key) : troubleshooting.reveal());
};

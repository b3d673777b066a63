// Feeding the troubleshooter: the clipboard, a file, what is selected in an editor.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import { nodeName } from '../views/nodeWords';
import type { CommandHandler } from './index';
import { askNode } from './nodes';
import { withProgress } from './progress';

export const diagnoseClipboard: CommandHandler = async ({ troubleshooting }) => {
  const text = await vscode.env.clipboard.readText();
  if (text.trim() === '')
    throw new UserError('The clipboard holds no text.', { next: 'Copy what Kong said, then run this again.' });
  await troubleshooting.diagnoseText(text, 'Clipboard');
};

export const diagnoseFile: CommandHandler = async ({ troubleshooting }, argument) => {
  const uri = argument instanceof vscode.Uri ? argument : await chooseFile();
  if (uri === undefined) return;
  if (uri.scheme !== 'file')
    throw new UserError('Only files of this machine can be diagnosed.', { next: 'Copy the text and run Diagnose Clipboard.' });
  await troubleshooting.diagnoseFile(uri.fsPath);
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
  const id = await askNode(services, argument, 'Whose log?');
  const logs = await withProgress(`Reading the log of ${nodeName(id)}`, async () => {
    const opened = await services.nodes.open(id);
    return Promise.all(opened.map((node) => node.log()));
  });
  const text = logs.map((log) => log.text).join('\n');
  if (text.trim() === '') {
    throw new UserError(`${nodeName(id)} has no log.`, {
      next: 'Start Kong there, or paste its output into Kong Troubleshooting.',
    });
  }
  await services.troubleshooting.diagnoseText(text, nodeName(id), id);
};

export const copyDiagnosis: CommandHandler = ({ troubleshooting }) => troubleshooting.copy();

export const explainFinding: CommandHandler = async ({ troubleshooting }) => {
  await troubleshooting.reveal();
};

async function chooseFile(): Promise<vscode.Uri | undefined> {
  const chosen = await vscode.window.showOpenDialog({ title: 'Diagnose Log File', openLabel: 'Diagnose', canSelectMany: false });
  return chosen?.[0];
}

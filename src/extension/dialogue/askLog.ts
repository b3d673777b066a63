// What is to be diagnosed: the clipboard's text, a file, the log of a node; asked for where it was not told.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { NodeLog } from '../panel/actions';
import type { Services } from '../services';
import { openFile } from './askFile';
import { askNode } from './askNodes';
import { nodeName } from './nodeWords';

/** The clipboard's text. Throws UserError when it holds none. */
export async function clipboardText(): Promise<string> {
  const text = await vscode.env.clipboard.readText();
  if (text.trim() === '')
    throw new UserError('The clipboard holds no text.', {
      next: 'Copy what Kong said, then run Kong Plugin: Diagnose Clipboard again.',
    });
  return text;
}

/** The path of a file: the one that was told, or the one the person picks. Throws UserError for what is no file of this machine, and a cancellation. */
export async function askLogFile(told?: vscode.Uri): Promise<string> {
  if (told === undefined) return openFile({ title: 'Diagnose Log File', openLabel: 'Diagnose' });
  if (told.scheme !== 'file')
    throw new UserError('Only files of this machine can be diagnosed.', {
      next: 'Copy the text and run Kong Plugin: Diagnose Clipboard.',
    });
  return told.fsPath;
}

/** The log of a node: the one the argument tells, or the one the person picks. Throws UserError. */
export async function askNodeLog(services: Services, argument: unknown): Promise<NodeLog> {
  const id = await askNode(services, argument, 'Whose log?');
  const kong = services.nodes.get(id)?.status?.kong ?? null;
  return { id, name: nodeName(id), kong, nodes: await services.nodes.open(id) };
}

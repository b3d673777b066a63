// Our log: the editor's own channel, and the same lines kept for where the editor cannot write its logs to disk and shows nothing.
import { stat } from 'node:fs/promises';
import { format } from 'node:util';
import * as vscode from 'vscode';
import type { Reports } from './dialogue/reports';
import { errorCode } from '../system/userError';

const NAME = 'Kong Plugin';
/** So many lines are kept. */
const KEPT = 5_000;
/** Older ones go together, so that not every line moves all others. */
const SPARE = 500;

/** The channel. Where the editor has no file of it, `show` opens what was kept as a document. */
export function openLog(context: vscode.ExtensionContext, reports: Reports): vscode.LogOutputChannel {
  const channel = vscode.window.createOutputChannel(NAME, { log: true });
  const lines: string[] = [];
  const keep = (line: string): void => {
    lines.push(line);
    if (lines.length > KEPT + SPARE) lines.splice(0, SPARE);
  };
  const at =
    (level: 'trace' | 'debug' | 'info' | 'warn' | 'error') =>
    (message: string | Error, ...args: unknown[]): void => {
      keep(`${new Date().toISOString()} [${level}] ${format(message, ...args)}`);
      if (level === 'error') channel.error(message, ...args);
      else channel[level](message instanceof Error ? String(message) : message, ...args);
    };
  const showKept = async (): Promise<void> => {
    if (await isWritten(vscode.Uri.joinPath(context.logUri, `${NAME}.log`))) return;
    await reports.show(`${NAME} Log.txt`, `${lines.join('\n')}\n`);
  };
  const own = {
    name: channel.name,
    get logLevel() {
      return channel.logLevel;
    },
    onDidChangeLogLevel: channel.onDidChangeLogLevel,
    trace: at('trace'),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    append(value: string) {
      keep(value);
      channel.append(value);
    },
    appendLine(value: string) {
      keep(value);
      channel.appendLine(value);
    },
    replace(value: string) {
      lines.splice(0);
      keep(value);
      channel.replace(value);
    },
    clear() {
      lines.splice(0);
      channel.clear();
    },
    hide: () => channel.hide(),
    dispose: () => channel.dispose(),
  };
  return Object.assign(own, {
    show: (focus?: vscode.ViewColumn | boolean) => {
      channel.show(focus === true);
      void showKept();
    },
  });
}

async function isWritten(uri: vscode.Uri): Promise<boolean> {
  try {
    await stat(uri.fsPath);
    return true;
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return false;
  }
}

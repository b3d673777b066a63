// Commands about ourselves: the log and the language server.
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';

export const restartServer: CommandHandler = async ({ server }) => {
  await server.restart();
  void vscode.window.setStatusBarMessage('Kong Plugin language server restarted', 3000);
};

export const showLog: CommandHandler = ({ log }) => {
  log.show();
  return Promise.resolve();
};

// What is wrong with the plugins of a workspace is known without a click: they are checked once it is open, and again as their files change.
import * as vscode from 'vscode';
import { isCancellation, logUnexpected } from './dialogue/showFailure';
import type { Services } from './services';

/** Files change in bursts: a branch switch, a save of all. */
const PAUSE_MS = 500;

/** Checks in the background, with a word in the status bar. Ends with what it gives back. */
export function checkOnOpen({ plugins, check, log }: Pick<Services, 'plugins' | 'check' | 'log'>): vscode.Disposable {
  const stop = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let working = Promise.resolve();
  const run = async (): Promise<void> => {
    if (vscode.workspace.workspaceFolders === undefined) return;
    try {
      await vscode.window.withProgress({ location: vscode.ProgressLocation.Window, title: 'Kong plugins' }, async (progress) => {
        await plugins.all();
        await check.checkStale(stop.signal, (message) => progress.report({ message: `checking ${message}` }));
      });
    } catch (error) {
      if (!isCancellation(error) && !stop.signal.aborted) logUnexpected(log, 'Checking plugins', error);
    }
  };
  const soon = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      // what one check has done is not stale for the next
      working = working.then(run);
    }, PAUSE_MS);
  };
  // after activation, which must not wait for it
  soon();
  return vscode.Disposable.from(plugins.onDidChange(soon), vscode.workspace.onDidChangeWorkspaceFolders(soon), {
    dispose: () => {
      clearTimeout(timer);
      stop.abort(new vscode.CancellationError());
    },
  });
}

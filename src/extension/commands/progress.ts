// Long work in a notification with Cancel.
import * as vscode from 'vscode';

/** What the work may use: a signal that Cancel aborts, and a way to say where it is. */
export interface Work {
  signal: AbortSignal;
  say: (message: string) => void;
}

/** Runs work in a progress notification; Cancel aborts its signal. */
export async function withProgress<T>(title: string, run: (work: Work) => Promise<T>): Promise<T> {
  return vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, title, cancellable: true },
    async (progress, token) => {
      const stop = new AbortController();
      const subscription = token.onCancellationRequested(() => stop.abort(new vscode.CancellationError()));
      try {
        return await run({ signal: stop.signal, say: (message) => progress.report({ message }) });
      } finally {
        subscription.dispose();
      }
    },
  );
}

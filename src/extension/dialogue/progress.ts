// Long work in a notification with Cancel; short work shows none.
import * as vscode from 'vscode';

/** What the work may use: a signal that Cancel aborts, and a way to say where it is. */
export interface Work {
  signal: AbortSignal;
  say: (message: string) => void;
}

/** What ends sooner would only flash. */
const PATIENCE_MS = 400;

/** Runs work; when it takes its time, in a progress notification whose Cancel aborts its signal. */
export async function withProgress<T>(title: string, run: (work: Work) => Promise<T>): Promise<T> {
  const stop = new AbortController();
  let said: string | undefined;
  let show = (message: string): void => void (said = message);
  const work = run({ signal: stop.signal, say: (message) => show(message) });
  const timer = setTimeout(() => {
    void vscode.window.withProgress(
      { location: vscode.ProgressLocation.Notification, title, cancellable: true },
      async (progress, token) => {
        show = (message) => progress.report({ message });
        if (said !== undefined) show(said);
        const subscription = token.onCancellationRequested(() => stop.abort(new vscode.CancellationError()));
        await Promise.allSettled([work]);
        subscription.dispose();
      },
    );
  }, PATIENCE_MS);
  try {
    return await work;
  } finally {
    clearTimeout(timer);
  }
}

// How anything that goes wrong reaches the person: a sentence and a next step, or an honest "this is a bug" with the log.
import * as vscode from 'vscode';
import { refusal } from '../../system/fileErrors';
import { messageOf, UserError } from '../../system/userError';
import { failureWords, type Offer } from './editorWords';

const SHOW_LOG = 'Show Log';

/** Whether something was thrown only because the person cancelled. */
export function isCancellation(error: unknown): boolean {
  return error instanceof vscode.CancellationError || (error instanceof Error && error.name === 'AbortError');
}

/** Writes anything unexpected to the log, with its stack. */
export function logUnexpected(log: vscode.LogOutputChannel, what: string, error: unknown): void {
  log.error(`${what}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
}

/** Opens a file at a zero-based line. */
export async function openAt(file: string, line = 0): Promise<void> {
  const position = new vscode.Position(Math.max(0, line), 0);
  await vscode.window.showTextDocument(vscode.Uri.file(file), { selection: new vscode.Range(position, position) });
}

/** Does what was offered; nothing when nothing was chosen. */
export async function follow(offer: Offer | undefined): Promise<void> {
  if (offer === undefined) return;
  if ('open' in offer) await openAt(offer.open.path, offer.open.line);
  else await vscode.commands.executeCommand(offer.command, ...offer.args);
}

/** Shows why `what` did not work; cancelling is no failure and says nothing. */
export async function showFailure(log: vscode.LogOutputChannel, what: string, thrown: unknown): Promise<void> {
  const error = refusal(thrown) ?? thrown;
  if (isCancellation(error)) {
    log.info(`${what}: cancelled.`);
    return;
  }
  if (error instanceof UserError) {
    const { message, offers } = failureWords(error);
    log.warn(`${what}: ${message}`);
    const chosen = await vscode.window.showErrorMessage(message, ...offers.map(({ title }) => title), SHOW_LOG);
    if (chosen === SHOW_LOG) log.show();
    else await follow(offers.find(({ title }) => title === chosen));
    return;
  }
  logUnexpected(log, what, error);
  const chosen = await vscode.window.showErrorMessage(
    `${what} failed unexpectedly: ${messageOf(error)}. This is a bug of Kong Plugin Workbench; the log has the details.`,
    SHOW_LOG,
  );
  if (chosen === SHOW_LOG) log.show();
}

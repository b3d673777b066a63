// The walkthrough opens by itself once after the extension was installed, where a workspace of ours is open.
import * as vscode from 'vscode';
import { EXTENSION_ID } from '../contributions/names';
import { WALKTHROUGH } from '../contributions/walkthrough';
import { logUnexpected } from './dialogue/showFailure';

const SHOWN = 'walkthrough.shown';

/** Opens it, unless it has been opened on this machine; not while the extension is developed or tested from its source. */
export function openWalkthroughOnce(context: vscode.ExtensionContext, log: vscode.LogOutputChannel): void {
  if (context.extensionMode !== vscode.ExtensionMode.Production || context.globalState.get(SHOWN) === true) return;
  const open = async (): Promise<void> => {
    await context.globalState.update(SHOWN, true);
    await vscode.commands.executeCommand('workbench.action.openWalkthrough', `${EXTENSION_ID}#${WALKTHROUGH.id}`, false);
  };
  open().catch((error: unknown) => logUnexpected(log, 'Opening the walkthrough', error));
}

// What is done with a use of a plugin in the Nodes view: switched on and off, copied as text, removed.
import * as vscode from 'vscode';
import type { CommandHandler } from '../../commandHandler';
import { workspacePath } from '../../dialogue/ask';
import { operateOn } from '../../dialogue/operate';
import { openAt } from '../../dialogue/showFailure';
import { keepFile } from '../../keepFile';
import type { Services } from '../../services';
import { askUse, type AskedUse } from '../../use/askUse';

export const switchUseOn: CommandHandler = (services, argument) => switchTo(services, argument, true);
export const switchUseOff: CommandHandler = (services, argument) => switchTo(services, argument, false);

async function switchTo(services: Services, argument: unknown, enabled: boolean): Promise<void> {
  const verb = enabled ? 'Switch On' : 'Switch Off';
  const { use, nodes, words } = await askUse(services, argument, `${verb}: which configuration?`);
  const { editOperation } = await import('../../../lifecycle/operations/configure');
  await operateOn(services, nodes, editOperation(use.id, use.plugin, { words: [], enabled }), {
    title: `${verb} ${words}`,
    done: `${words} is switched ${enabled ? 'on' : 'off'}`,
    button: verb,
  });
}

export const removeUse: CommandHandler = async (services, argument) => {
  const { use, nodes, words } = await askUse(services, argument, 'Remove which configuration?');
  const { unconfigureOperation } = await import('../../../lifecycle/operations/unconfigure');
  const kept: string[] = [];
  const keep = async (text: string, extension: 'json' | 'yml'): Promise<string> => {
    const file = await keepFile(services, `${use.plugin}-removed.${extension}`, text);
    kept.push(file);
    return file;
  };
  await operateOn(services, nodes, unconfigureOperation(use.id, keep), {
    title: `Remove ${words}`,
    at: 'from',
    done: `${words} removed`,
    button: 'Remove',
    also: () => (kept.length === 0 ? '' : `It is kept in ${kept.map(workspacePath).join(', ')}.`),
    next: () => {
      const [file] = kept;
      return file === undefined ? undefined : { title: 'Open Kept Configuration', run: () => openAt(file) };
    },
  });
};

export const copyUseAsDeclarative: CommandHandler = async (services, argument) => {
  const asked = await askUse(services, argument, 'Copy which configuration?');
  const { asDeclarative } = await import('../../../lifecycle/state/use/copies');
  await copy(asked, asDeclarative(asked.use), 'an entry of kong.yml');
};

export const copyUseAsAdminCall: CommandHandler = async (services, argument) => {
  const asked = await askUse(services, argument, 'Copy which configuration?');
  const { asAdminCall } = await import('../../../lifecycle/state/use/copies');
  await copy(asked, asAdminCall(asked.use), 'a call of the Admin API');
};

async function copy({ words }: AskedUse, text: string, as: string): Promise<void> {
  await vscode.env.clipboard.writeText(text);
  void vscode.window.setStatusBarMessage(`${words} is on the clipboard as ${as}`, 5000);
}

// Persist: what makes an installation survive its container, opened for review; nothing is written before the person saves it.
import path from 'node:path';
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose } from '../dialogue/ask';
import { askNode } from '../dialogue/askNodes';
import { withProgress } from '../dialogue/progress';

const FORMS = [
  {
    id: 'compose',
    label: '$(layers) Compose override',
    description: 'for a service of compose: mounts the plugin and enables it',
    file: 'compose.override.yaml',
  },
  { id: 'dockerfile', label: '$(package) Dockerfile', description: 'an image with the plugin in it', file: 'Dockerfile' },
] as const;

export const persist: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Persist: which plugin?');
  const id = await askNode(services, argument, `Where does ${plugin.name} run?`);
  const folder = vscode.workspace.getWorkspaceFolder(vscode.Uri.file(plugin.dir))?.uri.fsPath ?? plugin.root;
  const { composeOverride, dockerfile, persistInput } = await import('../../lifecycle/operations/persist');
  const input = await withProgress('Looking at the node', async () => {
    const { viewNode } = await import('../../lifecycle/state/view');
    const [node] = await services.nodes.open(id);
    if (node === undefined) throw new UserError(`${id} has no container.`);
    return persistInput(await viewNode(node), [plugin], folder);
  });
  // what compose did not make it does not make anew
  const fitting = input.madeByCompose ? FORMS : FORMS.toReversed();
  const question = `form to persist${input.madeByCompose ? '' : ' without compose'}`;
  const form = await choose(services, question, `Keep ${plugin.name} as`, fitting);
  const text = form.id === 'compose' ? composeOverride(input) : dockerfile(input);
  await review(path.join(folder, form.file), text);
};

/** Opens a text as a file that is not saved yet; one that exists already is left alone, and the text has no name. */
async function review(file: string, text: string): Promise<void> {
  const exists = await vscode.workspace.fs.stat(vscode.Uri.file(file)).then(
    () => true,
    () => false,
  );
  const language = file.endsWith('.yaml') ? 'yaml' : 'dockerfile';
  const document = exists
    ? await vscode.workspace.openTextDocument({ content: text, language })
    : await vscode.workspace.openTextDocument(vscode.Uri.file(file).with({ scheme: 'untitled' }));
  const editor = await vscode.window.showTextDocument(document);
  if (!exists) {
    const whole = new vscode.Range(0, 0, document.lineCount, 0);
    await editor.edit((edit) => edit.replace(whole, text));
  }
}

// Recover: what an interrupted operation left on a node is shown, and put back or forgotten by the person's word.
import * as vscode from 'vscode';
import type { CommandHandler } from '../commandHandler';
import { askNodes } from '../dialogue/askNodes';
import { nodeName } from '../dialogue/nodeWords';
import { withProgress } from '../dialogue/progress';
import { UserError } from '../../system/userError';

const UNDO = 'Put Back';
const FORGET = 'Leave as It Is';

export const recoverNode: CommandHandler = async (services, argument) => {
  const nodes = await askNodes(services, argument, 'Recover which node?');
  const [{ interruptedOn }, { recover }] = await Promise.all([
    import('../../lifecycle/state/interrupted'),
    import('../../lifecycle/plan/recover'),
  ]);
  for (const node of nodes) {
    const name = nodeName(node.id);
    const left = await interruptedOn(node, (await node.facts()).prefix);
    if (left === undefined) {
      void vscode.window.showInformationMessage(`Nothing was interrupted on ${name}.`);
      continue;
    }
    const detail = left.files.join('\n');
    const chosen = await vscode.window.showWarningMessage(`${name}: ${left.says}`, { modal: true, detail }, UNDO, FORGET);
    if (chosen === undefined) throw new vscode.CancellationError();
    const how = chosen === UNDO ? 'undo' : 'forget';
    const result = await withProgress(`Recover ${name}`, ({ signal }) => recover(node, { how, trusted: true, signal }));
    await services.nodes.refreshOne(node.id);
    const said = result.steps.at(-1)?.detail ?? '';
    if (!result.ok) throw new UserError(said);
    void vscode.window.showInformationMessage(`${name}: ${said}`);
  }
};

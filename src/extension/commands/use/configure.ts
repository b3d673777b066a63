// Configure: a plugin put to use on a node, or a use that is there changed, as a document that is applied by a click.
import * as vscode from 'vscode';
import type { NodeView } from '../../../lifecycle/state/view';
import { UserError } from '../../../system/userError';
import type { CommandHandler } from '../../commandHandler';
import { choose, told } from '../../dialogue/ask';
import { askNode } from '../../dialogue/askNodes';
import { nodeName } from '../../dialogue/nodeWords';
import { withProgress } from '../../dialogue/progress';
import type { Services } from '../../services';
import { applyDocument } from '../../use/applyConfiguration';
import { askUse } from '../../use/askUse';
import { enabledPlugins } from '../../use/nodeFacts';
import { openNew, openUse } from '../../use/openConfiguration';
import { askRequest } from '../tryRequest';

export const configure: CommandHandler = async (services, argument) => {
  const id = await askNode(services, argument, 'Configure on which node?');
  const view = await look(services, id);
  const plugin = told(services, argument).name ?? (await askEnabled(services, view));
  const [{ refuseDisabled }, { targetsOn }, { storeAndUses }, { placeOf, scopeWords }, { scopeSentence }] = await Promise.all([
    import('../../../lifecycle/state/use/enabled'),
    import('../../../lifecycle/state/use/targets'),
    import('../../../lifecycle/operations/useSteps'),
    import('../../../lifecycle/state/use/listUses'),
    import('../../../lifecycle/state/use/seenUses'),
  ]);
  refuseDisabled(view, [plugin]);
  const { uses, targets } = await withProgress(`Looking at ${nodeName(id)}`, async ({ signal }) => {
    const { store, uses } = await storeAndUses(view);
    return { uses, targets: await targetsOn(store, signal) };
  });
  const places = [{ on: [], hint: 'every request' }, ...targets.map(({ kind, name, hint }) => ({ on: [{ kind, name }], hint }))];
  const items = places.map(({ on, hint }) => {
    const use = uses.find((one) => placeOf(one) === placeOf({ plugin, instance: undefined, on }));
    const isThere = use === undefined ? undefined : 'configured already: opens what is there';
    const description = [hint, isThere].filter((word) => word !== undefined && word !== '').join(' · ');
    return { id: scopeWords({ on }), label: scopeSentence({ on }), description, on, use };
  });
  const { on, use } = await choose(services, 'scope', `Apply ${plugin} to`, items);
  await (use === undefined ? openNew(view, id, plugin, on) : openUse(view, id, use));
};

export const editUse: CommandHandler = async (services, argument) => {
  const { id, use } = await askUse(services, argument, 'Edit which configuration?');
  await openUse(await look(services, id), id, use);
};

async function look(services: Services, id: string): Promise<NodeView> {
  const { viewNode } = await import('../../../lifecycle/state/view');
  return withProgress(`Looking at ${nodeName(id)}`, async ({ signal }) => {
    const [node] = await services.nodes.openSome(id);
    return viewNode(node, { signal });
  });
}

/** A plugin that is enabled there: those that do not ship with Kong first. */
async function askEnabled(services: Services, view: NodeView): Promise<string> {
  const { own, shipped } = await enabledPlugins(view);
  const items = [
    ...own.map((name) => ({ id: name, label: name, description: '' })),
    ...shipped.map((name) => ({ id: name, label: name, description: 'ships with Kong' })),
  ];
  return (await choose(services, 'plugin to configure', 'Configure: which plugin?', items)).id;
}

export const applyConfiguration: CommandHandler = async (services, argument) => {
  await applyDocument(services, await documentOf(argument));
};

export const applyAndTry: CommandHandler = async (services, argument) => {
  const node = await applyDocument(services, await documentOf(argument));
  if (node === undefined) return;
  await services.trials.send(node, services.trials.last(node) ?? { request: await askRequest(services), expects: [] });
};

export const discardConfiguration: CommandHandler = async (_services, argument) => {
  const document = await documentOf(argument);
  await vscode.window.showTextDocument(document);
  await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
};

/** The document of a click, or the one that is being edited. Throws UserError for one of something else. */
async function documentOf(argument: unknown): Promise<vscode.TextDocument> {
  const { isUseDocument } = await import('../../../config/given/useDocument');
  const uri =
    typeof argument === 'object' && argument !== null && 'document' in argument && typeof argument.document === 'string'
      ? argument.document
      : vscode.window.activeTextEditor?.document.uri.toString();
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri);
  if (document !== undefined && isUseDocument(document.getText())) return document;
  throw new UserError('This is no configuration of a plugin.', { next: 'Run Kong Plugin: Configure… to open one.' });
}

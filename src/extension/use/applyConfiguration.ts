// Applies the document of a configuration to its node; what Kong refuses comes back on the field.
import * as vscode from 'vscode';
import type { ReadUse } from '../../config/given/useDocument';
import type { Given } from '../../lifecycle/operations/configure';
import type { Operation } from '../../lifecycle/plan/plan';
import type { OperationResult } from '../../lifecycle/types';
import type { Node } from '../../node/node';
import { UserError } from '../../system/userError';
import type { Diagnostic } from '../../text/diagnostic';
import { resultsOn } from '../dialogue/operate';
import type { Services } from '../services';
import { absoluteNodeId } from '../settings';

/** Where findings say that they are. */
const NAME = 'configuration';

/** Applies it, after showing the steps; the node's id where it was done. Throws UserError for what cannot be applied. */
export async function applyDocument(services: Services, document: vscode.TextDocument): Promise<string | undefined> {
  const { readUseDocument, withId } = await import('../../config/given/useDocument');
  const text = document.getText();
  const read = readUseDocument(text);
  const wrong = read.problems.find(({ severity }) => severity === 'error');
  const { node, plugin, scope, id } = read;
  if (wrong !== undefined || node === undefined || plugin === undefined)
    throw new UserError(`Line ${(wrong?.range.start.line ?? 0) + 1}: ${wrong?.message ?? 'node or plugin is missing'}`);
  const nodeId = absoluteNodeId(node);
  const nodes = await services.nodes.open(nodeId);
  const words = `${plugin} ${id === undefined ? `on ${scope ?? ''}` : ''}`.trim();
  const results = await resultsOn(services, nodes, await operationOf(read, plugin), {
    title: `Configure ${words}`,
    done: `${words} configured`,
    button: 'Apply',
  });
  if (results.every(({ ok }) => ok)) {
    const made = id ?? (await idOf(nodes[0], plugin, scope ?? ''));
    if (id === undefined && made !== undefined) await rewrite(document, withId(document.getText(), made));
    return nodeId;
  }
  if (document.getText() === text) services.configurations.show(document.uri, await refusals(results, read));
  return undefined;
}

async function operationOf({ id, scope, entity, lineOf }: ReadUse, plugin: string): Promise<Operation> {
  const { configureOperation, editOperation } = await import('../../lifecycle/operations/configure');
  const given: Given = { words: [], file: { name: NAME, read: () => ({ entity, lineOf }) } };
  if (id !== undefined) return editOperation(id, plugin, given);
  const { scopeOf } = await import('../../lifecycle/state/use/scope');
  return configureOperation(plugin, scopeOf(scope ?? ''), given);
}

/** The id of what is there now. */
async function idOf(node: Node | undefined, plugin: string, scope: string): Promise<string | undefined> {
  if (node === undefined) return undefined;
  const [{ seeUses }, { scopeWords }, { viewNode }] = await Promise.all([
    import('../../lifecycle/state/use/seenUses'),
    import('../../lifecycle/state/use/listUses'),
    import('../../lifecycle/state/view'),
  ]);
  const { uses } = await seeUses(await viewNode(node), plugin, undefined);
  return uses.find((use) => scopeWords(use) === scope)?.id;
}

async function rewrite(document: vscode.TextDocument, text: string): Promise<void> {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, new vscode.Range(0, 0, document.lineCount, 0), text);
  await vscode.workspace.applyEdit(edit);
}

/** What was refused, where it stands in the document. */
async function refusals(results: readonly OperationResult[], read: ReadUse): Promise<Diagnostic[]> {
  const { refusedParts } = await import('../../lifecycle/steps/refused');
  const parts = refusedParts(
    results.flatMap(({ findings }) => findings),
    NAME,
  );
  return parts.map(({ path, message }) => read.at(path, message));
}

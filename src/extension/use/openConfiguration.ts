// Opens the document of a configuration: of one that comes, or of a use that is there.
import * as vscode from 'vscode';
import type { UseHead } from '../../config/given/useDocument';
import type { Json } from '../../kong/adminClient';
import type { ListedUse } from '../../lifecycle/state/use/listUses';
import type { NodeView } from '../../lifecycle/state/view';
import { portableNodeId } from '../settings';

/** Opens what changes a use: filled with what the node has. */
export async function openUse(view: NodeView, id: string, use: ListedUse): Promise<void> {
  const [{ givenOf }, { scopeSentence }] = await Promise.all([
    import('../../lifecycle/state/use/copies'),
    import('../../lifecycle/state/use/seenUses'),
  ]);
  const head = { node: portableNodeId(id), plugin: use.plugin, at: { id: use.id }, words: scopeSentence(use) };
  await open(view, head, { enabled: use.enabled, ...givenOf(use) });
}

/** Opens what puts a plugin to use: with the skeleton of its configuration. */
export async function openNew(view: NodeView, id: string, plugin: string, on: ListedUse['on']): Promise<void> {
  const [{ scopeWords }, { scopeSentence }] = await Promise.all([
    import('../../lifecycle/state/use/listUses'),
    import('../../lifecycle/state/use/seenUses'),
  ]);
  await open(view, { node: portableNodeId(id), plugin, at: { scope: scopeWords({ on }) }, words: scopeSentence({ on }) });
}

async function open(view: NodeView, head: UseHead, entity?: Readonly<Record<string, Json>>): Promise<void> {
  const [{ useDocument }, { schemaOn }] = await Promise.all([
    import('../../config/given/useDocument'),
    import('../../lifecycle/state/use/schemaOn'),
  ]);
  const { schema } = await schemaOn(view, head.plugin);
  const content = useDocument(head, schema, entity);
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument({ language: 'yaml', content }));
}

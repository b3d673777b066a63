// Completion and hovers in the document of a configuration: what they say is the engine's, of the node that the document names.
import * as vscode from 'vscode';
import type { ReadUse } from '../../config/given/useDocument';
import type { ConfigSuggestion } from '../../config/language/complete';
import type { UseAround } from '../../config/language/slots';
import type { Schemas } from '../../config/findSchema';
import { absoluteNodeId, portableNodeId } from '../settings';
import { rangeOf } from '../workspaceEdit';
import type { WorkspaceNodes } from '../workspaceNodes';
import type { NodeFacts } from './nodeFacts';

const KINDS: Readonly<Record<ConfigSuggestion['kind'], vscode.CompletionItemKind>> = {
  field: vscode.CompletionItemKind.Property,
  value: vscode.CompletionItemKind.EnumMember,
  plugin: vscode.CompletionItemKind.Module,
  entity: vscode.CompletionItemKind.Reference,
};
/** What a name or value begins behind, beside letters. */
const TRIGGERS = ['"', "'", ':', '[', '{'];

/** Where the documents are, and what is known of their nodes. */
export interface DocumentLanguage {
  documents: vscode.DocumentFilter;
  isOurs: (document: vscode.TextDocument) => Promise<boolean>;
  nodes: () => WorkspaceNodes;
  facts: NodeFacts;
}

/** Registers both. */
export function registerDocumentLanguage({ documents, isOurs, nodes, facts }: DocumentLanguage): vscode.Disposable {
  const around = async (document: vscode.TextDocument): Promise<{ use: UseAround; schemas: Schemas } | undefined> => {
    if (!(await isOurs(document))) return undefined;
    const { readUseDocument } = await import('../../config/given/useDocument');
    return knownAround(readUseDocument(document.getText()), nodes(), facts);
  };
  return vscode.Disposable.from(
    vscode.languages.registerCompletionItemProvider(
      documents,
      {
        async provideCompletionItems(document, position) {
          const known = await around(document);
          if (known === undefined) return [];
          const { completeConfig } = await import('../../config/language/complete');
          const offset = document.offsetAt(position);
          return (await completeConfig(document.getText(), offset, known.schemas, known.use)).map(itemOf);
        },
      },
      ...TRIGGERS,
    ),
    vscode.languages.registerHoverProvider(documents, {
      async provideHover(document, position) {
        const known = await around(document);
        if (known === undefined) return undefined;
        const [{ configSpotAt, hoverConfig }, { treesOf }] = await Promise.all([
          import('../../config/language/hover'),
          import('../../config/language/tree'),
        ]);
        const text = document.getText();
        const spot = await configSpotAt(text, treesOf(text), document.offsetAt(position), known.schemas, known.use);
        if (spot === undefined) return undefined;
        const said = await hoverConfig(spot, known.schemas);
        return said === undefined ? undefined : new vscode.Hover(new vscode.MarkdownString(said), rangeOf(spot.range));
      },
    }),
  );
}

async function knownAround(
  { node, plugin }: ReadUse,
  nodes: WorkspaceNodes,
  facts: NodeFacts,
): Promise<{ use: UseAround; schemas: Schemas }> {
  const [{ Schemas }, { DEFAULT_KONG, parseKongVersion }] = await Promise.all([
    import('../../config/findSchema'),
    import('../../kong/versions'),
  ]);
  const id = node === undefined ? undefined : absoluteNodeId(node);
  const [schema, offered] = await Promise.all([
    id === undefined || plugin === undefined ? undefined : facts.schema(id, plugin),
    id === undefined ? undefined : facts.offered(id),
  ]);
  const use: UseAround = {
    schema,
    nodes: nodes.known.map((known) => portableNodeId(known.id)),
    plugins: offered?.plugins ?? [],
    scopes: offered?.scopes ?? [],
  };
  return { use, schemas: new Schemas([], schema?.version ?? parseKongVersion(DEFAULT_KONG)) };
}

function itemOf({
  label,
  kind,
  insertText,
  range,
  detail,
  documentation,
  filterText,
  rank,
}: ConfigSuggestion): vscode.CompletionItem {
  const item = new vscode.CompletionItem(label, KINDS[kind]);
  item.insertText = insertText;
  item.range = rangeOf(range);
  item.filterText = filterText;
  item.sortText = String(rank).padStart(5, '0');
  if (detail !== undefined) item.detail = detail;
  if (documentation !== undefined) item.documentation = new vscode.MarkdownString(documentation);
  return item;
}

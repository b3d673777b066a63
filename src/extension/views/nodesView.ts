// The Nodes view: where Kong runs, whether its next start would fail, and its custom plugins by rung.
import * as vscode from 'vscode';
import { DEVELOPMENT_PREFIX, ITEMS, VIEWS } from '../../contributions/names';
import type { ComparedUse } from '../../lifecycle/state/use/seenUses';
import type { PluginOnNode } from '../../lifecycle/types';
import { count } from '../../text/count';
import { problemLines } from '../../text/problemWords';
import { nodeName, nodeSummary } from '../dialogue/nodeWords';
import { logUnexpected } from '../dialogue/showFailure';
import { commandLink } from '../ourCommands';
import type { Services } from '../services';
import { targetNode } from '../settings';
import { POLL_MS } from '../pollTimes';
import type { KnownNode } from '../workspaceNodes';
import { rungRow } from './rungRow';
import type { UseRow } from './useRow';
import { usesOfNodes } from './usesOfNodes';

/** A row of the Nodes view; `node`, `plugin` and `use` are what commands read. */
export type NodeRow =
  | { kind: 'node'; node: string }
  | { kind: 'nodePlugin'; node: string; plugin: string }
  | { kind: 'use'; node: string; plugin: string; use: ComparedUse; shown: UseRow }
  | { kind: 'unseen'; node: string; plugin: string; why: string };

/** Shows the Nodes view. Nothing is looked at while it is hidden. */
export function registerNodesView({ nodes, plugins, log }: Services): vscode.Disposable {
  const usesOf = usesOfNodes(nodes);
  const provider: vscode.TreeDataProvider<NodeRow> = {
    onDidChangeTreeData: nodes.onDidChange,
    getTreeItem: (row) => {
      if (row.kind === 'use') return useItem(row);
      if (row.kind === 'unseen') return unseenItem(row);
      const known = nodes.get(row.node);
      // it was there when the rows were asked for
      if (known === undefined) return new vscode.TreeItem(row.kind === 'node' ? nodeName(row.node) : row.plugin);
      if (row.kind === 'node') return nodeItem(known, nodes.target.includes(row.node));
      const plugin = known.status?.plugins.find(({ name }) => name === row.plugin);
      return plugin === undefined ? new vscode.TreeItem(row.plugin) : pluginItem(known, plugin);
    },
    getParent: (row) => {
      if (row.kind === 'node') return undefined;
      return row.kind === 'nodePlugin' ? { kind: 'node', node: row.node } : { ...row, kind: 'nodePlugin' };
    },
    getChildren: async (row) => {
      if (row === undefined) return nodes.known.map(({ id }) => ({ kind: 'node', node: id }));
      if (row.kind === 'nodePlugin') {
        const known = nodes.get(row.node);
        if (known === undefined) return [];
        const { uses, unseen } = await usesOf(known, row.plugin);
        const { useRow } = await import('./useRow');
        const below = uses.map((use): NodeRow => ({ ...row, kind: 'use', use, shown: useRow(use) }));
        return unseen === undefined ? below : [...below, { ...row, kind: 'unseen', why: unseen }];
      }
      if (row.kind !== 'node') return [];
      return (nodes.get(row.node)?.status?.plugins ?? []).map(({ name }) => ({
        kind: 'nodePlugin',
        node: row.node,
        plugin: name,
      }));
    },
  };
  const view = vscode.window.createTreeView(VIEWS.nodes, { treeDataProvider: provider, showCollapseAll: true });
  let timer: NodeJS.Timeout | undefined;
  let following: AbortController | undefined;
  const rest = (): void => {
    clearInterval(timer);
    following?.abort(new vscode.CancellationError());
    following = undefined;
    nodes.rest();
  };
  const refresh = (): void => void nodes.refresh().catch((error: unknown) => logUnexpected(log, 'Looking at nodes', error));
  const poll = (): void => void nodes.poll().catch((error: unknown) => logUnexpected(log, 'Looking at nodes', error));
  const look = (): void => {
    if (!view.visible) {
      rest();
      return;
    }
    clearInterval(timer);
    refresh();
    timer = setInterval(poll, POLL_MS);
    if (following !== undefined || !vscode.workspace.isTrusted) return;
    following = new AbortController();
    nodes.follow(following.signal).catch((error: unknown) => logUnexpected(log, 'Following containers', error));
  };
  return vscode.Disposable.from(
    view,
    view.onDidChangeVisibility(look),
    plugins.onDidChange(look),
    vscode.workspace.onDidGrantWorkspaceTrust(look),
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration('kongPlugin')) look();
    }),
    { dispose: rest },
  );
}

function nodeItem({ id, listed, status, trouble }: KnownNode, isTarget: boolean): vscode.TreeItem {
  const item = new vscode.TreeItem(nodeName(id), vscode.TreeItemCollapsibleState.Expanded);
  const doomed = status !== undefined && !status.predictedStart.ok;
  const inTheWay = problemLines(status?.findings ?? []).map(
    ({ words, setting }) => `${words}${setting === null ? '' : ` — ${setting}`}`,
  );
  const left = status?.interrupted ?? undefined;
  const fails = doomed ? `Its next start fails: ${inTheWay.join('; ')}` : trouble;
  const warning = [left === undefined ? undefined : left.says, fails].filter(Boolean).join('\n') || undefined;
  const summary = status === undefined ? (trouble ?? 'looking…') : nodeSummary(status);
  item.id = id;
  // what is wrong first: a narrow side bar cuts the rest
  item.description = [
    left === undefined ? undefined : 'interrupted operation',
    doomed ? 'next start fails' : undefined,
    isTarget ? 'target' : undefined,
    summary,
  ]
    .filter(Boolean)
    .join(' · ');
  item.iconPath =
    trouble !== undefined
      ? new vscode.ThemeIcon('debug-disconnect')
      : doomed || left !== undefined
        ? new vscode.ThemeIcon('warning', new vscode.ThemeColor('list.warningForeground'))
        : new vscode.ThemeIcon(status?.kind === 'folder' ? 'folder-library' : 'server-environment');
  item.contextValue = [
    ITEMS.node,
    status?.kind,
    listed ? 'listed' : '',
    status?.kind === 'folder' ? '' : 'real',
    status?.running === true ? 'running' : '',
    isDevelopment(id) ? 'development' : '',
    left === undefined ? '' : 'interrupted',
    status?.ended === undefined ? '' : 'stopped',
    targetNode() === id ? '' : 'choosable',
  ]
    .filter(Boolean)
    .join(' ');
  // a row that says "fails" opens what it means
  if (doomed) item.command = explainStartLink({ kind: 'node', node: id });
  // and one that has ended, what it said last
  else if (status?.ended !== undefined) item.command = commandLink('kongPlugin.diagnoseNode', 'Diagnose Node Log', { node: id });
  const custom = status === undefined ? '' : count(status.plugins.length, 'custom plugin');
  item.tooltip = [id, trouble === undefined ? summary : '', isTarget ? 'Commands offer it first.' : '', custom, warning]
    .filter(Boolean)
    .join('\n');
  item.accessibilityInformation = { label: [`Kong node ${nodeName(id)}`, item.description, warning].filter(Boolean).join(', ') };
  return item;
}

const isDevelopment = (id: string): boolean => id.startsWith(`docker:${DEVELOPMENT_PREFIX}`);

function pluginItem({ id: node, status }: KnownNode, plugin: PluginOnNode): vscode.TreeItem {
  const item = new vscode.TreeItem(
    plugin.name,
    plugin.inUse === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Collapsed,
  );
  const { description, icon, tooltip, label } = rungRow(plugin, status?.findings ?? []);
  item.id = `${node}#${plugin.name}`;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon.id, icon.color === undefined ? undefined : new vscode.ThemeColor(icon.color));
  if (plugin.problems.length > 0) item.command = explainStartLink({ kind: 'nodePlugin', node, plugin: plugin.name });
  // a development node reads the workspace's own files, which stay
  const isForgotten = (status?.kind === 'docker' || status?.kind === 'compose') && !isDevelopment(node);
  item.contextValue = [
    ITEMS.nodePlugin,
    plugin.enabled ? 'enabled' : 'disabled',
    plugin.installed !== null && isForgotten ? 'persistable' : '',
  ]
    .filter(Boolean)
    .join(' ');
  item.tooltip = tooltip;
  item.accessibilityInformation = { label };
  return item;
}

function useItem({ node, plugin, use, shown }: NodeRow & { kind: 'use' }): vscode.TreeItem {
  const { name, description, icon, tooltip, label } = shown;
  const item = new vscode.TreeItem(name);
  item.id = `${node}#${plugin}#${use.id}`;
  item.description = description;
  item.iconPath = new vscode.ThemeIcon(icon);
  item.contextValue = [ITEMS.use, use.enabled ? 'on' : 'off'].join(' ');
  item.tooltip = tooltip;
  item.accessibilityInformation = { label };
  return item;
}

/** In place of uses that could not be seen. */
function unseenItem({ node, plugin, why }: NodeRow & { kind: 'unseen' }): vscode.TreeItem {
  const item = new vscode.TreeItem(why);
  item.id = `${node}#${plugin}#`;
  item.iconPath = new vscode.ThemeIcon('info');
  item.tooltip = why;
  return item;
}

function explainStartLink(row: NodeRow): vscode.Command {
  return commandLink('kongPlugin.explainStart', 'Explain Next Start', row);
}

// The Plugins view: what the workspace holds, each plugin with its version, its problems and its rung on the target node.
import path from 'node:path';
import * as vscode from 'vscode';
import { CONTEXT, ITEMS, VIEWS } from '../../contributions/names';
import type { Plugin, PluginLanguage } from '../../plugin/plugin';
import { count } from '../../text/count';
import { nodeName } from '../dialogue/nodeWords';
import { isCancellation, logUnexpected } from '../dialogue/showFailure';
import { commandLink } from '../ourCommands';
import { versionOfRockspec } from '../rockspecVersion';
import type { Services } from '../services';
import { kongVersion } from '../settings';
import { childrenOf, fieldRows, idOf, type PluginRow, saysOfField } from './pluginRows';
import { problemsOf } from './problems';
import { rungOf } from './rungRow';

const LANGUAGE_NAMES: Readonly<Record<PluginLanguage, string>> = {
  lua: 'Lua',
  go: 'Go',
  javascript: 'JavaScript',
  python: 'Python',
};
const DEBOUNCE_MS = 300;

/** Shows the Plugins view. Nothing is looked for before it is seen. */
export function registerPluginsView(services: Services): vscode.Disposable {
  const { plugins, nodes, watching, log } = services;
  const changed = new vscode.EventEmitter<PluginRow | undefined>();
  const provider: vscode.TreeDataProvider<PluginRow> = {
    onDidChangeTreeData: changed.event,
    getTreeItem: (row) => itemOf(services, row),
    getParent: (row) => (row.kind === 'plugin' ? undefined : { kind: 'plugin', plugin: row.plugin }),
    async getChildren(row) {
      if (row !== undefined) return childrenOfRow(row);
      try {
        const found = await plugins.all();
        return found.map((plugin) => ({ kind: 'plugin', plugin }));
      } catch (error) {
        if (!isCancellation(error)) logUnexpected(log, 'Looking for plugins', error);
        return [];
      } finally {
        void vscode.commands.executeCommand('setContext', CONTEXT.discovered, true);
      }
    },
  };
  const view = vscode.window.createTreeView(VIEWS.plugins, { treeDataProvider: provider, showCollapseAll: true });
  let timer: NodeJS.Timeout | undefined;
  const refresh = (): void => {
    timer ??= setTimeout(() => {
      timer = undefined;
      showBadge(view, plugins.known ?? []);
      if (!view.visible) return;
      changed.fire(undefined);
    }, DEBOUNCE_MS);
  };
  // what changed while hidden is shown when it is seen again
  return vscode.Disposable.from(
    view,
    changed,
    plugins.onDidChange(refresh),
    nodes.onDidChange(refresh),
    watching.onDidChange(refresh),
    vscode.languages.onDidChangeDiagnostics(refresh),
    view.onDidChangeVisibility(({ visible }) => {
      if (!visible) return;
      refresh();
      lookAtTarget(services);
    }),
    { dispose: () => clearTimeout(timer) },
  );
}

async function childrenOfRow(row: PluginRow): Promise<PluginRow[]> {
  switch (row.kind) {
    case 'plugin':
      return childrenOf(row.plugin, kongVersion(vscode.Uri.file(row.plugin.dir)));
    case 'file':
      return fieldRows(row.plugin, row.fields);
    case 'field':
      return fieldRows(row.plugin, row.field.fields, row.name);
    case 'archive':
      return [];
  }
}

/** The rungs on the target are looked up once the view is seen; later the nodes say when they change. */
function lookAtTarget({ nodes, log }: Services): void {
  if (!vscode.workspace.isTrusted) return;
  for (const id of nodes.target) {
    if (nodes.get(id) === undefined)
      nodes.refreshOne(id).catch((error: unknown) => logUnexpected(log, `Looking at ${id}`, error));
  }
}

function showBadge(view: vscode.TreeView<PluginRow>, plugins: readonly Plugin[]): void {
  const value = plugins.reduce((sum, plugin) => sum + problemsOf(plugin).length, 0);
  view.badge = value === 0 ? undefined : { value, tooltip: `${count(value, 'problem')} in Kong plugins` };
}

function itemOf(services: Services, row: PluginRow): vscode.TreeItem {
  switch (row.kind) {
    case 'plugin':
      return pluginItem(services, row);
    case 'file':
      return fileItem(row);
    case 'field':
      return fieldItem(row);
    case 'archive':
      return archiveItem(row);
  }
}

function pluginItem({ nodes, watching }: Services, row: PluginRow & { kind: 'plugin' }): vscode.TreeItem {
  const { plugin } = row;
  const item = new vscode.TreeItem(plugin.name, vscode.TreeItemCollapsibleState.Collapsed);
  const version = versionOfRockspec(plugin.rockspec);
  const problems = problemsOf(plugin);
  const worst = problems.some(({ severity }) => severity === vscode.DiagnosticSeverity.Error) ? 'error' : 'warning';
  const wrong = problems.length === 0 ? undefined : count(problems.length, 'problem');
  const language = plugin.language === 'lua' ? undefined : `${LANGUAGE_NAMES[plugin.language]} plugin server`;
  item.id = idOf(row);
  const isWatched = watching.names.includes(plugin.name);
  const there = nodes.onTarget(plugin.name);
  const rung = there === undefined ? undefined : rungOf(there);
  // what is wrong first: a narrow side bar cuts the rest
  item.description = [wrong, version, language, rung, isWatched ? 'watched' : undefined]
    .filter((part) => part !== undefined)
    .join(' · ');
  item.iconPath =
    problems.length === 0
      ? new vscode.ThemeIcon('plug')
      : new vscode.ThemeIcon(worst, new vscode.ThemeColor(worst === 'error' ? 'list.errorForeground' : 'list.warningForeground'));
  item.contextValue = [
    ITEMS.plugin,
    plugin.language,
    plugin.rockspec === undefined ? '' : 'rockspec',
    plugin.language !== 'lua' ? '' : isWatched ? 'watched' : 'unwatched',
    plugin.language !== 'lua' || isNowhere(nodes, plugin) ? '' : 'placed',
  ]
    .filter(Boolean)
    .join(' ');
  item.tooltip = new vscode.MarkdownString()
    .appendMarkdown('**')
    .appendText(plugin.name)
    .appendMarkdown('**\n\n')
    .appendText(
      [
        vscode.workspace.asRelativePath(plugin.dir),
        version === undefined ? '' : `Version ${version}`,
        rung === undefined ? '' : `On ${nodes.target.map(nodeName).join(', ')}: ${rung}`,
        wrong === undefined ? '' : `${wrong}: they are in its files and in the Problems view`,
      ]
        .filter(Boolean)
        .join('\n\n'),
    );
  if (plugin.language !== 'lua')
    item.tooltip.appendText(`\n\nRuns in a ${language}: it is shown, but not packed or installed from here.`);
  item.accessibilityInformation = {
    label: [`Kong plugin ${plugin.name}`, version, language, rung, wrong ?? 'no problems'].filter(Boolean).join(', '),
  };
  return item;
}

/** Whether every node that was looked at has nothing of a plugin; without any it is not known. */
function isNowhere({ known }: Services['nodes'], { name }: Plugin): boolean {
  const seen = known.flatMap(({ status }) => status ?? []);
  return seen.length > 0 && seen.every(({ plugins }) => plugins.every((plugin) => plugin.name !== name));
}

function fileItem(row: PluginRow & { kind: 'file' }): vscode.TreeItem {
  const item = new vscode.TreeItem(vscode.Uri.file(row.file));
  item.id = idOf(row);
  item.label = path.basename(row.file);
  item.description = row.says;
  // also where it can be opened like a folder
  item.iconPath = vscode.ThemeIcon.File;
  if (row.fields.length > 0) item.collapsibleState = vscode.TreeItemCollapsibleState.Collapsed;
  item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(row.file)] };
  item.accessibilityInformation = { label: `${item.label}, ${item.description}` };
  return item;
}

function fieldItem(row: PluginRow & { kind: 'field' }): vscode.TreeItem {
  const { name, path: file, range, fields } = row.field;
  const item = new vscode.TreeItem(
    name,
    fields.length > 0 ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None,
  );
  item.id = idOf(row);
  item.description = saysOfField(row.field);
  item.iconPath = new vscode.ThemeIcon('symbol-field');
  item.tooltip = `${row.name}: ${item.description}`;
  if (file !== undefined && range !== undefined) {
    const selection = new vscode.Range(range.start.line, range.start.character, range.end.line, range.end.character);
    item.command = { command: 'vscode.open', title: 'Open', arguments: [vscode.Uri.file(file), { selection }] };
  }
  item.accessibilityInformation = { label: `Config field ${name}, ${item.description}` };
  return item;
}

function archiveItem(row: PluginRow & { kind: 'archive' }): vscode.TreeItem {
  const item = new vscode.TreeItem(path.basename(row.file));
  item.id = idOf(row);
  item.iconPath = new vscode.ThemeIcon('package');
  item.contextValue = ITEMS.archive;
  item.resourceUri = vscode.Uri.file(row.file);
  item.tooltip = row.file;
  item.command = commandLink('kongPlugin.inspectArchive', 'Inspect Archive', row);
  item.accessibilityInformation = { label: `Archive ${path.basename(row.file)}` };
  return item;
}

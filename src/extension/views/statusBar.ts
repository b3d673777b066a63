// The status bar: the target node and the rung of the plugin whose file is open; a click changes the target.
import * as vscode from 'vscode';
import type { CommandId } from '../../contributions/commands';
import { nodeName } from '../dialogue/nodeWords';
import type { Services } from '../services';
import { targetNode } from '../settings';
import { pluginOfFile } from '../workspacePlugins';
import { rungOf } from './rungRow';
import { targetWords } from './targetWords';

/** Shows the entry when there is a plugin in the workspace or a target is set. */
export function registerStatusBar({ nodes, plugins }: Services): vscode.Disposable {
  const entry = vscode.window.createStatusBarItem('kongPlugin.target', vscode.StatusBarAlignment.Left);
  entry.name = 'Kong Plugin Target';
  entry.command = 'kongPlugin.chooseTargetNode' satisfies CommandId;
  const update = (): void => {
    const target = targetNode();
    if (target === undefined && (plugins.known ?? []).length === 0) {
      entry.hide();
      return;
    }
    const file = vscode.window.activeTextEditor?.document.uri.fsPath;
    const plugin = file === undefined ? undefined : pluginOfFile(plugins.known ?? [], file);
    const there = plugin === undefined ? undefined : nodes.onTarget(plugin.name);
    const rung = there === undefined ? undefined : rungOf(there);
    const known = nodes.target.flatMap((id) => nodes.get(id) ?? []);
    const { text, tooltip, label } = targetWords({
      name: target === undefined ? undefined : nodeName(target),
      troubles: known.flatMap(({ trouble }) => trouble ?? []),
      isDoomed: known.some(({ status }) => status?.predictedStart.ok === false),
      plugin: plugin !== undefined && rung !== undefined ? `${plugin.name} ${rung}` : undefined,
    });
    entry.text = text;
    entry.tooltip = tooltip;
    entry.accessibilityInformation = { label };
    entry.show();
  };
  update();
  return vscode.Disposable.from(
    entry,
    nodes.onDidChange(update),
    plugins.onDidChange(update),
    vscode.window.onDidChangeActiveTextEditor(update),
  );
}

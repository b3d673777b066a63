// The status bar: the target node and the rung of the plugin whose file is open; a click changes the target.
import * as vscode from 'vscode';
import type { CommandId } from '../../contributions/commands';
import { nodeName } from '../dialogue/nodeWords';
import type { Services } from '../services';
import { targetNode } from '../settings';
import { pluginOfFile } from '../workspacePlugins';
import { rungOf } from './rungRow';

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
    const doomed = nodes.target.some((id) => nodes.get(id)?.status?.predictedStart.ok === false);
    const name = target === undefined ? 'no target node' : nodeName(target);
    entry.text = [
      `$(${doomed ? 'warning' : 'server-environment'}) ${name}`,
      plugin !== undefined && rung !== undefined ? `${plugin.name} ${rung}` : '',
    ]
      .filter(Boolean)
      .join(' · ');
    entry.tooltip = doomed
      ? `The next start of ${name} fails. Click to change the target node.`
      : 'Target of Kong Plugin commands. Click to change it.';
    entry.accessibilityInformation = { label: `Kong target node ${entry.text.replace(/\$\([\w-]+\) ?/g, '')}` };
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

// The development node: a Kong in a container that reads the plugin's own files; started by one command, stopped by another.
import * as vscode from 'vscode';
import { DEVELOPMENT_PREFIX } from '../../contributions/names';
import type { DevelopmentNode } from '../../lifecycle/operations/development';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose, confirm, told } from '../dialogue/ask';
import { nodeName } from '../dialogue/nodeWords';
import { withProgress } from '../dialogue/progress';
import { runCommand } from '../ourCommands';
import type { Services } from '../services';
import { developmentSettings, targetNode } from '../settings';

export const startDevelopmentNode: CommandHandler = async (services, argument) => {
  const { root } = await askPlugin(services, argument, 'Which plugin does the development node load?');
  const plugins = (await services.plugins.all()).filter((plugin) => plugin.root === root && plugin.language === 'lua');
  const names = plugins.map(({ name }) => name).join(', ');
  await vscode.workspace.saveAll(false);
  const { startDevelopment } = await import('../../lifecycle/operations/development');
  const { StepFailure } = await import('../../lifecycle/failure');
  try {
    const started = await withProgress(`Starting a Kong with ${names}`, ({ signal, say }) =>
      startDevelopment({ folder: root, plugins, ...developmentSettings() }, services.nodes.containers, say, signal),
    );
    services.log.info(`Started ${started.node}: proxy ${started.proxy ?? 'none'}, Admin API ${started.admin ?? 'none'}.`);
    await services.nodes.refresh();
    void offer(started, names);
  } catch (error) {
    if (error instanceof StepFailure && error.findings.length > 0)
      await services.troubleshooting.showFindings(error.findings, `Starting a Kong with ${names}`, null);
    throw error;
  }
};

/** Says where it is and what one does next; the command has ended by then. */
async function offer({ node, proxy, admin, image }: DevelopmentNode, names: string): Promise<void> {
  const steps = {
    'Watch…': () => runCommand('kongPlugin.startWatching', { node, plugin: names }),
    ...(targetNode() === node ? {} : { 'Use as Target': () => runCommand('kongPlugin.useAsTarget', { node }) }),
    'Copy Proxy Address': () => vscode.env.clipboard.writeText(proxy ?? ''),
  };
  const chosen = await vscode.window.showInformationMessage(
    `${image} runs as ${nodeName(node)} with ${names}: proxy ${proxy ?? 'not published'}, Admin API ${admin ?? 'not published'}.`,
    ...Object.keys(steps),
  );
  await Object.entries(steps).find(([title]) => title === chosen)?.[1]();
}

export const stopDevelopmentNode: CommandHandler = async (services, argument) => {
  const id = told(services, argument).node ?? (await askDevelopmentNode(services));
  const { developmentFolderOf } = await import('../../node/container/development');
  const folder = await developmentFolderOf(id.replace(/^docker:/, ''), services.nodes.containers);
  if (folder === undefined) throw new UserError(`${nodeName(id)} is not a development node of ours, so it is left alone.`);
  if (!isOpenHere(folder))
    await confirm(
      `Stop and remove ${nodeName(id)}?`,
      `It is the development node of ${folder}, which is not open here. Its container goes, with what its database holds.`,
      'Stop and Remove',
    );
  const { stopDevelopment } = await import('../../lifecycle/operations/development');
  await withProgress(`Stopping ${nodeName(id)}`, () => stopDevelopment(folder, services.nodes.containers));
  await services.nodes.refresh();
  void vscode.window.showInformationMessage(`${nodeName(id)} was stopped and removed.`);
};

/** Whether a development node belongs to what is open in this window. */
function isOpenHere(folder: string): boolean {
  return vscode.workspace.getWorkspaceFolder(vscode.Uri.file(folder)) !== undefined;
}

/** The only development node of the open folders, or the one the person picks: those of the open folders first, then those of others. */
async function askDevelopmentNode(services: Services): Promise<string> {
  await services.nodes.refresh();
  const { developmentFolderOf } = await import('../../node/container/development');
  const candidates = services.nodes.known.filter(({ id }) => id.startsWith(`docker:${DEVELOPMENT_PREFIX}`));
  const folderOf = async (id: string): Promise<string | undefined> => {
    try {
      return await developmentFolderOf(id.replace(/^docker:/, ''), services.nodes.containers);
    } catch (error) {
      // It went just now.
      if (error instanceof UserError) return undefined;
      throw error;
    }
  };
  const found = await Promise.all(
    candidates.map(async ({ id }) => ({
      id,
      folder: await folderOf(id),
    })),
  );
  const items = found.flatMap(({ id, folder }) =>
    folder === undefined ? [] : [{ id, label: nodeName(id), description: folder, own: isOpenHere(folder) }],
  );
  const own = items.filter((item) => item.own);
  const [only] = own;
  if (only !== undefined && own.length === 1) return only.id;
  if (items.length === 0) throw new UserError('There is no development node.');
  const sorted = [...own, ...items.filter((item) => !item.own)];
  return (await choose(services, 'development node', 'Stop which development node?', sorted)).id;
}

// Watch: from now on every save of a plugin goes to chosen nodes, until it is stopped.
import * as vscode from 'vscode';
import { UserError } from '../../system/userError';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose, confirm, told } from '../dialogue/ask';
import { askNodes } from '../dialogue/askNodes';
import { nodeName } from '../dialogue/nodeWords';

export const startWatching: CommandHandler = async (services, argument) => {
  const { name } = await askPlugin(services, argument, 'Watch: which plugin?');
  const nodes = await askNodes(services, argument, `Watch ${name} on`);
  const where = nodes.map(({ id }) => nodeName(id)).join(', ');
  await confirm(
    `Watch ${name} on ${where}?`,
    'Now and at each save its files are copied there where they differ, Kong is reloaded, and it is proved that it has loaded them. What Kong would refuse stays here; what fails is undone.',
    'Watch',
  );
  await vscode.workspace.saveAll(false);
  await services.watching.start(name, nodes);
};

export const stopWatching: CommandHandler = async (services, argument) => {
  const { names } = services.watching;
  const [only] = names;
  if (only === undefined) throw new UserError('No plugin is watched.', { next: 'Run Kong Plugin: Watch on Node… to start.' });
  const given = told(services, argument).name;
  const items = names.map((name) => ({ id: name, label: name }));
  const name = given ?? (names.length === 1 ? only : (await choose(services, 'watched plugin', 'Stop watching', items)).id);
  services.watching.stop(name);
  void vscode.window.setStatusBarMessage(`${name} is no longer watched`, 3000);
};

// Reload, start and restart of a node's Kong.
import type { CommandHandler } from '../commandHandler';
import { askNodes } from '../dialogue/askNodes';
import { RESTARTABLE, RUNNING, STARTABLE } from '../dialogue/fits';
import { operateOn } from '../dialogue/operate';

export const reload: CommandHandler = async (services, argument) => {
  const nodes = await askNodes(services, argument, 'Reload which Kong?', RUNNING);
  const { reloadOperation } = await import('../../lifecycle/operations/restart');
  await operateOn(services, nodes, reloadOperation(), { title: 'Reload Kong', done: 'Kong reloaded' });
};

export const startNode: CommandHandler = async (services, argument) => {
  const nodes = await askNodes(services, argument, 'Start which Kong?', STARTABLE);
  const { startOperation } = await import('../../lifecycle/operations/restart');
  await operateOn(services, nodes, startOperation(), { title: 'Start Kong', done: 'Kong started' });
};

export const restart: CommandHandler = async (services, argument) => {
  const nodes = await askNodes(services, argument, 'Restart which Kong?', RESTARTABLE);
  const { restartOperation } = await import('../../lifecycle/operations/restart');
  await operateOn(services, nodes, restartOperation(), { title: 'Restart Kong', done: 'Kong restarted', button: 'Restart' });
};

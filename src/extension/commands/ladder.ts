// Up and down the ladder by one rung: enable, disable, verify; and remove, which goes all the way down in the safe order.
import type { Operation } from '../../lifecycle/plan/plan';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose, told } from '../dialogue/ask';
import { askNodes } from '../dialogue/askNodes';
import { type Doing, operateOn } from '../dialogue/operate';
import { keepFile } from '../keepFile';
import type { Services } from '../services';

/** The name of the plugin: the one the command was told, also when only the node has it, or one that the person picks. */
async function askName(services: Services, argument: unknown, title: string): Promise<string> {
  const { name, node } = told(services, argument);
  if (name !== undefined) return name;
  const there = node === undefined ? [] : (services.nodes.get(node)?.status?.plugins ?? []);
  if (there.length > 0) {
    const items = there.map((plugin) => ({ id: plugin.name, label: plugin.name }));
    return (await choose(services, 'plugin on node', title, items)).id;
  }
  return (await askPlugin(services, argument, title)).name;
}

async function runOnPlugin(
  services: Services,
  argument: unknown,
  verb: string,
  operation: (name: string) => Promise<Operation>,
  words: (name: string) => Omit<Doing, 'title' | 'at'>,
  at?: Doing['at'],
): Promise<void> {
  const name = await askName(services, argument, `${verb}: which plugin?`);
  const nodes = await askNodes(services, argument, `${verb} ${name} ${at ?? 'on'}`);
  await operateOn(services, nodes, await operation(name), {
    title: `${verb} ${name}`,
    ...(at === undefined ? {} : { at }),
    ...words(name),
  });
}

export const enable: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Enable',
    async (name) => (await import('../../lifecycle/operations/enable')).enableOperation(name),
    (name) => ({ done: `${name} enabled`, button: 'Enable' }),
  );

export const disable: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Disable',
    async (name) => (await import('../../lifecycle/operations/enable')).disableOperation(name),
    (name) => ({ done: `${name} disabled`, button: 'Disable' }),
  );

export const verify: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Verify',
    async (name) => (await import('../../lifecycle/operations/verify')).verifyOperation(name),
    (name) => ({ done: `${name} verified` }),
  );

export const remove: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Remove',
    async (name) => {
      const { removeOperation } = await import('../../lifecycle/operations/remove');
      // the dialog shows every use and every file before anything is deleted
      return removeOperation(name, {
        yes: true,
        keep: (text, extension) => keepFile(services, `${name}-removed.${extension}`, text),
      });
    },
    (name) => ({ done: `${name} removed`, button: 'Remove' }),
    'from',
  );

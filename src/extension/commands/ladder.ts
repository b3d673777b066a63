// Up and down the ladder by one rung: enable, disable, verify; and remove, which goes all the way down in the safe order.
import type { Operation } from '../../lifecycle/plan/plan';
import type { CommandHandler } from '../commandHandler';
import type { Node } from '../../node/node';
import { askPlugin, choose, told, workspacePath } from '../dialogue/ask';
import { askNodes } from '../dialogue/askNodes';
import { agreeToMigrate, type Doing, type Next, operateOn } from '../dialogue/operate';
import { openAt } from '../dialogue/showFailure';
import { keepFile } from '../keepFile';
import { runCommand } from '../ourCommands';
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
  operation: (name: string, nodes: readonly Node[]) => Promise<Operation>,
  words: (name: string, nodes: readonly Node[]) => Omit<Doing, 'title' | 'at'>,
  at?: Doing['at'],
): Promise<void> {
  const name = await askName(services, argument, `${verb}: which plugin?`);
  const nodes = await askNodes(services, argument, `${verb} ${name} ${at ?? 'on'}`);
  await operateOn(services, nodes, await operation(name, nodes), {
    title: `${verb} ${name}`,
    ...(at === undefined ? {} : { at }),
    ...words(name, nodes),
  });
}

export const enable: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Enable',
    async (name, nodes) =>
      (await import('../../lifecycle/operations/enable')).enableOperation(name, { nodes: nodes.length, agree: agreeToMigrate }),
    (name) => ({ done: `${name} enabled`, button: 'Enable' }),
  );

export const disable: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Disable',
    async (name) => (await import('../../lifecycle/operations/enable')).disableOperation(name),
    (name, nodes) => {
      const [node] = nodes;
      const on = nodes.length === 1 && node !== undefined ? { node: node.id } : {};
      const run = (): Promise<void> => runCommand('kongPlugin.remove', { plugin: name, ...on });
      return { done: `${name} disabled`, button: 'Disable', instead: { of: 'check-use', title: 'Remove…', run } };
    },
  );

export const verify: CommandHandler = (services, argument) =>
  runOnPlugin(
    services,
    argument,
    'Verify',
    async (name) => (await import('../../lifecycle/operations/verify')).verifyOperation(name),
    (name) => ({ done: `${name} verified` }),
  );

export const remove: CommandHandler = (services, argument) => {
  const kept: string[] = [];
  const keep = async (name: string, text: string): Promise<string> => {
    const file = await keepFile(services, name, text);
    kept.push(file);
    return file;
  };
  const openKept = (): Next | undefined => {
    const [file] = kept;
    return file === undefined ? undefined : { title: 'Open Kept Configuration', run: () => openAt(file) };
  };
  return runOnPlugin(
    services,
    argument,
    'Remove',
    async (name) => {
      const { removeOperation } = await import('../../lifecycle/operations/remove');
      // the dialog shows every use and every file before anything is deleted
      return removeOperation(name, {
        yes: true,
        keep: (text, extension) => keep(`${name}-removed.${extension}`, text),
      });
    },
    (name) => ({ done: `${name} removed`, button: 'Remove', also: () => keptWords(kept), next: openKept }),
    'from',
  );
};

/** Where the configuration is, and how it comes back. */
function keptWords(kept: readonly string[]): string {
  if (kept.length === 0) return '';
  const files = kept.map(workspacePath).join(', ');
  return `Its configuration is kept in ${files}: Restore Configuration… puts it back once the plugin is there again.`;
}

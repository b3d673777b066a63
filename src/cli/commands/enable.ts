// `kong-plugin enable` and `disable`: a plugin into the plugins list of nodes or out of it, reloaded and proved.
import type { AddCommand } from '../addCommand';
import { agreeing } from '../ask';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addEnable: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('enable')
      .description('put a plugin into the plugins list of nodes, reload, and prove that it is loaded')
      .argument('[name]', 'the plugin, as Kong knows it')
      .option('--yes', 'agree to migrations of the plugin, which change the database of a node'),
  ).action(async (given: string | undefined, flags: OperationFlags & { yes?: boolean }) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { enableOperation } = await import('../../lifecycle/operations/enable');
    const name = requiredArgument(given, rest, 'plugin name');
    const operation = enableOperation(name, { nodes: nodes.length, agree: agreeing(io, flags) });
    finish(await runOperation(io, nodes, operation, flags));
  });
};

export const addDisable: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('disable')
      .description('take a plugin out of the plugins list of nodes, reload, and prove that it is gone')
      .argument('[name]', 'the plugin, as Kong knows it'),
  ).action(async (given: string | undefined, flags: OperationFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { disableOperation } = await import('../../lifecycle/operations/enable');
    const name = requiredArgument(given, rest, 'plugin name');
    finish(await runOperation(io, nodes, disableOperation(name), flags));
  });
};

// `kong-plugin enable`: put a plugin into the plugins list of nodes, reload, and prove that it is loaded.
import type { AddCommand } from '../addCommand';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addEnable: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('enable')
      .description('put a plugin into the plugins list of nodes, reload, and prove that it is loaded')
      .argument('[name]', 'the plugin, as Kong knows it'),
  ).action(async (given: string | undefined, flags: OperationFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { enableOperation } = await import('../../lifecycle/operations/enable');
    const name = requiredArgument(given, rest, 'plugin name');
    finish(await runOperation(io, nodes, enableOperation(name), flags));
  });
};

// `kong-plugin verify`: prove that nodes have a plugin loaded, or would load it.
import type { AddCommand } from '../addCommand';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addVerify: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('verify')
      .description('prove that nodes have a plugin loaded, or would load it')
      .argument('[name]', 'the plugin, as Kong knows it'),
  ).action(async (given: string | undefined, flags: OperationFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { verifyOperation } = await import('../../lifecycle/operations/verify');
    const name = requiredArgument(given, rest, 'plugin name');
    finish(await runOperation(io, nodes, verifyOperation(name), flags));
  });
};

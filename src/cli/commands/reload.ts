// `kong-plugin reload`: reload the running Kong of nodes, and prove that new workers serve.
import type { AddCommand } from '../addCommand';
import { openNamedNodes, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addReload: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program.command('reload').description('reload the running Kong of nodes, and prove that new workers serve'),
  ).action(async (flags: OperationFlags) => {
    const { nodes } = await openNamedNodes(io, flags);
    const { reloadOperation } = await import('../../lifecycle/operations/restart');
    finish(await runOperation(io, nodes, reloadOperation(), flags));
  });
};

// `kong-plugin reload` and `kong-plugin restart`: the running Kong takes its settings and plugins anew.
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

export const addRestart: AddCommand = (program, io, finish) => {
  withOperationOptions(program.command('restart').description('restart the Kong of this machine')).action(
    async (flags: OperationFlags) => {
      const { nodes } = await openNamedNodes(io, flags);
      const { restartOperation } = await import('../../lifecycle/operations/restart');
      finish(await runOperation(io, nodes, restartOperation(), flags));
    },
  );
};

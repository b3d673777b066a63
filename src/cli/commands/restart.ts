// `kong-plugin restart`: restart the Kong of this machine.
import type { AddCommand } from '../addCommand';
import { openNamedNodes, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addRestart: AddCommand = (program, io, finish) => {
  withOperationOptions(program.command('restart').description('restart the Kong of this machine')).action(
    async (flags: OperationFlags) => {
      const { nodes } = await openNamedNodes(io, flags);
      const { restartOperation } = await import('../../lifecycle/operations/restart');
      finish(await runOperation(io, nodes, restartOperation(), flags));
    },
  );
};

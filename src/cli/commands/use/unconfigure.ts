// `kong-plugin unconfigure`: one use of a plugin taken away, and kept as a file.
import type { AddCommand } from '../../addCommand';
import { UserError } from '../../../system/userError';
import { askYes } from '../../ask';
import { keepRemoved } from '../../keep';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../../nodes';

interface UnconfigureFlags extends OperationFlags {
  yes?: boolean;
  keep: string;
}

export const addUnconfigure: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('unconfigure')
      .description('take one use of a plugin away; what it was is kept as a file that kong-plugin restore puts back')
      .argument('[id]', 'its id, as kong-plugin uses lists it')
      .option('--yes', 'do not ask')
      .option('--keep <dir>', 'folder for that file', '.'),
  ).action(async (given: string | undefined, flags: UnconfigureFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const id = requiredArgument(given, rest, 'id');
    const { unconfigureOperation } = await import('../../../lifecycle/operations/unconfigure');
    if (io.interactive && flags.yes !== true && flags.dryRun !== true) {
      if (!(await askYes(io, `Take the configuration ${id} away? It is kept as a file.`)))
        throw new UserError('Nothing was changed.', { exitCode: 2 });
    }
    const operation = unconfigureOperation(id, keepRemoved(io, flags.keep, 'configuration'));
    finish(await runOperation(io, nodes, operation, flags));
  });
};

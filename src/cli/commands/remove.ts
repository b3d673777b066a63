// `kong-plugin remove`: a plugin off nodes in the safe order: out of use, disabled and gone, then its files.
import type { AddCommand } from '../addCommand';
import { keepRemoved } from '../keep';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

interface RemoveFlags extends OperationFlags {
  yes?: boolean;
  keep: string;
}

export const addRemove: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('remove')
      .description('take a plugin out of use, disable it, reload, and delete its files')
      .argument('[name]', 'the plugin, as Kong knows it')
      .option('--yes', 'delete the configurations that use it; they are kept as a file')
      .option('--keep <dir>', 'folder for that file', '.'),
  ).action(async (given: string | undefined, flags: RemoveFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const { removeOperation } = await import('../../lifecycle/operations/remove');
    const name = requiredArgument(given, rest, 'plugin name');
    const operation = removeOperation(name, {
      yes: flags.yes === true,
      keep: keepRemoved(io, flags.keep, name),
    });
    finish(await runOperation(io, nodes, operation, flags));
  });
};

// `kong-plugin restore`: what a removal took out of use, and kept as a file, back on nodes.
import { readFile } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { AddCommand } from '../addCommand';
import { cannot } from '../../system/fileErrors';
import { openNamedNodes, requiredArgument, runOperation, withOperationOptions, type OperationFlags } from '../nodes';

export const addRestore: AddCommand = (program, io, finish) => {
  withOperationOptions(
    program
      .command('restore')
      .description('put back the configuration that a removal took out of use; the plugin must be enabled again')
      .argument('[file]', 'the file that kong-plugin remove has kept'),
  ).action(async (given: string | undefined, flags: OperationFlags) => {
    const { nodes, rest } = await openNamedNodes(io, flags);
    const path = resolve(io.cwd, requiredArgument(given, rest, 'file'));
    const text = await readFile(path, 'utf8').catch((error: unknown) => {
      throw cannot('read', path, error, 2);
    });
    const { restoreOperation } = await import('../../lifecycle/operations/restore');
    finish(await runOperation(io, nodes, restoreOperation({ name: basename(path), text }), flags));
  });
};

// `kong-plugin recover`: what an interrupted operation left on nodes: shown, put back, or forgotten.
import type { AddCommand } from '../addCommand';
import type { Interrupted, OperationResult } from '../../lifecycle/types';
import type { Node } from '../../node/node';
import { messageAndNext, UserError, type ExitCode } from '../../system/userError';
import { askYes } from '../ask';
import type { Io } from '../io';
import { openNamedNodes, printResults, withNodeOptions, type NodeFlags } from '../nodes';

interface RecoverFlags extends NodeFlags {
  undo?: boolean;
  forget?: boolean;
  yes?: boolean;
}

export const addRecover: AddCommand = (program, io, finish) => {
  withNodeOptions(
    program
      .command('recover')
      .description('show what an interrupted operation left on nodes, put it back, or forget it')
      .option('--undo', 'put back what the operation had changed')
      .option('--forget', 'leave everything as it is now')
      .option('--yes', 'also put back files that a journal names which you did not write on this machine'),
  ).action(async (flags: RecoverFlags) => {
    if (flags.undo === true && flags.forget === true) throw new UserError('Either --undo or --forget.', { exitCode: 2 });
    const { nodes, rest } = await openNamedNodes(io, flags);
    if (rest.length > 0) throw new UserError(`recover takes no argument: ${rest.join(', ')}.`, { exitCode: 2 });
    const { recovered } = await import('../../lifecycle/oneStep');
    const results: OperationResult[] = [];
    let exit: 0 | ExitCode = 0;
    for (const node of nodes) {
      try {
        const result = await recoverOne(io, node, flags);
        results.push(result);
        if (!result.ok && exit === 0) exit = 1;
      } catch (error) {
        if (!(error instanceof UserError) || error.exitCode === 2) throw error;
        if (exit === 0) exit = error.exitCode;
        results.push(recovered(node, false, 'failed', messageAndNext(error)));
      }
    }
    await printResults(io, results, flags.format);
    finish(exit);
  });
};

async function recoverOne(io: Io, node: Node, flags: RecoverFlags): Promise<OperationResult> {
  const [{ recovered }, { interruptedOn }, { recoverHint }, { recover }] = await Promise.all([
    import('../../lifecycle/oneStep'),
    import('../../lifecycle/state/interrupted'),
    import('../../lifecycle/state/interruptedWords'),
    import('../../lifecycle/plan/recover'),
  ]);
  const { prefix } = await node.facts(io.signal);
  const left = await interruptedOn(node, prefix);
  if (flags.forget === true) return recover(node, { how: 'forget', signal: io.signal });
  if (left === undefined && flags.undo !== true) return recovered(node, true, 'skipped', 'Nothing was interrupted here.');
  const trusted = left === undefined || left.ours || flags.yes === true;
  if (flags.undo === true && trusted) return recover(node, { how: 'undo', trusted, signal: io.signal });
  if (left === undefined) return recover(node, { how: 'undo', signal: io.signal });
  io.err(`${node.id}: ${left.says}\n${files(left)}`);
  if (await askYes(io, 'Put it back?')) return recover(node, { how: 'undo', trusted: true, signal: io.signal });
  return recovered(
    node,
    false,
    'failed',
    `${left.says} ${recoverHint(node)}${left.ours ? '' : ' With --yes, because you did not write that.'}`,
  );
}

/** Every file by its name. */
function files({ files: paths }: Interrupted): string {
  return paths.map((path) => `  ${path}\n`).join('');
}

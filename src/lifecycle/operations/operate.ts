// Running an operation on any number of nodes: one after the other, or all at once.
import type { Node } from '../../node/node';
import { messageAndNext, UserError, type ExitCode } from '../../system/userError';
import { runPlan, type Operation, type RunPlanOptions } from '../plan/plan';
import { Refusal } from '../failure';
import { oneStep } from '../oneStep';
import type { OperationResult } from '../types';

export interface OperateOptions extends RunPlanOptions {
  /** All nodes at once instead of one after the other. */
  parallel?: boolean | undefined;
}

/** The results by node and the exit code they come to. */
export interface OperateResult {
  results: OperationResult[];
  exitCode: 0 | ExitCode;
}

/**
 * Runs an operation on every node: one after the other, stopping at the first failure, or all at once. A node that cannot be reached is a
 * failed result; wrong usage is thrown.
 */
export async function operate(
  nodes: readonly Node[],
  operation: Operation,
  options: OperateOptions = {},
): Promise<OperateResult> {
  let exitCode: 0 | ExitCode = 0;
  const one = async (node: Node): Promise<OperationResult> => {
    try {
      const result = await runPlan(node, operation, options);
      if (!result.ok && exitCode === 0) exitCode = 1;
      return result;
    } catch (error) {
      if (!(error instanceof UserError) || error.exitCode === 2) throw error;
      exitCode = exitCode === 0 ? error.exitCode : 1;
      const detail = messageAndNext(error);
      const isRefusal = error instanceof Refusal;
      const findings = isRefusal ? [...error.findings] : [];
      return oneStep(node, false, { name: isRefusal ? 'plan' : 'reach', status: 'failed', detail }, findings);
    }
  };
  if (options.parallel === true) return { results: await Promise.all(nodes.map(one)), exitCode };
  const results: OperationResult[] = [];
  for (const node of nodes) {
    if (results.at(-1)?.ok === false) {
      const detail = `Not begun, because ${results.find((result) => !result.ok)?.node ?? 'another node'} failed.`;
      results.push(oneStep(node, false, { name: 'begin', status: 'skipped', detail }));
    } else results.push(await one(node));
  }
  return { results, exitCode };
}

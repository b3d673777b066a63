// The result of an operation that came to one step.
import type { Finding } from '../troubleshoot/finding';
import type { OperationResult, StepResult } from './types';

/** What became of a node, told in one step. */
export function oneStep(node: { id: string }, ok: boolean, step: StepResult, findings: Finding[] = []): OperationResult {
  return { node: node.id, ok, steps: [step], findings };
}

/** What became of what an interrupted operation left on a node. */
export function recovered(node: { id: string }, ok: boolean, status: StepResult['status'], detail: string): OperationResult {
  return oneStep(node, ok, { name: 'recover', status, detail });
}

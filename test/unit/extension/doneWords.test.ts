// A step that was skipped is never told as a success.
import assert from 'node:assert/strict';
import { doneWords } from '../../../src/extension/dialogue/doneWords';
import type { OperationResult, StepResult } from '../../../src/lifecycle/types';

const result = (node: string, ...steps: [StepResult['status'], string, string?][]): OperationResult => ({
  node,
  ok: true,
  steps: steps.map(([status, detail, name = 'reload']) => ({ name, status, detail })),
  findings: [],
});
const words = { done: 'Kong reloaded', nameOf: (node: string) => `«${node}»` };

describe('the end of an operation', () => {
  it('is done where something was done', () => {
    assert.equal(doneWords([result('a', ['done', 'New workers serve.'])], words), 'Kong reloaded on «a».');
  });

  it('is not done where everything was skipped, and says why', () => {
    const skipped = result('a', ['skipped', 'Kong does not run here.'], ['done', 'It would start.', 'next-start']);
    assert.equal(doneWords([skipped], words), 'Nothing was done on «a»: Kong does not run here.');
  });

  it('is told of each node by itself', () => {
    const results = [
      result('a', ['skipped', 'Nothing runs.']),
      result('b', ['done', 'x']),
      result('c', ['skipped', 'Nothing runs.']),
      result('d', ['done', 'x'], ['skipped', 'y']),
    ];
    assert.equal(doneWords(results, words), 'Kong reloaded on «b», «d». Nothing was done on «a», «c»: Nothing runs.');
  });
});

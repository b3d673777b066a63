// The status bar's entry warns of a target that is not there or would not start.
import assert from 'node:assert/strict';
import { targetWords, type TargetKnown } from '../../../src/extension/views/targetWords';

const WELL: TargetKnown = { name: 'folder:node', troubles: [], isDoomed: false, plugin: undefined };
const words = (known: Partial<TargetKnown>): [text: string, tooltip: string] => {
  const { text, tooltip } = targetWords({ ...WELL, ...known });
  return [text, tooltip];
};

describe('the status bar’s entry', () => {
  it('names the target and the rung of the open plugin', () => {
    assert.deepEqual(words({ plugin: 'hello loaded' }), [
      '$(server-environment) folder:node · hello loaded',
      'Target of Kong Plugin commands. Click to change it.',
    ]);
    assert.equal(words({ name: undefined })[0], '$(server-environment) no target node');
  });

  it('warns of a target that is not there', () => {
    const trouble = 'There is no container kong.';
    assert.deepEqual(words({ name: 'docker:kong', troubles: [trouble] }), [
      '$(warning) docker:kong',
      `${trouble} Click to change the target node.`,
    ]);
    assert.equal(targetWords({ ...WELL, troubles: [trouble] }).label, 'Kong target node folder:node There is no container kong.');
  });

  it('warns of a start that would fail', () => {
    assert.match(words({ isDoomed: true }).join(), /^\$\(warning\).*next start of folder:node fails/);
  });
});

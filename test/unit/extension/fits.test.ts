// What a command can do nothing on is not offered.
import assert from 'node:assert/strict';
import { offersIn } from '../../../src/extension/dialogue/editorWords';
import { RESTARTABLE, RUNNING, STARTABLE, WITH_ADMIN } from '../../../src/extension/dialogue/fits';
import type { NodeStatus } from '../../../src/lifecycle/types';

type Stands = Pick<NodeStatus, 'kind' | 'running'>;
const ALL: readonly Stands[] = (['folder', 'local', 'docker', 'compose'] as const).flatMap((kind) =>
  [true, false].map((running) => ({ kind, running: running && kind !== 'folder' })),
);
const names = (fits: (node: Stands) => boolean): string[] => [
  ...new Set(ALL.filter(fits).map(({ kind, running }) => `${kind} ${running ? 'runs' : 'stands'}`)),
];

describe('the nodes that a command offers', () => {
  it('are those it can do something on', () => {
    assert.deepEqual(names(RUNNING.fits), ['local runs', 'docker runs', 'compose runs']);
    assert.deepEqual(names(STARTABLE.fits), ['local stands', 'docker stands', 'compose stands']);
    assert.deepEqual(names(RESTARTABLE.fits), ['local runs', 'local stands']);
    assert.deepEqual(
      names((node) => !WITH_ADMIN.fits(node)),
      ['folder stands'],
    );
  });

  it('have a button when there is none', () => {
    for (const { none } of [RUNNING, STARTABLE, RESTARTABLE, WITH_ADMIN]) assert.equal(offersIn(none.next).length, 1, none.next);
  });
});

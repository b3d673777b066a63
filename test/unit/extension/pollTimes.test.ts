// When nodes are looked at again by themselves.
import assert from 'node:assert/strict';
import { pauseWhileStarting, POLL_MS, pollTimes } from '../../../src/extension/pollTimes';

describe('the time to look at a node again', () => {
  /** At which of the polls from `first` on it is looked at, each look ending so. */
  const looks = (outcome: 'told' | 'failed' | 'still', polls: number): number[] => {
    const times = pollTimes();
    return Array.from({ length: polls }, (_, poll) => poll).filter((poll) => {
      // a clock is late, and never the same
      const now = poll * POLL_MS + (poll % 3) * 40;
      if (!times.due('x', now)) return false;
      times.looked('x', outcome, now + 100);
      return true;
    });
  };

  it('is every time for one that tells of its Kong', () => assert.deepEqual(looks('told', 5), [0, 1, 2, 3, 4]));

  it('comes later and later for one that cannot be looked at, but at least every ten minutes', () =>
    assert.deepEqual(looks('failed', 80), [0, 2, 6, 14, 30, 50, 70]));

  it('does not come for a container that stands still, until something happens to it', () => {
    assert.deepEqual(looks('still', 100), [0]);
    const times = pollTimes();
    times.looked('x', 'still', 0);
    times.looked('x', 'told', 1000);
    assert.equal(times.due('x', POLL_MS), true);
  });

  it('is soon while a Kong starts, and comes to an end', () => {
    const pauses = Array.from({ length: 20 }, (_, i) => pauseWhileStarting(i)).filter((pause) => pause !== undefined);
    assert.ok((pauses[0] ?? Infinity) < 1000);
    assert.ok(pauses.length < 10 && pauses.reduce((a, b) => a + b) > 20_000);
  });
});

// Every entry point takes time in proportion to its input, with every growing text.
import assert from 'node:assert/strict';
import { isWholeRun } from '../equipment/wholeRun';
import { ENTRIES } from './entries';
import { growth, isSuperLinear } from './growth';
import { PATTERNS } from './patterns';

/** As long as a text must be for a square to be seen, and no longer in a run of every suite; what reads YAML takes long enough with half of it. */
const LENGTH = isWholeRun ? 8_000 : 16_000;
/** Where a square was only seen in longer texts: copies of a short list are quick. */
const LONGER = [{ name: 'handler/check', text: 'one key', length: 160_000 }];

describe('the time that a text takes', function () {
  this.timeout(120_000);
  for (const entry of ENTRIES) {
    it(`grows with its length: ${entry.name}`, async () => {
      const wrong: string[] = [];
      for (const pattern of PATTERNS.filter(({ kinds }) => kinds.includes(entry.kind))) {
        const times = await growth(entry, pattern, entry.kind === 'declarative' ? LENGTH / 2 : LENGTH);
        if (isSuperLinear(times)) wrong.push(`${pattern.name}: ${times.toFixed(1)} times as much a byte`);
      }
      assert.deepEqual(wrong, []);
    });
  }

  for (const { name, text, length } of LONGER) {
    it(`grows with its length where that is long: ${name}, ${text}`, async () => {
      const [entry, pattern] = [ENTRIES.find((each) => each.name === name), PATTERNS.find((each) => each.name === text)];
      if (entry === undefined || pattern === undefined) assert.fail();
      assert.ok(!isSuperLinear(await growth(entry, pattern, length)));
    });
  }
});

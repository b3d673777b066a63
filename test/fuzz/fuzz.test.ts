// A short run of the fuzzer with one seed: nothing that it makes brings an entry point down, changes its answer, or makes an edit break a file.
import assert from 'node:assert/strict';
import { ENTRIES } from './entries';
import { inputOf } from './inputs';
import { wrongWith } from './judge';

const SEED = 12;
const INPUTS = 15;

describe('texts by chance', function () {
  this.timeout(120_000);
  for (const entry of ENTRIES) {
    it(`do no harm to ${entry.name}`, async () => {
      for (let number = 0; number < INPUTS; number++) {
        const wrong = await wrongWith(entry, inputOf(entry.kind, SEED, entry.name, number));
        assert.equal(wrong, undefined, `npm run fuzz -- --seed ${SEED} --target ${entry.name} --only ${number}`);
      }
    });
  }
});

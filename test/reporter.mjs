// mocha's spec reporter that also writes its totals as JSON to the file named by MOCHA_TOTALS. What test/equipment/underTest.ts left out is told apart
// from what is skipped.
import { writeFileSync } from 'node:fs';
import Mocha from 'mocha';

export default class extends Mocha.reporters.Spec {
  /**
   * @param {Mocha.Runner} runner
   * @param {Mocha.MochaOptions} options
   */
  constructor(runner, options) {
    super(runner, options);
    let leftOut = 0;
    /** @type {string[]} */
    const told = [];
    runner.on('fail', (test, error) => {
      told.push(`${test.fullTitle()}: ${String(error.message).split('\n')[0] ?? ''}`);
    });
    runner.on('pending', (test) => {
      if ('leftOut' in test) leftOut += 1;
    });
    runner.once('end', () => {
      const { passes, failures, pending } = runner.stats ?? { passes: 0, failures: 1, pending: 0 };
      const file = process.env['MOCHA_TOTALS'];
      const totals = { passed: passes, failed: failures, skipped: pending - leftOut, leftOut, failures: told };
      if (file !== undefined) writeFileSync(file, JSON.stringify(totals));
    });
  }
}

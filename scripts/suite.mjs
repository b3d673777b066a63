// One suite in a process of its own: `node scripts/suite.mjs TOTALS-FILE SUITE [PART…]`, as scripts/test.mjs starts it. Totals go to the file.
import { writeFile } from 'node:fs/promises';
import { SUITES } from './suites.mjs';

const [file = '', name, ...only] = process.argv.slice(2);
const suite = SUITES.find((candidate) => candidate.name === name);
if (suite === undefined) throw new Error(`no suite ${name}`);
/** @type {import('./suites.mjs').Totals} */
let totals;
try {
  totals = await suite.run(only);
} catch (error) {
  console.log(error instanceof Error ? error.stack : error);
  totals = { passed: 0, failed: 1, skipped: 0 };
}
await writeFile(file, JSON.stringify(totals));
process.exit(0);

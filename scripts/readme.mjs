// README's command lines, run one after the other as a reader would. They install programs and leave folders: only for a machine that is thrown away.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import path from 'node:path';

const root = path.resolve(import.meta.dirname, '..');

/** @typedef {(line: string) => Promise<void>} Way how a line is run; rejects when it does not do what README says */

/** @type {readonly { begins: string, why?: string, way?: Way }[]} lines that are not simply run to their end; `why` leaves one out */
const SPECIAL = [
  { begins: 'npm test', why: 'it is what runs this' },
  { begins: 'code ', why: 'there is no desktop VS Code here' },
  { begins: 'npm start', way: startAndStop },
  // It finds what is wrong, and ends as a check does that found something.
  { begins: 'kong-plugin diagnose ', way: (line) => toItsEnd(line, 1) },
];

/**
 * @param {string} line
 * @param {number} [expected] its exit code
 */
async function toItsEnd(line, expected = 0) {
  const child = spawn('bash', ['-c', line], { cwd: root, stdio: ['ignore', 'inherit', 'inherit'] });
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  if (code !== expected) throw new Error(`it ended with ${code}`);
}

/**
 * Waits until what a line starts can be opened at the address that it prints, and stops it as Ctrl-C does.
 * @param {string} line
 */
async function startAndStop(line) {
  const child = spawn('bash', ['-c', line], { cwd: root, stdio: ['ignore', 'pipe', 'inherit'], detached: true });
  const ended = once(child, 'close');
  let said = '';
  const address = await new Promise((/** @type {(address: string) => void} */ resolve, reject) => {
    child.stdout.on('data', (/** @type {Buffer} */ chunk) => {
      process.stdout.write(chunk);
      said += chunk.toString();
      const found = /http:\/\/\S+/.exec(said)?.[0];
      if (found !== undefined) resolve(found);
    });
    void ended.then(() => reject(new Error('it ended before it was ready')));
  });
  const { status } = await fetch(address);
  if (child.pid !== undefined) process.kill(-child.pid, 'SIGINT');
  await ended;
  if (status !== 200) throw new Error(`${address} answers ${status}`);
}

/**
 * Runs the lines; each counts as one test.
 * @returns {Promise<import('./suites.mjs').Totals>}
 */
export async function runReadme() {
  const text = await readFile(path.join(root, 'README.md'), 'utf8');
  const lines = [...text.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, block = '']) => block.split('\n').filter(Boolean));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const line of lines) {
    const special = SPECIAL.find(({ begins }) => line.startsWith(begins));
    if (special?.why !== undefined) {
      console.log(`    - ${line}: left out, because ${special.why}`);
      continue;
    }
    try {
      await (special?.way ?? toItsEnd)(line);
      console.log(`    ✔ ${line}`);
      totals.passed += 1;
    } catch (error) {
      console.log(`    ✘ ${line}: ${error instanceof Error ? error.message : String(error)}`);
      totals.failed += 1;
    }
  }
  return totals;
}

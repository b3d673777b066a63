// The suites of `npm test` as a table: what each needs from the system, what it shares with others, and how it is run in this process.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { run } from './programs.mjs';

const root = path.resolve(import.meta.dirname, '..');
const TSC = 'node_modules/typescript/bin/tsc';

/**
 * @typedef {{ passed: number, failed: number, skipped: number, leftOut?: number, failures?: string[] }} Totals leftOut: rows that the image under test
 *   cannot have; failures: what failed and the first line of why
 */

/**
 * @typedef {object} Suite
 * @property {string} name
 * @property {import('./debian.mjs').Program[]} needs
 * @property {boolean} [engine] uses the Docker engine of the run, one suite at a time
 * @property {boolean} [changesMachine] only run when named, with no other beside it: it leaves its traces on the machine
 * @property {boolean} [isPart] only run when named: what is in it is in another suite, too
 * @property {(only: string[]) => Promise<Totals>} run
 */

/** The unit tests that ask real programs, which only Debian's packages bring. The others are portable: they run wherever Node does. */
const WITH_PROGRAMS = [
  'test/unit/lua/oracle/**/*.test.ts',
  'test/unit/**/*.luarocks.test.ts',
  'test/unit/archive/publish.test.ts',
];

/** @type {import('./debian.mjs').Program[]} */
const LUA_PROGRAMS = ['luarocks', 'lua5.1', 'luajit', 'lua-filesystem', 'gcc', 'zip', 'unzip', 'git'];
const TESTS = '**/*.test.ts';

/** @type {readonly Suite[]} in the order in which they are begun: what takes long first, and the parts of the editor as far apart as they must be */
export const SUITES = [
  { name: 'docker', needs: ['dockerd', 'ip', 'debootstrap', 'docker-compose'], engine: true, run: docker },
  { name: 'editor', needs: ['chromium'], run: editor },
  { name: 'lint', needs: [], run: () => tool(['scripts/lint.mjs'], ['node_modules/prettier/bin/prettier.cjs', '--check', '.']) },
  { name: 'portable', needs: [], run: () => mocha('portable', [`test/unit/${TESTS}`], WITH_PROGRAMS) },
  { name: 'programs', needs: LUA_PROGRAMS, run: () => mocha('programs', WITH_PROGRAMS) },
  { name: 'unit', needs: LUA_PROGRAMS, isPart: true, run: () => mocha('unit', [`test/unit/${TESTS}`]) },
  {
    name: 'types',
    needs: [],
    isPart: true,
    run: () => tool([TSC, '-p', '.'], [TSC, '-p', 'src/extension/panel/page']),
  },
  { name: 'fuzz', needs: [], run: () => mocha('fuzz', [`test/fuzz/${TESTS}`]) },
  { name: 'browser', needs: ['chromium'], run: () => mocha('browser', [`test/browser/${TESTS}`]) },
  { name: 'readme', needs: [], changesMachine: true, run: async () => (await import('./readme.mjs')).runReadme() },
];

/**
 * Tools that pass or fail as a whole; each counts as one test.
 * @param {string[][]} calls
 * @returns {Promise<Totals>}
 */
async function tool(...calls) {
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const [script = '', ...args] of calls) {
    try {
      await run(process.execPath, [path.join(root, script), ...args], { cwd: root });
      totals.passed += 1;
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
      totals.failed += 1;
    }
  }
  return totals;
}

/**
 * @param {string} name
 * @param {readonly string[]} tests patterns of the files
 * @param {readonly string[]} [without] patterns of files to leave out
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<Totals>}
 */
async function mocha(name, tests, without = [], env = {}) {
  const file = path.join(root, 'out', `mocha-${name}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const child = spawn(
    process.execPath,
    [
      path.join(root, 'node_modules/mocha/bin/mocha.js'),
      '--reporter',
      path.join(root, 'test/reporter.mjs'),
      ...tests,
      ...without.flatMap((pattern) => ['--ignore', pattern]),
    ],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env, MOCHA_TOTALS: file } },
  );
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  const written = await readFile(file, 'utf8').catch(() => '{"passed":0,"failed":1,"skipped":0}');
  const totals = /** @type {Totals} */ (JSON.parse(written));
  // a run that fails without a failed test, or finds no test, has failed all the same
  if (totals.failed === 0 && (code !== 0 || totals.passed === 0)) totals.failed = 1;
  return totals;
}

/** @returns {Promise<Totals>} */
async function docker() {
  const { ensureEngine } = await import('./dockerEngine.mjs');
  const engine = await ensureEngine();
  if ('missing' in engine) throw new Error(`no Docker engine: ${engine.missing.join(', ')}`);
  try {
    return await mocha('docker', [`test/docker/${TESTS}`], [], engine.env);
  } finally {
    await engine.stop();
  }
}

/** @param {string[]} only @returns {Promise<Totals>} */
async function editor(only) {
  await run(process.execPath, [path.join(root, 'scripts/build.mjs')], { cwd: root });
  const { packageExtension } = await import('./package.mjs');
  const vsix = await packageExtension();
  const { runEditorSuites } = await import('../test/editor/run.mjs');
  const { browserWindows } = await import('../test/editor/browserWindow.mjs');
  return runEditorSuites(only, await browserWindows(vsix));
}

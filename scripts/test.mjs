// `npm test`: every suite in turn, one line of totals at the end. Arguments name the suites to run; `editor:NAME` runs one editor suite.
// A suite whose programs are missing is skipped and says what to install; with CI=true that is a failure.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { ensurePrograms } from './debian.mjs';
import { run } from './programs.mjs';

const root = path.resolve(import.meta.dirname, '..');
const bin = path.join(root, 'node_modules');
const ci = Boolean(process.env['CI']);

/** @typedef {{ passed: number, failed: number, skipped: number }} Totals */
/** @typedef {{ name: string, needs: import('./debian.mjs').Program[], run: (only: string[]) => Promise<Totals> }} Suite */

/** @type {Suite[]} */
const SUITES = [
  { name: 'lint', needs: [], run: () => tool(['eslint/bin/eslint.js', '.'], ['prettier/bin/prettier.cjs', '--check', '.']) },
  {
    name: 'types',
    needs: [],
    run: () => tool(['typescript/bin/tsc', '-p', '.'], ['typescript/bin/tsc', '-p', 'src/extension/panel/page']),
  },
  { name: 'unit', needs: ['luarocks', 'lua5.1', 'luajit', 'lua-filesystem', 'zip', 'unzip'], run: () => mocha('unit', {}) },
  { name: 'browser', needs: ['chromium'], run: () => mocha('browser', {}) },
  { name: 'editor', needs: ['chromium'], run: editor },
  { name: 'docker', needs: ['dockerd', 'ip', 'debootstrap', 'docker-compose'], run: docker },
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
      await run(process.execPath, [path.join(bin, script), ...args], { cwd: root });
      totals.passed += 1;
    } catch (error) {
      console.log(error instanceof Error ? error.message : error);
      totals.failed += 1;
    }
  }
  return totals;
}

/**
 * @param {string} folder below test/
 * @param {NodeJS.ProcessEnv} env
 * @returns {Promise<Totals>}
 */
async function mocha(folder, env) {
  const file = path.join(root, 'out', `totals-${folder}.json`);
  await mkdir(path.dirname(file), { recursive: true });
  await rm(file, { force: true });
  const child = spawn(
    process.execPath,
    [path.join(bin, 'mocha/bin/mocha.js'), '--reporter', path.join(root, 'test/reporter.mjs'), `test/${folder}/**/*.test.ts`],
    { cwd: root, stdio: ['ignore', 'inherit', 'inherit'], env: { ...process.env, ...env, MOCHA_TOTALS: file } },
  );
  const [code] = /** @type {[number | null]} */ (await once(child, 'close'));
  const written = await readFile(file, 'utf8').catch(() => '{"passed":0,"failed":1,"skipped":0}');
  const totals = /** @type {Totals} */ (JSON.parse(written));
  // a run that fails without a failed test, or finds no test, has failed all the same
  if (totals.failed === 0 && (code !== 0 || totals.passed === 0)) totals.failed = 1;
  return totals;
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

/** @returns {Promise<Totals>} */
async function docker() {
  const { ensureEngine } = await import('./dockerEngine.mjs');
  const engine = await ensureEngine();
  if ('missing' in engine) throw new Error(`no Docker engine: ${engine.missing.join(', ')}`);
  try {
    return await mocha('docker', engine.env);
  } finally {
    await engine.stop();
  }
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !SUITES.some((suite) => suite.name === name.split(':')[0]));
if (unknown.length > 0) {
  console.error(`No suite ${unknown.join(', ')}. Suites: ${SUITES.map((suite) => suite.name).join(', ')}`);
  process.exit(2);
}

const sum = { passed: 0, failed: 0, skipped: 0 };
/** @type {string[]} */
const lines = [];
for (const suite of SUITES) {
  const mine = asked.filter((name) => name.split(':')[0] === suite.name);
  if (asked.length > 0 && mine.length === 0) continue;
  console.log(`\n== ${suite.name}`);
  const started = Date.now();
  /** @type {Totals} */
  let totals;
  try {
    const missing = await ensurePrograms(suite.needs);
    if (missing.length > 0) {
      console.log(`${suite.name} is skipped: ${missing.join(', ')} not found on this machine.`);
      totals = { passed: 0, failed: ci ? 1 : 0, skipped: ci ? 0 : 1 };
    } else {
      totals = await suite.run(mine.map((name) => name.split(':')[1] ?? '').filter(Boolean));
    }
  } catch (error) {
    console.log(error instanceof Error ? error.stack : error);
    totals = { passed: 0, failed: 1, skipped: 0 };
  }
  // under CI nothing may be skipped
  if (ci && totals.skipped > 0) totals = { ...totals, failed: totals.failed + totals.skipped, skipped: 0 };
  lines.push(
    `${suite.name.padEnd(8)} ${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped (${((Date.now() - started) / 1000).toFixed(0)} s)`,
  );
  sum.passed += totals.passed;
  sum.failed += totals.failed;
  sum.skipped += totals.skipped;
}
console.log(`\n${lines.join('\n')}\n`);
console.log(`${sum.passed} passed, ${sum.failed} failed, ${sum.skipped} skipped`);
process.exit(sum.failed > 0 ? 1 : 0);

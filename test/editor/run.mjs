// Runs the editor suites in a real VS Code. One suite is one session with its own workspace; where the window comes from is the caller's matter.
import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import * as esbuild from 'esbuild';
import { ensurePrograms } from '../../scripts/debian.mjs';
import { ensureEngine } from '../../scripts/dockerEngine.mjs';
import { startDriver } from './driverServer.mjs';
import { sessionOf, suiteNames } from './sessions.mjs';

const exec = promisify(execFile);
const root = path.resolve(import.meta.dirname, '../..');
const built = path.join(root, 'out/editor-tests');
const screenshots = path.join(root, 'out/screenshots');

/** @typedef {import('./sessions.mjs').Session} Session */

/**
 * @typedef {object} Place what a window is opened with
 * @property {Session} session
 * @property {string} work a folder of this session
 * @property {string} workspace
 * @property {string} opens what of it is opened: itself, or a workspace file with several of its folders
 * @property {string} runner folder of the extension that runs the suite; not given as `extensionTestsPath`, because then the editor would refuse
 *   to show any dialog
 * @property {NodeJS.ProcessEnv} env of the extension host
 * @property {(text: string) => void} log what the editor prints
 */

/** @typedef {(place: Place) => Promise<{ page: import('playwright-core').Page, close: () => Promise<void> }>} OpenWindow */

/** Bundles the suites and their runner; `vscode` and `mocha` stay outside. */
export async function buildSuites() {
  const suites = await suiteNames();
  await rm(built, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: [
      path.join(import.meta.dirname, 'index.ts'),
      ...suites.map((suite) => path.join(import.meta.dirname, 'suites', `${suite}.test.ts`)),
    ],
    outdir: built,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
    // equipment that builds images is loaded by suites that can
    logOverride: { 'empty-import-meta': 'silent' },
  });
  return suites;
}

/**
 * Writes the extension that runs the suite.
 * @param {string} dir
 */
async function writeRunner(dir) {
  await cp(path.join(import.meta.dirname, 'driver-extension'), dir, { recursive: true });
  await writeFile(path.join(dir, 'index.js'), `module.exports = require(${JSON.stringify(path.join(built, 'index.js'))});\n`);
}

/**
 * One suite in one fresh VS Code.
 * @param {Session} session
 * @param {OpenWindow} open
 * @param {Record<string, string>} surroundings more variables for the editor
 * @returns {Promise<import('./driverServer.mjs').Result>}
 */
async function runSession(session, open, surroundings) {
  const work = await mkdtemp(path.join(os.tmpdir(), `kong-plugin-editor-${session.suite}-`));
  const workspace = path.join(work, 'workspace');
  const runner = path.join(work, 'runner');
  if (session.workspace === null) await mkdir(workspace);
  else await cp(path.join(root, 'test/fixtures', session.workspace), workspace, { recursive: true });
  const opens = session.roots === null ? workspace : path.join(workspace, 'several.code-workspace');
  if (session.roots !== null) await writeFile(opens, JSON.stringify({ folders: session.roots.map((dir) => ({ path: dir })) }));
  await writeRunner(runner);
  const driver = await startDriver(screenshots);
  /** @type {string[]} */
  const log = [];
  const env = {
    ...surroundings,
    KONG_PLUGIN_TEST_SUITE: path.join(built, `${session.suite}.test.js`),
    KONG_PLUGIN_TEST_DRIVER: driver.url,
    KONG_PLUGIN_TEST_WORKSPACE: workspace,
  };
  /** @type {Awaited<ReturnType<OpenWindow>> | undefined} */
  let window;
  try {
    window = await open({ session, work, workspace, opens, runner, env, log: (text) => log.push(text) });
    driver.attach(window.page);
    let timer;
    const limit = new Promise((/** @type {(result: import('./driverServer.mjs').Result) => void} */ resolve) => {
      timer = setTimeout(() => resolve({ tests: [], crash: `no result after 5 minutes:\n${log.join('')}` }), 300_000);
    });
    const result = await Promise.race([driver.result, limit]);
    clearTimeout(timer);
    if (result.crash !== undefined) await window.page.screenshot({ path: path.join(screenshots, `crash-${session.suite}.png`) });
    return result;
  } finally {
    await window?.close();
    driver.close();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * An engine with the test node's image in it.
 * @returns {Promise<{ env: Record<string, string>, stop: () => Promise<void> } | { missing: string[] }>}
 */
async function prepareEngine() {
  await ensurePrograms(['dockerd', 'ip', 'debootstrap']);
  const engine = await ensureEngine();
  if ('missing' in engine) return engine;
  const script = path.join(root, 'test/equipment/prepare.ts');
  const { stdout } = await exec(process.execPath, ['--import', 'tsx', script], {
    env: { ...process.env, ...engine.env },
    cwd: root,
  });
  return { env: { ...engine.env, KONG_PLUGIN_TEST_NODE_IMAGE: stdout.trim() }, stop: engine.stop };
}

/**
 * Runs all suites, or those named.
 * @param {readonly string[]} only
 * @param {OpenWindow} open
 * @returns {Promise<import('../../scripts/suites.mjs').Totals>}
 */
export async function runEditorSuites(only, open) {
  const suites = (await buildSuites()).filter((suite) => only.length === 0 || only.includes(suite));
  await mkdir(screenshots, { recursive: true });
  /** @type {string[]} */
  const failures = [];
  const totals = { passed: 0, failed: 0, skipped: 0, failures };
  for (const suite of suites) {
    console.log(`\n  editor: ${suite}`);
    const session = sessionOf(suite);
    const engine = session.engine ? await prepareEngine() : { env: {}, stop: () => Promise.resolve() };
    if ('missing' in engine) {
      console.log(`    - is skipped: there is no Docker engine (${engine.missing.join(', ')})`);
      totals.skipped += 1;
      continue;
    }
    const result = await runSession(session, open, engine.env).finally(engine.stop);
    for (const test of result.tests) {
      console.log(`    ${{ passed: '✔', failed: '✘', pending: '-' }[test.state]} ${test.title}`);
      if (test.error !== undefined) console.log(`      ${test.error.replaceAll('\n', '\n      ')}`);
      if (test.state === 'failed') failures.push(`${suite} ${test.title}: ${test.error?.split('\n')[0] ?? ''}`);
      totals[test.state === 'pending' ? 'skipped' : test.state] += 1;
    }
    if (result.crash !== undefined || result.tests.length === 0) {
      console.log(`    ✘ the suite did not run: ${result.crash ?? 'no test in it'}`);
      failures.push(`${suite} did not run`);
      totals.failed += 1;
    }
  }
  return totals;
}

// Runs the editor suites in a real VS Code: the server's extension host, opened by Chromium. One suite is one session with its own workspace.
import { createServer } from 'node:http';
import { once } from 'node:events';
import { cp, mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { installExtension, installServer, startServer } from '../../scripts/vscodeServer.mjs';

const root = path.resolve(import.meta.dirname, '../..');
const built = path.join(root, 'out/editor-tests');
const screenshots = path.join(root, 'out/screenshots');

/**
 * @typedef {object} Session
 * @property {string} suite the file test/editor/suites/<suite>.test.ts
 * @property {string | null} workspace folder below test/fixtures that is copied and opened; null opens no folder
 * @property {boolean} packaged install the .vsix and leave the source folder out
 * @property {boolean} trusted
 */

/** what a suite asks for beyond the defaults: the example workspace, from source, trusted */
const SESSIONS = /** @type {Record<string, Partial<Session>>} */ (
  JSON.parse(await readFile(path.join(import.meta.dirname, 'sessions.json'), 'utf8'))
);

/** @param {string} suite @returns {Session} */
export function sessionOf(suite) {
  return { suite, workspace: 'example', packaged: false, trusted: true, ...SESSIONS[suite] };
}

/** Bundles the suites and their runner; `vscode` and `mocha` stay outside. */
export async function buildSuites() {
  const suites = (await readdir(path.join(import.meta.dirname, 'suites'))).filter((file) => file.endsWith('.test.ts'));
  await rm(built, { recursive: true, force: true });
  await esbuild.build({
    entryPoints: [
      path.join(import.meta.dirname, 'index.ts'),
      ...suites.map((file) => path.join(import.meta.dirname, 'suites', file)),
    ],
    outdir: built,
    entryNames: '[name]',
    bundle: true,
    platform: 'node',
    format: 'cjs',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
  return suites.map((file) => file.replace('.test.ts', '')).sort();
}

/**
 * The tests' hands in the window: screenshots and keys, asked for over HTTP by test/editor/driver.ts.
 * @param {import('playwright-core').Page} page
 * @returns {Promise<{ url: string, result: Promise<Result>, close: () => void }>}
 */
async function startDriver(page) {
  /** @type {(result: Result) => void} */
  let report = () => undefined;
  const result = new Promise((/** @type {(result: Result) => void} */ resolve) => (report = resolve));
  /** @type {Record<string, (value: string) => Promise<unknown>>} */
  const acts = {
    screenshot: async (name) => {
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
    },
    press: (keys) => page.keyboard.press(keys),
    type: (text) => page.keyboard.type(text),
    click: (selector) => page.locator(selector).first().click({ timeout: 10_000 }),
    text: (selector) => page.locator(selector).allInnerTexts(),
    /** Runs in every frame, so that a webview's page can be asked. */
    frameText: async (selector) => {
      const texts = await Promise.all(
        page.frames().map((frame) =>
          frame
            .locator(selector)
            .allInnerTexts()
            .catch(() => /** @type {string[]} */ ([])),
        ),
      );
      return texts.flat();
    },
    frameClick: async (selector) => {
      for (const frame of page.frames()) {
        const target = frame.locator(selector).first();
        if ((await target.count().catch(() => 0)) > 0) return target.click({ timeout: 10_000 });
      }
      throw new Error(`nothing matches ${selector} in any frame`);
    },
    result: (json) => {
      report(/** @type {Result} */ (JSON.parse(json)));
      return Promise.resolve();
    },
  };
  const server = createServer((request, response) => {
    const answer = async () => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      const act = acts[(request.url ?? '').slice(1)];
      if (act === undefined) throw new Error(`no act ${request.url}`);
      return act(Buffer.concat(chunks).toString());
    };
    answer().then(
      (value) => response.end(JSON.stringify(value ?? null)),
      (/** @type {unknown} */ error) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${address.port}`, result, close: () => server.close() };
}

/**
 * Puts an extension that runs the suite into a server's data folder. It is not given as `extensionTestsPath`, because then the editor would
 * refuse to show any dialog.
 * @param {string} dataDir
 */
async function placeSuiteExtension(dataDir) {
  const dir = path.join(dataDir, 'extensions/test.kong-plugin-test-driver-0.0.0');
  await cp(path.join(import.meta.dirname, 'driver-extension'), dir, { recursive: true });
  await writeFile(path.join(dir, 'index.js'), `module.exports = require(${JSON.stringify(path.join(built, 'index.js'))});\n`);
}

/** @typedef {{ tests: { title: string, state: 'passed' | 'failed' | 'pending', error?: string }[], crash?: string }} Result */

/**
 * One suite in one fresh VS Code.
 * @param {import('../../scripts/vscodeServer.mjs').Installation} installation
 * @param {Session} session
 * @param {string} vsix
 * @returns {Promise<Result>}
 */
async function runSession(installation, session, vsix) {
  const work = await mkdtemp(path.join(os.tmpdir(), `kong-plugin-editor-${session.suite}-`));
  const workspace = path.join(work, 'workspace');
  if (session.workspace === null) await mkdir(workspace);
  else await cp(path.join(root, 'test/fixtures', session.workspace), workspace, { recursive: true });
  const dataDir = path.join(work, 'data');
  await placeSuiteExtension(dataDir);
  if (session.packaged) await installExtension(installation, vsix, dataDir);
  const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
  const page = await browser.newPage({
    viewport: { width: 1280, height: 800 },
    // the editor's clipboard is the page's
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const driver = await startDriver(page);
  /** @type {string[]} */
  const log = [];
  const server = await startServer(installation, {
    dataDir,
    flags: ['--enable-smoke-test-driver', ...(session.trusted ? ['--disable-workspace-trust'] : [])],
    env: {
      KONG_PLUGIN_TEST_SUITE: path.join(built, `${session.suite}.test.js`),
      KONG_PLUGIN_TEST_DRIVER: driver.url,
      KONG_PLUGIN_TEST_WORKSPACE: workspace,
    },
    log: (text) => log.push(text),
  });
  try {
    const remote = `vscode-remote://${server.origin.replace('http://', '')}`;
    const payload = session.packaged ? [] : [['extensionDevelopmentPath', remote + root]];
    const folder = session.workspace === null ? '' : `folder=${workspace}&`;
    await page.goto(`${server.origin}/?${folder}payload=${encodeURIComponent(JSON.stringify(payload))}`);
    let timer;
    const limit = new Promise((/** @type {(result: Result) => void} */ resolve) => {
      timer = setTimeout(() => resolve({ tests: [], crash: `no result after 5 minutes:\n${log.join('')}` }), 300_000);
    });
    const result = await Promise.race([driver.result, limit]);
    clearTimeout(timer);
    if (result.crash !== undefined) await page.screenshot({ path: path.join(screenshots, `crash-${session.suite}.png`) });
    return result;
  } finally {
    await browser.close();
    await server.stop();
    driver.close();
    await rm(work, { recursive: true, force: true, maxRetries: 5 });
  }
}

/**
 * Runs all suites, or those named.
 * @param {readonly string[]} only
 * @param {string} vsix the packaged extension
 * @returns {Promise<{ passed: number, failed: number, skipped: number }>}
 */
export async function runEditorSuites(only, vsix) {
  const suites = (await buildSuites()).filter((suite) => only.length === 0 || only.includes(suite));
  await mkdir(screenshots, { recursive: true });
  const installation = await installServer((message) => console.log(message));
  const totals = { passed: 0, failed: 0, skipped: 0 };
  for (const suite of suites) {
    const session = sessionOf(suite);
    console.log(`\n  editor: ${suite}`);
    const result = await runSession(installation, session, vsix);
    for (const test of result.tests) {
      console.log(`    ${{ passed: '✔', failed: '✘', pending: '-' }[test.state]} ${test.title}`);
      if (test.error !== undefined) console.log(`      ${test.error.replaceAll('\n', '\n      ')}`);
      totals[test.state === 'pending' ? 'skipped' : test.state] += 1;
    }
    if (result.crash !== undefined || result.tests.length === 0) {
      console.log(`    ✘ the suite did not run: ${result.crash ?? 'no test in it'}`);
      totals.failed += 1;
    }
  }
  return totals;
}

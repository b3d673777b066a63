// `npm run test:electron`: the editor suites in a desktop VS Code, for people with a network or an installed one (VSCODE_PATH names its executable).
import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { cp, mkdtemp, mkdir, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath, runTests } from '@vscode/test-electron';
import { buildSuites, sessionOf } from '../test/editor/run.mjs';
import { packageExtension } from './package.mjs';

const root = path.resolve(import.meta.dirname, '..');
await import('./build.mjs');
const vsix = await packageExtension();
const vscodeExecutablePath = process.env['VSCODE_PATH'] ?? (await downloadAndUnzipVSCode('stable'));

/** The acts that need a browser's page (keys, screenshots) are not to be had here: a suite that asks for one is told so and fails. */
const totals = { passed: 0, failed: 0, skipped: 0 };
for (const suite of await buildSuites()) {
  const session = sessionOf(suite);
  const work = await mkdtemp(path.join(os.tmpdir(), 'kong-plugin-electron-'));
  const workspace = path.join(work, 'workspace');
  await (session.workspace === null
    ? mkdir(workspace)
    : cp(path.join(root, 'test/fixtures', session.workspace), workspace, { recursive: true }));
  const extensions = ['--extensions-dir', path.join(work, 'extensions'), '--user-data-dir', path.join(work, 'data')];
  if (session.packaged) {
    const [cli = '', ...args] = resolveCliArgsFromVSCodeExecutablePath(vscodeExecutablePath, { reuseMachineInstall: true });
    spawnSync(cli, [...args, ...extensions, '--install-extension', vsix], { stdio: 'inherit' });
  }
  const driver = createServer((request, response) => {
    void (async () => {
      const chunks = [];
      for await (const chunk of request) chunks.push(chunk);
      if (request.url === '/result') {
        const result = /** @type {import('../test/editor/run.mjs').Result} */ (JSON.parse(Buffer.concat(chunks).toString()));
        for (const test of result.tests) {
          console.log(`${test.state}  ${test.title}${test.error === undefined ? '' : `\n${test.error}`}`);
          totals[test.state === 'pending' ? 'skipped' : test.state] += 1;
        }
        if (result.crash !== undefined) {
          console.log(result.crash);
          totals.failed += 1;
        }
        response.end('null');
      } else if (request.url === '/screenshot') response.end('null');
      else response.writeHead(501).end('needs the browser; run npm test');
    })();
  }).listen(0, '127.0.0.1');
  await once(driver, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (driver.address());
  await runTests({
    vscodeExecutablePath,
    extensionDevelopmentPath: session.packaged ? path.join(root, 'test/editor/driver-extension') : root,
    extensionTestsPath: path.join(root, 'out/editor-tests/index.js'),
    extensionTestsEnv: {
      KONG_PLUGIN_TEST_SUITE: path.join(root, 'out/editor-tests', `${suite}.test.js`),
      KONG_PLUGIN_TEST_DRIVER: `http://127.0.0.1:${address.port}`,
      KONG_PLUGIN_TEST_WORKSPACE: workspace,
    },
    launchArgs: [
      ...(session.workspace === null ? [] : [workspace]),
      ...extensions,
      ...(session.trusted ? ['--disable-workspace-trust'] : []),
    ],
  }).catch(() => undefined); // a failed suite has reported itself
  driver.close();
  await rm(work, { recursive: true, force: true });
}
console.log(`${totals.passed} passed, ${totals.failed} failed, ${totals.skipped} skipped`);
process.exitCode = totals.failed > 0 || totals.passed === 0 ? 1 : 0;

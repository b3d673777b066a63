// `npm run test:electron`: the editor suites in a desktop VS Code, for people with a network or an installed one (VSCODE_PATH names its executable).
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { downloadAndUnzipVSCode, resolveCliArgsFromVSCodeExecutablePath } from '@vscode/test-electron';
import { chromium } from 'playwright-core';
import { runEditorSuites } from '../test/editor/run.mjs';
import { packageExtension } from './package.mjs';
import { run } from './programs.mjs';
import { freePort } from './vscodeServer.mjs';

const root = path.resolve(import.meta.dirname, '..');
await import('./build.mjs');
const vsix = await packageExtension();
const vscode = process.env['VSCODE_PATH'] ?? (await downloadAndUnzipVSCode('stable'));

/** @type {import('../test/editor/run.mjs').OpenWindow} */
const desktopWindow = async ({ session, work, opens, runner, env, log }) => {
  const folders = ['--extensions-dir', path.join(work, 'extensions'), '--user-data-dir', path.join(work, 'data')];
  if (session.packaged) {
    const [cli = '', ...args] = resolveCliArgsFromVSCodeExecutablePath(vscode, { reuseMachineInstall: true });
    await run(cli, [...args, ...folders, '--install-extension', vsix]);
  }
  const port = await freePort();
  const child = spawn(
    vscode,
    [
      ...(session.workspace === null ? [] : [opens]),
      ...folders,
      ...[runner, ...(session.packaged ? [] : [root])].map((dir) => `--extensionDevelopmentPath=${dir}`),
      `--remote-debugging-port=${port}`,
      '--enable-smoke-test-driver',
      '--skip-welcome',
      '--no-sandbox',
      ...(session.trusted ? ['--disable-workspace-trust'] : []),
    ],
    { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  const ended = once(child, 'close');
  const answers = new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ chunk) => {
        log(chunk.toString());
        if (chunk.includes('DevTools listening')) resolve(undefined);
      });
    }
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`VS Code ended with ${code}`)));
  });
  await answers;
  const browser = await chromium.connectOverCDP(`http://127.0.0.1:${port}`);
  const [context] = browser.contexts();
  const page = context?.pages()[0] ?? (await context?.waitForEvent('page'));
  if (page === undefined) throw new Error('VS Code shows no window');
  return {
    page,
    close: async () => {
      await browser.close();
      child.kill();
      await ended;
    },
  };
};

const { passed, failed, skipped } = await runEditorSuites(process.argv.slice(2), desktopWindow);
console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
process.exitCode = failed > 0 || passed === 0 ? 1 : 0;

// A VS Code whose window is a page of Chromium and whose extension host is the VS Code server.
import { cp } from 'node:fs/promises';
import path from 'node:path';
import { chromium } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { installExtension, installServer, startServer } from '../../scripts/vscodeServer.mjs';

const root = path.resolve(import.meta.dirname, '../..');

/**
 * Installs the server when it is not there yet.
 * @param {string} vsix the packaged extension
 * @returns {Promise<import('./run.mjs').OpenWindow>}
 */
export async function browserWindows(vsix) {
  const installation = await installServer((message) => console.log(message));
  return async ({ session, work, opens, runner, env, log }) => {
    const dataDir = path.join(work, 'data');
    await cp(runner, path.join(dataDir, 'extensions/test.kong-plugin-test-driver-0.0.0'), { recursive: true });
    if (session.packaged) await installExtension(installation, vsix, dataDir);
    const browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
    const page = await browser.newPage({
      viewport: { width: 1280, height: 800 },
      // a bar that moves is drawn sixty times a second, by the processor
      reducedMotion: 'reduce',
      // the editor's clipboard is the page's
      permissions: ['clipboard-read', 'clipboard-write'],
    });
    const server = await startServer(installation, {
      dataDir,
      flags: ['--enable-smoke-test-driver', ...(session.trusted ? ['--disable-workspace-trust'] : [])],
      env,
      log,
    });
    const close = async () => {
      await browser.close();
      await server.stop();
    };
    const remote = `vscode-remote://${server.origin.replace('http://', '')}`;
    const payload = session.packaged ? [] : [['extensionDevelopmentPath', remote + root]];
    const opened = session.workspace === null ? '' : `${session.roots === null ? 'folder' : 'workspace'}=${opens}&`;
    await page.goto(`${server.origin}/?${opened}payload=${encodeURIComponent(JSON.stringify(payload))}`);
    return { page, close };
  };
}

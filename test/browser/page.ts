// Opens the troubleshooting page in a plain browser, the way the extension serves it: same HTML, same policy, bundled script.
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as esbuild from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { chromiumFlags, findChromium } from '../../scripts/chromium.mjs';
import { panelHtml } from '../../src/extension/panel/html';
import type { FromPage, LogLine, PanelState, ToPage } from '../../src/extension/panel/messages';

const root = path.resolve(import.meta.dirname, '../..');
export const SCREENSHOTS = path.join(root, 'out/screenshots');

/** The page's server and its browser; one for all tests of a file. */
export interface Stage {
  /** A fresh page, its requests and what it says to the extension. */
  open: (size?: { width: number; height: number }) => Promise<Opened>;
  close: () => Promise<void>;
}

export interface Opened {
  page: Page;
  show: (state: PanelState & { log?: LogLine[] }) => Promise<void>;
  /** The state alone, with the log as the page has it. */
  state: (state: PanelState) => Promise<void>;
  sent: () => Promise<FromPage[]>;
  /** Every address the page wanted after it was loaded, and those that reached the server. */
  requests: string[];
  served: string[];
  /** Everything the console and the page's errors said. */
  complaints: string[];
}

/** Bundles the page and starts server and browser. */
export async function openStage(): Promise<Stage> {
  const bundle = await esbuild.build({
    entryPoints: [path.join(root, 'src/extension/panel/page/page.ts')],
    bundle: true,
    platform: 'browser',
    format: 'iife',
    write: false,
  });
  const script = bundle.outputFiles[0]?.text ?? '';
  const style = await readFile(path.join(root, 'media/panel.css'), 'utf8');
  let served: string[] = [];
  const server = createServer((request, response) => {
    // the browser asks for a favicon by itself
    if (request.url !== '/favicon.ico') served.push(request.url ?? '');
    const files: Record<string, [type: string, body: string]> = {
      '/': ['text/html', panelHtml({ script: '/panel.js', style: '/panel.css', cspSource: "'self'", nonce: 'c2VjcmV0' })],
      '/panel.js': ['text/javascript', script],
      '/panel.css': ['text/css', style],
    };
    const [type, body] = files[request.url ?? ''] ?? ['text/plain', ''];
    response.writeHead(body === '' ? 404 : 200, { 'content-type': `${type}; charset=utf-8` }).end(body);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser: Browser = await chromium.launch({ executablePath: findChromium(), args: chromiumFlags });
  return {
    open: async (size = { width: 1100, height: 420 }) => {
      const page = await browser.newPage({ viewport: size });
      const requests: string[] = [];
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('dialog', (dialog) => {
        complaints.push(`dialog: ${dialog.message()}`);
        void dialog.dismiss();
      });
      await page.addInitScript(
        'window.sent = []; window.addEventListener("from-page", (event) => window.sent.push(event.detail));',
      );
      await page.goto(`${origin}/`);
      served = [];
      page.on('request', (request) => requests.push(request.url()));
      const tell = async (...messages: ToPage[]): Promise<void> => {
        for (const message of messages) await page.evaluate(`window.postMessage(${JSON.stringify(message)}, '*')`);
        // messages are delivered in order: when this one is answered, the state is shown
        await page.evaluate(
          'new Promise((done) => { addEventListener("message", () => requestAnimationFrame(() => done()), { once: true }); postMessage("after", "*"); })',
        );
      };
      return {
        page,
        requests,
        served,
        complaints,
        show: ({ log = [], ...state }) => tell({ type: 'log', log }, { type: 'state', state }),
        state: (state) => tell({ type: 'state', state }),
        sent: () => page.evaluate<FromPage[]>('window.sent'),
      };
    },
    close: async () => {
      await browser.close();
      server.close();
    },
  };
}

// The suites' hands in the window: screenshots, clicks and keys, asked for over HTTP by test/editor/driver.ts.
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';

/** @typedef {{ tests: { title: string, state: 'passed' | 'failed' | 'pending', error?: string }[], crash?: string }} Result */

/**
 * Listens for what the suite wants done in the window; `attach` says which window that is, once it is open.
 * @param {string} screenshots folder
 * @returns {Promise<{ url: string, result: Promise<Result>, attach: (page: import('playwright-core').Page) => void, close: () => void }>}
 */
export async function startDriver(screenshots) {
  /** @type {(page: import('playwright-core').Page) => void} */
  let attach = () => undefined;
  const opened = new Promise((/** @type {(page: import('playwright-core').Page) => void} */ resolve) => (attach = resolve));
  /** @type {(result: Result) => void} */
  let report = () => undefined;
  const result = new Promise((/** @type {(result: Result) => void} */ resolve) => (report = resolve));
  /** @type {Record<string, (page: import('playwright-core').Page, value: string) => Promise<unknown>>} */
  const acts = {
    screenshot: async (page, name) => {
      await mkdir(screenshots, { recursive: true });
      await page.screenshot({ path: path.join(screenshots, `${name}.png`) });
    },
    press: (page, keys) => page.keyboard.press(keys),
    type: (page, text) => page.keyboard.type(text),
    click: async (page, selector) => {
      // away from what was clicked before: its hover would stay, and lie over its neighbours
      await page.mouse.move(400, 1);
      const target = page.locator(selector).first();
      await target.click({ timeout: 10_000 }).catch((/** @type {unknown} */ error) => {
        // on a busy machine one stays that belongs to what lies under a dialog
        if (!String(error).includes('hover-contents')) throw error;
        return target.dispatchEvent('click');
      });
    },
    /** Goes to the beginning of what matches and clicks there with Control held, as one follows a link. */
    follow: async (page, selector) => {
      const box = await page.locator(selector).first().boundingBox({ timeout: 5_000 });
      if (box === null) throw new Error(`nothing matches ${selector}`);
      await page.mouse.move(box.x + 20, box.y + box.height / 2, { steps: 3 });
      await page.keyboard.down('Control');
      await page.mouse.click(box.x + 22, box.y + box.height / 2);
      await page.keyboard.up('Control');
    },
    text: (page, selector) => page.locator(selector).allInnerTexts(),
    /** Runs in every frame, so that a webview's page can be asked. */
    frameText: async (page, selector) => {
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
    frameClick: async (page, selector) => {
      for (const frame of page.frames()) {
        const target = frame.locator(selector).first();
        if ((await target.count().catch(() => 0)) > 0) return target.click({ timeout: 10_000 });
      }
      throw new Error(`nothing matches ${selector} in any frame`);
    },
    result: (_page, json) => {
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
      return act(await opened, Buffer.concat(chunks).toString());
    };
    answer().then(
      (value) => response.end(JSON.stringify(value ?? null)),
      (/** @type {unknown} */ error) => response.writeHead(500).end(String(error)),
    );
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { url: `http://127.0.0.1:${address.port}`, result, attach, close: () => server.close() };
}

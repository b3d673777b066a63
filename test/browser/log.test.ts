// The log below the findings, searched by eye: its minutes, one request's lines, the plugins' own lines.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import type { LogLine } from '../../src/extension/panel/messages';
import { openStage, SCREENSHOTS, type Opened, type Stage } from './page';
import { card, THREE } from './panelStates';
import { THEMES } from './themes';

const IDS = ['e3f6295fa056ea2ade8b557c49afc47d', '2d3a5160021ffd1902b9292fa827737c'];
const tail = (request: number): string =>
  `client: 10.0.0.1, server: kong, request: "GET / HTTP/1.1", request_id: "${IDS[request] ?? ''}"`;
const TEXTS = [
  '2026/11/30 04:12:59 [notice] 1#0: start worker processes',
  `2026/11/30 04:13:01 [notice] 7#0: *4 [kong] handler.lua:9 [hello] first, ${tail(0)}`,
  `2026/11/30 04:13:02 [notice] 7#0: *5 [kong] handler.lua:9 [hello] second, ${tail(1)}`,
  '2026/11/30 04:13:02 [error] 7#0: *4 failed to run log_by_lua*: /p/handler.lua:7: boom',
  'stack traceback:',
  `\tlog_by_lua:2: in main chunk while logging request, ${tail(0)}`,
  '2026/11/30 04:15:00 [notice] 7#0: exiting',
];
const LINES = TEXTS.map((text, i): LogLine => [i + 1, text]);
const STATE = { ...THREE, cards: [card({ evidence: [{ line: 4, text: TEXTS[3] ?? '' }] })], log: LINES, lines: LINES.length };

describe('the log of the troubleshooting page', function () {
  this.timeout(60_000);
  let stage: Stage;
  let opened: Opened;

  before(async () => {
    await mkdir(SCREENSHOTS, { recursive: true });
    stage = await openStage();
  });
  after(() => stage.close());
  beforeEach(async () => {
    opened = await stage.open();
    await opened.show(STATE);
  });
  afterEach(() => opened.page.close());

  const numbers = (): Promise<string[]> => opened.page.locator('.row .number').allInnerTexts();

  it('has a bar for each minute, errors marked, and goes to the first error of the one that is pressed', async () => {
    const bars = opened.page.locator('#timeline .bar');
    const labels: unknown = await opened.page.evaluate(
      '[...document.querySelectorAll("#timeline .bar")].map((bar) => bar.ariaLabel)',
    );
    assert.deepEqual(labels, [
      '2026-11-30 04:12: 1 line',
      '2026-11-30 04:13: 5 lines, 3 lines of errors',
      '2026-11-30 04:15: 1 line',
    ]);
    assert.equal(await opened.page.locator('#timeline .bar.bad').count(), 1);
    await bars.nth(2).click();
    assert.equal(await opened.page.locator('.row.current .number').innerText(), '7');
    await opened.page.keyboard.press('ArrowLeft');
    await opened.page.keyboard.press('Enter');
    assert.equal(await opened.page.locator('.row.current .number').innerText(), '4');
  });

  it('has no bars when all of it is of one minute', async () => {
    await opened.show(THREE);
    assert.equal(await opened.page.locator('#timeline').isVisible(), false);
  });

  it('shows the lines of one request together, tracebacks included, and the whole again', async () => {
    const button = opened.page.getByRole('button', { name: 'This request' });
    await opened.page.locator('.row').nth(1).click();
    await button.click();
    assert.deepEqual(await numbers(), ['2', '4', '5', '6']);
    assert.equal(await opened.page.locator('#count').innerText(), '4 of 7 lines');
    await button.click();
    assert.equal((await numbers()).length, LINES.length);
    await opened.page.locator('.row').nth(6).click();
    assert.equal(await button.isVisible(), false, 'a line that belongs to no request');
  });

  it('shows what plugins said themselves apart', async () => {
    await opened.page.getByLabel('Plugins’ own').check();
    assert.deepEqual(await numbers(), ['2', '3']);
    await opened.show(THREE);
    assert.equal(await opened.page.locator('#own-label').isVisible(), false, 'there is none');
    assert.equal((await numbers()).length, THREE.log.length);
  });

  it('leaves a filter when a card asks for a line that it hides', async () => {
    await opened.page.getByLabel('Plugins’ own').check();
    await opened.page.getByRole('button', { name: 'Show line 4 in the log' }).click();
    assert.equal(await opened.page.locator('.row.current .number').innerText(), '4');
    assert.equal((await numbers()).length, LINES.length);
  });

  for (const [theme, style] of THEMES) {
    it(`looks right: ${theme}`, async () => {
      await opened.page.evaluate(`document.documentElement.style.cssText = ${JSON.stringify(style)}`);
      await opened.page.locator('.row').nth(1).click();
      await opened.page.screenshot({ path: path.join(SCREENSHOTS, `panel-log-${theme}.png`) });
      assert.equal(await opened.page.evaluate('document.body.scrollWidth > innerWidth'), false);
    });
  }
});

// The troubleshooting page in a real browser: what it shows, what it reports, and that hostile text stays text.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { EMPTY_STATE, type FromPage, type LogLine } from '../../src/extension/panel/messages';
import { cardOf } from '../../src/extension/panel/diagnosis';
import { readLogSource } from '../../src/extension/panel/logSource';
import { openStage, SCREENSHOTS, type Opened, type Stage } from './page';
import { THEMES } from './themes';
import { LOG, card, THREE, HEALTHY, HOSTILE, TOO_FAINT } from './panelStates';

describe('troubleshooting page', function () {
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
  });
  afterEach(() => opened.page.close());

  const last = async (): Promise<FromPage | undefined> => (await opened.sent()).at(-1);

  it('announces itself and shows how to feed it', async () => {
    assert.deepEqual(await opened.sent(), [{ type: 'ready' }]);
    assert.equal(await opened.page.locator('#empty').isVisible(), true);
    assert.equal(await opened.page.locator('#summary.good').count(), 0);
    assert.equal(await opened.page.locator('#result').isVisible(), false);
  });

  it('shows each finding with cause, steps and Kong’s words', async () => {
    await opened.show(THREE);
    const texts = await opened.page.locator('article').allInnerTexts();
    assert.equal(texts.length, 3);
    assert.match(texts[0] ?? '', /enabled but not installed/);
    assert.match(texts[0] ?? '', /Repair lua_package_path/);
    assert.match(texts[1] ?? '', /Open handler\.lua:1/);
    assert.doesNotMatch(texts[2] ?? '', /Enable it/, 'what is mended has nothing left to press');
    assert.match(await opened.page.locator('#summary').innerText(), /2 problems\. Kong 3\.9\.1/);
  });

  it('shows a prediction as one, with the way to its setting, and no line of a log', async () => {
    const words = 'plugins in kong.conf, line 3';
    const predicted = card({ predicted: 'A prediction. Kong would say:', setting: { words, canOpen: true } });
    const unlinked = card({ predicted: 'A prediction. Kong would say:', setting: { words: 'the variable X', canOpen: false } });
    await opened.show({ ...THREE, cards: [predicted, unlinked], log: [], lines: 0 });
    const [first = '', second = ''] = await opened.page.locator('article').allInnerTexts();
    assert.match(first, /A prediction\. Kong would say:/);
    assert.match(second, /What leads there: the variable X/);
    assert.equal(await opened.page.getByRole('button', { name: /^Show line/ }).count(), 0);
    await opened.page.getByRole('button', { name: words }).click();
    assert.deepEqual(await last(), { type: 'setting', card: 0 });
  });

  it('says that a healthy log has nothing wrong', async () => {
    await opened.show(HEALTHY);
    assert.match(await opened.page.locator('#summary').innerText(), /Nothing wrong found in 1 line\./);
    assert.equal(await opened.page.locator('#cards').isVisible(), false);
  });

  it('does not call a log healthy that has no line', async () => {
    await opened.show({ ...HEALTHY, log: [], lines: 0, follow: 'on' });
    assert.match(await opened.page.locator('#summary').innerText(), /Nothing was logged yet\. Kong 3\.9\.1\. Following live\./);
    assert.equal(await opened.page.locator('#summary.good').count(), 0);
  });

  it('reports the buttons of a card', async () => {
    await opened.show(THREE);
    await opened.page.getByRole('button', { name: 'Repair lua_package_path' }).first().click();
    assert.deepEqual(await last(), { type: 'fix', card: 0, fix: 'repair-lua-package-path' });
    await opened.page.getByRole('button', { name: 'Open handler.lua:1' }).click();
    assert.deepEqual(await last(), { type: 'open', card: 1 });
  });

  it('diagnoses pasted text from the box and from anywhere on the page', async () => {
    await opened.page.locator('#paste').fill('init_by_lua error');
    await opened.page.locator('#diagnose').click();
    assert.deepEqual(await last(), { type: 'text', text: 'init_by_lua error', name: 'Pasted text' });
    await opened.show(HEALTHY);
    await opened.page.evaluate(
      'const data = new DataTransfer(); data.setData("text/plain", "more"); document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData: data, bubbles: true }))',
    );
    assert.deepEqual(await last(), { type: 'text', text: 'more', name: 'Pasted text' });
  });

  it('diagnoses a dropped file', async () => {
    await opened.page.evaluate(
      'const data = new DataTransfer(); data.items.add(new File(["dropped"], "error.log")); document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }))',
    );
    await opened.page.waitForFunction('window.sent.length > 1');
    assert.deepEqual(await last(), { type: 'text', text: 'dropped', name: 'error.log' });
  });

  it('filters the log and keeps line numbers', async () => {
    await opened.show(THREE);
    await opened.page.locator('#filter').fill('SCHEMA');
    assert.deepEqual(await opened.page.locator('.row .number').allInnerTexts(), ['2', '8']);
    assert.equal(await opened.page.locator('#count').innerText(), '2 of 9 lines');
    assert.equal(await opened.page.locator('.row mark').count(), 2);
    await opened.page.locator('#filter').fill('');
    assert.equal(await opened.page.locator('.row mark').count(), 0);
    await opened.page.locator('#decisive').check();
    assert.deepEqual(await opened.page.locator('.row .number').allInnerTexts(), ['2', '8', '9']);
  });

  it('searches the log: every match is marked, Enter goes from one to the next, round at the end', async () => {
    await opened.show(THREE);
    await opened.page.locator('#matches').uncheck();
    await opened.page.locator('#filter').fill('rate-guard');
    assert.equal(await opened.page.locator('.row').count(), LOG.length);
    assert.equal(await opened.page.locator('.row mark').count(), 2);
    await opened.page.locator('#filter').fill('error');
    assert.equal(await opened.page.locator('#count').innerText(), '3 of 9 lines');
    const goTo = async (key: string): Promise<string> => {
      await opened.page.locator('#filter').press(key);
      return opened.page.locator('.row.current .number').innerText();
    };
    assert.deepEqual([await goTo('Enter'), await goTo('Enter'), await goTo('Enter')], ['8', '9', '2']);
    assert.equal(await goTo('Shift+Enter'), '9');
    await opened.page.locator('#cards').focus();
    await opened.page.keyboard.press('Control+f');
    assert.equal(await opened.page.evaluate('document.activeElement.id'), 'filter');
  });

  it('follows: new lines come below, whoever looks at the end goes on seeing it', async () => {
    await opened.show({ ...THREE, follow: 'off' });
    await opened.page.getByRole('button', { name: 'Follow' }).click();
    assert.deepEqual(await last(), { type: 'follow' });
    await opened.show({ ...THREE, follow: 'on' });
    assert.equal(await opened.page.locator('#follow').getAttribute('aria-pressed'), 'true');
    assert.match(await opened.page.locator('#summary').innerText(), /Following live/);
    const more = Array.from({ length: 500 }, (_, i): LogLine => [LOG.length + i + 1, `more ${i + 1}`]);
    await opened.page.evaluate('const box = document.getElementById("rows"); box.scrollTop = box.scrollHeight;');
    await opened.page.evaluate(`window.postMessage(${JSON.stringify({ type: 'more', log: more })}, '*')`);
    await opened.state({ ...THREE, follow: 'on', lines: LOG.length + 500 });
    await opened.page.getByText('more 500', { exact: true }).waitFor();
    await opened.page.evaluate('document.getElementById("rows").scrollTop = 0');
    await opened.state({ ...THREE, follow: 'on', lines: LOG.length + 501 });
    assert.equal(await opened.page.evaluate('document.getElementById("rows").scrollTop'), 0);
  });

  it('brings the card that is to be explained into sight and focus', async () => {
    await opened.page.setViewportSize({ width: 900, height: 240 });
    await opened.show(THREE);
    await opened.page.evaluate(`window.postMessage(${JSON.stringify({ type: 'select', card: 2 })}, '*')`);
    const card = opened.page.locator('article').nth(2);
    await opened.page.waitForFunction('document.activeElement.dataset.id === "plugin-in-use-not-enabled"');
    assert.equal(await card.getAttribute('aria-current'), 'true');
    const [top, bottom] = await opened.page.evaluate<[number, number]>(
      '(() => { const card = document.querySelectorAll("article")[2].getBoundingClientRect(); const list = document.getElementById("cards").getBoundingClientRect(); return [card.top - list.top, card.top - list.bottom]; })()',
    );
    assert.ok(top >= -1 && bottom < 0, `${top} ${bottom}`);
  });

  it('draws only the rows in sight of a long log and goes to its decisive lines', async () => {
    const log = Array.from({ length: 20_000 }, (_, i): [number, string] => [i + 1, `line ${i + 1}`]);
    await opened.show({ ...THREE, log, lines: 90_000, cards: [card({ evidence: [{ line: 15_000, text: 'line 15000' }] })] });
    assert.ok((await opened.page.locator('.row').count()) < 200);
    assert.equal(await opened.page.locator('.row.decisive .text').innerText(), 'line 15000');
    await opened.page.evaluate('const box = document.getElementById("rows"); box.scrollTop = box.scrollHeight;');
    await opened.page.locator('.row.gap').waitFor();
    assert.match(await opened.page.locator('.row.gap').innerText(), /70,000 lines not shown/);
    await opened.page.locator('#previous').click();
    await opened.page.getByText('line 15000', { exact: true }).last().waitFor();
  });

  it('can be used with the keyboard alone', async () => {
    await opened.show(THREE);
    await opened.page.locator('article').first().focus();
    const focused = (): Promise<unknown> => opened.page.evaluate('document.activeElement.dataset.id');
    await opened.page.keyboard.press('ArrowDown');
    assert.equal(await focused(), 'no-configuration-schema');
    await opened.page.keyboard.press('j');
    assert.equal(await focused(), 'plugin-in-use-not-enabled');
    await opened.page.keyboard.press('k');
    assert.equal(await focused(), 'no-configuration-schema');
    await opened.page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'open', card: 1 });
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Tab');
    await opened.page.keyboard.press('Enter');
    assert.deepEqual(await last(), { type: 'fix', card: 1, fix: 'write-schema' });
  });

  it('keeps the focused card when the state is sent again', async () => {
    await opened.show(THREE);
    await opened.page.locator('article').nth(1).focus();
    await opened.show({ ...THREE, cards: THREE.cards.map((one) => ({ ...one, state: 'working' as const })) });
    assert.equal(await opened.page.evaluate('document.activeElement.dataset.id'), 'no-configuration-schema');
  });

  it('keeps the selected card when the state is sent again', async () => {
    await opened.show(THREE);
    await opened.page.evaluate(`window.postMessage(${JSON.stringify({ type: 'select', card: 1 })}, '*')`);
    await opened.page.locator('article[aria-current]').waitFor();
    await opened.state(THREE);
    assert.equal(await opened.page.locator('article[aria-current]').getAttribute('data-id'), 'no-configuration-schema');
  });

  it('gives every control a name', async () => {
    await opened.show(THREE);
    const nameless: unknown = await opened.page.evaluate(
      '[...document.querySelectorAll("button, input, select, textarea, section")].filter((e) => e.offsetParent !== null && !(e.innerText || e.ariaLabel || e.labels?.length)).map((e) => e.outerHTML)',
    );
    assert.deepEqual(nameless, []);
  });

  it('tells a screen reader what a card is: state and title, cause, steps, buttons', async () => {
    await opened.show(THREE);
    const client = await opened.page.context().newCDPSession(opened.page);
    const { nodes } = await client.send('Accessibility.getFullAXTree');
    const value = (field?: { value?: unknown }): string => (typeof field?.value === 'string' ? field.value : '');
    const articles = nodes.filter(({ role }) => value(role) === 'article');
    assert.deepEqual(
      articles.map(({ name }) => value(name)),
      [
        'Problem: The plugin is enabled but not installed rate-guard',
        'Problem: The plugin has no schema.lua audit-log',
        'Mended: The plugin is in use but not enabled audit',
      ],
    );
    assert.match(value(articles[1]?.description), /handler\.lua was found/);
    assert.ok(nodes.some(({ role }) => value(role) === 'feed'));
    for (const name of ['Write schema.lua', 'Open handler.lua:1', 'Documentation', 'Show line 8 in the log'])
      assert.ok(
        nodes.some((node) => value(node.role) === 'button' && value(node.name) === name),
        name,
      );
  });

  it('asks for the documentation by card, never by an address', async () => {
    await opened.show(THREE);
    await opened.page.getByRole('button', { name: 'Documentation' }).nth(1).click();
    assert.deepEqual(await last(), { type: 'link', card: 1 });
  });

  it('names a file that was dragged out of the editor', async () => {
    await opened.page.evaluate(
      'const data = new DataTransfer(); data.setData("text/uri-list", "file:///var/log/error.log\\r\\n"); document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true }))',
    );
    assert.deepEqual(await last(), { type: 'uri', uri: 'file:///var/log/error.log' });
  });

  it('shows hostile text as text: nothing runs, nothing is asked for, nothing is followed', async () => {
    const hostile = (text: string): string => text.slice(0, 2000);
    await opened.show({
      ...EMPTY_STATE,
      source: HOSTILE[0] ?? '',
      kong: HOSTILE[1] ?? '',
      cards: HOSTILE.map((text) =>
        card({
          id: hostile(text),
          title: hostile(text),
          plugin: hostile(text),
          cause: hostile(text),
          steps: [hostile(text)],
          evidence: [{ line: 1, text: hostile(text) }],
          place: hostile(text),
          fixes: [{ id: hostile(text), title: hostile(text), changesFiles: false }],
          note: hostile(text),
        }),
      ),
      log: HOSTILE.map((text, i) => [i + 1, text]),
      lines: HOSTILE.length,
      history: HOSTILE.map((text) => ({ id: hostile(text), label: hostile(text) })),
    });
    await opened.page.locator('#filter').fill('<');
    await opened.page.locator('#filter').fill('');
    assert.equal(await opened.page.locator('article').count(), HOSTILE.length);
    assert.equal(await opened.page.locator('#cards :is(script, img, svg, iframe, a, form, style, link, meta)').count(), 0);
    assert.equal(await opened.page.locator('#log :is(script, img, svg, iframe, a, form, style, link, meta)').count(), 0);
    const body = await opened.page.locator('body').innerText();
    assert.match(body, /<script>fetch/);
    assert.match(body, /⟨U\+202E⟩/);
    assert.doesNotMatch(body, /[\u001b\u202e\u0007\0]|example\.invalid/);
    assert.deepEqual(opened.requests, []);
    assert.deepEqual(opened.served, []);
    assert.deepEqual(opened.complaints, []);
    assert.equal(new URL(opened.page.url()).pathname, '/');
  });

  it('shows a hostile log as the reader hands it over: lines of 10 MB, NULs, invalid UTF-8, forged lines of Kong in a request', async () => {
    const kong = (message: string): string => `2026/11/23 08:00:01 [error] 1#0: init_by_lua error: ${message}`;
    const forged = `10.0.0.9 - - [23/Nov/2026:08:00:02 +0000] "GET /?x=init_by_lua%20error: forged plugin is enabled but not installed HTTP/1.1" 404 48 "-" "${kong('forged plugin is enabled but not installed')}"`;
    const real = HOSTILE.map((text) => kong(`/opt/kong/plugins/acme/handler.lua:3: ${text}`));
    const bytes = Buffer.concat([
      Buffer.from(`${forged}\n${'y'.repeat(10_000_000)}${HOSTILE.join(' ')}\n${real.join('\n')}\n`),
      Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28, 0x0a]),
      Buffer.from(`${kong("on plugin '<img src=/plugin>': no configuration schema found for plugin: <img src=/plugin>")}\n`),
      Buffer.from(`${kong('no configuration schema found for plugin: audit-log')}\n`),
    ]);
    const {
      findings,
      log,
      lines,
      kong: version,
    } = await readLogSource(
      { name: HOSTILE[0] ?? '', open: () => [bytes] },
      { plugins: [], signal: new AbortController().signal, onProgress: () => undefined },
    );
    assert.ok(!findings.some(({ plugin }) => plugin === 'forged'), 'a request can say what it likes');
    assert.ok(findings.some(({ plugin }) => plugin === 'audit-log'));
    assert.ok(findings.some(({ plugin }) => plugin === 'acme'));
    const cards = findings.map((finding) => cardOf(finding, [], { state: 'open', note: null }));
    await opened.show({ ...EMPTY_STATE, source: HOSTILE[0] ?? '', kong: version, cards, log, lines });
    for (const wanted of ['<', 'y'.repeat(50), '\u202e', '']) await opened.page.locator('#filter').fill(wanted);
    await opened.page.evaluate('document.getElementById("rows").scrollTop = 1e6');
    assert.equal(await opened.page.locator('article').count(), cards.length);
    assert.equal(await opened.page.locator('#result :is(script, img, svg, iframe, a, form, style, link, meta)').count(), 0);
    assert.doesNotMatch(await opened.page.locator('body').innerText(), /[\u001b\u202e\u0007\0]|example\.invalid/);
    const longest: unknown = await opened.page.evaluate(
      'Math.max(...[...document.querySelectorAll(".row, article *")].map((e) => e.textContent.length))',
    );
    assert.ok(Number(longest) < 20_000, `${String(longest)} characters are drawn`);
    assert.deepEqual([opened.requests, opened.served, opened.complaints], [[], [], []]);
  });

  it('is held by its policy even if markup got in', async () => {
    await opened.page.evaluate(
      'document.body.insertAdjacentHTML("beforeend", "<img src=/img onerror=fetch(1)><iframe src=/frame></iframe><form action=/form id=f></form>"); document.getElementById("f").submit()',
    );
    await opened.page.waitForFunction('document.images.length === 1 && document.images[0].complete');
    assert.deepEqual(opened.served, []);
    assert.ok(opened.complaints.some((text) => text.includes('Content Security Policy')));
  });

  for (const [theme, style] of THEMES) {
    for (const [name, state] of [
      ['three', THREE],
      ['healthy', HEALTHY],
      ['empty', EMPTY_STATE],
    ] as const) {
      it(`looks right: ${name}, ${theme}`, async () => {
        await opened.page.evaluate(`document.documentElement.style.cssText = ${JSON.stringify(style)}`);
        await opened.show(state);
        await opened.page.screenshot({ path: path.join(SCREENSHOTS, `panel-${name}-${theme}.png`) });
        const overflow: unknown = await opened.page.evaluate(
          'document.body.scrollWidth > innerWidth || document.body.scrollHeight > innerHeight',
        );
        assert.equal(overflow, false);
        assert.deepEqual(await opened.page.evaluate(TOO_FAINT), []);
      });
    }
  }

  it('has its bar in one line where there is a side bar beside it', async () => {
    await opened.page.setViewportSize({ width: 900, height: 300 });
    await opened.show({
      ...THREE,
      follow: 'on',
      history: [{ id: '1', label: '08:00 docker:kong-of-the-staging-cluster: nothing wrong' }],
    });
    const heights = await opened.page.evaluate(
      '[document.querySelector("#bar").clientHeight, document.querySelector("#copy").clientHeight]',
    );
    const [bar = 0, button = 0] = heights as number[];
    assert.ok(bar < 2 * button, `${bar} high, a button ${button}`);
  });

  it('fits a narrow panel', async () => {
    await opened.page.setViewportSize({ width: 420, height: 600 });
    await opened.show(THREE);
    await opened.page.screenshot({ path: path.join(SCREENSHOTS, 'panel-narrow.png') });
    assert.equal(await opened.page.evaluate('document.body.scrollWidth > innerWidth'), false);
  });
});

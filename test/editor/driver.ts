// The tests' hands in the window: asks the runner (test/editor/run.mjs) to press keys and take screenshots.
import assert from 'node:assert/strict';

async function act(name: string, body: string): Promise<unknown> {
  const response = await fetch(`${process.env['KONG_PLUGIN_TEST_DRIVER'] ?? ''}/${name}`, { method: 'POST', body });
  const text = await response.text();
  assert.equal(response.status, 200, `${name} ${body}: ${text}`);
  return JSON.parse(text) as unknown;
}

/** Saves out/screenshots/NAME.png. */
export const screenshot = (name: string): Promise<unknown> => act('screenshot', name);
/** Presses keys in Playwright's notation, for example `Control+Shift+P`. */
export const press = (keys: string): Promise<unknown> => act('press', keys);
/** Types text where the focus is. */
export const type = (text: string): Promise<unknown> => act('type', text);
/** Clicks the first element of the workbench that matches. */
export const click = (selector: string): Promise<unknown> => act('click', selector);
/** Clicks the beginning of the first element that matches with Control held, as one follows a link. */
export const follow = (selector: string): Promise<unknown> => act('follow', selector);
/** The visible texts of the workbench's elements that match. */
export const texts = (selector: string): Promise<string[]> => act('text', selector) as Promise<string[]>;
/** The visible texts of matching elements in any frame, webviews included. */
export const frameTexts = (selector: string): Promise<string[]> => act('frameText', selector) as Promise<string[]>;
/** Clicks the first matching element of any frame, webviews included. */
export const frameClick = (selector: string): Promise<unknown> => act('frameClick', selector);

/** Asks again until `probe` gives something; fails after `seconds`, saying what was awaited. */
export async function waitFor<T>(what: string, probe: () => Promise<T | undefined> | T | undefined, seconds = 45): Promise<T> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await probe();
    if (value !== undefined) return value;
    assert.ok(Date.now() < end, `gave up waiting for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

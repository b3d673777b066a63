// Hostile text made safe to look at.
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { visible } from '../../../src/extension/panel/page/visible';

describe('visible text', () => {
  const cases: [name: string, text: string, shown: string][] = [
    ['plain text', 'init_by_lua error: [string "x"]', 'init_by_lua error: [string "x"]'],
    ['tabs', '\tat x', '\tat x'],
    ['markup', '<b>&amp;</b>', '<b>&amp;</b>'],
    ['colours', '\u001b[1;31mError\u001b[0m', 'Error'],
    ['a terminal link', '\u001b]8;;http://x.invalid\u0007text\u001b]8;;\u001b\\', 'text'],
    ['a window title that never ends', '\u001b]0;title', ''],
    ['clearing the screen', '\u001b[2J\u001b[H\u001bcok', 'ok'],
    ['right-to-left override', 'a\u202egnp', 'a⟨U+202E⟩gnp'],
    ['zero-width space', 'a\u200bb', 'a⟨U+200B⟩b'],
    ['tag characters', 'a\u{e0041}b', 'a⟨U+E0041⟩b'],
    ['NUL and bell', '\0\u0007', '␀␇'],
    ['a carriage return inside', 'a\rb\r', 'a␍b'],
    ['other languages', 'größer 日本語 🙂', 'größer 日本語 🙂'],
  ];
  for (const [name, text, shown] of cases) {
    it(name, () => assert.equal(visible(text), shown));
  }

  it('leaves no control or direction character, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        assert.doesNotMatch(visible(text), /[\0-\x08\x0a-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069]/);
      }),
    );
  });

  it('takes time in proportion to the text', () => {
    const started = performance.now();
    for (const piece of ['\u001b[', '\u001b]', '\u001bP', '\u202e', '\u001b[0;0;0']) visible(piece.repeat(200_000));
    assert.ok(performance.now() - started < 4000);
  });
});

// Whether PCRE, which nginx's Lua module compiles patterns with, takes a regular expression: told with JavaScript's own engine, whose syntax
// is the same in what it shares. What only one of them knows is left open.

/** What PCRE knows and JavaScript does not, in JavaScript's words or without meaning: it does not matter here what is matched. */
const TRANSLATIONS: readonly (readonly [RegExp, string])[] = [
  [/\\Q.*?(?:\\E|$)/gs, 'q'],
  [/\(\?#[^)]*\)/g, ''],
  [/\(\?[imsxnJU-]+\)/g, ''],
  [/\(\?[imsxnJU-]+:/g, '(?:'],
  [/\(\?[>|]/g, '(?:'],
  [/\(\?P?<(?=[A-Za-z_])/g, '(?<'],
  [/\(\?'(\w+)'/g, '(?<$1>'],
  [/(?<!\\)([*+?}])\+/g, '$1'],
  [/\[:\^?\w+:\]/g, 'w'],
];

/** What both call wrong. */
const SURELY_WRONG =
  /Unterminated group|Unterminated character class|Unmatched '\)'|\\ at end of pattern|Nothing to repeat|out of order/;

/** Whether PCRE takes a pattern (bytes or text); undefined when that is not known. */
export function isPcre(pattern: string): boolean | undefined {
  const translated = TRANSLATIONS.reduce((text, [from, to]) => text.replaceAll(from, to), pattern);
  try {
    new RegExp(translated);
    return true;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return SURELY_WRONG.test(error.message) ? false : undefined;
  }
}

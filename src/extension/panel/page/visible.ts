// Makes hostile text safe to look at: what a terminal or a bidi algorithm would act on is dropped or spelled out.

const ESCAPES =
  /\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?|\x1b[PX^_][^\x1b]*(?:\x1b\\)?|\x1b[ -/]*[0-~]?/g;
const INVISIBLE = /[\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\u{e0000}-\u{e007f}]/gu;
const CONTROLS = /[\0-\x08\x0a-\x1f\x7f-\x9f]/g;

const code = (char: string): string => (char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');

/** One line of text without terminal escapes, its control and direction characters shown as what they are. */
export function visible(text: string): string {
  return text
    .replace(ESCAPES, '')
    .replace(/\r$/, '')
    .replace(CONTROLS, (char) => (char < ' ' ? String.fromCharCode(0x2400 + char.charCodeAt(0)) : `⟨U+${code(char)}⟩`))
    .replace(INVISIBLE, (char) => `⟨U+${code(char)}⟩`);
}

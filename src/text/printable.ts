// Text for a terminal: names and texts of others must not move its cursor, colour it, or turn its direction.

/** Control characters but tab and line break, and those that turn the direction of text (UAX #9), as what they are. */
const UNSEEN = /(?![\t\n])[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu;

/** The text with every such character written as `\u{1b}`, or in JSON as `\u001b`; a line break of Windows stays one. */
export function printable(text: string, kind: 'text' | 'json' = 'text'): string {
  return text.replace(UNSEEN, (character, at: number) => {
    if (character === '\r' && text[at + 1] === '\n') return character;
    const hex = character.charCodeAt(0).toString(16);
    return kind === 'json' ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`;
  });
}

// Applying text edits: the one place that turns positions back into offsets of a JavaScript string.
import type { Position, TextEdit } from './diagnostic';

/** The offsets at which the lines of a text begin; `\n`, `\r\n` and a lone `\r` end a line, as in LSP. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) starts.push(match.index + match[0].length);
  return starts;
}

/** Replaces all ranges at once, as LSP does: every range is one of the given text. Throws RangeError when two overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const starts = lineStarts(text);
  const offset = ({ line, character }: Position): number => {
    const end = starts[line + 1] ?? text.length;
    return Math.min((starts[line] ?? text.length) + character, end);
  };
  const stretches = edits.map(({ range, newText }) => ({ start: offset(range.start), end: offset(range.end), newText }));
  stretches.sort((a, b) => a.start - b.start || a.end - b.end);
  let result = '';
  let done = 0;
  for (const { start, end, newText } of stretches) {
    if (start < done) throw new RangeError('Edits overlap.');
    result += text.slice(done, start) + newText;
    done = end;
  }
  return result + text.slice(done);
}

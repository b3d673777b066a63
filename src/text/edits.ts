// Applying text edits to a text.
import type { TextEdit } from './diagnostic';
import { Lines } from './lines';

/** Replaces all ranges at once, as LSP does: every range is one of the given text. Throws RangeError when two overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const lines = new Lines(text);
  const stretches = edits.map(({ range, newText }) => ({
    start: lines.offset(range.start),
    end: lines.offset(range.end),
    newText,
  }));
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

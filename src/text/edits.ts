// Applying text edits to a text, and where a file is after changes.
import type { FileChange, TextEdit } from './diagnostic';
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

/** Where a file is once it, or a folder that holds it, was renamed. */
export function pathAfter(changes: readonly FileChange[], file: string): string {
  return changes.reduce((place, change) => {
    if (change.kind !== 'rename') return place;
    const rest = place.slice(change.path.length);
    return place.startsWith(change.path) && /^(?:$|[/\\])/.test(rest) ? change.to + rest : place;
  }, file);
}

// Changes of files as people read them before they agree: the lines that go and the lines that come.
import type { FileChange, TextEdit } from './diagnostic';
import { applyEdits } from './edits';

/** The lines a change takes and brings, with the number of the first; `text` is the file before it. */
export function diffOf(change: FileChange, text: string): string {
  if (change.kind === 'rename') return `renamed to ${change.to}\n`;
  if (change.kind === 'create') return marked('+', linesOf(change.text));
  return hunks(change.edits)
    .map(({ first, last, edits }) => {
      const lines = text.split(/(?<=\n)/);
      const before = lines.slice(first, last + 1).join('');
      const moved = edits.map(({ range, newText }) => ({
        newText,
        range: {
          start: { line: range.start.line - first, character: range.start.character },
          end: { line: range.end.line - first, character: range.end.character },
        },
      }));
      const [old, now] = [linesOf(before), linesOf(applyEdits(before, moved))];
      let head = 0;
      while (head < Math.min(old.length, now.length) && old[head] === now[head]) head++;
      let tail = 0;
      while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++;
      const changed = (list: readonly string[]): string[] => list.slice(head, list.length - tail);
      return `line ${first + head + 1}\n${marked('-', changed(old))}${marked('+', changed(now))}`;
    })
    .join('');
}

function linesOf(text: string): string[] {
  const lines = text.split(/\r?\n/);
  if (lines.at(-1) === '') lines.pop();
  return lines;
}

function marked(sign: string, lines: readonly string[]): string {
  return lines.map((line) => `${sign} ${line}\n`).join('');
}

/** Edits on the same lines belong together. */
function hunks(edits: readonly TextEdit[]): { first: number; last: number; edits: TextEdit[] }[] {
  const sorted = [...edits].sort((a, b) => a.range.start.line - b.range.start.line);
  const found: { first: number; last: number; edits: TextEdit[] }[] = [];
  for (const edit of sorted) {
    const hunk = found.at(-1);
    if (hunk !== undefined && edit.range.start.line <= hunk.last) {
      hunk.last = Math.max(hunk.last, edit.range.end.line);
      hunk.edits.push(edit);
    } else found.push({ first: edit.range.start.line, last: edit.range.end.line, edits: [edit] });
  }
  return found;
}

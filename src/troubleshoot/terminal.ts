// Text copied from a terminal that broke its lines at its width: the pieces of a line put together again.

/** A line with the number of its first piece. */
export interface NumberedLine {
  number: number;
  text: string;
}

const NARROWEST = 60;
const WIDEST = 500;
/** So many different lines must be as long as the longest for that to be no accident. */
const OFTEN = 2;
/** Widths at which terminals are opened: there one cut in the middle of a word is enough. */
const USUAL: ReadonlySet<number> = new Set([80, 90, 100, 120, 132, 140, 160, 180, 200]);
/** What begins a line of its own, however long the one before it is. */
const BEGINS =
  /^(?:\d{4}[/-]\d\d[/-]\d\d[ T]|nginx: \[|Error:|Warning: |stack traceback:|\t|\s{2,}\S|coroutine \d|[\w.-]{1,60}\s{0,20}\| |\[|\{"|>|$)/;

/** Lines of a text, the first one number 1; where no line is longer than some that are cut at the same width, those and what follows them are one. */
export function rejoin(lines: readonly string[]): NumberedLine[] {
  const width = widthOf(lines);
  const joined: NumberedLine[] = [];
  let open = false;
  lines.forEach((line, i) => {
    const last = joined.at(-1);
    const text = line.endsWith('\r') ? line.slice(0, -1) : line;
    if (open && last !== undefined && !BEGINS.test(text)) last.text += text;
    else joined.push({ number: i + 1, text });
    open = width > 0 && text.length === width;
  });
  return joined;
}

/** The width at which lines were cut; 0 when none were. */
function widthOf(lines: readonly string[]): number {
  let width = 0;
  let cut = new Set<string>();
  let inWord = false;
  for (const [i, line] of lines.entries()) {
    const length = line.endsWith('\r') ? line.length - 1 : line.length;
    if (length > WIDEST) return 0;
    if (length > width) [width, cut] = [length, new Set()];
    const next = lines[i + 1];
    if (length !== width || next === undefined || BEGINS.test(next)) continue;
    cut.add(line);
    inWord = /[a-z0-9]\r?$/.test(line) && /^[a-z0-9]/.test(next);
  }
  if (width < NARROWEST || cut.size === 0) return 0;
  return cut.size >= OFTEN || (USUAL.has(width) && inWord) ? width : 0;
}

// Positions of a JavaScript string and its offsets, each from the other.
import type { Position, Range } from './diagnostic';

/** The lines of one text; `\n`, `\r\n` and a lone `\r` end a line, as in LSP. */
export class Lines {
  readonly #starts: readonly number[];

  constructor(private readonly text: string) {
    this.#starts = [0, ...Array.from(text.matchAll(/\r\n|\n|\r/g), (match) => match.index + match[0].length)];
  }

  /** The offset of a position; one outside the text is moved to the nearest inside. */
  offset({ line, character }: Position): number {
    const end = this.#starts[line + 1] ?? this.text.length;
    return Math.min((this.#starts[line] ?? this.text.length) + character, end);
  }

  /** The position of an offset; one outside the text is moved to the nearest inside. */
  position(place: number): Position {
    const offset = Math.max(0, Math.min(place, this.text.length));
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((this.#starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return { line: low, character: offset - (this.#starts[low] ?? 0) };
  }

  range(start: number, end: number): Range {
    return { start: this.position(start), end: this.position(end) };
  }
}

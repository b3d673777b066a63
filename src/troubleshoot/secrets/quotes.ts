// Quotes as logs write them: plain, escaped any number of times, percent-encoded, as entities and as nginx's `\x22`.

/** One quote: where it ends, and how it is written. */
export interface Quote {
  end: number;
  /** As written, without its backslashes when it is a plain or escaped one. */
  mark: string;
  /** How many backslashes stand before a plain one. */
  escapes: number;
}

const QUOTE = /(\\{0,7})(["'`])|%2[27]|&(?:quot|apos|#3[49]);|\\{1,2}x2[27]|\\{1,2}u002[27]/iy;
const BACKSLASH = 92;
const NEWLINE = 10;

/** The quote that begins at a place; undefined when none does. */
export function quoteAt(text: string, at: number): Quote | undefined {
  QUOTE.lastIndex = at;
  const found = QUOTE.exec(text);
  if (found === null) return undefined;
  return { end: at + found[0].length, mark: found[2] ?? found[0], escapes: found[1]?.length ?? 0 };
}

/** Where what an opening quote holds ends: at its closing quote, or at the end of the line where there is none. */
export function closingOf(text: string, open: Quote): number {
  if (open.mark.length > 1) {
    const first = open.mark.charCodeAt(0);
    for (let at = open.end; at < text.length; at++) {
      const code = text.charCodeAt(at);
      if (code === NEWLINE || (code === first && text.startsWith(open.mark, at))) return at;
    }
    return text.length;
  }
  // A string within n strings has its quotes behind 2^n - 1 backslashes; a quote that it holds itself has more.
  const unit = 2 ** Math.round(Math.log2(open.escapes + 1));
  const mark = open.mark.charCodeAt(0);
  let run = 0;
  for (let at = open.end; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) run++;
    else {
      if (code === NEWLINE) return at;
      if (code === mark && (run < unit - 1 || Math.floor(run / unit) % 2 === 0)) return at - Math.min(run, open.escapes);
      run = 0;
    }
  }
  return text.length;
}

/** Where the line that holds a place ends. */
export function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

// A cursor in a configuration that is being written: a name is put in where it stands, so that the text can be read, and is looked for in the tree.
import { isScalar } from 'yaml';
import type { Span } from '../declarative/yamlText';
import { spanOf, spotAt, treeAt, treesOf, type Spot, type Tree } from './tree';

/** A character of nobody's alphabet. */
const MARK = '\uE000';

/** A cursor. */
export interface Cursor {
  tree: Tree;
  spot: Spot;
  /** Which document of the text it is in. */
  document: number;
  /** What of the text a suggestion replaces. */
  word: Span;
  /** Behind it stands the colon of a name already. */
  hasColon: boolean;
  /** The word stands alone on its line, or behind the dash of a list: it may become a name or be a value. */
  isLine: boolean;
  /** Behind a dash. */
  isItem: boolean;
  /** The quote that the word stands in. */
  quote: '"' | "'" | undefined;
}

/** The cursor at an offset; undefined in comments, in texts over lines, and where nothing could be made of the text. */
export function cursorAt(text: string, offset: number): Cursor | undefined {
  const lineStart = Math.max(text.lastIndexOf('\n', offset - 1), text.lastIndexOf('\r', offset - 1)) + 1;
  const before = text.slice(lineStart, offset);
  const state = quoteAt(before);
  if (state === 'comment') return undefined;
  const quote = state?.quote;
  const rest = /^[^\r\n]*/.exec(text.slice(offset, offset + MAX_LINE))?.[0] ?? '';
  const start = state === undefined ? offset - wordEnd(before) : lineStart + state.start + 1;
  const close = quote === undefined ? -1 : rest.indexOf(quote);
  const end =
    offset + (quote === undefined ? ((isValue(before) ? VALUE : WORD).exec(rest)?.[0].length ?? 0) : close < 0 ? 0 : close);
  const behind = text.slice(end + (close < 0 ? 0 : 1), end + MAX_LINE);
  const hasColon = /^[^\S\r\n]*:/.test(behind);
  const lead = text.slice(lineStart, start - (quote === undefined ? 0 : 1));
  const isLine = /^[^\S\r\n]*(?:-[^\S\r\n]+)*$/.test(lead);
  // Right behind a colon nothing may stand.
  if (quote === undefined && lead.endsWith(':')) return undefined;
  const isOpen = quote !== undefined && close < 0;
  const isName = isLine && !hasColon;
  // Of a name the closing quote goes with it, so that the colon comes behind.
  const takesQuote = isName && quote !== undefined && !isOpen;
  const put = `${MARK}${isOpen || takesQuote ? quote : ''}${isName ? ':' : ''}`;
  const written = `${text.slice(0, start)}${put}${text.slice(end + (takesQuote ? 1 : 0))}`;
  const found = treeAt(treesOf(written), start);
  const spot = found && spotAt(found.tree, start);
  if (found === undefined || spot?.scalar.value !== MARK || !isWritten(spot, start - (quote === undefined ? 0 : 1)))
    return undefined;
  return {
    tree: found.tree,
    document: found.index,
    spot,
    word: { start, end },
    hasColon,
    isLine,
    isItem: isLine && lead.includes('-'),
    quote,
  };
}

/** Lines longer than this are data. */
const MAX_LINE = 10_000;

/** What names and values are written with that are not in quotes. */
const WORD = /^[^\s,[\]{}:"'#]+/;

/** The same behind the colon of a name: there a colon belongs to it unless a space follows (`service:orders`). */
const VALUE = /^(?:[^\s,[\]{}:"'#]|:(?=[^\s,[\]{}"'#]))+/;

/** A value that is not in quotes, at the end of a text. */
const VALUE_BEFORE = /:[^\S\r\n]+([^\s,[\]{}:"'#][^\s,[\]{}"'#]*)?$/;

const isValue = (before: string): boolean => VALUE_BEFORE.test(before.slice(-MAX_LINE));

/** How many characters of a word stand at the end of a text. */
function wordEnd(before: string): number {
  const value = VALUE_BEFORE.exec(before.slice(-MAX_LINE))?.[1];
  if (value !== undefined) return value.length;
  const word = /[^\s,[\]{}:"'#]*$/.exec(before.slice(-MAX_LINE))?.[0] ?? '';
  // A dash alone begins an item of a list.
  return word === '-' ? 0 : word.length;
}

/** Whether the mark stands where it was put: a character like it may be anywhere. */
function isWritten({ scalar }: Spot, start: number): boolean {
  return isScalar(scalar) && spanOf(scalar)?.start === start;
}

/** What the end of a line's beginning is in: an open quote and where it begins, or a comment. */
function quoteAt(before: string): { quote: '"' | "'"; start: number } | 'comment' | undefined {
  let open: { quote: '"' | "'"; start: number } | undefined;
  for (let i = 0; i < before.length; i++) {
    const sign = before[i];
    if (open !== undefined) {
      if (sign === '\\' && open.quote === '"') i++;
      else if (sign === open.quote) open = undefined;
    } else if ((sign === '"' || sign === "'") && /(?:^|[\s,[{:-])$/.test(before.slice(Math.max(0, i - 1), i))) {
      open = { quote: sign, start: i };
    } else if (sign === '#' && (i === 0 || /\s/.test(before[i - 1] ?? ''))) return 'comment';
  }
  return open;
}

// How a text grows: a beginning, a piece over and over, and an end.
import type { Kind } from './entries';

export interface Pattern {
  name: string;
  kinds: readonly Kind[];
  /** A text of about this length. */
  of: (length: number) => string;
}

type Piece = string | ((i: number) => string);

/** A text of about `length`: pieces between a beginning and an end. */
function grown(piece: Piece, head: Piece, tail: Piece): (length: number) => string {
  return (length) => {
    const parts: string[] = [];
    for (let size = 0, i = 0; size < length; i++) {
      const part = typeof piece === 'string' ? piece : piece(i);
      parts.push(part);
      size += part.length;
    }
    const end = (one: Piece): string => (typeof one === 'string' ? one : one(parts.length));
    return end(head) + parts.join('') + end(tail);
  };
}

/** Patterns for texts of some kinds, by name. */
export const rows = (
  kinds: readonly Kind[],
  table: Readonly<Record<string, readonly [piece: Piece, head?: Piece, tail?: Piece]>>,
): Pattern[] =>
  Object.entries(table).map(([name, [piece, head = '', tail = '']]) => ({ name, kinds, of: grown(piece, head, tail) }));

/** An end as long as the pieces are many. */
export const half =
  (text: string) =>
  (count: number): string =>
    text.repeat(count);

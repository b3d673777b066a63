// Texts with a cursor in them.
import { Lines } from '../../../src/text/lines';
import type { Position } from '../../../src/text/diagnostic';

/** Takes the `|` out of a text and tells where it was. */
export function marked(text: string): { text: string; offset: number; position: Position } {
  const offset = text.indexOf('|');
  const rest = text.slice(0, offset) + text.slice(offset + 1);
  return { text: rest, offset, position: new Lines(rest).position(offset) };
}

// How values are written into the text of a declarative file: in its own style, with its own line breaks.
import { stringify } from 'yaml';
import type { Json } from '../adminClient';

/** The line break of a text. */
export function newlineOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** How many characters stand before an offset in its line. */
export function columnOf(text: string, offset: number): number {
  return offset - (text.lastIndexOf('\n', offset - 1) + 1);
}

/** The blanks at the beginning of the line that an offset stands in. */
export function indentOf(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? '';
}

/** A value as lines of block style, as YAML 1.1 and 1.2 read them alike. */
export function blockText(value: Json, indent = '', newline = '\n'): string {
  const lines = stringify(value, { version: '1.1', lineWidth: 0, blockQuote: false }).trimEnd().split('\n');
  return lines.map((line) => `${line === '' ? '' : indent}${line}${newline}`).join('');
}

/** A value on one line. */
export function inlineText(value: Json, isInFlow: boolean): string {
  const isPlain =
    !isInFlow && (typeof value !== 'string' || !/[\r\n]/.test(value)) && (typeof value !== 'object' || value === null);
  if (isPlain) return stringify(value, { version: '1.1', lineWidth: 0, blockQuote: false }).trimEnd();
  // What JSON leaves as it is and YAML takes for the end of a line.
  return JSON.stringify(value).replaceAll(
    /[\u0085\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** Lines put in at an offset between two lines. A text without a line break at its end has none afterwards either. */
export function insertLines(text: string, offset: number, block: string, indent: string): string {
  const newline = newlineOf(text);
  const lines = block
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : indent + line))
    .join(newline);
  const isOpen = offset > 0 && text[offset - 1] !== '\n';
  return `${text.slice(0, offset)}${isOpen ? newline : ''}${lines}${isOpen ? '' : newline}${text.slice(offset)}`;
}

/** A text without some of its lines. */
export function withoutLines(text: string, start: number, end: number): string {
  const isOpenEnd = end === text.length && text[end - 1] !== '\n';
  const from = isOpenEnd && start > 0 ? start - (text[start - 2] === '\r' ? 2 : 1) : start;
  return text.slice(0, from) + text.slice(end);
}

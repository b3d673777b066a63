// Edits inside a table constructor: fields that go, that are set aside as a comment, that are put in; and a stretch with its edits made.
import type { TableExpression } from '../../lua/ast';
import { textOf, type LuaSource, type Span } from '../../lua/source';
import { indentOf, newlineOf, removal, type LuaEdit } from '../sourceEdits/moduleTable';

/** Takes a field out, with its comma. */
export function withoutField(source: LuaSource, field: Span): LuaEdit {
  const end = endOf(source, field);
  // A last field on a line with others takes the comma before it along.
  const comma = end > field.end ? undefined : /,[ \t]*$/.exec(source.bytes.slice(0, field.start));
  return removal(source, { start: comma?.index ?? field.start, end });
}

/** Makes a field a comment, with its comma. */
export function setAside(source: LuaSource, field: Span): LuaEdit {
  const end = endOf(source, field);
  const text = textOf(source.bytes.slice(field.start, end));
  const level = '='.repeat(longest(text) + 1);
  return { start: field.start, end, newText: `--[${level}[ ${text} ]${level}]` };
}

/** How many `=` the longest closing bracket of a text has. */
function longest(text: string): number {
  return Math.max(0, ...[...text.matchAll(/\](=*)\]/g)].map(([, level = '']) => level.length));
}

function endOf({ bytes }: LuaSource, { end }: Span): number {
  return end + (/^\s*[,;]/.exec(bytes.slice(end))?.[0].length ?? 0);
}

/** Puts attributes behind the last field of a constructor. */
export function withAttributes(source: LuaSource, table: TableExpression, attributes: readonly string[]): LuaEdit[] {
  if (attributes.length === 0) return [];
  const last = table.fields.at(-1);
  const text = attributes.join(', ');
  if (last === undefined) return [{ start: table.start + 1, end: table.start + 1, newText: ` ${text} ` }];
  const end = endOf(source, last);
  const isClosed = end > last.end;
  const isOnLines = /[\r\n]/.test(source.bytes.slice(table.start + 1, last.start));
  const newText = isOnLines ? `${newlineOf(source)}${indentOf(source, last.start)}${text},` : ` ${text}${isClosed ? ',' : ''}`;
  return [{ start: end, end, newText: `${isClosed ? '' : ','}${newText}` }];
}

/** A stretch of a source after edits that lie in it; where one takes away what another has taken, once. Throws RangeError when others overlap. */
export function edited({ bytes }: LuaSource, span: Span, edits: readonly LuaEdit[]): string {
  let text = '';
  let done = span.start;
  for (const edit of [...edits].sort((a, b) => a.start - b.start || a.end - b.end)) {
    const { end, newText } = edit;
    const start = newText === '' ? Math.max(done, edit.start) : edit.start;
    if (start < done) throw new RangeError('Edits overlap.');
    if (end < start) continue;
    text += textOf(bytes.slice(done, start)) + newText;
    done = end;
  }
  return text + textOf(bytes.slice(done, span.end));
}

/** A text with all its lines but the first moved to the right; one with long brackets over several lines stays: they may be a text of Lua. */
export function indented(text: string, by: string): string {
  const brackets = [...text.matchAll(/\[(=*)\[[^]*?\]\1\]/g)];
  return brackets.some(([inside]) => inside.includes('\n')) ? text : text.replace(/(\n)(?=[^\r\n])/g, `$1${by}`);
}

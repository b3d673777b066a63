// Edits of a rockspec's text that keep everything else as it is. A computed value is changed in the literal that feeds it.
import type { FileChange, Fix, TextEdit } from '../text/diagnostic';
import type { Place } from '../lua/source';
import { isName } from '../lua/lexer';
import type { Entry, LuaString, LuaTable } from '../lua/values';

/** A change of one literal. */
export interface PlacedEdit {
  place: Place;
  newText: string;
}

/**
 * The edit that makes a string value another one: the literal it comes from, or the only literal of a joined string that has to change.
 * Undefined when no single literal will do.
 */
export function editString(value: LuaString, newText: string): PlacedEdit | undefined {
  const wanted = Buffer.from(newText, 'utf8').toString('latin1');
  const { origin } = value;
  if (origin === undefined) return undefined;
  if (origin.kind === 'literal') return editLiteral(origin.place, value.value, wanted);
  const old = value.value;
  let head = 0;
  while (head < Math.min(old.length, wanted.length) && old[head] === wanted[head]) head++;
  let tail = 0;
  while (tail < Math.min(old.length, wanted.length) - head && old.at(-1 - tail) === wanted.at(-1 - tail)) tail++;
  // The part that holds everything between the common head and the common tail.
  let start = 0;
  for (const part of origin.parts) {
    const end = start + part.value.length;
    if (part.value !== '' && start <= head && old.length - tail <= end) {
      const replaced = old.slice(start, head) + wanted.slice(head, wanted.length - tail) + old.slice(old.length - tail, end);
      return editString(part, Buffer.from(replaced, 'latin1').toString('utf8'));
    }
    start = end;
  }
  return undefined;
}

function editLiteral(place: Place, old: string, wanted: string): PlacedEdit | undefined {
  const written = place.source.bytes.slice(place.start, place.end);
  const quote = written.charAt(0);
  const simple =
    (quote === '"' || quote === "'") && written === quote + old + quote && !/[\\\r\n]/.test(wanted) && !wanted.includes(quote);
  if (simple)
    return {
      place: { ...place, start: place.start + 1, end: place.end - 1 },
      newText: Buffer.from(wanted, 'latin1').toString('utf8'),
    };
  const text = Buffer.from(wanted, 'latin1').toString('utf8');
  return { place, newText: quoted(text) };
}

/** A text as a Lua string literal. */
export function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\0', '\\0');
  return `"${escaped}"`;
}

/** A text as a table key. */
export function tableKey(text: string): string {
  return isName(text) ? text : `[${quoted(text)}]`;
}

/** The edit that gives a field another name; undefined when its name is computed. */
export function editKey(entry: Entry, newName: string): PlacedEdit | undefined {
  const { keyPlace, keyString } = entry;
  if (keyPlace === undefined || keyString === undefined) return undefined;
  const written = keyPlace.source.bytes.slice(keyPlace.start, keyPlace.end);
  if (written === keyString.value && isName(newName)) return { place: keyPlace, newText: newName };
  return /^["'[]/.test(written) ? editString(keyString, newName) : undefined;
}

/** Placed edits as changes of files, one a file. */
export function fileChanges(path: string, edits: readonly PlacedEdit[]): FileChange[] {
  const byPath = new Map<string, TextEdit[]>();
  for (const { place, newText } of edits) {
    const file = place.source.path ?? path;
    const list = byPath.get(file) ?? [];
    list.push({ range: place.source.range(place), newText });
    byPath.set(file, list);
  }
  return [...byPath].map(([file, list]) => ({ kind: 'edit', path: file, edits: list }));
}

/** A fix of placed edits; none when there is nothing to edit. */
export function editFix(title: string, path: string, edits: readonly (PlacedEdit | undefined)[], safe: boolean): Fix[] {
  const known = edits.filter((edit) => edit !== undefined);
  return known.length === 0 || known.length < edits.length ? [] : [{ title, changes: fileChanges(path, known), safe }];
}

/** The edit that takes a field out of its table, with its separator and its line; undefined when it is not written in a constructor. */
export function removeField(entry: Entry): PlacedEdit | undefined {
  const { place } = entry;
  if (place === undefined) return undefined;
  const { bytes } = place.source;
  let { start, end } = place;
  const behind = /^[ \t]*[,;]?[ \t]*/.exec(bytes.slice(end))?.[0] ?? '';
  end += behind.length;
  const lineStart = Math.max(bytes.lastIndexOf('\n', start - 1), bytes.lastIndexOf('\r', start - 1)) + 1;
  const newline = /^\r?\n/.exec(bytes.slice(end))?.[0];
  if (newline !== undefined && /^[ \t]*$/.test(bytes.slice(lineStart, start))) {
    start = lineStart;
    end += newline.length;
  }
  return { place: { ...place, start, end }, newText: '' };
}

/** The edit that adds fields at the end of a table constructor, indented like its last one; undefined when the table has no constructor. */
export function addField(table: LuaTable, fields: readonly string[]): PlacedEdit | undefined {
  const { place } = table;
  if (place === undefined) return undefined;
  const { bytes } = place.source;
  const inside = [...table.fields.values()].flatMap((entry) => {
    const own = entry.place;
    return own?.source === place.source && own.start > place.start && own.end < place.end ? [own] : [];
  });
  const last = inside.reduce<Place | undefined>(
    (best, own) => (best === undefined || own.end > best.end ? own : best),
    undefined,
  );
  const newline = bytes.includes('\r\n') ? '\r\n' : '\n';
  const lineStart = bytes.lastIndexOf('\n', (last ?? place).start - 1) + 1;
  const indent = /^[ \t]*/.exec(bytes.slice(lineStart))?.[0] ?? '';
  if (last !== undefined) {
    const at = { ...place, start: last.end, end: last.end };
    return { place: at, newText: fields.map((field) => `,${newline}${indent}${field}`).join('') };
  }
  const at = { ...place, start: place.start + 1, end: place.start + 1 };
  return { place: at, newText: `${fields.map((field) => `${newline}${indent}  ${field},`).join('')}${newline}${indent}` };
}

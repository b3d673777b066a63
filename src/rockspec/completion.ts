// What may be written at a place of a rockspec, also while it does not parse.
import type { Range } from '../text/diagnostic';
import { Lines } from '../text/lines';
import { cursorAt, type Cursor } from './cursor';
import { FIELD_DOCS, documentedFields, type FieldDoc } from './fieldDocs';
import { valuesFor, type Choice } from './completionValues';
import type { CompletionWorld, Suggestion } from './suggestion';

/** The suggestions at an offset (UTF-16 units) of a rockspec's text. */
export async function complete(text: string, offset: number, world: CompletionWorld): Promise<Suggestion[]> {
  const cursor = cursorAt(text, offset);
  if (cursor === undefined) return [];
  const range = new Lines(text).range(cursor.start, cursor.end);
  const after = text.slice(cursor.end, cursor.end + 200);
  const suggestions: Suggestion[] = [];
  const own = text.slice(cursor.start, cursor.end);
  const isNew = (name: string): boolean => name === own || !cursor.present.has(name);
  const isListItem = cursor.quoted && cursor.role === 'field';
  if (cursor.role !== 'value' && !isListItem) {
    suggestions.push(...fieldSuggestions(cursor, after, text, range).filter(({ label }) => isNew(label)));
  }
  const choices = await valuesFor(cursor, text, world);
  suggestions.push(
    ...choices
      .filter((choice) => cursor.role === 'value' || isNew(choice.value))
      .map((choice) => asSuggestion(choice, cursor, after, range)),
  );
  return suggestions.map((suggestion, rank) => ({ ...suggestion, rank }));
}

/** The fields that the table at the cursor may have and has not. */
function fieldSuggestions(cursor: Cursor, after: string, text: string, range: Range): Suggestion[] {
  if (cursor.path.at(-1) === '?') return [];
  const format = /^[^\S\r\n]*rockspec_format\s*=\s*["'](\d\.\d)/m.exec(text)?.[1] ?? '1.0';
  const fields = [...documentedFields(cursor.path)].filter(
    ([, { types }]) => cursor.type === undefined || types?.includes(cursor.type) !== false,
  );
  return fields.map(([name, doc]) => {
    const assigned = cursor.quoted || /^\s*(?:\]\s*)?=(?!=)/.test(after);
    return {
      label: name,
      kind: 'field',
      insertText: assigned ? name : `${name} = ${skeleton(name, doc)}${comma(cursor, after)}`,
      snippet: !assigned,
      range,
      detail: doc.since > format ? `needs rockspec_format "${doc.since}"` : doc.shape,
      documentation: doc.text,
      filterText: name,
      rank: 0,
    };
  });
}

/** A field's value with the cursor where one goes on writing. */
function skeleton(name: string, doc: FieldDoc): string {
  switch (doc.shape) {
    case 'string':
      return '"$0"';
    case 'boolean':
      return '$0';
    case 'list':
      return '{ "$0" }';
    case 'table':
      // One that has fields of its own is written over several lines.
      return Object.keys(FIELD_DOCS).some((pattern) => pattern.includes(`${name}.`)) ? '{\n\t$0\n}' : '{ $0 }';
  }
}

/** A comma behind what is inserted in a table, unless one is there; not behind `build.type = …`. */
function comma(cursor: Cursor, after: string): string {
  return cursor.path.length === 0 || cursor.role === 'key' || /^\s*[,;]/.test(after) ? '' : ',';
}

function asSuggestion(choice: Choice, cursor: Cursor, after: string, range: Range): Suggestion {
  const { value, kind, detail, documentation } = choice;
  const common = { label: value, kind, range, detail, documentation, rank: 0 };
  if (cursor.quoted || choice.bare) return { ...common, insertText: value, snippet: false, filterText: value };
  const quoted = `"${value}"`;
  const needsComma = cursor.path.length > 0 ? comma(cursor, after) : '';
  if (cursor.role === 'value' || choice.file === undefined) {
    return { ...common, insertText: `${quoted}${needsComma}`, snippet: false, filterText: value };
  }
  return { ...common, insertText: `[${quoted}] = "${choice.file}"${needsComma}`, snippet: false, filterText: value };
}

// The evaluated fields of a rockspec with their paths, and which of them a position belongs to.
import type { Place } from '../lua/source';
import { LuaString, LuaTable, type Entry, type Value } from '../lua/values';
import { spans } from '../lua/walk';
import type { Position } from '../text/diagnostic';
import type { Rockspec } from './read';

/** A field: `['build', 'modules', 'kong.plugins.x.handler']`; a list item's key is its number. */
export interface Field {
  path: readonly string[];
  entry: Entry;
}

/** More than any rockspec has; a loop can make any number. */
const MAX_FIELDS = 20_000;

/** Every field, a table before what is in it, up to a bound. A table that holds itself is entered once. */
export function allFields(rockspec: Rockspec): Field[] {
  const fields: Field[] = [];
  const visit = (table: LuaTable, path: readonly string[], around: readonly LuaTable[]): void => {
    for (const entry of table.fields.values()) {
      if (typeof entry.key === 'object' || fields.length >= MAX_FIELDS) continue;
      const own = [...path, entry.keyString?.text ?? String(entry.key)];
      fields.push({ path: own, entry });
      if (entry.value instanceof LuaTable && !around.includes(entry.value)) visit(entry.value, own, [...around, entry.value]);
    }
  };
  visit(rockspec.globals, [], [rockspec.globals]);
  return fields;
}

/** The innermost field whose key or value the position is in. */
export function fieldAt(rockspec: Rockspec, position: Position): (Field & { on: 'key' | 'value'; place: Place }) | undefined {
  const offset = rockspec.source.offset(position);
  let best: (Field & { on: 'key' | 'value'; place: Place }) | undefined;
  const consider = (field: Field, on: 'key' | 'value', place: Place | undefined): void => {
    if (place === undefined || !spans(place, offset)) return;
    if (best === undefined || place.end - place.start <= best.place.end - best.place.start) best = { ...field, on, place };
  };
  for (const field of allFields(rockspec)) {
    consider(field, 'key', field.entry.keyPlace);
    consider(field, 'value', field.entry.valuePlace);
  }
  return best;
}

/** Whether an expression gives its value by computing: anything but the literal or name that stands there. */
export function isComputed(value: Value, place: Place): boolean {
  const written = place.source.text(place);
  if (!(value instanceof LuaString))
    return (typeof value === 'boolean' || typeof value === 'number') && !/^(?:true|false|-?[\d.][\w.+-]*)$/.test(written);
  if (value.text === written) return false;
  const { origin } = value;
  return origin?.kind !== 'literal' || origin.place.start !== place.start || origin.place.end !== place.end;
}

/** A value for a person: a string in quotes, a table by what it holds; undefined when it is not known. */
export function shownValue(value: Value, maxLength = 80): string | undefined {
  if (value instanceof LuaString) {
    const text = value.text.replace(/\s+/g, ' ');
    return `"${text.length > maxLength ? `${text.slice(0, maxLength - 1)}…` : text}"`;
  }
  if (typeof value === 'boolean' || typeof value === 'number') return String(value);
  if (!(value instanceof LuaTable)) return undefined;
  const count = value.fields.size;
  return count === 1 ? '1 entry' : `${count} entries`;
}

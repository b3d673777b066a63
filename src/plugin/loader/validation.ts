// What the validation of schemas works with, and small readings of Lua values it shares.
import { NULL } from '../../kong/typedefs';
import type { KongVersion } from '../../kong/versions';
import type { Machine } from '../../lua/machine';
import type { Place } from '../../lua/source';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../../lua/values';

/** What a validation works with, and what it had to take on trust. */
export interface Validation {
  version: KongVersion;
  machine: Machine;
  /** Notes that something is not known and was taken to be right. */
  assume: (reason: string) => void;
}

/** Raised where Kong's validation itself fails on a definition; Kong catches it (pcall in validate_fields). */
export class CannotValidate extends Error {}

/** A value and the place it is written at. */
export interface Placed {
  value: Value;
  place: Place | undefined;
}

/** A field of a table with the place of its value. */
export function placed(entry: Entry): Placed {
  return { value: entry.value, place: entry.valuePlace ?? entry.place };
}

/** The text of a string value. */
export function stringOf(value: Value): string | undefined {
  return value instanceof LuaString ? value.text : undefined;
}

/** What Lua takes for true; an unknown counts as not said. */
export function truthy(value: Value): boolean {
  return value !== undefined && value !== false && !(value instanceof LuaUnknown);
}

/** A value as `tostring` prints it. */
export function luaText(value: Value): string {
  if (value === undefined) return 'nil';
  if (value === NULL) return 'null';
  if (value instanceof LuaString) return value.text;
  if (value instanceof LuaTable || value instanceof LuaFunction) return `${typeName(value)}: 0x0`;
  return value instanceof LuaUnknown ? '?' : String(value);
}

/** A field's key as people read it. */
export function keyName({ key, keyString }: Entry): string {
  return keyString?.text ?? (typeof key === 'object' ? typeName(key) : String(key));
}

// What the validation of schemas works with, and small readings of Lua values it shares.
import { NULL } from '../../kong/typedefs';
import type { KongVersion } from '../../kong/versions';
import type { Machine } from '../../lua/machine';
import { numberText } from '../../lua/numbers';
import type { Place } from '../../lua/source';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../../lua/values';
import type { ErrorTree } from './errorTree';

/** What a validation works with, and what it had to take on trust. */
export interface Validation {
  version: KongVersion;
  machine: Machine;
  /** Notes that something is not known and was taken to be right. */
  assume: (reason: string) => void;
  /**
   * Fills in what a record leaves out, as Kong does before it validates one (process_auto_fields), on a copy; or says what is wrong with its
   * shorthand fields. Missing for a validation of definitions, whose records are taken as they are written.
   */
  complete?: (record: LuaTable, value: LuaTable) => LuaTable | ErrorTree;
  /**
   * Definitions of elements, keys and values that were used: Kong notes in them that they are required, so that a field with the same table
   * for its definition is required from then on.
   */
  requiredParts?: Set<LuaTable>;
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

/** Whether a value looks like a reference to a vault (is_reference of kong/pdk/vault.lua). */
export function isReference(value: Value): boolean {
  return value instanceof LuaString && /^\{vault:\/\/.*\}$/s.test(value.value);
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
  if (typeof value === 'number') return numberText(value);
  return value instanceof LuaUnknown ? '?' : String(value);
}

/** A field's key as people read it. */
export function keyName({ key, keyString }: Entry): string {
  return keyString?.text ?? (typeof key === 'object' ? typeName(key) : String(key));
}

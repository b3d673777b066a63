// Lua values that remember where they came from. Numbers, booleans and nil (undefined) are JavaScript's own.
import type { FunctionBody } from './ast';
import type { HostFunction } from './hostFunction';
import { bytesOf, textOf, type LuaSource, type Place } from './source';

export type Value = undefined | boolean | number | LuaString | LuaTable | LuaFunction | LuaUnknown;

/** Several values; `more` is set when there may be more of them than are listed. */
export interface Values extends Array<Value> {
  more?: LuaUnknown;
}

/** A variable's box, shared by the functions that see it. */
export interface Cell {
  value: Value;
}

/** Where the bytes of a string were written: one literal, or pieces joined by `..`. */
export type StringOrigin = { kind: 'literal'; place: Place } | { kind: 'parts'; parts: readonly LuaString[]; count: number };

const MAX_PARTS = 64;

/** A byte string, one character a byte. */
export class LuaString {
  constructor(
    readonly value: string,
    readonly origin?: StringOrigin,
  ) {}

  /** The string as people read it. */
  get text(): string {
    return textOf(this.value);
  }
}

/** Joins strings and remembers the parts, as long as they are few. */
export function joined(parts: readonly LuaString[]): LuaString {
  let count = 0;
  let value = '';
  for (const part of parts) {
    count += part.origin?.kind === 'parts' ? part.origin.count : 1;
    value += part.value;
  }
  return new LuaString(value, count <= MAX_PARTS ? { kind: 'parts', parts, count } : undefined);
}

/** A string value made by a host. */
export function str(text: string): LuaString {
  return new LuaString(bytesOf(text));
}

/** What cannot be known without running the code. Every operation on it gives an unknown again. */
export class LuaUnknown {
  constructor(
    /** What it would be, in words: `the result of require "kong.tools.utils"`. */
    readonly reason: string,
    readonly place?: Place,
  ) {}
}

/** A table key: strings are their bytes. */
export type Key = boolean | number | string | LuaTable | LuaFunction;

/** One field of a table. */
export interface Entry {
  key: Key;
  value: Value;
  /** The key as a value, with its origin, when it is a string. */
  keyString: LuaString | undefined;
  /** The expression that gives the key, the one that gives the value, and both together or the whole statement. */
  keyPlace: Place | undefined;
  valuePlace: Place | undefined;
  place: Place | undefined;
  /** The field may be absent. */
  maybe: boolean;
}

/** The fields of a table by key, in the order in which they were written. */
class Fields extends Map<Key, Entry> {
  /** How many fields have a key of 1, 2, 3 …, and up to which of these none is missing. */
  indices = 0;
  unbroken = 0;

  override set(key: Key, entry: Entry): this {
    if (isIndex(key) && !this.has(key)) this.indices++;
    super.set(key, entry);
    while (this.has(this.unbroken + 1)) this.unbroken++;
    return this;
  }

  override delete(key: Key): boolean {
    const deleted = super.delete(key);
    if (deleted && isIndex(key)) {
      this.indices--;
      this.unbroken = Math.min(this.unbroken, key - 1);
    }
    return deleted;
  }
}

function isIndex(key: Key): key is number {
  return typeof key === 'number' && key >= 1 && Number.isInteger(key);
}

/** A table. `open` says that it may hold more than is listed, or that a listed value may have been replaced, by code that was not run. */
export class LuaTable {
  readonly fields = new Fields();
  metatable: LuaTable | LuaUnknown | undefined;
  open = false;
  /** How many slots its constructor gave the list part: the length operator of a table with holes depends on it. */
  listSlots = 0;
  /** Whether a field with a number for its key was written by anything but the list of the constructor. */
  listChanged = false;
  /** Fields of its constructor that a later one replaced. */
  readonly overwritten: Entry[] = [];

  constructor(readonly place?: Place) {}

  /** The value of a field; strings as text. */
  get(key: Key): Value {
    return this.fields.get(typeof key === 'string' ? bytesOf(key) : key)?.value;
  }

  /** A field with its places. */
  entry(key: Key): Entry | undefined {
    return this.fields.get(typeof key === 'string' ? bytesOf(key) : key);
  }

  /** Sets a field the way a host does, without places. */
  set(key: Key, value: Value): this {
    const bytes = typeof key === 'string' ? bytesOf(key) : key;
    const keyString = typeof bytes === 'string' ? new LuaString(bytes) : undefined;
    if (value === undefined) this.fields.delete(bytes);
    else
      this.fields.set(bytes, {
        key: bytes,
        value,
        keyString,
        keyPlace: undefined,
        valuePlace: undefined,
        place: undefined,
        maybe: false,
      });
    return this;
  }

  /** The border that `#` gives (ltable.c luaH_getn). */
  length(): number {
    return this.#border(this.listSlots);
  }

  /** The length as every Lua gives it; undefined when the list has holes and it depends on how much room a Lua keeps for it. */
  knownLength(): number | undefined {
    const { indices, unbroken } = this.fields;
    if (indices === unbroken) return unbroken;
    // Up to 15 slots Lua 5.1 keeps as many as the constructor has, LuaJIT as many or the next power of two.
    if (this.listChanged || this.listSlots === 0 || this.listSlots > 15) return undefined;
    const length = this.length();
    return length === this.#border(2 ** Math.ceil(Math.log2(this.listSlots))) ? length : undefined;
  }

  #border(slots: number): number {
    const has = (index: number): boolean => this.fields.get(index)?.value !== undefined;
    if (slots > 0 && !has(slots)) {
      let low = 0;
      let high = slots;
      while (high - low > 1) {
        const middle = (low + high) >> 1;
        if (has(middle)) low = middle;
        else high = middle;
      }
      return low;
    }
    let length = Math.max(slots, this.fields.unbroken);
    while (has(length + 1)) length++;
    return length;
  }

  /** The fields 1..n in order. */
  list(): Entry[] {
    const items: Entry[] = [];
    for (let i = 1, end = this.length(); i <= end; i++) {
      const entry = this.fields.get(i);
      if (entry !== undefined) items.push(entry);
    }
    return items;
  }
}

/** A function: of the source (with a body and what it closes over) or of the host. */
export class LuaFunction {
  constructor(
    readonly name: string,
    readonly host: HostFunction | undefined,
    readonly code?: { body: FunctionBody; upvalues: readonly Cell[]; source: LuaSource; globals: LuaTable },
  ) {}
}

/** A host function as a value. */
export function hostFunction(name: string, host: HostFunction): LuaFunction {
  return new LuaFunction(name, host);
}

export type TypeName = 'nil' | 'boolean' | 'number' | 'string' | 'table' | 'function' | 'unknown';

/** The type of a value as Lua names it; `unknown` when it is not known. */
export function typeName(value: Value): TypeName {
  if (value === undefined) return 'nil';
  if (value instanceof LuaString) return 'string';
  if (value instanceof LuaTable) return 'table';
  if (value instanceof LuaFunction) return 'function';
  if (value instanceof LuaUnknown) return 'unknown';
  return typeof value === 'boolean' ? 'boolean' : 'number';
}

/** The text of a string value, undefined for anything else. */
export function textValue(value: Value): string | undefined {
  return value instanceof LuaString ? value.text : undefined;
}

/** Whether two values are the same without any doubt. */
export function same(a: Value, b: Value): boolean {
  return a === b || (a instanceof LuaString && b instanceof LuaString && a.value === b.value);
}

/** The key a value makes; undefined for nil, NaN and unknown, which cannot be keys. */
export function keyOf(value: Value): Key | undefined {
  if (value instanceof LuaString) return value.value;
  if (value === undefined || value instanceof LuaUnknown || Number.isNaN(value)) return undefined;
  return Object.is(value, -0) ? 0 : value;
}

/** A key as a value. */
export function valueOfKey(entry: Entry): Value {
  return typeof entry.key === 'string' ? (entry.keyString ?? new LuaString(entry.key)) : entry.key;
}

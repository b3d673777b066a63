// Lua tables made of JSON and YAML values and back, copied and compared.
import { NULL } from '../kong/typedefs';
import { LuaString, LuaTable, same, str, type Value } from '../lua/values';

/** A value of JSON, or of YAML as far as JSON has it too. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** Tables that were lists when they were read: only for empty ones it cannot be seen. */
const lists = new WeakSet<LuaTable>();

/** A JSON value as Kong's decoder gives it to Lua. Before 3.0 it did not tell an empty list from an empty table. */
export function luaOf(value: Json, knowsLists = true): Value {
  if (value === null) return NULL;
  if (typeof value === 'string') return str(value);
  if (typeof value !== 'object') return value;
  const table = new LuaTable();
  if (isList(value)) {
    if (knowsLists) lists.add(table);
    value.forEach((item, i) => table.set(i + 1, luaOf(item, knowsLists)));
  } else for (const [key, item] of Object.entries(value)) table.set(key, luaOf(item, knowsLists));
  return table;
}

export function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

/** Says of a table that it is a list even when it is empty. */
export function markAsList(table: LuaTable): LuaTable {
  lists.add(table);
  return table;
}

/** What Kong's encoder makes of a value: lists with holes have nulls there; what JSON cannot say (functions, what is not known) is null. */
export function jsonOf(value: Value): Json {
  if (value instanceof LuaString) return value.text;
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  if (!(value instanceof LuaTable) || value === NULL) return null;
  const entries = [...value.fields.values()].filter((entry) => entry.value !== undefined);
  const isSequence = entries.every(({ key }) => typeof key === 'number' && Number.isInteger(key) && key > 0);
  if (isSequence && (entries.length > 0 || lists.has(value))) {
    const list: Json[] = [];
    for (const { key, value: item } of entries) list[Number(key) - 1] = jsonOf(item);
    return Array.from(list, (item) => item ?? null);
  }
  return Object.fromEntries(entries.map((entry) => [entry.keyString?.text ?? JSON.stringify(entry.key), jsonOf(entry.value)]));
}

/** A table with all tables in it copied; what stands in it twice stands in the copy twice, and nothing else is copied. */
export function copyTable(table: LuaTable, copies = new Map<LuaTable, LuaTable>()): LuaTable {
  if (table === NULL) return table;
  const known = copies.get(table);
  if (known !== undefined) return known;
  const copy = new LuaTable(table.place);
  copies.set(table, copy);
  copy.metatable = table.metatable;
  copy.open = table.open;
  copy.listSlots = table.listSlots;
  copy.listChanged = table.listChanged;
  if (lists.has(table)) lists.add(copy);
  for (const [key, entry] of table.fields) {
    const value = entry.value instanceof LuaTable ? copyTable(entry.value, copies) : entry.value;
    copy.fields.set(key, value === entry.value ? entry : { ...entry, value });
  }
  return copy;
}

/** Whether two values are equal in all their parts (deepcompare of Penlight). */
export function deepEqual(one: Value, other: Value): boolean {
  if (!(one instanceof LuaTable) || !(other instanceof LuaTable) || one === other) return same(one, other);
  const keys = new Set([...one.fields.keys(), ...other.fields.keys()]);
  return [...keys].every((key) => deepEqual(one.fields.get(key)?.value, other.fields.get(key)?.value));
}

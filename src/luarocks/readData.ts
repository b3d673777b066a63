// Lua files that hold nothing but data (rockspecs, rock_manifest, tree manifests), read as plain maps without running them.
import { evaluateChunk } from '../lua/evaluate';
import { parse } from '../lua/parser';
import { LuaSource, textOf } from '../lua/source';
import { LuaString, LuaTable } from '../lua/values';
import type { Value } from '../lua/values';
import type { DataTable, LuaData } from './writeData';

/** What a data file assigns to its globals, or why it could not be read. */
export type DataFile = { data: DataTable; error?: undefined } | { data?: undefined; error: string };

/** Strings as text, or as bytes (one character each) for what is written back. */
export type StringForm = 'text' | 'bytes';

/** Reads the assignments of a Lua file as LuaRocks loads it (core/persist.lua load_into_table): an empty environment, one `#!` line allowed. */
export function readDataFile(content: Buffer, form: StringForm = 'text'): DataFile {
  const body = content[0] === 0x23 && content[1] === 0x21 ? content.subarray(content.indexOf(0x0a) + 1) : content;
  const { chunk, error } = parse(new LuaSource(body), '5.1');
  if (error !== undefined) return { error: error.message };
  const evaluation = evaluateChunk(chunk);
  const failure = evaluation.error ?? evaluation.exhausted;
  if (failure !== undefined) return { error: failure.message };
  return { data: dataOf(evaluation.globals, form) };
}

/** A table as a map; what is no data, not known, or beyond the budget is left out. */
export function dataOf(table: LuaTable, form: StringForm = 'text'): DataTable {
  return tableData(table, { form, left: MAX_FIELDS, above: new Set() });
}

/** Copies tables to maps; a table that holds itself, or shares parts without end, must not cost more than the budget. */
interface Copier {
  form: StringForm;
  left: number;
  above: Set<LuaTable>;
}

const MAX_FIELDS = 1_000_000;
const MAX_DEPTH = 100;

function tableData(table: LuaTable, copier: Copier): DataTable {
  const data: DataTable = new Map();
  copier.above.add(table);
  for (const { key, value } of table.fields.values()) {
    if (copier.left-- <= 0) break;
    const plain = plainData(value, copier);
    if (plain === undefined) continue;
    if (typeof key === 'string') data.set(copier.form === 'text' ? textOf(key) : key, plain);
    else if (typeof key === 'number') data.set(key, plain);
  }
  copier.above.delete(table);
  return data;
}

function plainData(value: Value, copier: Copier): LuaData | undefined {
  if (value instanceof LuaString) return copier.form === 'text' ? value.text : value.value;
  if (value instanceof LuaTable) {
    return copier.above.has(value) || copier.above.size > MAX_DEPTH ? undefined : tableData(value, copier);
  }
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

// What chunks come to: our evaluator's answers in the form that `interpreters.lua` gives, and those of both interpreters beside them.
import { evaluateChunk } from '../../../../src/lua/evaluate';
import { general } from '../../../../src/lua/numbers';
import { parse } from '../../../../src/lua/parser';
import { LuaSource } from '../../../../src/lua/source';
import { standardGlobals } from '../../../../src/lua/library/standardLibrary';
import { LuaFunction, LuaString, LuaTable, LuaUnknown, valueOfKey, type Value } from '../../../../src/lua/values';
import { ask } from './interpreters';

/** A chunk and what each makes of it: values one a line, or `error` and the error. */
export interface Answers {
  chunk: string;
  ours: string;
  luajit: string;
  plain: string;
}

/** Asks all three about every chunk. */
export async function answersTo(chunks: readonly string[]): Promise<Answers[]> {
  const luajit = await ask('luajit', 'values', chunks);
  const plain = await ask('5.1', 'values', chunks);
  return chunks.map((chunk, i) => ({ chunk, ours: ourAnswer(chunk), luajit: luajit[i] ?? '', plain: plain[i] ?? '' }));
}

/** A byte string as a Lua literal that any reader reads alike. */
export function literal(bytes: string): string {
  return `"${bytes.replace(/[\x00-\x1f"\\\x7f-\xff]/g, (byte) => `\\${String(byte.charCodeAt(0)).padStart(3, '0')}`)}"`;
}

function ourAnswer(bytes: string): string {
  const { chunk, error: syntax } = parse(new LuaSource(Buffer.from(bytes, 'latin1')), 'luajit');
  if (syntax !== undefined) return `x:${syntax.line}: ${syntax.message}`;
  const { returns, error, exhausted } = evaluateChunk(chunk, { globals: standardGlobals(), chunkName: () => 'x' });
  if (exhausted !== undefined) return exhausted.message;
  if (error !== undefined) return `error ${shown(error.value)}`;
  return [...returns.map(shown), ...(returns.more === undefined ? [] : ['?…'])].join('\n');
}

function shown(value: Value): string {
  if (value instanceof LuaString) return literal(value.value);
  if (value instanceof LuaUnknown) return '?';
  if (value instanceof LuaFunction) return 'function';
  if (typeof value === 'number') return general(value, 17);
  if (!(value instanceof LuaTable)) return String(value ?? 'nil');
  const fields = [...value.fields.values()].map((entry) => `[${shown(valueOfKey(entry))}]=${shown(entry.value)}`);
  return `{${[...fields, ...(value.open ? ['?…'] : [])].sort().join(',')}}`;
}

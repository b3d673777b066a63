// The globals of Lua 5.1 that touch nothing outside: base functions, string, table and math. For readers of handlers and schemas;
// a rockspec gets none of them.
import { ArgumentError } from '../errors';
import type { HostFunction, HostMachine, RaisedError } from '../hostFunction';
import { IPAIRS_NEXT, NEXT } from '../iteration';
import { unknownValues } from '../machine';
import { numberOf } from '../numerals';
import { lengthOf, toLuaString, toText, truth } from '../operators';
import {
  hostFunction,
  keyOf,
  LuaFunction,
  LuaString,
  LuaTable,
  LuaUnknown,
  same,
  str,
  typeName,
  type Value,
  type Values,
} from '../values';
import { Arguments, badArgument, hostOf } from './arguments';
import { mathLibrary } from './mathLibrary';
import { stringLibrary } from './stringLibrary';
import { rawField, tableArgument, tableLibrary } from './tableLibrary';

/** What LuaJIT has room for on its stack (LUAI_MAXCSTACK). */
const MAX_STACK = 8000;

/** A fresh global environment; what is not here (`require`, `ngx`, `kong`, `os` …) the host adds or leaves nil. */
export function standardGlobals(): LuaTable {
  const globals = new LuaTable();
  for (const [name, host] of Object.entries(BASE)) globals.set(name, hostFunction(name, host));
  globals.set('next', NEXT).set('tonumber', TONUMBER).set('_VERSION', str('Lua 5.1')).set('_G', globals);
  globals.set('string', stringLibrary()).set('table', tableLibrary(unpack)).set('math', mathLibrary());
  return globals;
}

/** An argument that may be anything, but has to be there; unknown when it may be there. */
function any(args: Values, index: number): Value {
  if (index > args.length && args.more === undefined) throw new ArgumentError(index, 'value expected');
  return index > args.length ? args.more : args[index - 1];
}

function withMore(values: Value[], more: LuaUnknown | undefined): Values {
  return more === undefined ? values : Object.assign(values, { more });
}

const protectedCall = (run: (machine: HostMachine) => Values, machine: HostMachine): Values | RaisedError =>
  machine.protect(() => run(machine));

function succeeded(values: Values): Values {
  // What an unknown function answers is unknown, and so is whether it fails.
  return withMore([values.more !== undefined && values[0] === values.more ? values.more : true, ...values], values.more);
}

/** What `pairs` and `ipairs` give: the answer of a metamethod (LUA52COMPAT), or what walks the table. */
function walked(args: Values, machine: HostMachine, event: string, first: Values): Values {
  any(args, 1);
  const table = tableArgument(args, 1);
  if (table instanceof LuaUnknown) return unknownValues(table);
  const handler = machine.metamethod(table, event);
  return handler === undefined ? first : machine.call(handler, [table]);
}

/** A text as a number in a base, by the rules of C's strtoul. */
function inBase(text: string, base: number): number | undefined {
  const match = /^[ \t-\r]*([+-]?)(0x(?=[0-9a-f]))?([0-9a-z]+)[ \t-\r]*$/i.exec(text);
  if (match === null) return undefined;
  const [, sign, prefix = '', digits = ''] = match;
  const all = prefix !== '' && base !== 16 ? prefix + digits : digits;
  let value = 0n;
  for (const digit of all.toLowerCase()) {
    const weight = parseInt(digit, 36);
    if (weight >= base) return undefined;
    value = value * BigInt(base) + BigInt(weight);
  }
  const size = Number(value < 2n ** 64n ? value : 2n ** 64n - 1n);
  return sign === '-' ? -size : size;
}

const toNumberOf = hostOf((args) => {
  const base = args.integer(2, 10);
  if (base !== 10) {
    const text = args.string(1);
    if (base < 2 || base > 36) throw new ArgumentError(2, 'base out of range');
    return inBase(text, base);
  }
  const value = args.any(1);
  return value instanceof LuaString ? numberOf(value.value) : typeof value === 'number' ? value : undefined;
});

/** It takes nil as well, and makes nil of it. */
const TONUMBER = hostFunction('tonumber', (args, machine) =>
  args[0] instanceof LuaUnknown ? [args[0]] : toNumberOf(args, machine),
);

const BASE: Readonly<Record<string, HostFunction>> = {
  assert: (args, machine) => {
    if (truth(any(args, 1)) !== false) return args;
    if (args.length === 1 && args.more === undefined) return machine.fail('assertion failed!');
    const text = toLuaString(any(args, 2));
    // What is no text is passed over for the last argument.
    return machine.raise(text === undefined ? (args.more ?? args.at(-1)) : new LuaString(machine.where() + text.value));
  },
  error: (args, machine) => {
    const [value, level] = args;
    const depth = level === undefined ? 1 : level instanceof LuaUnknown ? 0 : new Arguments(args).integer(2);
    const text = depth > 0 ? toLuaString(value) : undefined;
    if (text === undefined) return machine.raise(value);
    const place = machine.callerPlace(depth);
    return machine.raise(new LuaString((place === undefined ? '' : machine.where(place)) + text.value), place);
  },
  getmetatable: (args, machine) => {
    const value = any(args, 1);
    if (value instanceof LuaUnknown) return [machine.unknown(value.reason)];
    if (value instanceof LuaString) return [machine.unknown('the metatable of strings')];
    const metatable = machine.metatable(value);
    return [metatable instanceof LuaTable ? (metatable.get('__metatable') ?? metatable) : metatable];
  },
  ipairs: (args, machine) => walked(args, machine, '__ipairs', [IPAIRS_NEXT, args[0], 0]),
  pairs: (args, machine) => walked(args, machine, '__pairs', [NEXT, args[0], undefined]),
  pcall: (args, machine) => {
    const callee = any(args, 1);
    const result = protectedCall(() => machine.call(callee, withMore(args.slice(1), args.more)), machine);
    return Array.isArray(result) ? succeeded(result) : [false, result.value];
  },
  rawequal: (args, machine) => {
    const [left, right] = [any(args, 1), any(args, 2)];
    const unknown = left instanceof LuaUnknown || right instanceof LuaUnknown;
    return [unknown ? machine.unknown('whether something unknown is the same') : same(left, right)];
  },
  rawget: (args, machine) => {
    const table = tableArgument(args, 1);
    const name = any(args, 2);
    if (table instanceof LuaUnknown || name instanceof LuaUnknown) return [machine.unknown('a field of something unknown')];
    const key = keyOf(name);
    return [key === undefined ? undefined : rawField(table, key, machine)];
  },
  rawset: (args, machine) => {
    const table = tableArgument(args, 1);
    const name = any(args, 2);
    const value = any(args, 3);
    if (table instanceof LuaUnknown) return [table];
    const key = keyOf(name);
    if (name instanceof LuaUnknown) table.open = true;
    else if (key === undefined) machine.raise(str(name === undefined ? 'table index is nil' : 'table index is NaN'));
    else {
      const keyString = name instanceof LuaString ? name : undefined;
      const { place } = machine;
      machine.writeField(table, key, { key, value, keyString, keyPlace: place, valuePlace: place, place, maybe: false });
    }
    return [table];
  },
  select: (args, machine) => {
    const [which] = args;
    if (which instanceof LuaUnknown) return unknownValues(machine.unknown(which.reason));
    const count = args.length;
    if (which instanceof LuaString && which.value.startsWith('#'))
      return [args.more === undefined ? count - 1 : machine.unknown('the number of arguments')];
    const index = new Arguments(args).integer(1);
    if (index < 0 && args.more !== undefined) return unknownValues(machine.unknown('the number of arguments'));
    const from = index < 0 ? count + index : index;
    if (from < 1) throw new ArgumentError(1, 'index out of range');
    return withMore(args.slice(from), args.more);
  },
  setmetatable: (args, machine) => {
    const table = tableArgument(args, 1);
    const metatable = args.length > 1 ? args[1] : args.more;
    const missing = args.length < 2 && args.more === undefined;
    if (missing || (metatable !== undefined && !(metatable instanceof LuaTable) && !(metatable instanceof LuaUnknown))) {
      throw new ArgumentError(2, 'nil or table expected');
    }
    if (table instanceof LuaUnknown) return [table];
    if (machine.metamethod(table, '__metatable') !== undefined && table.metatable instanceof LuaTable)
      machine.fail('cannot change a protected metatable');
    if (machine.uncertain) table.open = true;
    table.metatable = metatable;
    return [table];
  },
  tostring: (args, machine) => {
    const value = any(args, 1);
    const handler = value instanceof LuaUnknown ? undefined : machine.metamethod(value, '__tostring');
    return [handler === undefined ? toText(machine, value) : machine.call(handler, [value])[0]];
  },
  type: (args, machine) => {
    const value = any(args, 1);
    return [value instanceof LuaUnknown ? machine.unknown('the type of something unknown') : str(typeName(value))];
  },
  unpack: (args, machine) => unpack(args, machine),
  xpcall: (args, machine) => {
    const callee = any(args, 1);
    const handler = args.length > 1 ? args[1] : args.more;
    if (!(handler instanceof LuaFunction || handler instanceof LuaUnknown))
      return badArgument(2, 'function', handler, args.length > 1);
    const result = protectedCall(() => machine.call(callee, withMore(args.slice(2), args.more)), machine);
    if (Array.isArray(result)) return succeeded(result);
    const handled = protectedCall(() => machine.call(handler, [result.value]), machine);
    return [false, Array.isArray(handled) ? handled[0] : str('error in error handling')];
  },
};

function unpack(args: Values, machine: HostMachine): Values {
  const table = tableArgument(args, 1);
  if (table instanceof LuaUnknown) return unknownValues(table);
  const unknown = [args[1], args[2], args.more].find((value) => value instanceof LuaUnknown);
  if (unknown !== undefined) return unknownValues(machine.unknown(unknown.reason));
  const bounds = new Arguments(args);
  const from = bounds.integer(2, 1);
  const to = args[2] === undefined ? lengthOf(machine, table) : bounds.integer(3);
  if (to instanceof LuaUnknown)
    return withMore(certainItems(table, from), machine.unknown('the rest of a list that may hold more'));
  const count = Math.max(0, to - from + 1);
  if (count > 0 && count + args.length > MAX_STACK) machine.fail('too many results to unpack');
  machine.step(count);
  return Array.from({ length: count }, (_, i) => rawField(table, from + i, machine));
}

/** The items of a list that are surely there, up to the first that may not be. */
function certainItems(table: LuaTable, from: number): Value[] {
  const items: Value[] = [];
  for (let i = from; ; i++) {
    const entry = table.fields.get(i);
    if (entry === undefined || entry.maybe) return items;
    items.push(entry.value);
  }
}

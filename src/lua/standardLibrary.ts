// The globals of Lua 5.1 that touch nothing outside: base functions, string, table and math. For readers of handlers and schemas;
// a rockspec gets none of them.
import type { HostFunction, HostMachine, RaisedError } from './hostFunction';
import { NEXT } from './iteration';
import { unknownValues } from './machine';
import { equals, toLuaString, toNumber, truth } from './operators';
import { numberOf } from './numerals';
import { badArgument, stringLibrary, TOSTRING } from './stringLibrary';
import type { LuaFunction } from './values';
import {
  hostFunction,
  keyOf,
  LuaString,
  LuaTable,
  LuaUnknown,
  str,
  typeName,
  type Entry,
  type Value,
  type Values,
} from './values';

/** A fresh global environment; what is not here (`require`, `ngx`, `kong`, `os` …) the host adds or leaves nil. */
export function standardGlobals(): LuaTable {
  const globals = new LuaTable();
  for (const [name, host] of Object.entries(BASE)) globals.set(name, hostFunction(name, host));
  globals.set('next', NEXT).set('tostring', TOSTRING).set('_VERSION', str('Lua 5.1')).set('_G', globals);
  globals.set('string', stringLibrary()).set('table', libraryOf(TABLE)).set('math', mathLibrary());
  return globals;
}

function libraryOf(functions: Readonly<Record<string, HostFunction>>): LuaTable {
  const table = new LuaTable();
  for (const [name, host] of Object.entries(functions)) table.set(name, hostFunction(name, host));
  return table;
}

function tableArgument(machine: HostMachine, args: Values, index: number, name: string): LuaTable | LuaUnknown {
  const value = args[index - 1] ?? args.more;
  if (value instanceof LuaTable || value instanceof LuaUnknown) return value;
  return badArgument(machine, index, name, 'table', value, index <= args.length);
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

const IPAIRS_NEXT = hostFunction('ipairs_next', ([table, control], machine) => {
  const index = (toNumber(control) ?? 0) + 1;
  const value = machine.index(table, index);
  return value === undefined ? [undefined] : [index, value];
});

const BASE: Readonly<Record<string, HostFunction>> = {
  assert: (args, machine) => {
    if (truth(args[0] ?? args.more) !== false) return args;
    if (args.length > 1) return machine.raise(args[1]);
    return args.length === 0
      ? machine.fail("bad argument #1 to 'assert' (value expected)")
      : machine.raise(str('assertion failed!'));
  },
  error: ([value, level], machine) => {
    const depth = toNumber(level) ?? 1;
    const place = depth > 0 ? machine.callerPlace(depth) : undefined;
    const text = toLuaString(value);
    return text === undefined || place === undefined ? machine.raise(value) : machine.fail(text.text, place);
  },
  getmetatable: ([value], machine) => {
    if (value instanceof LuaUnknown) return [machine.unknown(value.reason)];
    const metatable = machine.metatable(value);
    return [metatable instanceof LuaTable ? (metatable.get('__metatable') ?? metatable) : metatable];
  },
  ipairs: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'ipairs');
    return table instanceof LuaUnknown ? unknownValues(table) : [IPAIRS_NEXT, table, 0];
  },
  pairs: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'pairs');
    if (table instanceof LuaUnknown) return unknownValues(table);
    const handler = machine.metamethod(table, '__pairs');
    return handler === undefined ? [NEXT, table, undefined] : machine.call(handler, [table]);
  },
  pcall: (args, machine) => {
    const result = protectedCall(() => machine.call(args[0] ?? args.more, withMore(args.slice(1), args.more)), machine);
    return Array.isArray(result) ? succeeded(result) : [false, result.value];
  },
  rawequal: ([left, right], machine) => [equals(machine, left, right)],
  rawget: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'rawget');
    if (table instanceof LuaUnknown || args[1] instanceof LuaUnknown) return [machine.unknown('a field of something unknown')];
    const key = keyOf(args[1]);
    const value = key === undefined ? undefined : table.fields.get(key)?.value;
    return [value ?? (table.open ? machine.unknown('a field that code which was not run may have set') : undefined)];
  },
  rawset: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'rawset');
    const key = keyOf(args[1]);
    const [, name, value] = args;
    if (table instanceof LuaTable && key !== undefined) {
      const keyString = name instanceof LuaString ? name : undefined;
      const { place } = machine;
      machine.writeField(table, key, { key, value, keyString, keyPlace: place, valuePlace: place, place, maybe: false });
    } else if (table instanceof LuaTable) table.open = true;
    return [table];
  },
  select: (args, machine) => {
    const [which, ...rest] = args;
    if (which instanceof LuaUnknown) return unknownValues(machine.unknown(which.reason));
    if (which instanceof LuaString && which.value === '#')
      return [args.more === undefined ? rest.length : machine.unknown('the number of arguments')];
    const index = toNumber(which) ?? badArgument(machine, 1, 'select', 'number', which, args.length > 0);
    if (index === 0 || -index > rest.length) machine.fail("bad argument #1 to 'select' (index out of range)");
    return withMore(index < 0 ? rest.slice(index) : rest.slice(index - 1), args.more);
  },
  setmetatable: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'setmetatable');
    const metatable = args[1];
    if (table instanceof LuaUnknown) return [table];
    if (metatable !== undefined && !(metatable instanceof LuaTable) && !(metatable instanceof LuaUnknown)) {
      machine.fail("bad argument #2 to 'setmetatable' (nil or table expected)");
    }
    if (machine.uncertain) table.open = true;
    table.metatable = metatable instanceof LuaTable || metatable instanceof LuaUnknown ? metatable : undefined;
    return [table];
  },
  tonumber: ([value, base], machine) => {
    if (value instanceof LuaUnknown || base instanceof LuaUnknown)
      return [machine.unknown('a number made from something unknown')];
    if (base === undefined)
      return [typeof value === 'number' ? value : value instanceof LuaString ? numberOf(value.value) : undefined];
    const text = toLuaString(value)?.value.trim().toLowerCase() ?? '';
    const radix = toNumber(base) ?? 10;
    const digits = '0123456789abcdefghijklmnopqrstuvwxyz'.slice(0, radix);
    return [
      /^[0-9a-z]+$/.test(text) && Array.from(text).every((digit) => digits.includes(digit)) ? parseInt(text, radix) : undefined,
    ];
  },
  type: (args, machine) => {
    const value = args[0] ?? args.more;
    if (args.length === 0 && args.more === undefined) machine.fail("bad argument #1 to 'type' (value expected)");
    return [value instanceof LuaUnknown ? machine.unknown('the type of something unknown') : str(typeName(value))];
  },
  unpack: (args, machine) => unpack(args, machine),
  xpcall: (args, machine) => {
    const result = protectedCall(() => machine.call(args[0], args.slice(2)), machine);
    return Array.isArray(result) ? succeeded(result) : [false, machine.call(args[1], [result.value])[0]];
  },
};

function unpack(args: Values, machine: HostMachine): Values {
  const table = tableArgument(machine, args, 1, 'unpack');
  if (table instanceof LuaUnknown) return unknownValues(table);
  const from = toNumber(args[1]) ?? 1;
  const to = toNumber(args[2]) ?? table.length();
  machine.step(Math.max(0, to - from));
  const values = Array.from({ length: Math.max(0, Math.min(to - from + 1, 8000)) }, (_, i) => machine.index(table, from + i));
  return table.open ? withMore(values, machine.unknown('the rest of a table that may hold more')) : values;
}

function placed(machine: HostMachine, table: LuaTable, index: number, value: Value): void {
  const { place } = machine;
  machine.writeField(table, index, {
    key: index,
    value,
    keyString: undefined,
    keyPlace: undefined,
    valuePlace: place,
    place,
    maybe: false,
  });
}

const TABLE: Readonly<Record<string, HostFunction>> = {
  concat: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'concat');
    if (table instanceof LuaUnknown || table.open || args[1] instanceof LuaUnknown)
      return [machine.unknown('a text joined from unknown parts')];
    const separator = toLuaString(args[1])?.value ?? '';
    const from = toNumber(args[2]) ?? 1;
    const to = toNumber(args[3]) ?? table.length();
    const pieces: string[] = [];
    for (let i = from; i <= to; i++) {
      const value = table.fields.get(i)?.value;
      if (value instanceof LuaUnknown) return [machine.unknown(value.reason)];
      const text = toLuaString(value)?.value;
      if (text === undefined) return machine.fail(`invalid value (${typeName(value)}) at index ${i} in table for 'concat'`);
      machine.charge(text.length + separator.length);
      pieces.push(text);
    }
    return [new LuaString(pieces.join(separator))];
  },
  insert: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'insert');
    if (table instanceof LuaUnknown) return [];
    const value = args.length > 2 ? args[2] : args[1];
    const position = args.length > 2 ? args[1] : undefined;
    if (position instanceof LuaUnknown || table.open || (args.length < 2 && args.more !== undefined)) table.open = true;
    else {
      if (args.length < 2) machine.fail("wrong number of arguments to 'insert'");
      const end = table.length() + 1;
      const at = toNumber(position) ?? end;
      machine.step(Math.max(0, end - at));
      for (let i = end; i > at; i--) machine.writeField(table, i, shifted(table, i - 1, i));
      placed(machine, table, at, value);
    }
    return [];
  },
  remove: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'remove');
    if (table instanceof LuaUnknown || table.open) return [machine.unknown('a field of something unknown')];
    const end = table.length();
    const at = toNumber(args[1]) ?? end;
    const value = table.fields.get(at)?.value;
    if (at < 1 || at > end) return [undefined];
    machine.step(end - at);
    for (let i = at; i < end; i++) machine.writeField(table, i, shifted(table, i + 1, i));
    machine.writeField(table, end, undefined);
    table.listSlots = Math.min(table.listSlots, end - 1);
    return [value];
  },
  sort: (args, machine) => {
    const table = tableArgument(machine, args, 1, 'sort');
    if (table instanceof LuaUnknown || table.open) return [];
    const values = table.list().map((entry) => entry.value);
    const known = values.every((value) => typeof value === 'number') || values.every((value) => value instanceof LuaString);
    if (args[1] !== undefined || !known) {
      // The order depends on code or on values that cannot be compared here.
      values.forEach((_, i) => placed(machine, table, i + 1, machine.unknown('an item of a sorted table')));
      return [];
    }
    const order = (value: Value): number | string => (value instanceof LuaString ? value.value : (toNumber(value) ?? 0));
    values.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
    values.forEach((value, i) => placed(machine, table, i + 1, value));
    return [];
  },
  unpack,
  getn: ([table], machine) => [table instanceof LuaTable && !table.open ? table.length() : machine.unknown('a length')],
  maxn: ([table], machine) => {
    if (!(table instanceof LuaTable) || table.open) return [machine.unknown('a length')];
    return [Math.max(0, ...[...table.fields.keys()].filter((key) => typeof key === 'number'))];
  },
};

function shifted(table: LuaTable, from: number, to: number): Entry | undefined {
  const entry = table.fields.get(from);
  return entry && { ...entry, key: to };
}

const MATH_OF_ONE = [
  'abs',
  'ceil',
  'floor',
  'sqrt',
  'sin',
  'cos',
  'tan',
  'asin',
  'acos',
  'atan',
  'sinh',
  'cosh',
  'tanh',
  'exp',
  'log10',
] as const;

function mathLibrary(): LuaTable {
  const one = (name: string, compute: (value: number) => number): LuaFunction => numeric(name, ([value = 0]) => compute(value));
  const table = new LuaTable();
  for (const name of MATH_OF_ONE) {
    table.set(
      name,
      one(name, (value) => Math[name](value)),
    );
  }
  table.set(
    'log',
    numeric('log', ([value = 0, base]) => (base === undefined ? Math.log(value) : Math.log(value) / Math.log(base))),
  );
  table.set(
    'max',
    numeric('max', (values) => Math.max(...values)),
  );
  table.set(
    'min',
    numeric('min', (values) => Math.min(...values)),
  );
  table.set(
    'pow',
    numeric('pow', ([value = 0, power = 0]) => value ** power),
  );
  table.set(
    'fmod',
    numeric('fmod', ([value = 0, divisor = 0]) => value % divisor),
  );
  table.set(
    'atan2',
    numeric('atan2', ([y = 0, x = 0]) => Math.atan2(y, x)),
  );
  table.set(
    'ldexp',
    numeric('ldexp', ([value = 0, exponent = 0]) => value * 2 ** exponent),
  );
  table.set(
    'deg',
    one('deg', (value) => (value * 180) / Math.PI),
  );
  table.set(
    'rad',
    one('rad', (value) => (value * Math.PI) / 180),
  );
  // Two results each, which nobody needs to know.
  for (const name of ['frexp', 'modf']) {
    const part = (machine: HostMachine): LuaUnknown => machine.unknown(`a result of math.${name}`);
    table.set(
      name,
      hostFunction(name, (_args, machine) => [part(machine), part(machine)]),
    );
  }
  table.set(
    'random',
    hostFunction('random', (_args, machine) => [machine.unknown('a random number')]),
  );
  table.set(
    'randomseed',
    hostFunction('randomseed', () => []),
  );
  return table.set('huge', Infinity).set('pi', Math.PI);
}

function numeric(name: string, compute: (values: readonly number[]) => number): LuaFunction {
  return hostFunction(name, (args, machine) => {
    const unknown = args.more ?? args.find((value) => value instanceof LuaUnknown);
    if (unknown !== undefined) return [machine.unknown(unknown.reason)];
    if (args.length === 0) badArgument(machine, 1, name, 'number', undefined, false);
    return [compute(args.map((value, i) => toNumber(value) ?? badArgument(machine, i + 1, name, 'number', value, true)))];
  });
}

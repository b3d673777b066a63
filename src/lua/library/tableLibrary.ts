// The table library (lib_table.c of LuaJIT). What happens to a table of which not everything is known leaves it unknown.
import type { HostFunction, HostMachine } from '../hostFunction';
import { lengthOf, toLuaString, toNumber } from '../operators';
import {
  hostFunction,
  LuaString,
  LuaTable,
  LuaUnknown,
  typeName,
  type Entry,
  type Key,
  type Value,
  type Values,
} from '../values';
import { Arguments, asParameters, badArgument } from './arguments';

/** An argument that has to be a table; it may be unknown. */
export function tableArgument(args: Values, index: number): LuaTable | LuaUnknown {
  const value = args.length < index ? args.more : args[index - 1];
  if (value instanceof LuaTable || value instanceof LuaUnknown) return value;
  return badArgument(index, 'table', value, index <= args.length);
}

/** A field without asking a metatable. */
export function rawField(table: LuaTable, key: Key, machine: HostMachine): Value {
  const value = table.fields.get(key)?.value;
  return value ?? (table.open ? machine.unknown('a field that code which was not run may have set') : undefined);
}

type Routine = (table: LuaTable, length: number, args: Arguments, machine: HostMachine) => Values;

/** A function that needs to know its table and its other arguments; `otherwise` is for when it does not. */
function knowing(otherwise: (table: LuaTable | LuaUnknown, machine: HostMachine) => Values, routine: Routine): HostFunction {
  return (args, machine) => {
    const table = tableArgument(args, 1);
    const unknown = args.more ?? args.find((value, i) => i > 0 && value instanceof LuaUnknown);
    if (table instanceof LuaUnknown || unknown !== undefined) return otherwise(table, machine);
    const length = lengthOf(machine, table);
    return length instanceof LuaUnknown ? otherwise(table, machine) : routine(table, length, new Arguments(args), machine);
  };
}

/** Leaves a list of which nobody knows how its items were moved. */
function moved(table: LuaTable | LuaUnknown, machine: HostMachine): Values {
  if (!(table instanceof LuaTable)) return [];
  table.open = true;
  const unknown = machine.unknown('an item of a list that was changed');
  for (const [key, entry] of table.fields) {
    if (typeof key === 'number') machine.writeField(table, key, { ...entry, value: unknown, maybe: true });
  }
  return [];
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

function shifted(table: LuaTable, from: number, to: number): Entry | undefined {
  const entry = table.fields.get(from);
  return entry && { ...entry, key: to };
}

const FUNCTIONS: readonly [
  name: string,
  otherwise: (table: LuaTable | LuaUnknown, machine: HostMachine) => Values,
  routine: Routine,
][] = [
  [
    'concat',
    (_table, machine) => [machine.unknown('a text joined from unknown parts')],
    (table, length, args, machine) => {
      const separator = args.string(2, '');
      const from = args.integer(3, 1);
      const to = args.integer(4, length);
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
  ],
  ['getn', (_table, machine) => [machine.unknown('a length')], (_table, length) => [length]],
  [
    'maxn',
    (_table, machine) => [machine.unknown('a length')],
    (table) => {
      let most = 0;
      for (const key of table.fields.keys()) if (typeof key === 'number' && key > most) most = key;
      return [most];
    },
  ],
  [
    'remove',
    (table, machine) => {
      moved(table, machine);
      return [machine.unknown('a field of something unknown')];
    },
    (table, length, args, machine) => {
      const at = args.integer(2, length);
      if (at < 1 || at > length) return [];
      const value = table.fields.get(at)?.value;
      machine.step(length - at);
      for (let i = at; i < length; i++) machine.writeField(table, i, shifted(table, i + 1, i));
      machine.writeField(table, length, undefined);
      return [value];
    },
  ],
  [
    'sort',
    moved,
    (table, length, args, machine) => {
      const values = table.list().map((entry) => entry.value);
      const known = values.every((value) => typeof value === 'number') || values.every((value) => value instanceof LuaString);
      if (args.value(2) !== undefined || !known || values.length < length) {
        // The order depends on code or on values that cannot be compared here.
        values.forEach((_, i) => placed(machine, table, i + 1, machine.unknown('an item of a sorted table')));
        return [];
      }
      const order = (value: Value): number | string => (value instanceof LuaString ? value.value : (toNumber(value) ?? 0));
      values.sort((a, b) => (order(a) < order(b) ? -1 : order(a) > order(b) ? 1 : 0));
      values.forEach((value, i) => placed(machine, table, i + 1, value));
      return [];
    },
  ],
];

/** Those that LuaJIT has in Lua, and how many parameters they have. */
const IN_LUA: Readonly<Record<string, number>> = { getn: 1, remove: 2 };

/** `table.insert`: what it puts in may be unknown. */
const insert: HostFunction = (args, machine) => {
  const table = tableArgument(args, 1);
  if (table instanceof LuaUnknown) return [];
  const [, position, value] = args;
  const length = lengthOf(machine, table);
  const appends = args.length === 2 && args.more === undefined;
  if (length instanceof LuaUnknown && appends) table.open = true;
  if (length instanceof LuaUnknown || args.more !== undefined || (args.length === 3 && position instanceof LuaUnknown))
    return appends ? [] : moved(table, machine);
  if (args.length !== 2 && args.length !== 3) machine.fail("wrong number of arguments to 'insert'");
  const at = args.length === 3 ? new Arguments(args).integer(2) : length + 1;
  machine.step(Math.max(0, length + 1 - at));
  for (let i = length + 1; i > at; i--) machine.writeField(table, i, shifted(table, i - 1, i));
  placed(machine, table, at, args.length === 3 ? value : position);
  return [];
};

/** A fresh `table` table; `unpack` is the global function, which LUA52COMPAT puts here too. */
export function tableLibrary(unpack: HostFunction): LuaTable {
  const table = new LuaTable();
  for (const [name, otherwise, routine] of FUNCTIONS) {
    const host = knowing(otherwise, routine);
    const parameters = IN_LUA[name] ?? 0;
    table.set(
      name,
      hostFunction(name, (args, machine) => host(asParameters(args, parameters), machine)),
    );
  }
  table.set('insert', hostFunction('insert', insert));
  return table.set('unpack', hostFunction('unpack', unpack));
}

// Walking tables: `next`, and what a generic `for` calls for each turn.
import type { HostMachine } from './hostFunction';
import { Arguments, badArgument } from './library/arguments';
import { unknownValues } from './machine';
import {
  hostFunction,
  keyOf,
  LuaFunction,
  LuaTable,
  LuaUnknown,
  valueOfKey,
  type Entry,
  type Value,
  type Values,
} from './values';

/** The order in which a table is walked: the list part by its indices, then the rest as it was written. */
function ordered(table: LuaTable): Entry[] {
  const list = table.list();
  const inList = new Set(list);
  return [...list, ...[...table.fields.values()].filter((entry) => !inList.has(entry))];
}

/** Lua's `next`. */
export const NEXT: LuaFunction = hostFunction('next', (args, machine) => {
  const [table = args.more, control] = args;
  if (table instanceof LuaUnknown || control instanceof LuaUnknown)
    return [machine.unknown('the next field of a table that is not known')];
  if (!(table instanceof LuaTable)) return badArgument(1, 'table', table, args.length > 0);
  machine.step(table.fields.size);
  const entries = ordered(table);
  const key = keyOf(control);
  const before = key === undefined ? -1 : entries.findIndex((candidate) => candidate.key === key);
  if (key !== undefined && before < 0) return unknownValues(machine.unknown('the field behind one that is not there'));
  const entry = entries[before + 1];
  if (entry === undefined) return table.open ? [machine.unknown('the next field of a table that may hold more')] : [undefined];
  return entry.maybe ? [machine.unknown('a field that may be absent')] : [valueOfKey(entry), entry.value];
});

/** What `ipairs` gives for an iterator. */
export const IPAIRS_NEXT: LuaFunction = hostFunction('ipairs_aux', (args, machine) => {
  const table = args.length > 0 ? args[0] : args.more;
  if (table instanceof LuaUnknown || args[1] instanceof LuaUnknown)
    return [machine.unknown('the next item of a table that is not known')];
  if (!(table instanceof LuaTable)) return badArgument(1, 'table', table, args.length > 0);
  const index = new Arguments(args).integer(2) + 1;
  const value = table.fields.get(index)?.value;
  if (value !== undefined) return [index, value];
  return table.open ? [machine.unknown('the next item of a table that may hold more')] : [];
});

/** Gives the values of one turn of `for … in iterator, state, control` after the other. */
export function iterate(machine: HostMachine, iterator: Value, state: Value, control: Value): () => Values {
  if (iterator === NEXT && state instanceof LuaTable && control === undefined) {
    const entries = ordered(state)[Symbol.iterator]();
    return () => {
      for (;;) {
        const { done, value } = entries.next();
        if (done === true) return [undefined];
        // A field removed by an earlier turn is not met any more.
        const now = state.fields.get(value.key);
        if (now !== undefined) return [valueOfKey(now), now.value];
      }
    };
  }
  if (iterator === IPAIRS_NEXT && state instanceof LuaTable && control === 0) {
    // Whether an open table holds more is for the caller to say.
    let index = 0;
    return () => {
      const value = state.fields.get(++index)?.value;
      return value === undefined ? [] : [index, value];
    };
  }
  let last = control;
  const described = iterator instanceof LuaFunction ? "local '(for generator)'" : '';
  return () => {
    const values = machine.call(iterator, [state, last], described);
    last = values[0];
    return values;
  };
}

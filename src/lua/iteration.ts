// Walking tables: `next`, and what a generic `for` calls for each turn.
import type { HostMachine } from './hostFunction';
import {
  hostFunction,
  keyOf,
  LuaTable,
  LuaUnknown,
  valueOfKey,
  type Entry,
  type LuaFunction,
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
export const NEXT: LuaFunction = hostFunction('next', ([table, control], machine) => {
  if (table instanceof LuaUnknown || control instanceof LuaUnknown)
    return [machine.unknown('the next field of a table that is not known')];
  if (!(table instanceof LuaTable)) return machine.fail("bad argument #1 to 'next' (table expected)");
  machine.step(table.fields.size);
  const entries = ordered(table);
  const key = keyOf(control);
  const entry = entries[key === undefined ? 0 : entries.findIndex((candidate) => candidate.key === key) + 1];
  if (entry === undefined) return table.open ? [machine.unknown('the next field of a table that may hold more')] : [undefined];
  return [valueOfKey(entry), entry.value];
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
  let last = control;
  return () => {
    const values = machine.call(iterator, [state, last]);
    last = values[0];
    return values;
  };
}

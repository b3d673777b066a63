// Functions of the host: what they are, and what they may ask of the machine that calls them.
import type { Place } from './source';
import type { Entry, Key, LuaTable, LuaUnknown, Value, Values } from './values';

/** A function of the host: takes the arguments and the machine that calls, gives the results. */
export type HostFunction = (args: Values, machine: HostMachine) => Values;

/** An error of the Lua code that a protected call came back with. */
export interface RaisedError {
  readonly value: Value;
  readonly place: Place | undefined;
  readonly traceback: readonly Place[];
}

/** The machine as host functions see it: to call back, to raise errors and to answer `unknown`. */
export interface HostMachine {
  /** Where the evaluation is now. */
  readonly place: Place | undefined;
  /** Whether what runs now may not run at all. */
  readonly uncertain: boolean;
  /** Counts work against the budget, and throws when it is used up. */
  step(count?: number): void;
  /** Counts bytes against the budget, and throws when it is used up. */
  charge(bytes: number): void;
  unknown(reason: string): LuaUnknown;
  /** Says that something unknown is used where nil would be an error. */
  use(value: LuaUnknown): void;
  /** Says that a condition asks whether a value is there. */
  test(value: Value): void;
  /** `chunk:line: ` (bytes) of a place, by default of the code that called the host function; empty when another host function called it. */
  where(place?: Place): string;
  /** Raises an error with `chunk:line:` before the message, as luaL_error does. */
  fail(message: string, place?: Place): never;
  /** Raises any value, as `error(value, 0)` does. */
  raise(value: Value, place?: Place): never;
  /** Where the code stands that called the host function which is running now, or `level` calls further up; undefined for a host function. */
  callerPlace(level: number): Place | undefined;
  /** Runs something that may fail; `pcall` without the answer's shape. */
  protect(run: () => Values): Values | RaisedError;
  call(callee: Value, args: Values, described?: string): Values;
  metatable(value: Value): LuaTable | LuaUnknown | undefined;
  metamethod(value: Value, name: string): Value;
  /** `value[key]`, through `__index`. `described` names the value in errors. */
  index(value: Value, key: Value, described?: string): Value;
  /** `table[key] = value`, through `__newindex`. */
  setIndex(table: Value, key: Value, entry: Omit<Entry, 'key' | 'keyString' | 'maybe'>, described?: string): void;
  /** Writes a field as it is, without metatables; undefined takes it out. */
  writeField(table: LuaTable, key: Key, entry: Entry | undefined): void;
}

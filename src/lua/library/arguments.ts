// The arguments of a call of the library, read and refused the way lj_lib_check… does.
import { ArgumentError, UnknownAnswer } from '../errors';
import type { HostFunction, HostMachine } from '../hostFunction';
import { toLuaString, toNumber } from '../operators';
import {
  hostFunction,
  LuaTable,
  LuaUnknown,
  typeName,
  type LuaFunction,
  type LuaString,
  type Value,
  type Values,
} from '../values';
import { PatternError } from './pattern';

/** Refuses an argument of a wrong type, as luaL_typerror does; `given` is false where there is no argument. */
export function badArgument(index: number, expected: string, value: Value, given: boolean): never {
  throw new ArgumentError(index, `${expected} expected, got ${given ? typeName(value) : 'no value'}`);
}

const SMALLEST = -(2 ** 31);

/** The arguments of one call, none of which is unknown. */
export class Arguments {
  constructor(private readonly values: Values) {}

  get count(): number {
    return this.values.length;
  }

  value(index: number): Value {
    return this.values[index - 1];
  }

  /** An argument that may be anything, but has to be there. */
  any(index: number): Value {
    if (index > this.values.length) throw new ArgumentError(index, 'value expected');
    return this.value(index);
  }

  luaString(index: number): LuaString {
    return toLuaString(this.value(index)) ?? this.#refuse(index, 'string');
  }

  /** The bytes of a string. */
  string(index: number, otherwise?: string): string {
    return otherwise !== undefined && this.value(index) === undefined ? otherwise : this.luaString(index).value;
  }

  number(index: number): number {
    return toNumber(this.value(index)) ?? this.#refuse(index, 'number');
  }

  /** A number without its fraction (lj_num2int); what has no room in 32 bits is cut by each processor in its own way. */
  integer(index: number, otherwise?: number): number {
    if (otherwise !== undefined && this.value(index) === undefined) return otherwise;
    const whole = Math.trunc(this.number(index)) + 0;
    if (whole >= SMALLEST && whole < -SMALLEST) return whole;
    throw new UnknownAnswer('an integer that is out of range');
  }

  table(index: number): LuaTable {
    const value = this.value(index);
    return value instanceof LuaTable ? value : this.#refuse(index, 'table');
  }

  #refuse(index: number, expected: string): never {
    return badArgument(index, expected, this.value(index), index <= this.values.length);
  }
}

/** The arguments of a function that LuaJIT has in Lua: where one is missing its parameter is nil. */
export function asParameters(args: Values, count: number): Values {
  const filled: Values = Array.from({ length: Math.max(count, args.length) }, (_, i) => (i < args.length ? args[i] : args.more));
  if (args.more !== undefined) filled.more = args.more;
  return filled;
}

/** What a function of the library does with its arguments; one value, or several. */
export type Routine = (args: Arguments, machine: HostMachine) => Value | Values;

/** A function of the library: an unknown argument gives an unknown answer. `parameters` counts those of a function that LuaJIT has in Lua. */
export function libraryFunction(name: string, routine: Routine, parameters = 0): LuaFunction {
  return hostFunction(name, hostOf(routine, parameters));
}

/** What such a function does, for one that goes before it. */
export function hostOf(routine: Routine, parameters = 0): HostFunction {
  return (values, machine) => {
    const unknown = values.more ?? values.find((value) => value instanceof LuaUnknown);
    if (unknown !== undefined) {
      // None of them takes nil for its first one.
      if (values[0] instanceof LuaUnknown) machine.use(values[0]);
      return [machine.unknown(unknown.reason)];
    }
    try {
      const result = routine(new Arguments(asParameters(values, parameters)), machine);
      return Array.isArray(result) ? result : [result];
    } catch (error) {
      if (error instanceof PatternError) return machine.fail(error.message);
      throw error;
    }
  };
}

// How an evaluation ends early: with an error of the Lua code, or with its budget.
import { basename } from 'node:path';
import type { Place } from './source';
import { LuaString, LuaUnknown, typeName, type Value } from './values';

/** A Lua error on its way up: what `error()` threw or the machine raised. */
export class LuaError extends Error {
  constructor(
    readonly value: Value,
    /** Where it was raised. */
    readonly place: Place | undefined,
    /** The calls it came through, innermost first. */
    readonly traceback: readonly Place[],
  ) {
    super(errorMessage(value, place));
    this.name = 'LuaError';
  }
}

function errorMessage(value: Value, place: Place | undefined): string {
  if (value instanceof LuaString) return value.text;
  if (!(value instanceof LuaUnknown)) return `(error object is a ${typeName(value)} value)`;
  const { source, start } = place ?? {};
  return source === undefined || start === undefined
    ? 'an error with a computed text'
    : `the error with a computed text in ${basename(source.path ?? 'a file')}:${source.line(start)}`;
}

/** An argument that a host function refuses. Its call knows by what name the function goes, and makes a LuaError of it. */
export class ArgumentError extends Error {
  constructor(
    /** One-based, counting the object of a method. */
    readonly index: number,
    message: string,
  ) {
    super(message);
    this.name = 'ArgumentError';
  }
}

/** An answer of a host function that is not the same on every machine; the message says what it would be. */
export class UnknownAnswer extends Error {}

/** The budget of an evaluation is used up: nothing can be said about what follows. */
export class BudgetExceeded extends Error {
  constructor(
    readonly limit: keyof Limits,
    readonly place: Place | undefined,
  ) {
    super(`gave up: too much work (${limit})`);
    this.name = 'BudgetExceeded';
  }
}

/** What an evaluation may use. */
export interface Limits {
  /** Expressions, statements and pattern-matching steps. */
  steps: number;
  /** Bytes of strings made, and fields of tables (counted as 64 bytes each), over the whole evaluation. */
  memory: number;
  /** Nested calls. */
  calls: number;
  /** Nested expressions and statements, over all calls. */
  depth: number;
}

export const DEFAULT_LIMITS: Readonly<Limits> = { steps: 2_000_000, memory: 64_000_000, calls: 180, depth: 1500 };

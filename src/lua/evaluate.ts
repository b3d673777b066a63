// Evaluating Lua source without running it: the door to the evaluator.
import type { Chunk } from './ast';
import { BudgetExceeded, LuaError, type Limits } from './errors';
import { Machine, type UndefinedRead } from './machine';
import type { LuaSource } from './source';
import { runFrame } from './statements';
import { stringLibrary } from './library/stringLibrary';
import { LuaTable, type Values } from './values';

export interface EvaluateOptions {
  /** The global environment; empty when missing, as LuaRocks gives a rockspec. Filled by the evaluation. */
  globals?: LuaTable;
  /** Names a source in error messages: `handler.lua`, `[string "x.rockspec"]`. The path by default. */
  chunkName?: (source: LuaSource) => string;
  limits?: Partial<Limits>;
}

/** What an evaluation came to. */
export interface Evaluation {
  /** The environment as the chunk left it, also when it failed half way. */
  globals: LuaTable;
  /** What the chunk returned; empty when it failed. */
  returns: Values;
  /** The error that ended it. */
  error: LuaError | undefined;
  /** Its budget ended it: what is missing may still have come. */
  exhausted: BudgetExceeded | undefined;
  /** Errors that would be raised on one way through conditions that are not known. */
  possibleErrors: readonly LuaError[];
  /** Globals that were read while nil. */
  undefinedReads: readonly UndefinedRead[];
  /** For calling functions of the result later. */
  machine: Machine;
}

/** The methods of strings where no global `string` leads to them, so that nobody can change them. */
let sharedMethods: LuaTable | undefined;

/** Makes a machine: for hosts that evaluate several chunks together. */
export function createMachine(options: EvaluateOptions = {}): Machine {
  const machine = new Machine(options.limits ?? {}, options.chunkName ?? ((source) => source.path ?? '?'), runFrame);
  const own = options.globals?.get('string');
  machine.stringMethods = own instanceof LuaTable ? own : (sharedMethods ??= stringLibrary());
  return machine;
}

/** Evaluates a parsed chunk. Never throws: an error, an endless loop or a string bomb is part of the answer. */
export function evaluateChunk(chunk: Chunk, options: EvaluateOptions = {}): Evaluation {
  const machine = createMachine(options);
  const globals = options.globals ?? new LuaTable();
  let returns: Values = [];
  let error: LuaError | undefined;
  let exhausted: BudgetExceeded | undefined;
  try {
    returns = machine.runChunk(chunk.body, chunk.source, globals, []);
  } catch (thrown) {
    if (thrown instanceof LuaError) error = thrown;
    else exhausted = asExhausted(thrown, machine);
  }
  const { possibleErrors, undefinedReads } = machine;
  return { globals, returns, error, exhausted, possibleErrors, undefinedReads, machine };
}

/** A used-up budget, or the host's own stack running out, which is the same to the reader. */
export function asExhausted(thrown: unknown, machine: Machine): BudgetExceeded {
  if (thrown instanceof BudgetExceeded) return thrown;
  if (thrown instanceof RangeError) return new BudgetExceeded('depth', machine.place);
  throw thrown;
}

// The state of one evaluation: its budget, what its branches wrote, calls, and access to fields through metatables.
import type { FunctionBody } from './ast';
import { BranchWrites } from './branchWrites';
import { ArgumentError, UnknownAnswer, BudgetExceeded, DEFAULT_LIMITS, LuaError, type Limits } from './errors';
import type { HostFunction, HostMachine } from './hostFunction';
import { argumentMessage } from './names';
import { bytesOf, type LuaSource, type Place } from './source';
import {
  keyOf,
  LuaFunction,
  LuaString,
  LuaTable,
  LuaUnknown,
  typeName,
  type Cell,
  type Entry,
  type Key,
  type Value,
  type Values,
} from './values';

/** One running function of the source. */
export interface Frame {
  body: FunctionBody;
  slots: Cell[];
  varargs: Values;
  source: LuaSource;
  globals: LuaTable;
}

/** A global that was read while it was nil. */
export interface UndefinedRead {
  name: string;
  place: Place;
}

const MAX_RECORDED = 1000;

/** Code of the source, a host function that code called, or one that a host function called: the errors of that have no line. */
type Runner = 'code' | 'host' | 'inner host';

/** What an error leaves as it was where it was raised. */
interface Standing {
  depth: number;
  calls: number;
  runner: Runner;
}

/** Everything an evaluation shares; host functions get it to call back, to raise errors and to answer `unknown`. */
export class Machine implements HostMachine {
  readonly limits: Limits;
  /** Errors that some way of going on would raise, though not every one. */
  readonly possibleErrors: LuaError[] = [];
  readonly undefinedReads: UndefinedRead[] = [];
  /** What `("x"):method()` finds its methods in. */
  stringMethods: LuaTable | undefined;
  /** Where the evaluation is now. */
  place: Place | undefined;
  /** Told of everything unknown that is used where nil would be an error, and was not tested before; `key` is the field that is asked for. */
  onUse: ((value: LuaUnknown, key?: Value) => void) | undefined;
  /** What was found not to be nil by a condition on the way to here. */
  tested: ReadonlySet<LuaUnknown> = new Set();
  /** What the branch that runs now wrote; undefined outside of branches. */
  #branch: BranchWrites | undefined;
  /** Where each running function was called from; undefined when a host function called it. */
  readonly #calls: (Place | undefined)[] = [];
  #runner: Runner = 'code';
  #steps = 0;
  #memory = 0;
  #depth = 0;

  constructor(
    limits: Partial<Limits>,
    /** Names a source in error messages, as Lua's chunk name does. */
    readonly chunkName: (source: LuaSource) => string,
    private readonly run: (frame: Frame, machine: Machine) => Values,
  ) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  // Budget

  step(count = 1): void {
    this.#steps += count;
    if (this.#steps > this.limits.steps) throw new BudgetExceeded('steps', this.place);
  }

  charge(bytes: number): void {
    this.#memory += bytes;
    if (this.#memory > this.limits.memory) throw new BudgetExceeded('memory', this.place);
  }

  deeper(): void {
    if (++this.#depth > this.limits.depth) throw new BudgetExceeded('depth', this.place);
  }

  shallower(): void {
    this.#depth--;
  }

  /** The whole budget again, for an evaluation that has nothing to do with those before it. */
  renew(): void {
    this.#steps = this.#memory = this.#depth = this.#calls.length = 0;
  }

  // Writes

  /** Whether what runs now may not run at all. */
  get uncertain(): boolean {
    return this.#branch !== undefined;
  }

  readonly writeCell = (cell: Cell, value: Value): void => {
    this.#branch?.cell(cell);
    cell.value = value;
  };

  readonly writeField = (table: LuaTable, key: Key, entry: Entry | undefined): void => {
    this.#branch?.field(table, key);
    if (typeof key === 'number') table.listChanged = true;
    if (entry?.value === undefined) table.fields.delete(key);
    else {
      this.charge(64);
      table.fields.set(key, entry);
    }
  };

  /** Runs something and takes back what it wrote; an error of the Lua code is part of the answer. */
  attempt<T>(run: () => T): { result: T | LuaError; written: ReturnType<BranchWrites['undo']> } {
    const branch = new BranchWrites(this.#branch);
    const before = this.#standing();
    this.#branch = branch;
    let result: T | LuaError;
    try {
      result = run();
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      result = error;
      this.#standAgain(before);
    } finally {
      this.#branch = branch.outer;
    }
    return { result, written: branch.undo() };
  }

  noteError(error: LuaError): void {
    if (this.possibleErrors.length < MAX_RECORDED) this.possibleErrors.push(error);
  }

  noteUndefined(name: string, place: Place): void {
    if (this.undefinedReads.length < MAX_RECORDED) this.undefinedReads.push({ name, place });
  }

  // Errors and unknowns

  unknown(reason: string): LuaUnknown {
    return new LuaUnknown(reason, this.place);
  }

  use(value: LuaUnknown, key?: Value): void {
    this.onUse?.(value, key);
  }

  test(value: Value): void {
    if (value instanceof LuaUnknown && !this.tested.has(value)) this.tested = new Set(this.tested).add(value);
  }

  /** `chunk:line: ` of the code that runs, or that called the host function which runs, as luaL_where gives it; empty when a host function called that. */
  where(place = this.#runner === 'inner host' ? undefined : this.place): string {
    return place === undefined ? '' : bytesOf(`${this.chunkName(place.source)}:${place.source.line(place.start)}: `);
  }

  /** Raises an error with `chunk:line:` before the message, as luaL_error does. */
  fail(message: string, place?: Place): never {
    return this.raise(new LuaString(this.where(place) + bytesOf(message)), place);
  }

  /** Raises any value, as `error(value, 0)` does. */
  raise(value: Value, place = this.place): never {
    const callers = this.#calls.filter((caller) => caller !== undefined && caller !== place).reverse();
    throw new LuaError(value, place, [...(place === undefined ? [] : [place]), ...callers] as Place[]);
  }

  /** Where the code stands that called the host function which is running now, or `level` calls further up; undefined for a host function. */
  callerPlace(level: number): Place | undefined {
    return this.#calls.at(-level);
  }

  /** Runs a function that may fail; `pcall` without the answer's shape. */
  protect(run: () => Values): Values | LuaError {
    const before = this.#standing();
    try {
      return run();
    } catch (error) {
      if (!(error instanceof LuaError)) throw error;
      this.#standAgain(before);
      return error;
    }
  }

  #standing(): Standing {
    return { depth: this.#depth, calls: this.#calls.length, runner: this.#runner };
  }

  #standAgain({ depth, calls, runner }: Standing): void {
    this.#depth = depth;
    this.#calls.length = calls;
    this.#runner = runner;
  }

  // Calls

  /** Calls a value. What is called by an unknown, or with it, may change every table it can reach. `described` names the value in errors. */
  call(callee: Value, args: Values, described = ''): Values {
    this.step();
    if (callee instanceof LuaUnknown) {
      this.use(callee);
      return this.#callUnknown(callee, args);
    }
    if (!(callee instanceof LuaFunction)) {
      const handler = this.metamethod(callee, '__call');
      if (!(handler instanceof LuaFunction || handler instanceof LuaUnknown)) return this.#failToCall(callee, described);
      const all: Values = [callee, ...args];
      if (args.more !== undefined) all.more = args.more;
      return this.call(handler, all);
    }
    const { host, code } = callee;
    if (host !== undefined) return this.#callHost(host, args, described);
    if (code === undefined) return [];
    if (this.#calls.length >= this.limits.calls) {
      if (this.uncertain) return unknownValues(this.unknown('a deep recursion'));
      throw new BudgetExceeded('calls', this.place);
    }
    return this.#runFrame(makeFrame(code.body, code.upvalues, args, code.source, code.globals));
  }

  #runFrame(frame: Frame): Values {
    const [place, runner] = [this.place, this.#runner];
    this.#calls.push(runner === 'code' ? place : undefined);
    this.#runner = 'code';
    const result = this.run(frame, this);
    this.#runner = runner;
    this.#calls.pop();
    this.place = place;
    return result;
  }

  #callHost(host: HostFunction, args: Values, described: string): Values {
    const runner = this.#runner;
    this.#calls.push(runner === 'code' ? this.place : undefined);
    this.#runner = runner === 'code' ? 'host' : 'inner host';
    let result: Values;
    try {
      result = host(args, this);
    } catch (error) {
      if (error instanceof ArgumentError) this.fail(argumentMessage(error, described));
      if (!(error instanceof UnknownAnswer)) throw error;
      result = unknownValues(this.unknown(error.message));
    }
    this.#runner = runner;
    this.#calls.pop();
    return result;
  }

  #failToCall(callee: Value, described: string): never {
    const message = `attempt to call ${described === '' ? `a ${typeName(callee)} value` : `${described} (a ${typeName(callee)} value)`}`;
    // The line is that of the code that calls, and a host function has none.
    return this.#runner === 'code' ? this.fail(message) : this.raise(new LuaString(bytesOf(message)));
  }

  #callUnknown(callee: LuaUnknown, args: Values): Values {
    const seen = new Set<LuaTable>();
    const open = (value: Value): void => {
      if (!(value instanceof LuaTable) || seen.has(value)) return;
      this.step();
      seen.add(value);
      value.open = true;
      for (const entry of value.fields.values()) open(entry.value);
    };
    for (const arg of args) open(arg);
    return unknownValues(new LuaUnknown(callee.reason, this.place));
  }

  /** Runs a chunk's body with these globals, which stay those of every function made in it. */
  runChunk(body: FunctionBody, source: LuaSource, globals: LuaTable, args: Values): Values {
    const runner = this.#runner;
    // What loads a chunk is a host function.
    this.#runner = 'host';
    const result = this.#runFrame(makeFrame(body, [], args, source, globals));
    this.#runner = runner;
    return result;
  }

  // Fields

  metatable(value: Value): LuaTable | LuaUnknown | undefined {
    return value instanceof LuaTable ? value.metatable : undefined;
  }

  metamethod(value: Value, name: string): Value {
    const metatable = this.metatable(value);
    return metatable instanceof LuaTable ? metatable.get(name) : metatable;
  }

  /** `value[key]`, through `__index`. `described` names the value in errors. */
  index(value: Value, key: Value, described = ''): Value {
    for (let hops = 0; hops < 100; hops++) {
      if (value instanceof LuaUnknown) {
        this.use(value, key);
        return value;
      }
      if (value instanceof LuaString && this.stringMethods !== undefined) {
        return key instanceof LuaUnknown ? key : this.stringMethods.fields.get(keyOf(key) ?? '')?.value;
      }
      if (!(value instanceof LuaTable)) {
        this.fail(
          `attempt to index ${described}${described === '' ? `a ${typeName(value)} value` : ` (a ${typeName(value)} value)`}`,
        );
      }
      if (key instanceof LuaUnknown) return this.unknown(key.reason);
      const name = keyOf(key);
      const found = name === undefined ? undefined : value.fields.get(name)?.value;
      if (found !== undefined) return found;
      const handler = this.metamethod(value, '__index');
      if (handler === undefined) return value.open ? this.unknown('a field that code which was not run may have set') : undefined;
      if (handler instanceof LuaFunction) return this.call(handler, [value, key])[0];
      value = handler;
      described = '';
    }
    return this.fail('loop in gettable');
  }

  /** `table[key] = value`, through `__newindex`. */
  setIndex(table: Value, key: Value, entry: Omit<Entry, 'key' | 'keyString' | 'maybe'>, described = ''): void {
    for (let hops = 0; hops < 100; hops++) {
      if (table instanceof LuaUnknown) {
        this.use(table, key);
        return;
      }
      if (!(table instanceof LuaTable)) {
        this.fail(
          `attempt to index ${described}${described === '' ? `a ${typeName(table)} value` : ` (a ${typeName(table)} value)`}`,
        );
      }
      if (key instanceof LuaUnknown) {
        this.use(key);
        table.open = true;
        return;
      }
      const name = keyOf(key);
      const handler = name !== undefined && table.fields.has(name) ? undefined : this.metamethod(table, '__newindex');
      if (handler === undefined) {
        if (name === undefined) this.fail(key === undefined ? 'table index is nil' : 'table index is NaN');
        this.writeField(table, name, {
          key: name,
          value: entry.value,
          keyString: key instanceof LuaString ? key : undefined,
          keyPlace: entry.keyPlace,
          valuePlace: entry.valuePlace,
          place: entry.place,
          maybe: false,
        });
        return;
      }
      if (handler instanceof LuaFunction) {
        this.call(handler, [table, key, entry.value]);
        return;
      }
      table = handler;
      described = '';
    }
    this.fail('loop in settable');
  }
}

function makeFrame(body: FunctionBody, upvalues: readonly Cell[], args: Values, source: LuaSource, globals: LuaTable): Frame {
  const slots: Cell[] = [];
  body.upvalues.forEach((link, i) => {
    slots[link.inner] = upvalues[i] ?? { value: undefined };
  });
  body.parameters.forEach((parameter, i) => {
    slots[parameter.slot] = { value: i < args.length ? args[i] : args.more };
  });
  const varargs: Values = body.vararg ? args.slice(body.parameters.length) : [];
  if (args.more !== undefined) varargs.more = args.more;
  return { body, slots, varargs, source, globals };
}

/** The results of something unknown: any number of unknown values. */
export function unknownValues(unknown: LuaUnknown): Values {
  const values: Values = [unknown];
  values.more = unknown;
  return values;
}

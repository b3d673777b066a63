// The string library (lstrlib.c) on byte strings. An unknown argument gives an unknown answer.
import type { HostFunction, HostMachine } from './hostFunction';
import { general, scientific } from './numbers';
import { toLuaString, toNumber, toText, truth } from './operators';
import { matchPattern, PatternError, type Capture, type Match } from './pattern';
import { hostFunction, joined, LuaFunction, LuaString, LuaTable, LuaUnknown, typeName, type Value, type Values } from './values';

/** Raises what luaL_argerror raises. */
export function badArgument(
  machine: HostMachine,
  index: number,
  name: string,
  expected: string,
  value: Value,
  given: boolean,
): never {
  const got = given ? typeName(value) : 'no value';
  return machine.fail(`bad argument #${index} to '${name}' (${expected} expected, got ${got})`);
}

/** The arguments of one library call, read the way luaL_check… does. */
class Arguments {
  constructor(
    readonly machine: HostMachine,
    readonly name: string,
    private readonly values: Values,
  ) {}

  value(index: number): Value {
    return this.values[index - 1];
  }

  luaString(index: number): LuaString {
    const value = this.value(index);
    return toLuaString(value) ?? badArgument(this.machine, index, this.name, 'string', value, index <= this.values.length);
  }

  string(index: number): string {
    return this.luaString(index).value;
  }

  number(index: number): number {
    const value = this.value(index);
    return toNumber(value) ?? badArgument(this.machine, index, this.name, 'number', value, index <= this.values.length);
  }

  integer(index: number, otherwise?: number): number {
    if (otherwise !== undefined && this.value(index) === undefined) return otherwise;
    const number = Math.trunc(this.number(index));
    return Number.isNaN(number) ? 0 : number;
  }

  after(index: number): readonly Value[] {
    return this.values.slice(index - 1);
  }
}

type Routine = (args: Arguments, machine: HostMachine) => Value | Values;

function library(name: string, routine: Routine): LuaFunction {
  const host: HostFunction = (values, machine) => {
    const unknown = values.more ?? values.find((value) => value instanceof LuaUnknown);
    if (unknown !== undefined) return [machine.unknown(unknown.reason)];
    try {
      const result = routine(new Arguments(machine, name, values), machine);
      return Array.isArray(result) ? result : [result];
    } catch (error) {
      if (error instanceof PatternError) return machine.fail(error.message);
      throw error;
    }
  };
  return hostFunction(name, host);
}

/** Lua's one-based, possibly negative position as a zero-based one (posrelat). */
function fromStart(position: number, length: number): number {
  return position < 0 ? Math.max(0, length + position + 1) : position;
}

function made(machine: HostMachine, text: string): LuaString {
  machine.charge(text.length);
  return new LuaString(text);
}

function captured(machine: HostMachine, text: string, captures: readonly Capture[]): Values {
  return captures.map((capture) =>
    'position' in capture ? capture.position + 1 : made(machine, text.slice(capture.start, capture.end)),
  );
}

const count = (machine: HostMachine) => (steps: number) => machine.step(steps);

function find(args: Arguments, machine: HostMachine, wantsSpan: boolean): Values {
  const text = args.string(1);
  const pattern = args.string(2);
  const start = Math.max(0, fromStart(args.integer(3, 1), text.length) - 1);
  const from = Math.min(start, text.length);
  if (wantsSpan && (truth(args.value(4)) === true || !/[\^$*+?.([%-]/.test(pattern))) {
    const at = text.indexOf(pattern, from);
    return at < 0 ? [undefined] : [at + 1, at + pattern.length];
  }
  const match = matchPattern(text, pattern, from, count(machine));
  if (match === undefined) return [undefined];
  if (!wantsSpan) return captured(machine, text, match.captures);
  const [first] = match.captures;
  const whole = match.captures.length === 1 && first !== undefined && 'start' in first && !hasCapture(pattern);
  return [match.start + 1, match.end, ...(whole ? [] : captured(machine, text, match.captures))];
}

/** Whether a pattern that matched has a capture of its own. */
function hasCapture(pattern: string): boolean {
  return /(?:^|[^%])(?:%%)*\(/.test(pattern.replace(/%b../gs, '').replace(/\[\^?\]?[^\]]*\]/g, ''));
}

function gmatch(args: Arguments, machine: HostMachine): LuaFunction {
  const text = args.string(1);
  const pattern = args.string(2);
  let at = 0;
  return hostFunction('gmatch_aux', (_args, caller) => {
    // In 5.1 a `^` in gmatch matches itself nowhere; the pattern is used as it stands.
    const match = at > text.length ? undefined : matchPattern(text, pattern, at, count(caller));
    if (match === undefined) return [undefined];
    at = match.end === match.start ? match.end + 1 : match.end;
    return captured(machine, text, match.captures);
  });
}

function gsub(args: Arguments, machine: HostMachine): Values {
  const text = args.string(1);
  const pattern = args.string(2);
  const replacement = args.value(3);
  const limit = args.integer(4, text.length + 1);
  const kind = typeName(replacement);
  if (kind !== 'string' && kind !== 'number' && kind !== 'table' && kind !== 'function') {
    machine.fail("bad argument #3 to 'gsub' (string/function/table expected)");
  }
  const pieces: string[] = [];
  let at = 0;
  let done = 0;
  while (done < limit) {
    // A match must begin exactly here: an anchored search at one place.
    const match = matchPattern(text, pattern.startsWith('^') ? pattern : `^${pattern}`, at, count(machine));
    if (match !== undefined) {
      done++;
      const replaced = replace(machine, text, match, replacement);
      if (replaced instanceof LuaUnknown) return [replaced, machine.unknown(replaced.reason)];
      machine.charge(replaced.length);
      pieces.push(replaced);
    }
    if (match !== undefined && match.end > at) at = match.end;
    else if (at < text.length) pieces.push(text.charAt(at++));
    else break;
    if (pattern.startsWith('^')) break;
  }
  return [made(machine, pieces.join('') + text.slice(at)), done];
}

function replace(machine: HostMachine, text: string, match: Match, replacement: Value): string | LuaUnknown {
  const whole = text.slice(match.start, match.end);
  const values = captured(machine, text, match.captures);
  if (replacement instanceof LuaTable || replacement instanceof LuaFunction) {
    const value = replacement instanceof LuaTable ? machine.index(replacement, values[0]) : machine.call(replacement, values)[0];
    if (value === undefined || value === false) return whole;
    if (value instanceof LuaUnknown) return value;
    return toLuaString(value)?.value ?? machine.fail(`invalid replacement value (a ${typeName(value)})`);
  }
  return (toLuaString(replacement)?.value ?? '').replace(/%([^]?)/g, (_all, char: string) => {
    if (!/\d/.test(char)) return char;
    if (char === '0') return whole;
    const value = values[Number(char) - 1];
    return value === undefined ? machine.fail('invalid capture index') : (toLuaString(value)?.value ?? '');
  });
}

const DIRECTIVE = /%([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([^]?)/g;

function format(args: Arguments, machine: HostMachine): Value {
  const shape = args.string(1);
  const parts: LuaString[] = [];
  let at = 0;
  let index = 1;
  for (const match of shape.matchAll(DIRECTIVE)) {
    const [all, flags = '', width = '', precision, letter = ''] = match;
    parts.push(new LuaString(shape.slice(at, match.index)));
    at = match.index + all.length;
    if (letter === '%' && all === '%%') parts.push(new LuaString('%'));
    else {
      index++;
      const part = directive(args, machine, { flags, width: Number(width), precision, letter }, index);
      if (part instanceof LuaUnknown) return part;
      parts.push(part);
    }
  }
  parts.push(new LuaString(shape.slice(at)));
  const result = joined(parts.filter((part) => part.value !== ''));
  machine.charge(result.value.length);
  return result;
}

interface FormatItem {
  flags: string;
  width: number;
  precision: string | undefined;
  letter: string;
}

const UNSIGNED = 2n ** 64n;

function directive(
  args: Arguments,
  machine: HostMachine,
  { flags, width, precision, letter }: FormatItem,
  index: number,
): LuaString | LuaUnknown {
  const digits = precision === undefined ? undefined : Number(precision);
  const signed = (text: string, number: number): LuaString => {
    const sign = number < 0 ? '' : flags.includes('+') ? '+' : flags.includes(' ') ? ' ' : '';
    return padded(sign + text);
  };
  const padded = (text: string, zeros = true): LuaString => {
    if (text.length >= width) return new LuaString(text);
    if (flags.includes('-')) return new LuaString(text.padEnd(width));
    if (!zeros || !flags.includes('0')) return new LuaString(text.padStart(width));
    const sign = /^[+\- ]/.exec(text)?.[0] ?? '';
    return new LuaString(sign + text.slice(sign.length).padStart(width - sign.length, '0'));
  };
  switch (letter) {
    case 'c':
      return padded(String.fromCharCode(args.integer(index) & 255), false);
    case 'd':
    case 'i': {
      const number = args.integer(index);
      const text = BigInt.asIntN(64, BigInt(Number.isFinite(number) ? number : 0)).toString();
      const bare = text.replace('-', '').padStart(digits ?? 0, '0');
      return signed((number < 0 ? '-' : '') + bare, number);
    }
    case 'o':
    case 'u':
    case 'x':
    case 'X': {
      const number = args.integer(index);
      const unsigned = (BigInt(Number.isFinite(number) ? number : 0) + UNSIGNED) % UNSIGNED;
      const text = unsigned.toString(letter === 'o' ? 8 : letter === 'u' ? 10 : 16).padStart(digits ?? 0, '0');
      const prefix = flags.includes('#') && letter.toLowerCase() === 'x' && unsigned !== 0n ? '0x' : '';
      return padded(letter === 'X' ? (prefix + text).toUpperCase() : prefix + text);
    }
    case 'e':
    case 'E':
    case 'f':
    case 'g':
    case 'G': {
      const number = args.number(index);
      const lower = letter.toLowerCase();
      const places = digits ?? 6;
      const text =
        lower === 'e'
          ? scientific(number, places)
          : lower === 'g' || !Number.isFinite(number)
            ? general(number, places)
            : number.toFixed(places);
      return signed(letter === lower ? text : text.toUpperCase(), number);
    }
    case 'q': {
      const text = args
        .string(index)
        .replace(/["\\\n]/g, '\\$&')
        .replaceAll('\r', '\\r')
        .replaceAll('\0', '\\000');
      return made(machine, `"${text}"`);
    }
    case 's': {
      const text = args.luaString(index);
      const cut = digits === undefined ? text : new LuaString(text.value.slice(0, digits));
      return cut.value.length >= width ? cut : padded(cut.value, false);
    }
    default:
      return machine.fail(`invalid option '%${letter}' to 'format'`);
  }
}

const ROUTINES: Readonly<Record<string, Routine>> = {
  byte: (args) => {
    const text = args.string(1);
    const from = fromStart(args.integer(2, 1), text.length);
    const to = Math.min(fromStart(args.integer(3, from), text.length), text.length);
    return Array.from({ length: Math.max(0, to - Math.max(from, 1) + 1) }, (_, i) => text.charCodeAt(Math.max(from, 1) - 1 + i));
  },
  char: (args, machine) =>
    made(
      machine,
      args
        .after(1)
        .map((_, i) => {
          const code = args.integer(i + 1);
          if (code < 0 || code > 255) machine.fail(`bad argument #${i + 1} to 'char' (invalid value)`);
          return String.fromCharCode(code);
        })
        .join(''),
    ),
  find: (args, machine) => find(args, machine, true),
  format,
  gmatch,
  gsub,
  len: (args) => args.string(1).length,
  lower: (args, machine) =>
    made(
      machine,
      args.string(1).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    ),
  match: (args, machine) => find(args, machine, false),
  rep: (args, machine) => {
    const text = args.luaString(1);
    const times = Math.max(0, args.integer(2));
    // Charged before it is made: a string bomb must not exist even for a moment.
    machine.charge(text.value.length * times);
    return times === 1 ? text : new LuaString(text.value.repeat(text.value === '' ? 0 : times));
  },
  reverse: (args, machine) => made(machine, Buffer.from(args.string(1), 'latin1').reverse().toString('latin1')),
  sub: (args, machine) => {
    const text = args.luaString(1);
    const { length } = text.value;
    const from = Math.max(1, fromStart(args.integer(2), length));
    const to = Math.min(length, fromStart(args.integer(3, -1), length));
    return from === 1 && to === length ? text : made(machine, from > to ? '' : text.value.slice(from - 1, to));
  },
  upper: (args, machine) =>
    made(
      machine,
      args.string(1).replace(/[a-z]+/g, (part) => part.toUpperCase()),
    ),
};

/** A fresh `string` table. */
export function stringLibrary(): LuaTable {
  const table = new LuaTable();
  for (const [name, routine] of Object.entries(ROUTINES)) table.set(name, library(name, routine));
  table.set('gfind', table.get('gmatch'));
  table.set(
    'dump',
    hostFunction('dump', (_args, machine) => [machine.unknown('compiled code')]),
  );
  return table;
}

/** `tostring`, shared with the base library. */
export const TOSTRING = hostFunction('tostring', ([value], machine) => [toText(machine, value)]);

// The string library (lib_string.c of LuaJIT) on byte strings. An unknown argument gives an unknown answer.
import { ArgumentError } from '../errors';
import type { HostMachine } from '../hostFunction';
import { toLuaString, truth } from '../operators';
import { hostFunction, LuaFunction, LuaString, LuaTable, LuaUnknown, typeName, type Value, type Values } from '../values';
import { libraryFunction, type Arguments, type Routine } from './arguments';
import { format } from './format';
import { captureAt, findMatch, matchAt, readPattern, type Match } from './pattern';

/** What LuaJIT has room for on its stack (LUAI_MAXCSTACK). */
const MAX_RESULTS = 8000;

/** Lua's one-based, possibly negative position as a zero-based one (posrelat). */
function fromStart(position: number, length: number): number {
  return position < 0 ? Math.max(0, length + position + 1) : position;
}

function made(machine: HostMachine, text: string): LuaString {
  machine.charge(text.length);
  return new LuaString(text);
}

function capture(machine: HostMachine, text: string, match: Match, index: number): LuaString | number {
  const value = captureAt(text, match, index);
  return typeof value === 'number' ? value : made(machine, value);
}

/** The captures of a match; the whole match where it has none. */
function captures(machine: HostMachine, text: string, match: Match): (LuaString | number)[] {
  return Array.from({ length: Math.max(1, match.captures.length) }, (_, i) => capture(machine, text, match, i));
}

const count = (machine: HostMachine) => (steps: number) => machine.step(steps);

function find(args: Arguments, machine: HostMachine, wantsSpan: boolean): Values {
  const text = args.string(1);
  const pattern = args.string(2);
  const from = Math.max(0, fromStart(args.integer(3, 1), text.length) - 1);
  // LuaJIT built with LUA52COMPAT, as Kong's is, does not look behind the end.
  if (from > text.length) return [undefined];
  if (wantsSpan && (truth(args.value(4)) === true || !/[\^$*+?.([%-]/.test(pattern))) {
    const at = text.indexOf(pattern, from);
    return at < 0 ? [undefined] : [at + 1, at + pattern.length];
  }
  const match = findMatch(text, readPattern(pattern), from, count(machine));
  if (match === undefined) return [undefined];
  if (!wantsSpan) return captures(machine, text, match);
  return [match.start + 1, match.end, ...match.captures.map((_, i) => capture(machine, text, match, i))];
}

function gmatch(args: Arguments): LuaFunction {
  const text = args.string(1);
  const pattern = readPattern(args.string(2), false);
  let at = 0;
  return libraryFunction('gmatch_aux', (_args, machine) => {
    const match = findMatch(text, pattern, at, count(machine));
    if (match === undefined) return [];
    at = match.end === match.start ? match.end + 1 : match.end;
    return captures(machine, text, match);
  });
}

function gsub(args: Arguments, machine: HostMachine): Values {
  const text = args.string(1);
  const pattern = readPattern(args.string(2));
  const replacement = args.value(3);
  const limit = args.integer(4, text.length + 1);
  if (!['string', 'number', 'table', 'function'].includes(typeName(replacement)))
    throw new ArgumentError(3, 'string/function/table expected');
  const pieces: string[] = [];
  let at = 0;
  let done = 0;
  while (done < limit) {
    const match = matchAt(text, pattern, at, count(machine));
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
    if (pattern.anchored) break;
  }
  return [made(machine, pieces.join('') + text.slice(at)), done];
}

function replace(machine: HostMachine, text: string, match: Match, replacement: Value): string | LuaUnknown {
  if (replacement instanceof LuaTable || replacement instanceof LuaFunction) {
    const value =
      replacement instanceof LuaTable
        ? machine.index(replacement, capture(machine, text, match, 0))
        : machine.call(replacement, captures(machine, text, match))[0];
    if (value === undefined || value === false) return text.slice(match.start, match.end);
    if (value instanceof LuaUnknown) return value;
    return toLuaString(value)?.value ?? machine.fail(`invalid replacement value (a ${typeName(value)})`);
  }
  return (toLuaString(replacement)?.value ?? '').replace(/%([^]?)/g, (_all, char: string) => {
    if (char === '0') return text.slice(match.start, match.end);
    // C reads the NUL byte that ends the string.
    return /\d/.test(char) ? String(captureAt(text, match, Number(char) - 1)) : char || '\0';
  });
}

const ROUTINES: Readonly<Record<string, Routine>> = {
  byte: (args, machine) => {
    const text = args.string(1);
    const start = args.integer(2, 1);
    const from = Math.max(1, fromStart(start, text.length));
    const to = Math.min(fromStart(args.integer(3, start), text.length), text.length);
    if (to - from >= MAX_RESULTS) machine.fail('string slice too long');
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => text.charCodeAt(from - 1 + i));
  },
  char: (args, machine) => {
    const bytes = Array.from({ length: args.count }, (_, i) => {
      const code = args.integer(i + 1);
      if (code < 0 || code > 255) throw new ArgumentError(i + 1, 'invalid value');
      return String.fromCharCode(code);
    });
    return made(machine, bytes.join(''));
  },
  find: (args, machine) => find(args, machine, true),
  format,
  gmatch,
  gsub,
  lower: (args, machine) =>
    made(
      machine,
      args.string(1).replace(/[A-Z]+/g, (part) => part.toLowerCase()),
    ),
  match: (args, machine) => find(args, machine, false),
  rep: (args, machine) => {
    const text = args.luaString(1);
    const times = Math.max(0, args.integer(2));
    const separator = args.string(3, '');
    // Charged before it is made: a string bomb must not exist even for a moment.
    machine.charge(text.value.length * times + separator.length * Math.max(0, times - 1));
    if (times === 1) return text;
    if (times === 0 || text.value.length + separator.length === 0) return new LuaString('');
    return new LuaString((text.value + separator).repeat(times - 1) + text.value);
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
  for (const [name, routine] of Object.entries(ROUTINES)) table.set(name, libraryFunction(name, routine));
  table.set(
    'len',
    libraryFunction('len', (args) => args.string(1).length, 1),
  );
  table.set(
    'dump',
    hostFunction('dump', (_args, machine) => [machine.unknown('compiled code')]),
  );
  return table;
}

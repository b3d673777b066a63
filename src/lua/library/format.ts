// string.format (lj_strfmt.c of LuaJIT).
import type { HostMachine } from '../hostFunction';
import { exponential, fixed, general } from '../numbers';
import { toText } from '../operators';
import { joined, LuaString, LuaUnknown, type Value } from '../values';
import type { Arguments } from './arguments';

const DIRECTIVE = /%([-+ #0]*)(\d{0,2})(?:\.(\d{0,2}))?([^]?)/g;

interface Directive {
  left: boolean;
  zero: boolean;
  plus: boolean;
  space: boolean;
  alternative: boolean;
  width: number;
  precision: number | undefined;
  letter: string;
}

/** Fills the directives of the first argument with the others; what a directive stands for remembers where it was written. */
export function format(args: Arguments, machine: HostMachine): Value {
  const shape = args.string(1);
  const parts: LuaString[] = [];
  let at = 0;
  let index = 1;
  for (const match of shape.matchAll(DIRECTIVE)) {
    const [all, flags = '', width = '', precision, letter = ''] = match;
    parts.push(new LuaString(shape.slice(at, match.index)));
    at = match.index + all.length;
    if (all === '%%') {
      parts.push(new LuaString('%'));
      continue;
    }
    if (!/[AEFGXacdefgiopqsux]/.test(letter)) {
      return machine.raise(
        new LuaString(`${machine.where()}invalid option '${/[^ -\xff]$/.test(all) ? all.slice(0, -1) : all}' to 'format'`),
      );
    }
    args.any(++index);
    const has = (flag: string): boolean => flags.includes(flag);
    const part = directive(args, index, machine, {
      left: has('-'),
      zero: has('0'),
      plus: has('+'),
      space: has(' '),
      alternative: has('#'),
      width: Number(width),
      precision: precision === undefined ? undefined : Number(precision),
      letter,
    });
    if (part instanceof LuaUnknown) return part;
    parts.push(part);
  }
  parts.push(new LuaString(shape.slice(at)));
  const result = joined(parts.filter((part) => part.value !== ''));
  machine.charge(result.value.length);
  return result;
}

function directive(args: Arguments, index: number, machine: HostMachine, how: Directive): LuaString | LuaUnknown {
  const filled = (text: string): LuaString => new LuaString(how.left ? text.padEnd(how.width) : text.padStart(how.width));
  switch (how.letter) {
    case 'd':
    case 'i':
    case 'o':
    case 'u':
    case 'x':
    case 'X': {
      const number = Math.trunc(args.number(index)) + 0;
      const signed = how.letter === 'd' || how.letter === 'i';
      const inRange = number >= -(2 ** 63) && number < 2 ** (signed ? 63 : 64);
      return inRange ? new LuaString(integer(BigInt(number), how)) : machine.unknown('an integer that is out of range');
    }
    case 'e':
    case 'E':
    case 'f':
    case 'F':
    case 'g':
    case 'G':
      return new LuaString(float(args.number(index), how));
    case 'c':
      return filled(String.fromCharCode(args.integer(index) & 255));
    case 'q':
    case 's': {
      const text = toText(machine, args.value(index));
      if (text instanceof LuaUnknown) return text;
      if (how.letter === 'q') return new LuaString(quoted(text.value));
      const cut = how.precision === undefined ? text : new LuaString(text.value.slice(0, how.precision));
      return text.value.length > (how.precision ?? Infinity) || cut.value.length < how.width ? filled(cut.value) : text;
    }
    default:
      if (how.letter !== 'p') args.number(index);
      return machine.unknown(how.letter === 'p' ? 'an address' : 'a hexadecimal number with a fraction');
  }
}

/** lj_strfmt_putfxint. */
function integer(value: bigint, how: Directive): string {
  const { letter, precision, alternative } = how;
  const signed = letter === 'd' || letter === 'i';
  const size = signed ? (value < 0n ? -value : value) : BigInt.asUintN(64, value);
  const base = letter === 'o' ? 8 : letter.toLowerCase() === 'x' ? 16 : 10;
  let digits = size === 0n && precision === 0 ? '' : size.toString(base);
  if (base === 8 && alternative && !digits.startsWith('0')) digits = `0${digits}`;
  let prefix = base === 16 && alternative && size !== 0n ? '0x' : '';
  if (signed) prefix = value < 0n ? '-' : how.plus ? '+' : how.space ? ' ' : '';
  digits = digits.padStart(precision ?? 0, '0');
  const text = padded(prefix, digits, how, precision === undefined);
  return letter === 'X' ? text.toUpperCase() : text;
}

/** lj_strfmt_wfnum, but for hexadecimal. */
function float(value: number, how: Directive): string {
  const { letter, precision = 6, alternative } = how;
  const negative = value < 0 || Object.is(value, -0);
  const prefix = negative ? '-' : how.plus && !Number.isNaN(value) ? '+' : how.space ? ' ' : '';
  const lower = letter.toLowerCase();
  const size = Math.abs(value);
  let digits =
    lower === 'e' ? exponential(size, precision) : lower === 'f' ? fixed(size, precision) : general(size, precision, alternative);
  if (alternative && Number.isFinite(value) && !digits.includes('.')) digits = digits.replace(/^\d+/, '$&.');
  const text = padded(prefix, digits, how, Number.isFinite(value));
  return letter === lower ? text : text.toUpperCase();
}

function padded(prefix: string, digits: string, { left, zero, width }: Directive, zerosAllowed: boolean): string {
  if (left) return (prefix + digits).padEnd(width);
  return zero && zerosAllowed ? prefix + digits.padStart(width - prefix.length, '0') : (prefix + digits).padStart(width);
}

/** lj_strfmt_putquotedlen. */
function quoted(text: string): string {
  const inner = text.replace(/["\\\n]|[\x00-\x1f\x7f](?=(\d)?)/g, (char, digit?: string) => {
    if (char === '"' || char === '\\' || char === '\n') return `\\${char}`;
    return `\\${String(char.charCodeAt(0)).padStart(digit === undefined ? 1 : 3, '0')}`;
  });
  return `"${inner}"`;
}

// Texts to numbers: numerals of source, and strings that stand for numbers.
import { withoutTrailing } from '../text/ends';
import type { Dialect } from './source';

const DECIMAL = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[Ee][+-]?\d+)?$/;
const HEXADECIMAL = /^([+-]?)0[xX](?=\.?[0-9A-Fa-f])([0-9A-Fa-f]*)(?:\.([0-9A-Fa-f]*))?(?:[Pp]([+-]?\d+))?$/;
const BINARY = /^([+-]?)(0[bB][01]{1,64})$/;
/** An exponent that LuaJIT refuses (STRSCAN_MAXEXP): it is read before it is known to be out of range. */
const HUGE_EXPONENT = /(?:^[+-]?0x.*p|^[^x]*e)[+-]?(\d{7,})$/i;
const MAX_EXPONENT = 2 ** 20;

/** The number that a numeral of source stands for; `cdata` for LuaJIT's 64-bit integers and imaginary numbers, undefined when it is malformed. */
export function numeral(text: string, dialect: Dialect): number | 'cdata' | undefined {
  if (dialect === '5.1') return decimalOrHexadecimal(text);
  if (/i$/i.test(text)) return numberOfLuaJit(text.slice(0, -1)) === undefined ? undefined : 'cdata';
  const integer = /^(0x[0-9a-f]+|0b[01]+|\d+)(?:ll|ull|llu)$/i.exec(text)?.[1];
  if (integer !== undefined) return BigInt(integer) < 2n ** 64n ? 'cdata' : undefined;
  return numberOfLuaJit(text);
}

/** The number that a string stands for, blanks around it allowed (lj_strscan.c), or undefined. */
export function numberOf(text: string): number | undefined {
  const trimmed = withoutTrailing(text.replace(/^[ \t\n\v\f\r]+/, ''), /[ \t\n\v\f\r]/);
  const special = /^([+-]?)(?:(inf|infinity)|nan)$/i.exec(trimmed);
  if (special !== null) return special[2] === undefined ? NaN : special[1] === '-' ? -Infinity : Infinity;
  return numberOfLuaJit(trimmed);
}

function numberOfLuaJit(text: string): number | undefined {
  const [, sign, digits] = BINARY.exec(text) ?? [];
  if (digits !== undefined) return sign === '-' ? -Number(BigInt(digits)) : Number(BigInt(digits));
  const exponent = HUGE_EXPONENT.exec(text)?.[1];
  return Number(exponent ?? 0) >= MAX_EXPONENT ? undefined : decimalOrHexadecimal(text);
}

function decimalOrHexadecimal(text: string): number | undefined {
  if (DECIMAL.test(text)) return Number(text);
  const hex = HEXADECIMAL.exec(text);
  if (hex === null) return undefined;
  const [, sign, whole = '', fraction = '', exponent = '0'] = hex;
  const value = scaled(Number(BigInt(`0x${whole}${fraction}`)), Number(exponent) - 4 * fraction.length);
  return sign === '-' ? -value : value;
}

/** `value * 2 ** exponent`, also where the power alone is too large or too small for a number. */
export function scaled(value: number, exponent: number): number {
  const bounded = Math.max(-5000, Math.min(5000, exponent));
  let result = value;
  for (let left = bounded; left !== 0;) {
    const part = Math.max(-1000, Math.min(1000, left));
    result *= 2 ** part;
    left -= part;
  }
  return result;
}

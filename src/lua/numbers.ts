// Numbers as Lua writes them: C's formats, ties rounded away from zero as LuaJIT does.

/** A number as `%.14g` prints it (luaconf.h LUAI_NUMFFORMAT). */
export function numberText(value: number): string {
  return general(value, 14);
}

/** C's `%.<precision>g`; `alternative` keeps the zeros at the end, as the flag `#` does. */
export function general(value: number, precision: number, alternative = false): string {
  if (!Number.isFinite(value)) return special(value);
  const digits = Math.max(precision, 1);
  const sign = value < 0 || Object.is(value, -0) ? '-' : '';
  const size = Math.abs(value);
  const [mantissa = '', power = '0'] = size.toExponential(Math.min(digits, 100) - 1).split('e');
  const exponent = Number(power);
  const short = alternative ? (text: string): string => text : withoutZeros;
  if (exponent < -4 || exponent >= digits) return `${sign}${short(mantissa)}e${exponentText(exponent)}`;
  return sign + short(fixed(size, Math.max(0, digits - 1 - exponent)));
}

/** C's `%.<precision>e`. */
export function exponential(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value);
  const [mantissa = '', power = '0'] = value.toExponential(Math.min(precision, 100)).split('e');
  return `${mantissa}e${exponentText(Number(power))}`;
}

/** C's `%.<precision>f`. */
export function fixed(value: number, precision: number): string {
  if (!Number.isFinite(value)) return special(value);
  // `toFixed` gives up on what is larger, which has no fraction.
  if (Math.abs(value) >= 1e21) return BigInt(value).toString() + (precision > 0 ? `.${'0'.repeat(precision)}` : '');
  return value.toFixed(Math.min(precision, 100));
}

function special(value: number): string {
  return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

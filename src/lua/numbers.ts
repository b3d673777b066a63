// Numbers as Lua writes them.

/** A number as `%.14g` prints it (luaconf.h LUAI_NUMFFORMAT). */
export function numberText(value: number): string {
  return general(value, 14);
}

/** C's `%.<precision>g`. */
export function general(value: number, precision: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (value === 0) return Object.is(value, -0) ? '-0' : '0';
  const digits = Math.max(precision, 1);
  const [mantissa = '', power = '0'] = value.toExponential(Math.min(digits, 100) - 1).split('e');
  const exponent = Number(power);
  if (exponent < -4 || exponent >= digits) return `${withoutZeros(mantissa)}e${exponentText(exponent)}`;
  return withoutZeros(value.toFixed(Math.min(100, Math.max(0, digits - 1 - exponent))));
}

/** C's `%.<precision>e`. */
export function scientific(value: number, precision: number): string {
  if (!Number.isFinite(value)) return general(value, 6);
  const [mantissa = '', power = '0'] = value.toExponential(Math.min(precision, 100)).split('e');
  return `${mantissa}e${exponentText(Number(power))}`;
}

function exponentText(exponent: number): string {
  return `${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
}

function withoutZeros(text: string): string {
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text;
}

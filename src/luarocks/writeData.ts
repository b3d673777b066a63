// Writes tables the way LuaRocks does (persist.lua): rock_manifest and tree manifests come out byte for byte as its own.

/** What LuaRocks writes to files: strings (bytes as LuaRocks would write them), numbers, booleans and tables. Keys of a Map are strings or numbers. */
export type LuaData = string | number | boolean | DataTable;
export type DataTable = Map<string | number, LuaData>;

const KEYWORDS = new Set(
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while'.split(' '),
);

function isPlainKey(key: string | number): key is string {
  return typeof key === 'string' && /^[a-zA-Z_][a-zA-Z0-9_]*$/.test(key) && !KEYWORDS.has(key);
}

/** `tostring` of a Lua 5.1 number: C's `%.14g`. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf';
  const [mantissa = '0', exponentText = '0'] = value.toExponential(13).split('e');
  const exponent = Number(exponentText);
  if (exponent < -4 || exponent >= 14) {
    const digits = mantissa.includes('.') ? mantissa.replace(/\.?0+$/, '') : mantissa;
    return `${digits}e${exponent < 0 ? '-' : '+'}${String(Math.abs(exponent)).padStart(2, '0')}`;
  }
  const fixed = value.toFixed(13 - exponent);
  return fixed.includes('.') ? fixed.replace(/\.?0+$/, '') : fixed;
}

function writeString(value: string): string {
  if (!/[\r\n]/.test(value)) {
    return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\0', '\\000')}"`;
  }
  let equals = '';
  while (`${value}]`.includes(`]${equals}]`)) equals += '=';
  return `[${equals}[\n${value}]${equals}]`;
}

function compareKeys(a: string | number, b: string | number): number {
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a === 'number') return -1;
  if (typeof b === 'number') return 1;
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function writeTable(table: DataTable, level: number): string {
  let out = '{';
  let separator = '\n';
  let indent = true;
  let index = 1;
  for (const [key, value] of [...table].sort(([a], [b]) => compareKeys(a, b))) {
    out += separator;
    if (indent) out += '   '.repeat(level);
    if (key === index) index++;
    else out += isPlainKey(key) ? `${key} = ` : `[${writeValue(key, level)}] = `;
    out += writeValue(value, level);
    indent = typeof value !== 'number';
    separator = indent ? ',\n' : ', ';
  }
  if (separator !== '\n') out += `\n${'   '.repeat(level - 1)}`;
  return `${out}}`;
}

function writeValue(value: LuaData, level: number): string {
  if (typeof value === 'string') return writeString(value);
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'boolean') return String(value);
  return writeTable(value, level + 1);
}

/** A file of assignments, one a top-level key, sorted (persist.save_from_table). */
export function writeAssignments(table: DataTable): string {
  return [...table]
    .sort(([a], [b]) => compareKeys(a, b))
    .map(([key, value]) => `${key} = ${writeValue(value, 0)}\n`)
    .join('');
}

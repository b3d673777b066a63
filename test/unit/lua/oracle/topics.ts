// Generated chunks that show what values come to: patterns, formats, numbers, tables, loops, operators and calls of the library.
import fc from 'fast-check';
import { literal } from './answers';

/** Lua code of values of every type; no number is so large that a list or a string of that length would fill the memory. */
const VALUES = [
  'nil',
  'true',
  'false',
  '0',
  '1',
  '-1',
  '2.5',
  '-0',
  '70000',
  '""',
  '"abc"',
  '"10"',
  '" 0x1F "',
  '{}',
  '{1, 2, 3}',
  '{a = 1}',
  'error',
];

const code = (values: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...values);
const pieces = (values: readonly string[], most: number): fc.Arbitrary<string> =>
  fc.array(code(values), { maxLength: most }).map((parts) => parts.join(''));
const several = (values: fc.Arbitrary<string>, least: number, most: number): fc.Arbitrary<string> =>
  fc.array(values, { minLength: least, maxLength: most }).map((parts) => parts.join(', '));

// Patterns

const ITEMS = [
  ...['a', 'b', '1', ' ', '.', '_', '%a', '%d', '%w', '%s', '%S', '%p', '%c', '%x', '%u', '%L', '%g', '%z', '%.', '%%', '%y'],
  ...['[ab]', '[^a]', '[a-c]', '[%w_]', '[^%s]', '[]]', '[^]a]', '[a-]', '[%a-z]', '[]', '[a', '[^', '[%'],
  ...['*', '+', '-', '?', '*', '+', '-', '?', '(', ')', '(a)', '(.)', '()', '(.-)', '%1', '%2', '^', '$', '%'],
  ...['%b()', '%bab', '%b', '%b(', '%f[%w]', '%f[^a]', '%f', '%fa', '\0', '\xe4'],
];
const pattern = pieces(ITEMS, 6);
const subject = pieces(['a', 'b', 'c', '1', ' ', '_', '(', ')', '.', 'ab', 'A', '\0', '\n', '\xe4', ']', '-'], 12);
const REPLACEMENTS = [
  '"x"',
  '"<%0>"',
  '"%1%1"',
  '"%2"',
  '"%%"',
  '"%"',
  '"%y"',
  '5',
  '{a = "x", b = false, ab = 7, [1] = "one"}',
  '{a = {}}',
];
const FUNCTIONS = [
  'function(...) return select("#", ...) end',
  'function(a) return a end',
  'function() end',
  'function() return {} end',
];
const start = code(['', ', 1', ', 2', ', -1', ', -3', ', 0', ', "2"', ', 1.7', ', nil, true', ', 2, true']);

const patterns = fc.oneof(
  fc
    .tuple(code(['find', 'match']), subject, pattern, start)
    .map(([name, s, p, from]) => `return select(1, string.${name}(${literal(s)}, ${literal(p)}${from}))`),
  fc
    .tuple(subject, pattern)
    .map(
      ([s, p]) =>
        `local t = {} for a, b in (${literal(s)}):gmatch(${literal(p)}) do t[#t + 1] = tostring(a) .. "," .. tostring(b) end return table.concat(t, ";")`,
    ),
  fc
    .tuple(subject, pattern, code([...REPLACEMENTS, ...FUNCTIONS]), code(['', ', 1', ', 2', ', 0', ', -1']))
    .map(([s, p, with_, most]) => `return select(1, (${literal(s)}):gsub(${literal(p)}, ${with_}${most}))`),
);

// string.format

const directive = fc
  .tuple(
    pieces(['-', '+', ' ', '#', '0'], 2),
    code(['', '', '1', '5', '12', '123']),
    code(['', '', '.', '.0', '.1', '.3', '.10', '.20', '.123']),
    code('d i o u x X c s q e E f F g G % y'.split(' ').concat('')),
  )
  .map((parts) => `%${parts.join('')}`);
const FORMATTED = [
  '0',
  '-0',
  '1',
  '-1',
  '42',
  '65',
  '255',
  '-255',
  '2.5',
  '-3.75',
  '0.1',
  '1e15',
  '123456789',
  '1e-5',
  '1e100',
  '1/3',
  '"10"',
  '"abc"',
  '"a\\n\\0\\"\\\\\\r9"',
  'nil',
  'true',
];
const SPECIAL = ['1/0', '-1/0', '0/0'];
const formats = fc.oneof(
  fc.tuple(fc.array(directive, { maxLength: 3 }), several(code(FORMATTED), 0, 3)).map(([shape, values]) => {
    const text = literal(shape.join('|'));
    return values === '' ? `return (string.format(${text}))` : `return (string.format(${text}, ${values}))`;
  }),
  fc
    .tuple(
      pieces(['-', '+', ' ', '#', '0'], 2),
      code(['', '8']),
      code(['', '.2']),
      code(['e', 'E', 'f', 'F', 'g', 'G']),
      code(SPECIAL),
    )
    .map(
      ([flags, width, precision, letter, value]) => `return (string.format("%${flags}${width}${precision}${letter}", ${value}))`,
    ),
);

// Numbers

const numeral = fc.oneof(
  pieces(['0', '1', '9', '.', 'e', 'E', '+', '-', 'x', 'X', 'a', 'F', 'p', 'P', '_', 'i', 'u', 'L', 'LL', 'b', '10', ' '], 6),
  fc.double().map((value) => String(value)),
  fc.double({ min: -1e6, max: 1e6 }).map((value) => value.toFixed(3)),
  code([
    'inf',
    '-inf',
    'nan',
    'Infinity',
    '0x',
    '0x.p1',
    '0x1p-1074',
    '0x1.fffffffffffff8p1023',
    '1e309',
    '1e-400',
    '0xffffffffffffffffff',
    '0x0p99999',
    '4.9e-324',
    '2.4703282292062328e-324',
  ]),
);
const double = fc
  .double({ noNaN: true })
  .map((value) =>
    Number.isFinite(value)
      ? `(${value < 0 || Object.is(value, -0) ? '-' : ''}${Math.abs(value)})`
      : value > 0
        ? '(1/0)'
        : '(-1/0)',
  );
const numbers = fc.oneof(
  numeral.map((text) => `return tonumber(${literal(text)})`),
  numeral.map((text) => `return (${literal(text)} + 0)`),
  fc
    .tuple(
      pieces(['0', '1', '7', 'a', 'F', 'z', '-', '+', ' ', 'x', '.'], 5),
      code(['2', '8', '10', '16', '36', '1', '37', '16.5', '"16"']),
    )
    .map(([text, base]) => `return (tonumber(${literal(text)}, ${base}))`),
  fc.stringMatching(/^[0-9][0-9a-fxXpPeE.]{0,6}[iuULl]{0,3}$/).map((text) => `return type(${text})`),
  double.map((value) => `return tostring(${value}), ${value} .. "", ("%.17g"):format(${value})`),
  fc.tuple(double, code(['+', '-', '*', '/', '%']), double).map(([a, operator, b]) => `return ${a} ${operator} ${b}`),
  fc
    .tuple(code(['floor', 'ceil', 'abs', 'sqrt', 'modf', 'frexp', 'deg', 'rad']), double)
    .map(([name, value]) => `return math.${name}(${value})`),
  fc.tuple(code(['max', 'min', 'fmod']), double, double).map(([name, a, b]) => `return math.${name}(${a}, ${b})`),
  fc.tuple(double, fc.integer({ min: -1100, max: 1100 })).map(([value, power]) => `return math.ldexp(${value}, ${power})`),
);

// Tables

const item = code(['1', '"x"', 'nil', 'true']);
const change = fc.oneof(
  item.map((value) => `t[#t + 1] = ${value}`),
  fc.tuple(fc.integer({ min: 0, max: 6 }), item).map(([key, value]) => `t[${key}] = ${value}`),
  fc.tuple(code(['a', 'b']), item).map(([key, value]) => `t.${key} = ${value}`),
  item.map((value) => `table.insert(t, ${value})`),
  fc.tuple(fc.integer({ min: 1, max: 4 }), item).map(([at, value]) => `table.insert(t, ${at}, ${value})`),
  code(['', ', 1', ', 2', ', 9']).map((at) => `table.remove(t${at})`),
  fc.constant('for k in pairs(t) do if type(k) == "string" then t[k] = nil end end'),
);
const tables = fc
  .tuple(
    several(item, 0, 6),
    code(['', 'a = 1, ', '[2] = "two", ']),
    fc.array(change, { maxLength: 6 }),
    code(['t', '#t', 'table.maxn(t), table.getn(t)', 'unpack(t)', '(table.concat(t, ","))', 'next(t) == nil']),
  )
  .map(([items, keyed, changes, result]) => `local t = {${keyed}${items}} ${changes.join(' ')} return ${result}`);
/** Changes of a list that leave it without holes: the order of a walk over it is known. */
const listChange = fc.oneof(
  code(['1', '"x"', 'true']).map((value) => `t[#t + 1] = ${value}`),
  code(['1', '"x"', 'true']).map((value) => `table.insert(t, ${value})`),
  code(['', ', 1', ', 9']).map((at) => `table.remove(t${at})`),
  fc.constant('table.insert(t, 1, 0)'),
  fc.constant('for i, v in ipairs(t) do t[i] = v end'),
);
const SEEN = 'local seen = {} for k, v in WALK do seen[#seen + 1] = tostring(k) .. "=" .. tostring(v) end';
const walks = fc.oneof(
  fc
    .tuple(
      several(code(['1', '"x"', 'true']), 0, 6),
      fc.array(listChange, { maxLength: 4 }),
      code(['pairs(t)', 'next, t', 'ipairs(t)', 'next, t, nil']),
    )
    .map(
      ([items, changes, walk]) =>
        `local t = {${items}} ${changes.join(' ')} ${SEEN.replace('WALK', walk)} return seen[1], table.concat(seen, ",")`,
    ),
  // Of the fields that are no list only the set is known.
  fc
    .tuple(several(item, 0, 5), fc.array(change, { maxLength: 4 }), code(['pairs(t)', 'ipairs(t)']))
    .map(
      ([items, changes, walk]) =>
        `local t = {${items}} ${changes.join(' ')} ${SEEN.replace('WALK', walk)} table.sort(seen) return table.concat(seen, ",")`,
    ),
);

// Loops

const bound = code(['0', '1', '3', '-2', '2.5', '0.1', '"2"', '1/0', '-1/0', '0/0', '{}', 'nil', '"x"']);
const loops = fc
  .tuple(bound, bound, code(['', ', 1', ', -1', ', 0.3', ', -0.5', ', 0', ', -0', ', "1"', ', {}']))
  .map(
    ([from, to, step]) =>
      `local t = {} for i = ${from}, ${to}${step} do t[#t + 1] = i if #t > 9 then break end end return unpack(t)`,
  );

// Operators, and how errors name what they are about

const OPERATORS = ['+', '-', '*', '/', '%', '..', '==', '~=', '<', '<=', '>', '>=', 'and', 'or'];
const named = code([
  ...VALUES,
  '1e15',
  '1/0',
  '0/0',
  'l',
  'l.f',
  'l.f.g',
  'g',
  'g.f',
  't.f',
  't.n',
  't.f.g',
  't[1]',
  't["f"]',
  'u',
  'u.f',
  's',
  's.f',
  '(l)',
  '(t.f)',
  't.s',
  'm',
]);
const operators = fc
  .tuple(
    fc.oneof(
      fc.tuple(named, code(OPERATORS), named).map(([a, operator, b]) => `return ${a} ${operator} ${b}`),
      fc.tuple(code(['-', '#', 'not ']), named).map(([operator, a]) => `return ${operator}${a}`),
      code([
        'l',
        'l.f',
        'g',
        'g.f',
        't.f',
        't.f.g',
        't:f',
        's:f',
        'u',
        'u.f',
        '(l)',
        't.n',
        't:n',
        's:rep',
        't.s:upper',
        'm.f',
      ]).map((callee) => `local r = ${callee}(1) return r`),
      fc
        .tuple(code(['l.f', 'g.f', 't.f.g', 'u.f', 't.n.f', 't[nil]', 't[0/0]', 's.f', 'm.x']), code(VALUES))
        .map(([target, value]) => `${target} = ${value}`),
    ),
    fc.boolean(),
  )
  .map(
    ([statement, inner]) =>
      `local u, l local s, t, m = "abc", {n = 5, s = "x"}, setmetatable({}, {__index = {}}) ${inner ? `local function f() local _ = u ${statement} end local r = f() return r` : statement}`,
  );

// Calls of the library, with too few, too many and wrong arguments

const CALLS = [
  ...['byte', 'char', 'find', 'format', 'gmatch', 'gsub', 'len', 'lower', 'match', 'rep', 'reverse', 'sub', 'upper'].map(
    (name) => `string.${name}`,
  ),
  ...['abs', 'ceil', 'floor', 'sqrt', 'max', 'min', 'fmod', 'modf', 'frexp', 'ldexp'].map((name) => `math.${name}`),
  ...['concat', 'getn', 'insert', 'maxn', 'remove'].map((name) => `table.${name}`),
  ...[
    'assert',
    'error',
    'getmetatable',
    'ipairs',
    'next',
    'pairs',
    'pcall',
    'rawequal',
    'rawget',
    'rawset',
    'select',
    'setmetatable',
    'tonumber',
    'tostring',
    'type',
    'unpack',
    'xpcall',
  ],
];
const calls = fc.oneof(
  fc.tuple(code(CALLS), several(code(VALUES), 0, 4)).map(([name, values]) => `return select(1, ${name}(${values}))`),
  fc.tuple(code(CALLS), several(code(VALUES), 1, 4)).map(([name, values]) => `return select(1, pcall(${name}, ${values}))`),
  fc
    .tuple(code(['byte', 'find', 'format', 'gsub', 'rep', 'sub', 'upper', 'len']), several(code(VALUES), 0, 3))
    .map(([name, values]) => `local s = "abc" return select(1, s:${name}(${values}))`),
  fc.tuple(code(CALLS), several(code(VALUES), 0, 3)).map(([name, values]) => `local f = ${name} local r = f(${values}) return r`),
);

/** What is compared: how many chunks, and which share of them may have an answer that our evaluator does not know. */
export const TOPICS: readonly { name: string; chunks: fc.Arbitrary<string>; count: number; unknown: number }[] = [
  { name: 'string patterns', chunks: patterns, count: 3000, unknown: 0 },
  { name: 'string.format', chunks: formats, count: 2500, unknown: 0.02 },
  { name: 'numbers', chunks: numbers, count: 2500, unknown: 0.01 },
  // Half of the changes make holes.
  { name: 'tables and their lengths', chunks: tables, count: 1200, unknown: 0.45 },
  { name: 'walks over tables', chunks: walks, count: 600, unknown: 0.15 },
  { name: 'numeric loops', chunks: loops, count: 600, unknown: 0 },
  { name: 'operators and the names in their errors', chunks: operators, count: 1500, unknown: 0 },
  // Some integers have no room in 32 bits.
  { name: 'calls of the library', chunks: calls, count: 2500, unknown: 0.06 },
];

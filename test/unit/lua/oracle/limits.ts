// Chunks around every limit that Lua sets to nesting and to numbers of things.

const names = (count: number, separator = ','): string => Array.from({ length: count }, (_, i) => `a${i}`).join(separator);
const nested =
  (open: string, close: string, inner = '') =>
  (count: number) =>
    `${open.repeat(count)}${inner}${close.repeat(count)}`;

/** A shape that takes how often something is repeated, and numbers on both sides of a limit. */
const SHAPES: readonly [make: (count: number) => string, around: readonly number[]][] = [
  ...[
    nested('(', ')', '1'),
    nested('{', '}', '1'),
    nested('- ', '', '1'),
    nested('"a" .. ', '', '1'),
    nested('2 ^ ', '', '1'),
    nested('a[', ']', '1'),
  ].map((shape): [(count: number) => string, number[]] => [(count) => `return ${shape(count)}`, [196, 197, 198, 199]]),
  ...[
    nested('do ', ' end'),
    nested('while x do ', ' end'),
    nested('repeat ', ' until x'),
    nested('if x then ', ' end'),
    nested('function f() ', ' end'),
    nested('if x then else ', ' end'),
  ].map((shape): [(count: number) => string, number[]] => [shape, [196, 197, 198, 199, 200]]),
  [(count) => `return ${nested('function() return ', ' end', '1')(count)}`, [98, 99, 100]],
  [(count) => nested('for i = 1, 2 do ', ' end')(count), [48, 49, 50, 51]],
  [(count) => nested('for k, v in x do ', ' end')(count), [38, 39, 40, 41]],
  [(count) => nested('f(', ')', '1')(count), [124, 125, 198]],
  [(count) => `local ${names(count, '\nlocal ')}`, [200, 201]],
  [(count) => `local ${names(count)}`, [200, 201]],
  [(count) => `local function f(${names(count)}) end`, [200, 201]],
  [(count) => `local ${names(count)}\nlocal function f() end`, [199, 200]],
  [(count) => `for ${names(count)} in x do end`, [197, 198]],
  [(count) => `local ${names(count)}\nfor i = 1, 2 do end`, [196, 197]],
  [(count) => `${names(count)} = 1`, [198, 199, 200]],
  [(count) => `do do ${names(count)} = 1 end end`, [196, 197, 198]],
  [(count) => `local ${names(count)}\nreturn function()\nreturn ${names(count, '\n+')} end`, [60, 61, 120, 121]],
  [
    (count) => `local ${names(count)}\nlocal f = function()\nreturn function() return ${names(count, '+')} end end`,
    [60, 61, 120, 121],
  ],
  [(count) => `f(${names(count)})`, [240, 250]],
  [(count) => `return ${names(count)}`, [249, 250]],
  [(count) => `return {${names(count)}}`, [249, 1000]],
  [(count) => `if x then ${'elseif x then '.repeat(count)} end`, [500]],
  [(count) => Array.from({ length: count }, (_, i) => `::l${i}::`).join(' '), [199, 200]],
];

/** One chunk for each shape and number, and two that begin as compiled code does. */
export function limitCases(): string[] {
  return [...SHAPES.flatMap(([make, around]) => around.map(make)), '\x1bLua', '\x1bLJ'];
}

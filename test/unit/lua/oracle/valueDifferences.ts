// Where the interpreters differ in what values come to, and which of them our evaluator follows: LuaJIT as Kong runs it, with LUA52COMPAT.

/** Where Lua 5.1 and LuaJIT differ: a chunk that shows it. A rockspec is evaluated in the same way, since the LuaRocks beside a Kong runs on Kong's LuaJIT. */
export const VERSIONS: readonly [why: string, chunk: string][] = [
  ['%g is a class of patterns', 'return ("a b"):find("%g")'],
  ['a number that is none has no sign', 'return tostring(0/0), ("%f"):format(0/0)'],
  ['%s takes any value', 'return ("%s"):format(nil)'],
  ['%F is a directive', 'return ("%F"):format(1)'],
  ['%q escapes what does not print', 'return ("%q"):format("\\r")'],
  ['%c keeps a NUL byte', 'return ("%c"):format(0)'],
  ['ties are rounded away from zero', 'return ("%.0f"):format(2.5)'],
  ['a directive that is none is named whole', 'return (("%5y"):format(1))'],
  ['a width has two digits at most', 'return (("%123d"):format(1))'],
  ['a missing value is missed in other words', 'return (("%d"):format())'],
  ['string.rep takes a separator', 'return ("x"):rep(2, ",")'],
  ['math.log takes a base', 'return math.log(8, 2)'],
  ['math.deg multiplies', 'return math.deg(1.3800479570732745e+96)'],
  ['math.max passes over the first of two when one is no number', 'return math.max(1, 0/0)'],
  ['xpcall passes arguments on', 'return xpcall(function(...) return ... end, error, 1)'],
  ['xpcall wants a function for its handler', 'return (xpcall(error, 1))'],
  ['assert raises what is no text as it is', 'assert(false, {})'],
  ['numerals may be binary', 'return tonumber("0b11")'],
  ['tonumber in a base knows a sign', 'return tonumber("-ff", 16)'],
  ['a loop begins with its first value, not with that less a step', 'for i = 0.1, 1 do return i end'],
  ['a loop with a step of nothing goes up', 'for i = 1, 2, 0 do return i end'],
  ['a field whose name is no constant has no name in an error', 'local t = {} t[1]()'],
  ['a list is written in the order of the constructor', 'return ({ "b", [1] = "a" })[1]'],
  ['functions that LuaJIT has in Lua know no missing argument', 'return (string.len())'],
  ['arguments are checked from the first', 'return (math.fmod({}))'],
];

/** Where Debian's LuaJIT, built without LUA52COMPAT, differs from Kong's: a chunk, and what Kong's makes of it. */
export const COMPATIBILITY: readonly [why: string, chunk: string, kong: string][] = [
  ['__len is asked for tables', 'return #setmetatable({}, { __len = function() return 7 end })', '7'],
  [
    '__pairs is asked',
    'for k in pairs(setmetatable({}, { __pairs = function() return next, { a = 1 } end })) do return k end',
    '"a"',
  ],
  ['__lt is asked when types differ', 'return setmetatable({}, { __lt = function() return true end }) < 1', 'true'],
  ['a search behind the end finds nothing', 'return ("abc"):find("", 10)', 'nil'],
  ['a failed <= is told of as the < it was turned into', 'return 1 <= "x"', 'error "x:1: attempt to compare string with number"'],
  ['table.unpack is there', 'return table.unpack({ 1 })', '1'],
];

/** Where our evaluator differs from LuaJIT, and says so here: a chunk, and what it makes of it. */
export const OURS: readonly [why: string, chunk: string, ours: string][] = [
  [
    'a tail call keeps its line and its name, which LuaJIT forgets',
    'return string.rep()',
    'error "x:1: bad argument #1 to \'rep\' (string expected, got no value)"',
  ],
  [
    'a metamethod that is no function keeps the line',
    'local t = setmetatable({}, { __add = 5 }) local x = t + 1',
    'error "x:1: attempt to call a number value"',
  ],
  ['what is behind a field that is not there is not known', 'return (next({}, "x"))', '?'],
  ['the length of a list with holes is not known where it depends on its growth', 'return #{ 1, nil, 3 }', '?'],
  ['an integer that has no room in 32 bits is not known: processors cut it differently', 'return (("abc"):sub(1, 1/0))', '?'],
  ['an address is not known', 'return tostring({})', '?'],
  ['the metatable of strings is not known', 'return getmetatable("")', '?'],
  [
    'the order after a comparison by code is not known',
    'local t = { 2, 1 } table.sort(t, function(a, b) return a < b end) return t[1]',
    '?',
  ],
  ['a hexadecimal float is not written', 'return ("%a"):format(1)', '?'],
];

/** Whether an answer differs from that of Debian's LuaJIT only as LUA52COMPAT has it. */
export function isCompatibility(chunk: string, ours: string, theirs: string): boolean {
  const [, a = '', b = ''] = /^(.*attempt to compare )(\w+ with \w+)"$/s.exec(theirs) ?? [];
  if (a !== '' && /[<>]=/.test(chunk)) return ours === `${a}${b.split(' with ').reverse().join(' with ')}"`;
  return ours === 'nil' && /(?:string\.|:)(?:find|match)\(.*, "?[ 1-9][\dxF. ]*"?[,)]/s.test(chunk);
}

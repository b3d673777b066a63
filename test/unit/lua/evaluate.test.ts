// What the evaluator makes of Lua source: values, errors in Lua's words, unknowns, and an end to everything.
import assert from 'node:assert/strict';
import { evaluateChunk, type EvaluateOptions, type Evaluation } from '../../../src/lua/evaluate';
import { parse } from '../../../src/lua/parser';
import { LuaSource } from '../../../src/lua/source';
import { standardGlobals } from '../../../src/lua/library/standardLibrary';
import { hostFunction, LuaFunction, LuaString, LuaTable, LuaUnknown, type Value } from '../../../src/lua/values';

function run(text: string, options: EvaluateOptions = {}): Evaluation {
  const { chunk, error } = parse(new LuaSource(text), 'luajit');
  assert.equal(error, undefined, text);
  return evaluateChunk(chunk, { chunkName: () => 'x', ...options });
}

/** A value as JavaScript; an unknown is `?`. */
function plain(value: Value): unknown {
  if (value instanceof LuaString) return value.text;
  if (value instanceof LuaUnknown) return '?';
  if (value instanceof LuaFunction) return 'function';
  if (!(value instanceof LuaTable)) return value;
  return Object.fromEntries(
    [...value.fields.values()].map((entry) => [typeof entry.key === 'object' ? '{}' : String(entry.key), plain(entry.value)]),
  );
}

const results = (text: string): unknown[] => run(`return ${text}`).returns.map(plain);

describe('evaluating Lua', () => {
  const VALUES: [string, unknown[]][] = [
    ['1 + 2 * 3 ^ 2 / 2 - -1', [11]],
    ['7 % 3, -7 % 3', [1, 2]],
    ['"a" .. 1 .. "b" .. 0.5', ['a1b0.5']],
    ['10 == "10", "10" + 1, 1e15, 1e100', [false, 11, 1e15, 1e100]],
    ['1e15 .. "", 2 ^ 53 .. "", 0.1 .. ""', ['1e+15', '9.007199254741e+15', '0.1']],
    ['nil and 1, false or "x", not nil', [undefined, 'x', true]],
    ['#"äö", #{ 1, 2, nil, 4 }', [4, 4]],
    ['("x"):rep(3), ("abc"):upper(), ("abc"):sub(-2), ("abc"):byte(1, -1)', ['xxx', 'ABC', 'bc', 97, 98, 99]],
    ['("a,b,c"):gsub(",", "-", 1)', ['a-b,c', 1]],
    ['("hello"):gsub("l+", { ll = "L" })', ['heLo', 1]],
    ['("abc"):gsub("%w", "%0%0")', ['aabbcc', 3]],
    ['("abc"):gsub("", "-")', ['-a-b-c-', 4]],
    ['("key = value"):match("^(%w+)%s*=%s*(%w+)$")', ['key', 'value']],
    ['("f(a(b)c)d"):match("%b()")', ['(a(b)c)']],
    ['("THE (quick) fox"):find("%((%a+)%)")', [5, 11, 'quick']],
    ['("a.b"):find(".", 1, true), ("a.b"):find("%f[%w]%w+", 2)', [2, 3, 3]],
    ['("%5.1f|%-4d|%03d|%x|%q|%s|%%"):format(1.24, 7, 7, 255, "a\\n", "s")', ['  1.2|7   |007|ff|"a\\\n"|s|%']],
    ['(function(...) local a, b = ...; return b, a, ... end)(1, 2)', [2, 1, 1, 2]],
    ['[[\nline]], "a\\z  b", "\\65\\x42\\u{e4}"', ['line', 'ab', 'ABä']],
    ['0x10, 0x.8p1, .5, 3e-1', [16, 1, 0.5, 0.3]],
    [
      '0b101, 0x0p5000, 0x1000000p-1090, 0xfffffffffffffbff, "inf" + 0, "0b11" + 0',
      [5, 0, 2 ** -1066, 2 ** 64 - 2048, Infinity, 3],
    ],
  ];
  for (const [text, expected] of VALUES) it(text, () => assert.deepEqual(results(text), expected));

  const PROGRAMS: [string, string, unknown][] = [
    [
      'loops',
      'local s = 0 for i = 1, 3 do s = s + i end for i = 3, 1, -1 do s = s * 2 end while s < 50 do s = s + 1 end repeat local t = s s = s + 1 until t > 51 return s',
      53,
    ],
    [
      'closures of a loop',
      'local f = {} for i = 1, 2 do f[i] = function() i = i + 1 return i end end f[1]() return f[1]() * 10 + f[2]()',
      33,
    ],
    ['goto', 'local s = "" for i = 1, 3 do if i == 2 then goto continue end s = s .. i ::continue:: end return s', '13'],
    ['multiple assignment', 'local a, b, c = 1, 2 a, b = b, a return a * 10 + b + (c and 1 or 0)', 21],
    ['recursion', 'local function f(n) if n < 2 then return n end return f(n - 1) + f(n - 2) end return f(12)', 144],
    ['iterators of strings', 'local s = "" for k, v in ("a=1,b=2"):gmatch("(%w)=(%w)") do s = s .. k .. v end return s', 'a1b2'],
  ];
  for (const [name, text, expected] of PROGRAMS) it(name, () => assert.deepEqual(plain(run(text).returns[0]), expected));

  it('knows metatables, pcall and the tables of the standard library', () => {
    const { returns, error } = run(
      `local Class = { name = "base" } Class.__index = Class
       local object = setmetatable({}, Class)
       local list = {} for k in pairs({ b = 1, a = 2 }) do table.insert(list, k) end table.sort(list)
       local ok, message = pcall(function() error("no", 0) end)
       return object.name, table.concat(list, ","), ok, message, select("#", 1, nil), type(nil), tonumber("0x1f"), tostring(1e3), math.max(1, 3)`,
      { globals: standardGlobals() },
    );
    assert.equal(error, undefined);
    assert.deepEqual(returns.map(plain), ['base', 'a,b', false, 'no', 2, 'nil', 31, '1000', 3]);
  });

  const ERRORS: [string, string][] = [
    ['print("x")', "x:1: attempt to call global 'print' (a nil value)"],
    ['local t = {}\nt.a.b = 1', "x:2: attempt to index field 'a' (a nil value)"],
    ['local a\nreturn a + 1', "x:2: attempt to perform arithmetic on local 'a' (a nil value)"],
    ['return {} .. "x"', 'x:1: attempt to concatenate a table value'],
    ['return 1 < "2"', 'x:1: attempt to compare number with string'],
    ['return {} < {}', 'x:1: attempt to compare two table values'],
    ['return ("x"):no()', "x:1: attempt to call method 'no' (a nil value)"],
    ['return ("x"):rep()', "x:1: bad argument #1 to 'rep' (number expected, got no value)"],
    ['return #5', 'x:1: attempt to get length of a number value'],
    ['local t = {} t[nil] = 1', 'x:1: table index is nil'],
    ['for i = 1, "x" do end', "x:1: 'for' limit must be a number"],
    ['for a in ("x"):gmatch("[a") do end', "x:1: malformed pattern (missing ']')"],
    ['local repeated = ("x").rep return (repeated("x"))', "x:1: bad argument #2 to 'repeated' (number expected, got no value)"],
    ['return (("x").rep):y()', "x:1: attempt to index field 'rep' (a function value)"],
    ['return 1 <= "2"', 'x:1: attempt to compare string with number'],
    ['return ("x"):find("[a")', "x:1: malformed pattern (missing ']')"],
  ];
  for (const [text, message] of ERRORS) it(`fails as Lua does: ${text}`, () => assert.equal(run(text).error?.message, message));

  it('gives an error the line of the code that called what raised it', () => {
    const messages = (text: string): unknown[] => run(text, { globals: standardGlobals() }).returns.map(plain);
    assert.deepEqual(messages('local ok, message = pcall(function()\nassert(false, "no") end) return message'), ['x:2: no']);
    assert.deepEqual(messages('return select(2, pcall(assert, false, "no"))'), ['no']);
    assert.deepEqual(messages('return select(2, pcall(string.rep))'), ["bad argument #1 to '?' (string expected, got no value)"]);
    assert.deepEqual(messages('return select(2, pcall(function() error("no", 2) end))'), ['no']);
    assert.deepEqual(messages('local function f() error("no", 2) end\nreturn select(2, pcall(function()\nf() end))'), [
      'x:3: no',
    ]);
  });

  it('does not know the length of a list that got holes', () => {
    assert.deepEqual(results('#{ 1, nil, 3 }'), ['?']);
    assert.deepEqual(run('local t = { 1, 2, 3 } t[2] = nil return #t, t[3]').returns.map(plain), ['?', 3]);
    assert.deepEqual(run('local t = { 1, 2, 3 } t[3] = nil return #t').returns.map(plain), [2]);
  });

  it('makes a long list in time', () => {
    const { returns, exhausted } = run('local t = { a = 1 } for i = 1, 100000 do t[#t + 1] = i end return #t');
    assert.equal(exhausted, undefined);
    assert.deepEqual(returns, [100000]);
  });

  it('says where an error was raised', () => {
    const { error } = run('local x = 1\nlocal y = x.z.w');
    assert.deepEqual(error?.place?.source.range(error.place), {
      start: { line: 1, character: 10 },
      end: { line: 1, character: 13 },
    });
  });

  const HOSTILE: [string, string][] = [
    ['while true do end', 'steps'],
    ['return ("x"):rep(1e9)', 'memory'],
    ['local s = "x" while true do s = s .. s end', 'memory'],
    ['local function f() return 1 + f() end f()', 'calls'],
    ['local t = {} for i = 1, 1e9 do t[i] = i end', 'memory'],
    ['return ("a"):rep(5000):find(("a-"):rep(20) .. "b")', 'steps'],
    [`return ${'1 + '.repeat(5000)}1`, 'depth'],
  ];
  for (const [text, limit] of HOSTILE) {
    it(`gives up on ${text.slice(0, 50)}`, () =>
      assert.equal(run(text, { limits: { steps: 300_000, memory: 4_000_000 } }).exhausted?.limit, limit));
  }

  it('does not fail on a table that holds itself', () => {
    const { returns } = run('local t = {} t.t = t t[t] = t return t.t.t == t');
    assert.deepEqual(returns, [true]);
  });

  describe('with values that are not known', () => {
    const unknown = (): LuaTable =>
      new LuaTable().set('cond', new LuaUnknown('a test')).set(
        'f',
        hostFunction('f', (_args, machine) => [machine.unknown('f')]),
      );
    const value = (text: string): unknown => plain(run(text, { globals: unknown() }).returns[0]);

    it('lets them pass through every operation', () => {
      assert.equal(value('return cond.x.y(1)[2] + 1 .. "x"'), '?');
      assert.equal(value('return #cond == -cond'), '?');
    });
    it('keeps what both branches agree on and forgets the rest', () => {
      assert.deepEqual(value('local t = { a = 1, b = 2 } if cond then t.a = 5 t.b = 3 else t.a = 5 end return t'), {
        a: 5,
        b: '?',
      });
    });
    it('takes back what a branch wrote that ends in an error', () => {
      assert.equal(value('local x = 1 if cond then x = 2 local y = nil + 1 end return x'), 1);
    });
    it('joins the values of a function that may return early', () => {
      assert.equal(value('local function g() if cond then return 1 end return 2 end return g()'), '?');
      assert.equal(value('local function g() if cond then return 1 end return 1 end return g()'), 1);
    });
    it('forgets what a loop of unknown length writes', () => {
      assert.deepEqual(value('local n, m = 0, 7 for _ in cond do n = n + 1 end return { n = n, m = m }'), { n: '?', m: 7 });
    });
    it('notes errors that only one way would raise', () => {
      const { error, possibleErrors } = run('if cond then error2() end return 1', { globals: unknown() });
      assert.equal(error, undefined);
      assert.deepEqual(
        possibleErrors.map(({ message }) => message),
        ["x:1: attempt to call global 'error2' (a nil value)"],
      );
    });
    it('takes a table that an unknown function got for one that may hold more', () => {
      assert.deepEqual(value('local t = { a = 1 } cond(t) return { t.a, t.b }'), { 1: 1, 2: '?' });
    });
  });

  describe('provenance', () => {
    it('tells which literals a joined string is made of', () => {
      const { returns } = run('local name = "demo" return "kong-" .. name .. "-" .. 1');
      const [text] = returns;
      assert.ok(text instanceof LuaString && text.origin?.kind === 'parts');
      const literals: string[] = [];
      const visit = (part: LuaString): void => {
        if (part.origin?.kind === 'literal') literals.push(part.origin.place.source.text(part.origin.place));
        else for (const inner of part.origin?.parts ?? []) visit(inner);
      };
      visit(text);
      assert.deepEqual(literals, ['"kong-"', '"demo"', '"-"']);
    });
    it('tells where the fields of a table were written', () => {
      const { returns } = run('local t = { a = 1 }\nt.b = "x"\nreturn t');
      const [table] = returns;
      assert.ok(table instanceof LuaTable);
      const places = ['a', 'b'].map((key) => table.entry(key)?.valuePlace);
      assert.deepEqual(
        places.map((place) => place?.source.position(place.start)),
        [
          { line: 0, character: 16 },
          { line: 1, character: 6 },
        ],
      );
    });
  });
});

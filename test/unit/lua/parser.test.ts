// Syntax errors in the words of Lua 5.1 and of Kong's LuaJIT, what is read all the same, and positions in every kind of text.
import assert from 'node:assert/strict';
import { evaluateChunk } from '../../../src/lua/evaluate';
import { parse } from '../../../src/lua/parser';
import { LuaSource, type Dialect } from '../../../src/lua/source';
import { textValue } from '../../../src/lua/values';

const errorOf = (text: string, dialect: Dialect): string | undefined => {
  const { error } = parse(new LuaSource(text), dialect);
  return error && `${error.line}: ${error.message}`;
};

describe('parsing Lua', () => {
  const ERRORS: [string, string][] = [
    ['x = }', "1: unexpected symbol near '}'"],
    ['x = 1\n\nfoo', "3: '=' expected near '<eof>'"],
    ['x = {\n1,\n', "3: unexpected symbol near '<eof>'"],
    ['x = {\n1 2\n', "2: '}' expected (to close '{' at line 1) near '2'"],
    ['if x then', "1: 'end' expected near '<eof>'"],
    ['x = "abc\n', "1: unfinished string near '\"abc'"],
    ['x = [[abc', "1: unfinished long string near '<eof>'"],
    ['x = 3x', "1: malformed number near '3x'"],
    ['(f) = 1', "1: syntax error near '='"],
    ['x = function(a, 1) end', "1: <name> or '...' expected near '1'"],
    ['local function f() return ... end', "1: cannot use '...' outside a vararg function near '...'"],
    ['return 1 x = 2', "1: '<eof>' expected near 'x'"],
    // A string is named as it was read, and as C prints it.
    ['x = 1 "a\\65\\n"', '1: unexpected symbol near \'"aA\n"\''],
    ['x = 1 [[\r\na\r]]', "3: unexpected symbol near '[[a\n]]'"],
    ['x = 1 "a\0b"', "1: unexpected symbol near '\"a'"],
    ['x = "ä\n', "1: unfinished string near '\"ä'"],
    ['x = \0', '1: unexpected symbol'],
    ['x = function\n(a)\n', "3: 'end' expected (to close 'function' at line 2) near '<eof>'"],
    [`x = ${'{'.repeat(3000)}`, '1: chunk has too many syntax levels'],
  ];
  for (const [text, message] of ERRORS) {
    it(`${JSON.stringify(text.slice(0, 30))} in both dialects`, () => {
      assert.equal(errorOf(text, '5.1'), message);
      assert.equal(errorOf(text, 'luajit'), message);
    });
  }

  const DIFFERENT: [string, string | undefined, string | undefined][] = [
    ['goto e\n::e::', "1: '=' expected near 'e'", undefined],
    ['goto e', "1: '=' expected near 'e'", "1: undefined label 'e'"],
    ['goto\ne', "2: '=' expected near 'e'", "2: undefined label 'e'"],
    ['do goto e local x ::e:: y = 1 end', "1: '=' expected near 'e'", "1: <goto e> jumps into the scope of local 'x'"],
    ['do goto e local x ::e:: ::f:: end', "1: '=' expected near 'e'", undefined],
    ['repeat goto e local x ::e:: until x', "1: '=' expected near 'e'", "1: <goto e> jumps into the scope of local 'x'"],
    ['::e:: do ::e:: end', "1: unexpected symbol near ':'", undefined],
    ['::e:: x = 1 ::e::', "1: unexpected symbol near ':'", "1: duplicate label 'e'"],
    ['x = function() goto e end x = }', "1: '=' expected near 'e'", "1: undefined label 'e'"],
    ['goto e x = }', "1: '=' expected near 'e'", "1: unexpected symbol near '}'"],
    ['break\nx = 1', "2: no loop to break near 'x'", '1: no loop to break'],
    ['break x = }', "1: no loop to break near 'x'", "1: unexpected symbol near '}'"],
    ['x = 1;;', "1: unexpected symbol near ';'", undefined],
    ['while x do break x = 1 end', "1: 'end' expected near 'x'", undefined],
    ['x = "a\\300"', "1: escape sequence too large near '\"a'", "1: invalid escape sequence near '\"a'"],
    ['x = "\\q"', undefined, "1: invalid escape sequence near '\"'"],
    ['x = "\\u{d800}"', undefined, "1: invalid escape sequence near '\"'"],
    ['x = "\\u{000000041}"', undefined, undefined],
    ['x = "\\z\u00a0"', undefined, undefined],
    ['x = [[ [[ ]]', "1: nesting of [[...]] is deprecated near '['", undefined],
    ['\ufeffx = 1', "1: unexpected symbol near '\ufffd'", undefined],
    ['#x\ry = }', "1: unexpected symbol near '#'", "2: unexpected symbol near '}'"],
    ['f\n(x)', "2: ambiguous syntax (function call x new statement) near '('", undefined],
    ['x = 1LL', "1: malformed number near '1LL'", undefined],
    ['x = 1uLL + 0x1ll + 0b1LL + 1.5i + 0x1p1I', "1: malformed number near '1uLL'", undefined],
    [
      'x = 99999999999999999999LL',
      "1: malformed number near '99999999999999999999LL'",
      "1: malformed number near '99999999999999999999LL'",
    ],
    ['x = 0b102', "1: malformed number near '0b102'", "1: malformed number near '0b102'"],
    ['x = 1e1048576', undefined, "1: malformed number near '1e1048576'"],
    ['x = 0x.', "1: malformed number near '0x'", "1: malformed number near '0x.'"],
    ['x = 1ä', "1: unexpected symbol near '\ufffd'", "1: malformed number near '1ä'"],
  ];
  for (const [text, plain, luajit] of DIFFERENT) {
    it(`${JSON.stringify(text)} as each dialect has it`, () => {
      assert.equal(errorOf(text, '5.1'), plain);
      assert.equal(errorOf(text, 'luajit'), luajit);
    });
  }

  it('refuses more locals than Lua has room for', () => {
    const many = Array.from({ length: 201 }, (_, i) => `local v${i}`).join('\n');
    assert.equal(errorOf(many, '5.1'), '201: main function has more than 200 local variables');
    assert.equal(
      errorOf(`local ${'a,'.repeat(196)}a for i = 1, 2 do end`, 'luajit'),
      '1: main function has more than 200 local variables',
    );
  });

  it("allows as many upvalues as Lua 5.1 or Kong's LuaJIT", () => {
    const using = (count: number): string => {
      const names = Array.from({ length: count }, (_, i) => `v${i}`);
      return `local ${names.join()}\nreturn function() return ${names.join('+')} end`;
    };
    assert.equal(errorOf(using(60), '5.1'), undefined);
    assert.equal(errorOf(using(61), '5.1'), '2: function at line 2 has more than 60 upvalues');
    assert.equal(errorOf(using(120), 'luajit'), undefined);
    assert.equal(errorOf(using(121), 'luajit'), '2: function at line 2 has more than 120 upvalues');
  });

  const RECOVERED: [string, string[]][] = [
    ['a = "1"\nb = \nc = "3"', ['a', 'c']],
    ['a = {\n  x = "1",\nb = "2"', ['b']],
    ['a = "1"\n?? ~~\nb = "2"', ['a', 'b']],
    ['a = "open\nb = "2"', ['b']],
  ];
  for (const [text, names] of RECOVERED) {
    it(`keeps ${names.join(' and ')} of ${JSON.stringify(text)}`, () => {
      const { chunk, error } = parse(new LuaSource(text), '5.1');
      assert.ok(error);
      assert.equal(chunk.complete, false);
      const { globals } = evaluateChunk(chunk);
      for (const name of names) assert.notEqual(textValue(globals.get(name)), undefined, name);
    });
  }

  it('knows a first line for the shell', () => assert.equal(errorOf('#!/usr/bin/env lua\nx = 1', '5.1'), undefined));

  const POSITIONS: [string, string | Uint8Array, number, { line: number; character: number }][] = [
    ['ASCII', 'a\nbc', 3, { line: 1, character: 1 }],
    ['umlauts', 'x = "äö" y', 9, { line: 0, character: 7 }],
    ['an emoji', '"😀" y', 7, { line: 0, character: 5 }],
    ['CRLF', 'a\r\nb', 3, { line: 1, character: 0 }],
    ['a lone CR', 'a\rb', 2, { line: 1, character: 0 }],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xe4, 0xff, 0x22, 0x78]), 4, { line: 0, character: 4 }],
  ];
  for (const [name, text, offset, position] of POSITIONS) {
    it(`gives positions in ${name} and takes them back`, () => {
      const source = new LuaSource(text);
      assert.deepEqual(source.position(offset), position);
      if (typeof text === 'string') assert.equal(source.offset(position), offset);
    });
  }
});

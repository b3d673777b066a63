// Where our reader differs from the interpreters that Debian packages, and why it should.
import type { LuaSyntaxError } from '../../../../src/lua/lexer';
import type { Dialect } from '../../../../src/lua/source';

/** A chunk about which the two say different things. */
export interface Difference {
  chunk: string;
  /** What the interpreter says; empty when it accepts the chunk. */
  theirs: string;
  ours: LuaSyntaxError | undefined;
}

interface KnownDifference {
  dialect: Dialect;
  why: string;
  covers: (difference: Difference) => boolean;
}

const ENDS_WITH_GOTO = /\bgoto(?:\s|--\[(=*)\[[^]*?\]\1\]|--[^\n]*\n)*$/;
const BINARY = 'What begins with an escape character is taken for compiled code, which we do not read.';
const REGISTERS = 'The registers that code needs are not counted: a function has 250, and none that people write comes near.';

/** Each covers only the chunks that hold what it is about. */
export const KNOWN_DIFFERENCES: readonly KnownDifference[] = [
  {
    dialect: 'luajit',
    why: "Kong's LuaJIT is built with LUA52COMPAT, Debian's is not: to Kong `goto` is a keyword, there it is a name where no name follows.",
    covers: ({ chunk, ours }) =>
      ours !== undefined && (ENDS_WITH_GOTO.test(chunk.slice(0, ours.span.start)) || chunk.startsWith('goto', ours.span.start)),
  },
  {
    dialect: 'luajit',
    why: 'LUA52COMPAT: a lone `;` is a statement.',
    covers: ({ theirs }) => /^x:\d+: unexpected symbol near ';'$/.test(theirs),
  },
  {
    dialect: 'luajit',
    why: 'LUA52COMPAT: `break` need not be the last statement of its block, and one outside of a loop is found at the end of its function.',
    covers: ({ chunk, theirs }) => /'(?:end|until|<eof>)' expected/.test(theirs) && /\bbreak\b(?:\s|;|--.*)*[^\s;-]/.test(chunk),
  },
  {
    dialect: 'luajit',
    why: 'LUA52COMPAT: the arguments of a call may begin on the next line.',
    covers: ({ chunk, theirs }) => /^x:\d+: ambiguous syntax/.test(theirs) && /[\r\n][^\r\n]*\(/.test(chunk),
  },
  {
    dialect: 'luajit',
    why: "OpenResty's LuaJIT, which is Kong's, allows a function 120 upvalues, where others have 60.",
    covers: ({ theirs }) => theirs.endsWith(' has more than 60 upvalues'),
  },
  {
    dialect: 'luajit',
    why: 'Labels in a row are not counted as nested.',
    covers: ({ chunk, theirs }) => theirs.endsWith('chunk has too many syntax levels') && /(?:::\w+::\s*){199}/.test(chunk),
  },
  { dialect: 'luajit', why: BINARY, covers: ({ chunk }) => chunk.startsWith('\x1b') },
  { dialect: '5.1', why: BINARY, covers: ({ chunk }) => chunk.startsWith('\x1b') },
  { dialect: 'luajit', why: REGISTERS, covers: ({ theirs }) => theirs.includes(': function or expression too complex near ') },
  { dialect: '5.1', why: REGISTERS, covers: ({ theirs }) => theirs.includes(': function or expression too complex near ') },
];

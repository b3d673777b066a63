// Mutants: real files with one token, or one byte, gone wrong.
import type { Dice } from './dice';

const TOKEN =
  /--\[(=*)\[[^]*?\]\1\]|--[^\r\n]*|\[(=*)\[[^]*?\]\2\]|"(?:\\[^]|[^"\\\r\n])*"|'(?:\\[^]|[^'\\\r\n])*'|[A-Za-z_]\w*|0[xX][0-9a-fA-F]+|\d[\w.]*|\.{2,3}|[=~<>]=|::|\s+|[^]/g;

/** What a token is replaced with, or gets beside it: every word and symbol of the language, and beginnings of what goes on behind a token. */
const WORDS =
  'and break do else elseif end false for function goto if in local nil not or repeat return then true until while self x _ ' +
  '+ - * / % ^ # == ~= <= >= < > = ( ) { } [ ] ; : , . .. ... :: ~ ! @ $ & | ? \\ ` ' +
  '0 1 .5 3. 1e5 0x1F 0x 1e 1e+ 1..2 1.2.3 3x 0xg 1LL 0x1ULL 2i 0x1p4 0x.8 08 1e400 ' +
  '"s" \'s\' [[s]] [=[s]=] " \' [[ [=[ [= ]] ]=] -- --[[ --[=[ --[= "\\65" "\\x41" "\\300" "\\q" "\\z  x" "\\u{41}" "\\x4" "\\u{110000}" "\\';
const REPLACEMENTS = [
  ...WORDS.split(' '),
  '[[\n[[x]]',
  '"\\\n"',
  '"a\n',
  '\n',
  '\r\n',
  '\n\n',
  '\r',
  '\f',
  '\x01',
  '\x7f',
  '\0',
  '\xe4',
  '\xff',
];

type Mutation = (tokens: string[], at: number, dice: Dice) => void;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  delete: (tokens, at) => tokens.splice(at, 1),
  duplicate: (tokens, at) => tokens.splice(at, 0, tokens[at] ?? ''),
  'duplicate behind a blank': (tokens, at) => tokens.splice(at, 0, tokens[at] ?? '', ' '),
  swap: (tokens, at, dice) => {
    const other = dice.below(tokens.length);
    [tokens[at], tokens[other]] = [tokens[other] ?? '', tokens[at] ?? ''];
  },
  'swap with the next': (tokens, at) => {
    const next = tokens.findIndex((token, i) => i > at && !/^\s/.test(token));
    if (next > 0) [tokens[at], tokens[next]] = [tokens[next] ?? '', tokens[at] ?? ''];
  },
  replace: (tokens, at, dice) => (tokens[at] = dice.of(REPLACEMENTS)),
  'replace with another': (tokens, at, dice) => (tokens[at] = dice.of(tokens)),
  insert: (tokens, at, dice) => tokens.splice(at, 0, ' ', dice.of(REPLACEMENTS), ' '),
  'insert beside': (tokens, at, dice) => tokens.splice(at, 0, dice.of(REPLACEMENTS)),
  truncate: (tokens, at) => tokens.splice(at),
  'truncate in a token': (tokens, at, dice) => {
    const token = tokens[at] ?? '';
    tokens.splice(at, tokens.length, token.slice(0, dice.below(token.length + 1)));
  },
  'change a byte': (tokens, at, dice) => {
    const token = tokens[at] ?? '';
    const byte = dice.below(token.length);
    tokens[at] = token.slice(0, byte) + String.fromCharCode(dice.below(256)) + token.slice(byte + 1);
  },
  'delete a byte': (tokens, at, dice) => {
    const token = tokens[at] ?? '';
    const byte = dice.below(token.length);
    tokens[at] = token.slice(0, byte) + token.slice(byte + 1);
  },
};

/** `count` different mutants of the files, none of them equal to its original. */
export function mutantsOf(files: readonly string[], count: number, dice: Dice): string[] {
  const originals = new Set(files);
  const mutants = new Set<string>();
  while (mutants.size < count) {
    const tokens = dice.of(files).match(TOKEN) ?? [];
    if (tokens.length === 0) continue;
    dice.of(Object.values(MUTATIONS))(tokens, dice.below(tokens.length), dice);
    const mutant = tokens.join('');
    if (!originals.has(mutant)) mutants.add(mutant);
  }
  return [...mutants];
}

// Generated Lua programs: valid ones, by the grammar that both dialects share, with LuaJIT's labels and escapes where asked.
import type { Dialect } from '../../../../src/lua/source';
import type { Dice } from './dice';

const NAMES = ['a', 'b', 'x', '_y', 'self', 'goto_', 'long_name_1'];
const NUMBERS = ['0', '1', '3.', '.5', '1e3', '2E-2', '0x1F', '08', '123456789012345678901', '0xffffffffffffffffff'];
const LUAJIT_NUMBERS = ['0X.8p1', '1LL', '0x1Full', '2llu', '3i', '0b101', '0x1p-2', '0x1.8p+3I'];
const STRINGS = [
  '""',
  '"s"',
  "'it\\'s'",
  '"\\65\\n\\\\"',
  '[[x]]',
  '[==[\n]]\n]==]',
  '"a\\\nb"',
  "'\\\r\n'",
  '"\xc3\xa4\xff"',
  '[[\r\n\ry]]',
];
const LUAJIT_STRINGS = ['"\\x41"', '"\\u{20ac}"', '"a\\z \n  b"', '"\\u{0000000041}"'];
const BINARY = ['+', '-', '*', '/', '%', '^', '..', '==', '~=', '<', '<=', '>', '>=', 'and', 'or'];
const BLANKS = [' ', ' ', ' ', ' ', '\n', '\r\n', '\t', '  ', ' --c\n', ' --[[ x\n\n ]] ', ' --[==[]]]==]', '\n\r', '\v\f'];
const NO_BLANK_NEEDED = /^[(){}[\];,]$/;

/** Stands before an opening parenthesis of a call, which has to be on the line of the function. */
const SAME_LINE = '\0';

/** Makes one valid program; `dialect` says for whom. */
export function program(dice: Dice, dialect: Dialect): string {
  const tokens = new Grammar(dice, dialect).chunk();
  let text = dice.once(20) ? '#!/usr/bin/lua\n' : '';
  let before = '(';
  let sameLine = false;
  for (const token of tokens) {
    if (token === SAME_LINE) sameLine = true;
    else {
      const glued = NO_BLANK_NEEDED.test(token) !== NO_BLANK_NEEDED.test(before) && token !== '[' && before !== '[';
      text += sameLine || (glued && dice.below(3) > 0) ? '' : dice.of(BLANKS);
      text += token;
      before = token;
      sameLine = false;
    }
  }
  return text + dice.of(BLANKS);
}

class Grammar {
  #depth = 0;
  #labels = 0;
  #vararg = [true];
  #loop = [false];

  constructor(
    private readonly dice: Dice,
    private readonly dialect: Dialect,
  ) {}

  chunk(): string[] {
    return this.block(6);
  }

  private block(most: number): string[] {
    this.#depth++;
    const tokens: string[] = [];
    for (let i = this.dice.below(most + 1); i > 0; i--) {
      tokens.push(...this.statement());
      if (this.dice.once(3)) tokens.push(';');
    }
    if (this.dice.once(5)) tokens.push('return', ...(this.dice.once(3) ? [] : this.list(() => this.expression())));
    else if (this.#loop.at(-1) === true && this.dice.once(2)) tokens.push('break');
    else return this.ended(tokens);
    if (this.dice.once(3)) tokens.push(';');
    return this.ended(tokens);
  }

  private ended(tokens: string[]): string[] {
    this.#depth--;
    return tokens;
  }

  private statement(): string[] {
    const simple = [
      (): string[] => [
        'local',
        ...this.list(() => [this.name()]),
        ...(this.dice.once(3) ? [] : ['=', ...this.list(() => this.expression())]),
      ],
      (): string[] => [...this.list(() => this.target()), '=', ...this.list(() => this.expression())],
      (): string[] => this.call(),
    ];
    if (this.#depth > 4) return this.dice.of(simple)();
    return this.dice.of([
      ...simple,
      ...simple,
      (): string[] => ['do', ...this.block(3), 'end'],
      (): string[] => ['while', ...this.expression(), 'do', ...this.loop(), 'end'],
      (): string[] => ['repeat', ...this.loop(), 'until', ...this.expression()],
      (): string[] => this.if(),
      (): string[] => ['for', this.name(), '=', ...this.list(() => this.expression(), 2, 3), 'do', ...this.loop(), 'end'],
      (): string[] => [
        'for',
        ...this.list(() => [this.name()]),
        'in',
        ...this.list(() => this.expression()),
        'do',
        ...this.loop(),
        'end',
      ],
      (): string[] => ['function', this.name(), ...this.path(), ...this.body()],
      (): string[] => ['local', 'function', this.name(), ...this.body()],
      (): string[] => this.jump(),
    ])();
  }

  /** A label and jumps to it, backwards and forwards. */
  private jump(): string[] {
    if (this.dialect === '5.1') return ['do', 'end'];
    const label = `l${this.#labels++}`;
    const go = this.dice.of([
      ['goto', label],
      ['if', 'x', 'then', 'goto', label, 'end'],
      ['while', 'x', 'do', 'goto', label, 'end'],
    ]);
    const inner = ['do', ...this.block(2), 'end'];
    if (this.dice.once(2)) return ['::', label, '::', 'do', ...inner, ...go, 'end'];
    return ['do', ...go, ...inner, '::', label, '::', ...(this.dice.once(2) ? [] : ['x', '=', '1']), 'end'];
  }

  private if(): string[] {
    const tokens = ['if', ...this.expression(), 'then', ...this.block(2)];
    while (this.dice.once(3)) tokens.push('elseif', ...this.expression(), 'then', ...this.block(2));
    if (this.dice.once(2)) tokens.push('else', ...this.block(2));
    return [...tokens, 'end'];
  }

  private loop(): string[] {
    this.#loop.push(true);
    const tokens = this.block(2);
    this.#loop.pop();
    return tokens;
  }

  private path(): string[] {
    const tokens: string[] = [];
    while (this.dice.once(3)) tokens.push('.', this.name());
    return this.dice.once(3) ? [...tokens, ':', this.name()] : tokens;
  }

  private body(): string[] {
    const parameters = this.dice.once(2) ? this.list(() => [this.name()]) : [];
    const vararg = this.dice.once(3);
    if (vararg) parameters.push(...(parameters.length > 0 ? [','] : []), '...');
    this.#vararg.push(vararg);
    this.#loop.push(false);
    const tokens = ['(', ...parameters, ')', ...this.block(3), 'end'];
    this.#loop.pop();
    this.#vararg.pop();
    return tokens;
  }

  private expression(): string[] {
    if (this.#depth > 5) return this.constant();
    this.#depth++;
    const tokens = this.dice.of([
      (): string[] => this.constant(),
      (): string[] => this.constant(),
      (): string[] => [this.name()],
      (): string[] => this.target(),
      (): string[] => this.call(),
      (): string[] => ['(', ...this.expression(), ')'],
      (): string[] => [...this.expression(), this.dice.of(BINARY), ...this.expression()],
      (): string[] => [...this.expression(), this.dice.of(BINARY), ...this.expression()],
      (): string[] => [this.dice.of(['-', 'not', '#']), ...this.expression()],
      (): string[] => this.table(),
      (): string[] => ['function', ...this.body()],
    ])();
    this.#depth--;
    return tokens;
  }

  private constant(): string[] {
    const luajit = this.dialect === 'luajit';
    const numbers = luajit ? [...NUMBERS, ...LUAJIT_NUMBERS] : NUMBERS;
    const strings = luajit ? [...STRINGS, ...LUAJIT_STRINGS] : STRINGS;
    const others = ['nil', 'true', 'false', ...(this.#vararg.at(-1) === true ? ['...'] : [])];
    return [this.dice.of(this.dice.of([numbers, strings, others]))];
  }

  private target(): string[] {
    if (this.#depth > 5) return [this.name()];
    this.#depth++;
    const tokens = this.dice.of([
      (): string[] => [this.name()],
      (): string[] => [this.name(), '.', this.name()],
      (): string[] => [this.name(), '[', ...this.expression(), ']'],
      (): string[] => [...this.call(), '.', this.name()],
      (): string[] => [...this.target(), '[', ...this.expression(), ']'],
    ])();
    this.#depth--;
    return tokens;
  }

  private call(): string[] {
    this.#depth++;
    const callee = this.dice.of([
      (): string[] => [this.name()],
      (): string[] => this.target(),
      (): string[] => [...this.target(), ':', this.name()],
    ])();
    const values = this.dice.of([
      (): string[] => [SAME_LINE, '(', ')'],
      (): string[] => [SAME_LINE, '(', ...this.list(() => this.expression()), ')'],
      (): string[] => [this.dice.of(STRINGS)],
      (): string[] => this.table(),
    ])();
    this.#depth--;
    return [...callee, ...values];
  }

  private table(): string[] {
    const field = (): string[] =>
      this.dice.of([
        (): string[] => this.expression(),
        (): string[] => [this.name(), '=', ...this.expression()],
        (): string[] => ['[', ...this.expression(), ']', '=', ...this.expression()],
      ])();
    const tokens = this.dice.once(3) ? [] : this.list(field, 1, 3, this.dice.of([',', ';']));
    return ['{', ...tokens, ...(tokens.length > 0 && this.dice.once(3) ? [','] : []), '}'];
  }

  private name(): string {
    return this.dice.of(NAMES);
  }

  private list(item: () => string[], least = 1, most = 3, separator = ','): string[] {
    const tokens = item();
    for (let i = least + this.dice.below(most - least + 1); i > 1; i--) tokens.push(separator, ...item());
    return tokens;
  }
}

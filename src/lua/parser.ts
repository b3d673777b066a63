// Lua source to syntax tree, by the grammar and with the words of the program that will read it (lparser.c, lj_parse.c).
// Reading goes on behind an error: what stands before it is kept, and the next `name =` at the start of a line begins anew.
import type {
  BinaryOperator,
  Block,
  Chunk,
  Expression,
  FunctionBody,
  FunctionExpression,
  Statement,
  StringExpression,
  TableExpression,
  TableField,
  Target,
  Variable,
} from './ast';
import { Lexer, LuaSyntaxError, type Dialect, type Token } from './lexer';
import type { LuaSource } from './source';
import { type Span } from './source';
import { FunctionScope } from './scope';

/** What parsing gives: a tree always, and the first error when the file does not parse. */
export interface ParseResult {
  chunk: Chunk;
  error: LuaSyntaxError | undefined;
}

/** LUAI_MAXCCALLS of Lua 5.1, LJ_MAX_XLEVEL of LuaJIT. */
const MAX_LEVELS = 200;
const UNARY_PRIORITY = 8;
const PRIORITIES: ReadonlyMap<string, readonly [left: number, right: number]> = new Map([
  ['or', [1, 1]],
  ['and', [2, 2]],
  ...['<', '>', '<=', '>=', '~=', '=='].map((operator): [string, [number, number]] => [operator, [3, 3]]),
  ['..', [5, 4]],
  ['+', [6, 6]],
  ['-', [6, 6]],
  ['*', [7, 7]],
  ['/', [7, 7]],
  ['%', [7, 7]],
  ['^', [10, 9]],
]);
const BLOCK_ENDS = new Set(['else', 'elseif', 'end', 'until', '<eof>', '<stop>']);

/** Parses Lua source. Never throws: a source that does not parse gives its first error, in the dialect's own words, and what could be read of it. */
export function parse(source: LuaSource, dialect: Dialect): ParseResult {
  const parser = new Parser(source, dialect, false);
  const chunk = parser.chunk();
  const { error } = parser;
  if (error === undefined) return { chunk, error };
  // The second reading ends an open table at the next line that begins like a statement: the tree is then closer to what was meant.
  return { chunk: new Parser(source, dialect, true).chunk(), error };
}

class Parser {
  error: LuaSyntaxError | undefined;
  readonly #lexer: Lexer;
  #token: Token;
  #ahead: Token | undefined;
  #previousEnd = 0;
  #previousLine = 1;
  #levels = 0;
  #scope: FunctionScope;

  constructor(
    private readonly source: LuaSource,
    private readonly dialect: Dialect,
    private readonly recovering: boolean,
  ) {
    this.#lexer = new Lexer(source.bytes, dialect);
    this.#scope = new FunctionScope(undefined, true);
    this.#token = { type: '<eof>', start: 0, end: 0, text: '', number: 0, line: 1 };
  }

  chunk(): Chunk {
    this.#advance();
    const span = { start: 0, end: this.source.bytes.length };
    const statements: Statement[] = [];
    this.#scope.openBlock(false);
    for (;;) {
      statements.push(...this.#statements());
      if (this.#token.type !== '<eof>' && this.#token.type !== '<stop>') this.#expected('<eof>');
      if (this.#token.type === '<eof>' || !this.#resume()) break;
    }
    const undefinedLabel = this.#scope.closeBlock();
    if (undefinedLabel !== undefined) this.#record(`undefined label '${undefinedLabel.name}'`, undefinedLabel);
    const body = { ...span, ...this.#scope.body(), vararg: true, parameters: [], block: { ...span, statements } };
    return { ...span, source: this.source, body, complete: this.error === undefined };
  }

  // Tokens

  #advance(): void {
    this.#previousEnd = this.#token.end;
    this.#previousLine = this.#token.line;
    if (this.#ahead !== undefined) {
      this.#token = this.#ahead;
      this.#ahead = undefined;
    } else this.#token = this.#read();
  }

  #read(): Token {
    try {
      return this.#lexer.next();
    } catch (error) {
      if (!(error instanceof LuaSyntaxError)) throw error;
      this.error ??= error;
      return this.#stopToken(error.span.start);
    }
  }

  #peek(): Token {
    this.#ahead ??= this.#read();
    return this.#ahead;
  }

  #stopToken(at: number): Token {
    return { type: '<stop>', start: at, end: at, text: '', number: 0, line: this.#lexer.line };
  }

  #record(message: string, span: Span): void {
    this.error ??= new LuaSyntaxError(message, { start: span.start, end: span.end }, this.source.line(span.start));
  }

  /** Says what is wrong at the current token and stops reading until `#resume`. */
  #fail(message: string): void {
    const token = this.#token;
    if (token.type === '<stop>') return;
    this.error ??= new LuaSyntaxError(message, { start: token.start, end: token.end }, token.line);
    this.#token = this.#stopToken(token.start);
    this.#ahead = undefined;
  }

  #failNear(message: string): void {
    const { start, end, type } = this.#token;
    this.#fail(`${message} near '${type === '<eof>' ? type : nearText(this.source.bytes.slice(start, end))}'`);
  }

  #expected(what: string): void {
    this.#failNear(`'${what}' expected`);
  }

  /** Goes on at the next line that begins like an assignment; false when there is none. */
  #resume(): boolean {
    const shape = /^[A-Za-z_][A-Za-z_0-9]*[ \t]*=(?!=)/gm;
    shape.lastIndex = this.#token.start;
    const match = shape.exec(this.source.bytes);
    if (match === null) return false;
    this.#lexer.position = match.index;
    this.#lexer.line = this.source.line(match.index);
    this.#levels = 0;
    this.#token = this.#read();
    return true;
  }

  #accept(type: string): boolean {
    if (this.#token.type !== type) return false;
    this.#advance();
    return true;
  }

  #expect(type: string): void {
    if (!this.#accept(type)) this.#expected(type);
  }

  /** Expects what closes `opener`, which stood at `line`. */
  #expectClosing(type: string, opener: string, line: number): void {
    if (this.#accept(type)) return;
    if (line === this.#token.line) this.#expected(type);
    else this.#failNear(`'${type}' expected (to close '${opener}' at line ${line})`);
  }

  #name(): string {
    const { text, type } = this.#token;
    if (type !== '<name>') {
      this.#expected('<name>');
      return '';
    }
    this.#advance();
    return text;
  }

  #span(start: number): Span {
    return { start, end: Math.max(start, this.#previousEnd) };
  }

  /** Runs `read` one level deeper; Lua allows 200. */
  #deeper<T>(read: () => T, otherwise: T): T {
    if (++this.#levels > MAX_LEVELS) {
      this.#fail('chunk has too many syntax levels');
      return otherwise;
    }
    const result = read();
    this.#levels--;
    return result;
  }

  #limit(problem: string | undefined): void {
    if (problem !== undefined) this.#failNear(problem);
  }

  #declare(name: string, span: Span): Variable {
    const [variable, problem] = this.#scope.declare(name, span, this.source.line(span.start));
    this.#limit(problem);
    return variable;
  }

  /** Reads names to be declared later, once their values are read. */
  #namesBeforeValues(): (Span & { name: string })[] {
    const names: (Span & { name: string })[] = [];
    do {
      const { start, end } = this.#token;
      names.push({ name: this.#name(), start, end });
    } while (this.#accept(','));
    return names;
  }

  // Statements

  #block(loop = false): Block {
    const start = this.#previousEnd;
    this.#scope.openBlock(loop);
    const statements = this.#deeper(() => this.#statements(), []);
    const undefinedLabel = this.#scope.closeBlock();
    if (undefinedLabel !== undefined) this.#record(`undefined label '${undefinedLabel.name}'`, undefinedLabel);
    return { start, end: this.#token.start, statements };
  }

  #statements(): Statement[] {
    const statements: Statement[] = [];
    while (!BLOCK_ENDS.has(this.#token.type)) {
      if (this.dialect === 'luajit' && this.#accept(';')) continue;
      const statement = this.#statement();
      if (statement !== undefined) statements.push(statement);
      this.#accept(';');
      if (statement?.kind === 'return' || (statement?.kind === 'break' && this.dialect === '5.1')) break;
    }
    return statements;
  }

  #statement(): Statement | undefined {
    const { start, type, line } = this.#token;
    switch (type) {
      case 'if':
        return this.#if(start, line);
      case 'while': {
        this.#advance();
        const condition = this.#expression();
        this.#expect('do');
        const block = this.#block(true);
        this.#expectClosing('end', 'while', line);
        return { kind: 'while', condition, block, ...this.#span(start) };
      }
      case 'do': {
        this.#advance();
        const block = this.#block();
        this.#expectClosing('end', 'do', line);
        return { kind: 'do', block, ...this.#span(start) };
      }
      case 'for':
        return this.#for(start, line);
      case 'repeat':
        return this.#repeat(start, line);
      case 'function':
        return this.#functionStatement(start, line);
      case 'local':
        this.#advance();
        return this.#accept('function') ? this.#localFunction(start, line) : this.#local(start);
      case 'return': {
        this.#advance();
        const ends = BLOCK_ENDS.has(this.#token.type) || this.#token.type === ';';
        const values = ends ? [] : this.#expressions();
        return { kind: 'return', values, ...this.#span(start) };
      }
      case 'break':
        this.#advance();
        if (!this.#scope.inLoop()) this.#failNear('no loop to break');
        return { kind: 'break', ...this.#span(start) };
      case 'goto':
      case '::':
        return this.#jump(type, start);
      default:
        return this.#expressionStatement(start);
    }
  }

  #jump(type: 'goto' | '::', start: number): Statement {
    this.#advance();
    const name = this.#name();
    if (type === '::') this.#expect('::');
    const span = this.#span(start);
    if (type === 'goto') this.#scope.addGoto(name, span);
    else if (!this.#scope.addLabel(name)) this.#record(`duplicate label '${name}'`, span);
    return { kind: type === 'goto' ? 'goto' : 'label', name, ...span };
  }

  #if(start: number, line: number): Statement {
    const clauses: { condition: Expression; block: Block }[] = [];
    do {
      this.#advance();
      const condition = this.#expression();
      this.#expect('then');
      clauses.push({ condition, block: this.#block() });
    } while (this.#token.type === 'elseif');
    const otherwise = this.#accept('else') ? this.#block() : undefined;
    this.#expectClosing('end', 'if', line);
    return { kind: 'if', clauses, otherwise, ...this.#span(start) };
  }

  #for(start: number, line: number): Statement {
    this.#advance();
    const names = [{ start: this.#token.start, end: this.#token.end, name: this.#name() }];
    const numeric = this.#token.type === '=';
    if (!numeric && this.#token.type !== ',' && this.#token.type !== 'in') this.#failNear("'=' or 'in' expected");
    let values: Expression[];
    if (numeric) {
      this.#advance();
      values = [this.#expression()];
      this.#expect(',');
      values.push(this.#expression());
      if (this.#accept(',')) values.push(this.#expression());
    } else {
      if (this.#accept(',')) names.push(...this.#namesBeforeValues());
      this.#expect('in');
      values = this.#expressions();
    }
    this.#expect('do');
    this.#scope.openBlock(true);
    const variables = names.map((name) => this.#declare(name.name, name));
    const block = this.#block(true);
    this.#scope.closeBlock();
    this.#expectClosing('end', 'for', line);
    const [variable] = variables;
    const [from, to, step] = values;
    if (numeric && variable !== undefined && from !== undefined && to !== undefined) {
      return { kind: 'numericFor', variable, from, to, step, block, ...this.#span(start) };
    }
    return { kind: 'genericFor', variables, values, block, ...this.#span(start) };
  }

  #repeat(start: number, line: number): Statement {
    this.#advance();
    // The condition sees the locals of the block.
    this.#scope.openBlock(true);
    const from = this.#previousEnd;
    const statements = this.#deeper(() => this.#statements(), []);
    const block = { start: from, end: this.#token.start, statements };
    this.#expectClosing('until', 'repeat', line);
    const condition = this.#expression();
    const undefinedLabel = this.#scope.closeBlock();
    if (undefinedLabel !== undefined) this.#record(`undefined label '${undefinedLabel.name}'`, undefinedLabel);
    return { kind: 'repeat', block, condition, ...this.#span(start) };
  }

  #functionStatement(start: number, line: number): Statement {
    this.#advance();
    const nameStart = this.#token.start;
    let target: Target = this.#variable(this.#name(), nameStart);
    let method = false;
    while (!method && (this.#token.type === '.' || this.#token.type === ':')) {
      method = this.#token.type === ':';
      this.#advance();
      target = { kind: 'index', object: target, key: this.#nameAsString(), ...this.#span(nameStart) };
    }
    const value = this.#functionBody(start, line, method);
    return { kind: 'assign', targets: [target], values: [value], ...this.#span(start) };
  }

  #localFunction(start: number, line: number): Statement {
    const { start: nameStart, end } = this.#token;
    const variable = this.#declare(this.#name(), { start: nameStart, end });
    return { kind: 'localFunction', variable, function: this.#functionBody(start, line, false), ...this.#span(start) };
  }

  #local(start: number): Statement {
    const names = this.#namesBeforeValues();
    const values = this.#accept('=') ? this.#expressions() : [];
    const variables = names.map((name) => this.#declare(name.name, name));
    return { kind: 'localStatement', variables, values, ...this.#span(start) };
  }

  #expressionStatement(start: number): Statement | undefined {
    const first = this.#suffixed();
    if (first.kind === 'call' || first.kind === 'method') {
      return { kind: 'callStatement', call: first, ...this.#span(start) };
    }
    const targets: Target[] = [];
    let next: Expression = first;
    for (;;) {
      if (next.kind !== 'local' && next.kind !== 'global' && next.kind !== 'index') {
        this.#failNear('syntax error');
        break;
      }
      targets.push(next);
      if (!this.#accept(',')) break;
      next = this.#suffixed();
    }
    // Behind an error the values are still wanted by nobody: without `=` nothing was assigned.
    if (this.#token.type !== '=') {
      this.#expected('=');
      return undefined;
    }
    this.#advance();
    const values = this.#expressions();
    return { kind: 'assign', targets, values, ...this.#span(start) };
  }

  // Expressions

  #expressions(): Expression[] {
    const list = [this.#expression()];
    while (this.#accept(',')) list.push(this.#expression());
    return list;
  }

  #expression(priority = 0): Expression {
    return this.#deeper(() => this.#operators(priority), { kind: 'missing', start: this.#token.start, end: this.#token.start });
  }

  #operators(limit: number): Expression {
    const { start, type } = this.#token;
    let left: Expression;
    if (type === 'not' || type === '-' || type === '#') {
      this.#advance();
      const operand = this.#expression(UNARY_PRIORITY);
      left = { kind: 'unary', operator: type, operand, ...this.#span(start) };
    } else left = this.#simple();
    for (;;) {
      const operator = this.#token.type;
      const priority = PRIORITIES.get(operator);
      if (priority === undefined || priority[0] <= limit) return left;
      this.#advance();
      const right = this.#expression(priority[1]);
      left =
        operator === 'and' || operator === 'or'
          ? { kind: 'logical', operator, left, right, ...this.#span(start) }
          : { kind: 'binary', operator: operator as BinaryOperator, left, right, ...this.#span(start) };
    }
  }

  #simple(): Expression {
    const { start, type, number, text, line } = this.#token;
    switch (type) {
      case '<number>':
        this.#advance();
        return { kind: 'number', value: number, ...this.#span(start) };
      case '<string>':
        this.#advance();
        return { kind: 'string', value: text, ...this.#span(start) };
      case '<cdata>':
      case 'nil':
      case 'true':
      case 'false':
        this.#advance();
        return { kind: type === '<cdata>' ? 'cdata' : type, ...this.#span(start) };
      case '...':
        if (!this.#scope.vararg) this.#failNear("cannot use '...' outside a vararg function");
        this.#advance();
        return { kind: 'vararg', ...this.#span(start) };
      case '{':
        return this.#table();
      case 'function':
        this.#advance();
        return this.#functionBody(start, line, false);
      default:
        return this.#suffixed();
    }
  }

  #suffixed(): Expression {
    const { start } = this.#token;
    let left = this.#primary();
    for (;;) {
      const { type } = this.#token;
      if (type === '.') {
        this.#advance();
        left = { kind: 'index', object: left, key: this.#nameAsString(), ...this.#span(start) };
      } else if (type === '[') {
        this.#advance();
        const key = this.#expression();
        this.#expect(']');
        left = { kind: 'index', object: left, key, ...this.#span(start) };
      } else if (type === ':') {
        this.#advance();
        const name = this.#nameAsString();
        left = { kind: 'method', object: left, name, arguments: this.#arguments(), ...this.#span(start) };
      } else if (type === '(' || type === '<string>' || type === '{') {
        left = { kind: 'call', callee: left, arguments: this.#arguments(), ...this.#span(start) };
      } else return left;
    }
  }

  #primary(): Expression {
    const { start, type, line } = this.#token;
    if (type === '<name>') return this.#variable(this.#name(), start);
    if (type === '(') {
      this.#advance();
      const inner = this.#expression();
      this.#expectClosing(')', '(', line);
      return { kind: 'paren', inner, ...this.#span(start) };
    }
    this.#failNear('unexpected symbol');
    return { kind: 'missing', start, end: start };
  }

  #arguments(): Expression[] {
    const { type, start, line, text } = this.#token;
    if (type === '<string>') {
      this.#advance();
      return [{ kind: 'string', value: text, ...this.#span(start) }];
    }
    if (type === '{') return [this.#table()];
    if (type !== '(') {
      this.#failNear('function arguments expected');
      return [];
    }
    if (this.dialect === '5.1' && line !== this.#previousLine) {
      this.#failNear('ambiguous syntax (function call x new statement)');
    }
    this.#advance();
    if (this.#accept(')')) return [];
    const list = this.#expressions();
    this.#expectClosing(')', '(', line);
    return list;
  }

  #nameAsString(): StringExpression {
    const { start, end } = this.#token;
    return { kind: 'string', value: this.#name(), start, end };
  }

  #variable(name: string, start: number): Target {
    const [found, problem] = this.#scope.resolve(name);
    this.#limit(problem);
    const span = this.#span(start);
    return found === undefined ? { kind: 'global', name, ...span } : { kind: 'local', ...found, ...span };
  }

  #table(): TableExpression {
    const { start, line } = this.#token;
    const fields: TableField[] = [];
    this.#advance();
    while (this.#token.type !== '}' && this.#token.type !== '<stop>') {
      if (this.recovering && this.#startsStatement()) this.#expected('}');
      else {
        const field = this.#field();
        if (field.key !== undefined || field.value.kind !== 'missing') fields.push(field);
      }
      if (!this.#accept(',') && !this.#accept(';')) break;
    }
    this.#expectClosing('}', '{', line);
    return { kind: 'table', fields, ...this.#span(start) };
  }

  /** Whether the current token begins a line and is followed by `=`: what a statement of a rockspec looks like. */
  #startsStatement(): boolean {
    const { start, type } = this.#token;
    const atLineStart = start > 0 && '\r\n'.includes(this.source.bytes.charAt(start - 1));
    return type === '<name>' && atLineStart && this.#peek().type === '=';
  }

  #field(): TableField {
    const { start, type } = this.#token;
    let key: Expression | undefined;
    if (type === '<name>' && this.#peek().type === '=') {
      key = this.#nameAsString();
      this.#advance();
    } else if (type === '[') {
      this.#advance();
      key = this.#expression();
      this.#expect(']');
      this.#expect('=');
    }
    const value = this.#expression();
    return { key, value, ...this.#span(start) };
  }

  #functionBody(start: number, line: number, method: boolean): FunctionExpression {
    const scope = new FunctionScope(this.#scope, false, line);
    this.#scope = scope;
    scope.openBlock(false);
    const parameters: Variable[] = [];
    if (method) parameters.push(this.#declare('self', { start: this.#previousEnd, end: this.#previousEnd }));
    this.#expect('(');
    while (this.#token.type !== ')' && this.#token.type !== '<stop>') {
      const { start: from, end, type, text } = this.#token;
      if (type === '...') {
        scope.vararg = true;
        this.#advance();
        break;
      }
      if (type !== '<name>') {
        this.#failNear("<name> or '...' expected");
        break;
      }
      this.#advance();
      parameters.push(this.#declare(text, { start: from, end }));
      if (!this.#accept(',')) break;
      if (this.#token.type === ')') this.#failNear("<name> or '...' expected");
    }
    this.#expect(')');
    const block = this.#block();
    scope.closeBlock();
    this.#expectClosing('end', 'function', line);
    this.#scope = scope.outer ?? scope;
    const span = this.#span(start);
    const body: FunctionBody = { ...span, ...scope.body(), parameters, vararg: scope.vararg, block };
    return { kind: 'function', body, ...span };
  }
}

function nearText(text: string): string {
  const code = text.charCodeAt(0);
  return text.length === 1 && (code < 32 || code === 127) ? `char(${code})` : text;
}

// Expressions, by the grammar of Lua 5.1 and of LuaJIT (lparser.c, lj_parse.c).
import type {
  BinaryOperator,
  Block,
  Expression,
  FunctionBody,
  FunctionExpression,
  StringExpression,
  TableExpression,
  TableField,
  Assignable,
  Variable,
} from './ast';
import { FunctionScope } from './scope';
import { TokenReader } from './tokenReader';

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

/** Reads expressions; what a function's body is made of, its heir knows. */
export abstract class ExpressionParser extends TokenReader {
  protected abstract block(loop?: boolean): Block;

  protected expressions(): Expression[] {
    const list = [this.expression()];
    while (this.accept(',')) list.push(this.expression());
    return list;
  }

  protected expression(priority = 0): Expression {
    // Written out instead of through `deeper`: this is the hottest path of the parser.
    if (++this.levels > this.maxLevels) {
      const { start } = this.token;
      this.fail('chunk has too many syntax levels');
      return { kind: 'missing', source: this.source, start, end: start };
    }
    const result = this.operators(priority);
    this.levels--;
    return result;
  }

  protected operators(limit: number): Expression {
    const { start, type } = this.token;
    let left: Expression;
    if (type === 'not' || type === '-' || type === '#') {
      this.advance();
      const operand = this.expression(UNARY_PRIORITY);
      left = { kind: 'unary', operator: type, operand, source: this.source, start, end: this.end(start) };
    } else left = this.simple();
    for (;;) {
      const operator = this.token.type;
      const priority = PRIORITIES.get(operator);
      if (priority === undefined || priority[0] <= limit) return left;
      this.advance();
      const right = this.expression(priority[1]);
      left =
        operator === 'and' || operator === 'or'
          ? { kind: 'logical', operator, left, right, source: this.source, start, end: this.end(start) }
          : {
              kind: 'binary',
              operator: operator as BinaryOperator,
              left,
              right,
              source: this.source,
              start,
              end: this.end(start),
            };
    }
  }

  protected simple(): Expression {
    const { start, type, number, text } = this.token;
    switch (type) {
      case '<number>':
        this.advance();
        return { kind: 'number', value: number, source: this.source, start, end: this.end(start) };
      case '<string>':
        this.advance();
        return { kind: 'string', value: text, source: this.source, start, end: this.end(start) };
      case '<cdata>':
      case 'nil':
      case 'true':
      case 'false':
        this.advance();
        return { kind: type === '<cdata>' ? 'cdata' : type, source: this.source, start, end: this.end(start) };
      case '...':
        if (!this.scope.vararg) this.failNear("cannot use '...' outside a vararg function");
        this.advance();
        return { kind: 'vararg', source: this.source, start, end: this.end(start) };
      case '{':
        return this.table();
      case 'function':
        this.advance();
        // Lua calls this function's line the one where its parameters begin.
        return this.functionBody(start, this.token.line, false);
      default:
        return this.suffixed();
    }
  }

  protected suffixed(): Expression {
    const { start } = this.token;
    let left = this.primary();
    for (;;) {
      const { type } = this.token;
      if (type === '.') {
        this.advance();
        left = { kind: 'index', object: left, key: this.nameAsString(), source: this.source, start, end: this.end(start) };
      } else if (type === '[') {
        this.advance();
        const key = this.expression();
        this.expect(']');
        left = { kind: 'index', object: left, key, source: this.source, start, end: this.end(start) };
      } else if (type === ':') {
        this.advance();
        const name = this.nameAsString();
        left = {
          kind: 'method',
          object: left,
          name,
          arguments: this.arguments(),
          source: this.source,
          start,
          end: this.end(start),
        };
      } else if (type === '(' || type === '<string>' || type === '{') {
        left = { kind: 'call', callee: left, arguments: this.arguments(), source: this.source, start, end: this.end(start) };
      } else return left;
    }
  }

  protected primary(): Expression {
    const { start, type, line } = this.token;
    if (type === '<name>') return this.variable(this.name(), start);
    if (type === '(') {
      this.advance();
      const inner = this.expression();
      this.expectClosing(')', '(', line);
      return { kind: 'paren', inner, source: this.source, start, end: this.end(start) };
    }
    this.failNear('unexpected symbol');
    return { kind: 'missing', source: this.source, start, end: start };
  }

  protected arguments(): Expression[] {
    const { type, start, line, text } = this.token;
    if (type === '<string>') {
      this.advance();
      return [{ kind: 'string', value: text, source: this.source, start, end: this.end(start) }];
    }
    if (type === '{') return [this.table()];
    if (type !== '(') {
      this.failNear('function arguments expected');
      return [];
    }
    if (this.dialect === '5.1' && line !== this.previousLine) {
      this.failNear('ambiguous syntax (function call x new statement)');
    }
    this.advance();
    if (this.accept(')')) return [];
    const list = this.expressions();
    this.expectClosing(')', '(', line);
    return list;
  }

  protected nameAsString(): StringExpression {
    const { start, end } = this.token;
    return { kind: 'string', value: this.name(), source: this.source, start, end };
  }

  protected variable(name: string, start: number): Assignable {
    const [found, problem] = this.scope.resolve(name);
    this.limit(problem);
    const end = this.end(start);
    if (found === undefined) return { kind: 'global', name, source: this.source, start, end };
    return { kind: 'local', ...found, source: this.source, start, end };
  }

  protected table(): TableExpression {
    const { start, line } = this.token;
    const fields: TableField[] = [];
    this.advance();
    while (this.token.type !== '}' && this.token.type !== '<stop>') {
      if (this.recovering && this.startsStatement()) this.expected('}');
      else {
        const field = this.field();
        if (field.key !== undefined || field.value.kind !== 'missing') fields.push(field);
      }
      if (!this.accept(',') && !this.accept(';')) break;
    }
    this.expectClosing('}', '{', line);
    return { kind: 'table', fields, source: this.source, start, end: this.end(start) };
  }

  /** Whether the current token begins a line and is followed by `=`: what a statement of a rockspec looks like. */
  protected startsStatement(): boolean {
    const { start, type } = this.token;
    const atLineStart = start > 0 && '\r\n'.includes(this.source.bytes.charAt(start - 1));
    return type === '<name>' && atLineStart && this.peek().type === '=';
  }

  protected field(): TableField {
    const { start, type } = this.token;
    let key: Expression | undefined;
    if (type === '<name>' && this.peek().type === '=') {
      key = this.nameAsString();
      this.advance();
    } else if (type === '[') {
      this.advance();
      key = this.expression();
      this.expect(']');
      this.expect('=');
    }
    const value = this.expression();
    return { key, value, source: this.source, start, end: this.end(start) };
  }

  protected functionBody(start: number, line: number, method: boolean): FunctionExpression {
    const scope = new FunctionScope(this.scope, false, this.dialect, line);
    this.scope = scope;
    scope.openBlock(false);
    const parameters: Variable[] = [];
    if (method) parameters.push(scope.declare('self', { start: this.previousEnd, end: this.previousEnd }));
    this.expect('(');
    while (this.token.type !== ')' && this.token.type !== '<stop>') {
      const { start: from, end, type, text } = this.token;
      if (type === '...') {
        scope.vararg = true;
        this.advance();
        break;
      }
      if (type !== '<name>') {
        this.failNear("<name> or '...' expected");
        break;
      }
      this.advance();
      this.limit(scope.full(0));
      parameters.push(scope.declare(text, { start: from, end }));
      if (!this.accept(',')) break;
      if (this.token.type === ')') this.failNear("<name> or '...' expected");
    }
    this.expect(')');
    const block = this.block();
    const problem = scope.closeBlock();
    if (this.token.type === 'end') this.recordJump(problem);
    this.expectClosing('end', 'function', line);
    this.scope = scope.outer ?? scope;
    const end = this.end(start);
    const body: FunctionBody = { start, end, ...scope.body(), parameters, vararg: scope.vararg, block };
    return { kind: 'function', body, source: this.source, start, end };
  }
}

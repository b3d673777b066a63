// Lua source to syntax tree, by the grammar and with the words of the program that will read it (lparser.c, lj_parse.c).
// Reading goes on behind an error: what stands before it is kept, and the next `name =` at the start of a line begins anew.
import type { Block, Chunk, Expression, Statement, Assignable } from './ast';
import { ExpressionParser } from './expressionParser';
import type { LuaSyntaxError } from './lexer';
import type { Dialect, LuaSource } from './source';

/** What parsing gives: a tree always, and the first error when the file does not parse. */
export interface ParseResult {
  chunk: Chunk;
  error: LuaSyntaxError | undefined;
}

/** The control variables of a `for` that have no name. */
const FOR_HIDDEN = 3;
const BLOCK_ENDS = new Set(['else', 'elseif', 'end', 'until', '<eof>', '<stop>']);

const parsed = new WeakMap<LuaSource, Map<Dialect, ParseResult>>();

/**
 * Parses Lua source, each once a dialect: a file is looked at by many. Never throws: a source that does not parse gives its first error, in the
 * dialect's own words, and what could be read of it.
 */
export function parse(source: LuaSource, dialect: Dialect): ParseResult {
  const known = parsed.get(source) ?? new Map<Dialect, ParseResult>();
  parsed.set(source, known);
  const result = known.get(dialect) ?? parseAnew(source, dialect);
  known.set(dialect, result);
  return result;
}

/** The first error of a source, without reading on behind it; undefined when it parses. */
export function firstError(source: LuaSource, dialect: Dialect): LuaSyntaxError | undefined {
  const known = parsed.get(source)?.get(dialect);
  if (known !== undefined) return known.error;
  const parser = new Parser(source, dialect, false);
  const chunk = parser.chunk();
  const { error } = parser;
  if (error === undefined) parsed.set(source, new Map([...(parsed.get(source) ?? []), [dialect, { chunk, error }]]));
  return error;
}

function parseAnew(source: LuaSource, dialect: Dialect): ParseResult {
  const parser = new Parser(source, dialect, false);
  const chunk = parser.chunk();
  const { error } = parser;
  if (error === undefined) return { chunk, error };
  // The second reading ends an open table at the next line that begins like a statement: the tree is then closer to what was meant.
  return { chunk: new Parser(source, dialect, true).chunk(), error };
}

class Parser extends ExpressionParser {
  chunk(): Chunk {
    this.advance();
    const span = { start: 0, end: this.source.bytes.length };
    const statements: Statement[] = [];
    this.scope.openBlock(false);
    for (;;) {
      for (const statement of this.statements()) statements.push(statement);
      if (this.token.type !== '<eof>' && this.token.type !== '<stop>') this.expected('<eof>');
      if (this.token.type === '<eof>' || !this.resume()) break;
    }
    this.recordJump(this.scope.closeBlock());
    const body = { ...span, ...this.scope.body(), vararg: true, parameters: [], block: { ...span, statements } };
    return { ...span, source: this.source, body, complete: this.error === undefined };
  }

  // Statements

  protected block(loop = false): Block {
    const start = this.previousEnd;
    this.scope.openBlock(loop);
    const statements = this.deeper(() => this.statements(), []);
    this.scope.closeBlock();
    return { start, end: this.token.start, statements };
  }

  protected statements(): Statement[] {
    const statements: Statement[] = [];
    /** Those that only other labels follow so far. */
    let labels: string[] = [];
    const reachLabels = (atEnd: boolean): void => {
      for (const name of labels.reverse()) this.recordJump(this.scope.reachLabel(name, atEnd));
      labels = [];
    };
    while (!BLOCK_ENDS.has(this.token.type)) {
      if (this.dialect === 'luajit' && this.accept(';')) continue;
      if (this.token.type !== '::') reachLabels(false);
      if (this.levels === 0) this.statementStart = this.token.start;
      const statement = this.statement();
      if (statement !== undefined) statements.push(statement);
      if (statement?.kind === 'label') labels.push(statement.name);
      this.accept(';');
      if (statement?.kind === 'return' || (statement?.kind === 'break' && this.dialect === '5.1')) break;
    }
    reachLabels(this.token.type !== 'until');
    return statements;
  }

  protected statement(): Statement | undefined {
    const { start, type, line } = this.token;
    switch (type) {
      case 'if':
        return this.if(start, line);
      case 'while': {
        this.advance();
        const condition = this.expression();
        this.expect('do');
        const block = this.block(true);
        this.expectClosing('end', 'while', line);
        return { kind: 'while', condition, block, source: this.source, start, end: this.end(start) };
      }
      case 'do': {
        this.advance();
        const block = this.block();
        this.expectClosing('end', 'do', line);
        return { kind: 'do', block, source: this.source, start, end: this.end(start) };
      }
      case 'for':
        return this.for(start, line);
      case 'repeat':
        return this.repeat(start, line);
      case 'function':
        return this.functionStatement(start, line);
      case 'local':
        this.advance();
        return this.accept('function') ? this.localFunction(start) : this.local(start);
      case 'return': {
        this.advance();
        const ends = BLOCK_ENDS.has(this.token.type) || this.token.type === ';';
        const values = ends ? [] : this.expressions();
        return { kind: 'return', values, source: this.source, start, end: this.end(start) };
      }
      case 'break': {
        this.advance();
        const span = { source: this.source, start, end: this.end(start) };
        if (this.dialect === 'luajit') this.scope.jump(undefined, span, line);
        else if (!this.scope.inLoop()) this.failNear('no loop to break');
        return { kind: 'break', ...span };
      }
      case 'goto':
      case '::':
        return this.jump(type, start);
      default:
        return this.expressionStatement(start);
    }
  }

  protected jump(type: 'goto' | '::', start: number): Statement {
    this.advance();
    const name = this.name();
    if (type === 'goto') {
      const span = { source: this.source, start, end: this.end(start) };
      this.scope.jump(name, span, this.previousLine);
      return { kind: 'goto', name, ...span };
    }
    if (!this.scope.addLabel(name)) this.record(`duplicate label '${name}'`, { start, end: this.end(start) }, this.token.line);
    this.expect('::');
    return { kind: 'label', name, source: this.source, start, end: this.end(start) };
  }

  protected if(start: number, line: number): Statement {
    const clauses: { condition: Expression; block: Block }[] = [];
    do {
      this.advance();
      const condition = this.expression();
      this.expect('then');
      clauses.push({ condition, block: this.block() });
    } while (this.token.type === 'elseif');
    const otherwise = this.accept('else') ? this.block() : undefined;
    this.expectClosing('end', 'if', line);
    return { kind: 'if', clauses, otherwise, source: this.source, start, end: this.end(start) };
  }

  protected for(start: number, line: number): Statement {
    this.advance();
    const names = [{ start: this.token.start, end: this.token.end, name: this.name() }];
    const numeric = this.token.type === '=';
    if (!numeric && this.token.type !== ',' && this.token.type !== 'in') this.failNear("'=' or 'in' expected");
    let values: Expression[];
    this.limit(this.scope.full(FOR_HIDDEN));
    if (numeric) {
      this.advance();
      values = [this.expression()];
      this.expect(',');
      values.push(this.expression());
      if (this.accept(',')) values.push(this.expression());
    } else {
      if (this.accept(',')) names.push(...this.namesBeforeValues(FOR_HIDDEN + 1));
      this.expect('in');
      values = this.expressions();
    }
    this.expect('do');
    this.scope.openBlock(true);
    this.scope.declareHidden(FOR_HIDDEN);
    const variables = names.map((name) => this.scope.declare(name.name, name));
    const block = this.block(true);
    this.scope.closeBlock();
    this.expectClosing('end', 'for', line);
    const [variable] = variables;
    const [from, to, step] = values;
    if (numeric && variable !== undefined && from !== undefined && to !== undefined) {
      return { kind: 'numericFor', variable, from, to, step, block, source: this.source, start, end: this.end(start) };
    }
    return { kind: 'genericFor', variables, values, block, source: this.source, start, end: this.end(start) };
  }

  protected repeat(start: number, line: number): Statement {
    this.advance();
    // The condition sees the locals of the block.
    this.scope.openBlock(true);
    const from = this.previousEnd;
    const statements = this.deeper(() => this.statements(), []);
    const block = { start: from, end: this.token.start, statements };
    this.expectClosing('until', 'repeat', line);
    const condition = this.expression();
    this.scope.closeBlock();
    return { kind: 'repeat', block, condition, source: this.source, start, end: this.end(start) };
  }

  protected functionStatement(start: number, line: number): Statement {
    this.advance();
    const nameStart = this.token.start;
    let target: Assignable = this.variable(this.name(), nameStart);
    let method = false;
    while (!method && (this.token.type === '.' || this.token.type === ':')) {
      method = this.token.type === ':';
      this.advance();
      target = {
        kind: 'index',
        object: target,
        key: this.nameAsString(),
        source: this.source,
        start: nameStart,
        end: this.end(nameStart),
      };
    }
    const value = this.functionBody(start, line, method);
    return { kind: 'assign', targets: [target], values: [value], source: this.source, start, end: this.end(start) };
  }

  protected localFunction(start: number): Statement {
    const { start: nameStart, end } = this.token;
    const name = this.name();
    this.limit(this.scope.full(0));
    const variable = this.scope.declare(name, { start: nameStart, end });
    return {
      kind: 'localFunction',
      variable,
      function: this.functionBody(start, this.token.line, false),
      source: this.source,
      start,
      end: this.end(start),
    };
  }

  protected local(start: number): Statement {
    const names = this.namesBeforeValues();
    const values = this.accept('=') ? this.expressions() : [];
    const variables = names.map((name) => this.scope.declare(name.name, name));
    return { kind: 'localStatement', variables, values, source: this.source, start, end: this.end(start) };
  }

  protected expressionStatement(start: number): Statement | undefined {
    const first = this.suffixed();
    if (first.kind === 'call' || first.kind === 'method') {
      return { kind: 'callStatement', call: first, source: this.source, start, end: this.end(start) };
    }
    const targets: Assignable[] = [];
    let next: Expression = first;
    for (;;) {
      if (next.kind !== 'local' && next.kind !== 'global' && next.kind !== 'index') {
        this.failNear('syntax error');
        break;
      }
      targets.push(next);
      if (!this.accept(',')) break;
      next = this.suffixed();
      this.limit(this.tooManyTargets(targets.length));
    }
    // Behind an error the values are still wanted by nobody: without `=` nothing was assigned.
    if (this.token.type !== '=') {
      this.expected('=');
      return undefined;
    }
    this.advance();
    const values = this.expressions();
    return { kind: 'assign', targets, values, source: this.source, start, end: this.end(start) };
  }

  /** Lua's complaint about an assignment to more than `before` variables: each takes a level. */
  protected tooManyTargets(before: number): string | undefined {
    const room = this.maxLevels - this.levels;
    if (before <= room) return undefined;
    return this.dialect === '5.1'
      ? this.scope.tooMany(room, 'variables in assignment')
      : this.scope.tooMany(200, 'variable names');
  }
}

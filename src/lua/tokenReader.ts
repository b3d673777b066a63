// Tokens one after the other, what is expected of them, and how reading stops at what is broken and goes on behind it.
import { Lexer, LuaSyntaxError, nearToken, type Token } from './lexer';
import { FunctionScope, type JumpProblem } from './scope';
import type { Dialect, LuaSource, Span } from './source';

/**
 * Levels below the chunk itself (LUAI_MAXCCALLS of Lua 5.1, LJ_MAX_XLEVEL of LuaJIT, both 200). Lua 5.1 counts the calls of C around the
 * chunk too: these are what is left to one that the main program loads, and every `pcall` around takes one more.
 */
const MAX_LEVELS: Readonly<Record<Dialect, number>> = { '5.1': 197, luajit: 198 };

/** The state of a parser: the current token, the function whose locals are being declared, and the first error. */
export class TokenReader {
  error: LuaSyntaxError | undefined;
  protected token: Token;
  protected previousEnd = 0;
  protected previousLine = 1;
  protected levels = 0;
  protected readonly maxLevels: number;
  /** Where the last statement of the top level began. */
  protected statementStart = -1;
  protected scope: FunctionScope;
  readonly #lexer: Lexer;
  #ahead: Token | undefined;
  #resumedAt = -1;

  constructor(
    protected readonly source: LuaSource,
    protected readonly dialect: Dialect,
    /** Whether an open table ends where a line begins like a statement. */
    protected readonly recovering: boolean,
  ) {
    this.#lexer = new Lexer(source.bytes, dialect);
    this.scope = new FunctionScope(undefined, true, dialect);
    this.maxLevels = MAX_LEVELS[dialect];
    this.token = { type: '<eof>', start: 0, end: 0, text: '', number: 0, line: 1 };
  }

  protected advance(): void {
    this.previousEnd = this.token.end;
    // Lua's lastline: a token that was looked at ahead has moved it already.
    this.previousLine = this.#lexer.line;
    if (this.#ahead !== undefined) {
      this.token = this.#ahead;
      this.#ahead = undefined;
    } else this.token = this.read();
  }

  protected read(): Token {
    try {
      return this.#lexer.next();
    } catch (error) {
      if (!(error instanceof LuaSyntaxError)) throw error;
      this.error ??= error;
      return this.stopToken(error.span.start);
    }
  }

  protected peek(): Token {
    this.#ahead ??= this.read();
    return this.#ahead;
  }

  protected stopToken(at: number): Token {
    return { type: '<stop>', start: at, end: at, text: '', number: 0, line: this.#lexer.line };
  }

  protected record(message: string, span: Span, line: number): void {
    this.error ??= new LuaSyntaxError(message, { start: span.start, end: span.end }, line);
  }

  protected recordJump(problem: JumpProblem | undefined): void {
    if (problem !== undefined) this.record(problem.message, problem.jump, problem.jump.line);
  }

  /** Says what is wrong at the current token and stops reading until `#resume`. */
  protected fail(message: string): void {
    const token = this.token;
    if (token.type === '<stop>') return;
    this.error ??= new LuaSyntaxError(message, { start: token.start, end: token.end }, token.line);
    this.token = this.stopToken(token.start);
    this.#ahead = undefined;
  }

  protected failNear(message: string): void {
    const { start, end } = this.token;
    this.fail(message + nearToken(this.token, this.source.bytes.slice(start, end)));
  }

  protected expected(what: string): void {
    this.failNear(`'${what}' expected`);
  }

  /** Goes on at the next line that begins like an assignment; false when there is none. */
  protected resume(): boolean {
    const { bytes } = this.source;
    const shape = /^[A-Za-z_][A-Za-z_0-9]*[ \t]*=(?!=)/gm;
    const { start } = this.token;
    let lineStart = start;
    while (lineStart > 0 && !/[\r\n]/.test(bytes.charAt(lineStart - 1))) lineStart--;
    // Never where reading began or went on before: every stop has to bring it forward.
    shape.lastIndex = Math.max(lineStart, this.#resumedAt + 1);
    let match = shape.exec(bytes);
    if (match?.index === this.statementStart) match = shape.exec(bytes);
    if (match === null) return false;
    this.#resumedAt = match.index;
    this.#lexer.position = match.index;
    this.#lexer.line = this.source.line(match.index);
    this.levels = 0;
    this.token = this.read();
    return true;
  }

  protected accept(type: string): boolean {
    if (this.token.type !== type) return false;
    this.advance();
    return true;
  }

  protected expect(type: string): void {
    if (!this.accept(type)) this.expected(type);
  }

  /** Expects what closes `opener`, which stood at `line`. */
  protected expectClosing(type: string, opener: string, line: number): void {
    if (this.accept(type)) return;
    if (line === this.token.line) this.expected(type);
    else this.failNear(`'${type}' expected (to close '${opener}' at line ${line})`);
  }

  protected name(): string {
    const { text, type } = this.token;
    if (type !== '<name>') {
      this.expected('<name>');
      return '';
    }
    this.advance();
    return text;
  }

  protected end(start: number): number {
    return Math.max(start, this.previousEnd);
  }

  /** Runs `read` one level deeper; there is an end to that. */
  protected deeper<T>(read: () => T, otherwise: T): T {
    if (++this.levels > this.maxLevels) {
      this.fail('chunk has too many syntax levels');
      return otherwise;
    }
    const result = read();
    this.levels--;
    return result;
  }

  protected limit(problem: string | undefined): void {
    if (problem !== undefined) this.fail(problem);
  }

  /** Reads names to be declared later, once their values are read; `waiting` others wait already. */
  protected namesBeforeValues(waiting = 0): (Span & { name: string })[] {
    const names: (Span & { name: string })[] = [];
    do {
      const { start, end } = this.token;
      names.push({ name: this.name(), start, end });
      this.limit(this.scope.full(waiting + names.length - 1));
    } while (this.accept(','));
    return names;
  }
}

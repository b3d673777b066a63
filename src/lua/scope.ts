// Which local a name means: blocks, functions and upvalues while parsing, with Lua's own limits; and where jumps may go.
import type { Variable } from './ast';
import type { Dialect, Span } from './source';

/** LUAI_MAXVARS of Lua 5.1, LJ_MAX_LOCVAR of LuaJIT. */
const MAX_LOCALS = 200;
/** LUAI_MAXUPVALUES of Lua 5.1; LJ_MAX_UPVAL of OpenResty's LuaJIT, which doubles it. */
const MAX_UPVALUES: Readonly<Record<Dialect, number>> = { '5.1': 60, luajit: 120 };

/** A `goto`, or a `break`, whose label has not been met. */
interface Jump extends Span {
  /** Undefined for `break`. */
  name: string | undefined;
  line: number;
  /** How many locals are active where it stands, or where the block that it leaves began. */
  active: number;
}

/** What is wrong with a jump, and where it stands. */
export interface JumpProblem {
  message: string;
  jump: Span & { line: number };
}

interface BlockScope {
  variables: Map<string, Variable>;
  /** How many locals were active when it began. */
  outside: number;
  loop: boolean;
  labels: Set<string>;
  jumps: Jump[];
}

/** A name that is a local: its declaration, and its slot in the function that uses it. */
interface Resolved {
  variable: Variable;
  slot: number;
  upvalue: boolean;
}

/** The locals of one function while it is parsed. */
export class FunctionScope {
  readonly #blocks: BlockScope[] = [];
  readonly #upvalues = new Map<Variable, { outer: number; inner: number }>();
  /** The active locals, by name. */
  readonly #active: string[] = [];
  #slots = 0;

  constructor(
    readonly outer: FunctionScope | undefined,
    public vararg: boolean,
    private readonly dialect: Dialect,
    private readonly line = 0,
  ) {}

  openBlock(loop: boolean): void {
    const outside = this.#active.length;
    this.#blocks.push({ variables: new Map(), outside, loop, labels: new Set(), jumps: [] });
  }

  /** Leaves a block; returns the first jump of the function that leads nowhere, when the function ends here. */
  closeBlock(): JumpProblem | undefined {
    const block = this.#blocks.pop();
    if (block === undefined) return undefined;
    this.#active.length = block.outside;
    const open = block.jumps.filter(({ name }) => (name === undefined ? !block.loop : !block.labels.has(name)));
    const around = this.#blocks.at(-1);
    if (around !== undefined) {
      for (const jump of open) around.jumps.push({ ...jump, active: block.outside });
      return undefined;
    }
    const [jump] = open;
    return jump && { message: jump.name === undefined ? 'no loop to break' : `undefined label '${jump.name}'`, jump };
  }

  inLoop(): boolean {
    return this.#blocks.some((block) => block.loop);
  }

  /** Lua's complaint when a local would be one too many beside those that are active and `waiting` others. */
  full(waiting: number): string | undefined {
    return this.#active.length + waiting < MAX_LOCALS ? undefined : this.tooMany(MAX_LOCALS, 'local variables');
  }

  /** Declares a local in the innermost block. */
  declare(name: string, span: Span): Variable {
    const variable = { name, slot: this.#slots++, start: span.start, end: span.end };
    this.#blocks.at(-1)?.variables.set(name, variable);
    this.#active.push(name);
    return variable;
  }

  /** Makes room for the locals of a `for` that have no name. */
  declareHidden(count: number): void {
    for (let i = 0; i < count; i++) this.#active.push('(for control)');
  }

  /** Finds the local a name means; nothing for a global. The second value is Lua's complaint when a function would have too many upvalues. */
  resolve(name: string): [Resolved | undefined, string | undefined] {
    for (let i = this.#blocks.length - 1; i >= 0; i--) {
      const variable = this.#blocks[i]?.variables.get(name);
      if (variable !== undefined) return [{ variable, slot: variable.slot, upvalue: false }, undefined];
    }
    const [outer, problem] = this.outer?.resolve(name) ?? [undefined, undefined];
    if (outer === undefined || problem !== undefined) return [outer, problem];
    let link = this.#upvalues.get(outer.variable);
    if (link === undefined) {
      link = { outer: outer.slot, inner: this.#slots++ };
      this.#upvalues.set(outer.variable, link);
    }
    const limit = MAX_UPVALUES[this.dialect];
    const tooMany = this.#upvalues.size > limit ? this.tooMany(limit, 'upvalues') : undefined;
    return [{ variable: outer.variable, slot: link.inner, upvalue: true }, tooMany];
  }

  /** Notes a `goto`, or a `break` when it has no name. */
  jump(name: string | undefined, span: Span, line: number): void {
    this.#blocks.at(-1)?.jumps.push({ name, line, active: this.#active.length, start: span.start, end: span.end });
  }

  /** Adds a label to the innermost block; false when the block has it already. */
  addLabel(name: string): boolean {
    const labels = this.#blocks.at(-1)?.labels;
    if (labels === undefined || labels.has(name)) return false;
    labels.add(name);
    return true;
  }

  /** Leads the jumps of the innermost block that came before a label to it. A label at the `end` of its block is outside of every local's scope. */
  reachLabel(name: string, atEnd: boolean): JumpProblem | undefined {
    const block = this.#blocks.at(-1);
    if (block === undefined) return undefined;
    const active = atEnd ? block.outside : this.#active.length;
    const jump = block.jumps.find((candidate) => candidate.name === name && candidate.active < active);
    block.jumps = block.jumps.filter((candidate) => candidate.name !== name);
    if (jump === undefined) return undefined;
    return { message: `<goto ${name}> jumps into the scope of local '${this.#active[jump.active] ?? ''}'`, jump };
  }

  body(): { slots: number; upvalues: { outer: number; inner: number }[] } {
    return { slots: this.#slots, upvalues: [...this.#upvalues.values()] };
  }

  /** Lua's complaint about a function that has too many of something. */
  tooMany(limit: number, what: string): string {
    const title = this.outer === undefined ? 'main function' : `function at line ${this.line}`;
    return `${title} has more than ${limit} ${what}`;
  }
}

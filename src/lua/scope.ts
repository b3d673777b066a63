// Which local a name means: blocks, functions, upvalues and labels while parsing, with Lua's own limits.
import type { Variable } from './ast';
import type { Span } from './source';

const MAX_LOCALS = 200;
const MAX_UPVALUES = 60;

interface BlockScope {
  variables: Map<string, Variable>;
  locals: number;
  loop: boolean;
  labels: Set<string>;
  gotos: (Span & { name: string })[];
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
  #slots = 0;
  #active = 0;

  constructor(
    readonly outer: FunctionScope | undefined,
    public vararg: boolean,
    private readonly line = 0,
  ) {}

  openBlock(loop: boolean): void {
    this.#blocks.push({ variables: new Map(), locals: 0, loop, labels: new Set(), gotos: [] });
  }

  /** Leaves a block; returns a `goto` of the function that has no label, when the function ends here. */
  closeBlock(): (Span & { name: string }) | undefined {
    const block = this.#blocks.pop();
    if (block === undefined) return undefined;
    this.#active -= block.locals;
    const open = block.gotos.filter((jump) => !block.labels.has(jump.name));
    const around = this.#blocks.at(-1);
    if (around === undefined) return open[0];
    around.gotos.push(...open);
    return undefined;
  }

  inLoop(): boolean {
    return this.#blocks.some((block) => block.loop);
  }

  /** Declares a local in the innermost block; the second value is Lua's complaint when there are too many. */
  declare(name: string, span: Span, line: number): [Variable, string | undefined] {
    const variable = { name, slot: this.#slots++, start: span.start, end: span.end };
    const block = this.#blocks.at(-1);
    if (block !== undefined) {
      block.variables.set(name, variable);
      block.locals++;
    }
    return [
      variable,
      ++this.#active > MAX_LOCALS ? `${this.#title(line)} has more than ${MAX_LOCALS} local variables` : undefined,
    ];
  }

  /** Finds the local a name means; nothing for a global. */
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
    const tooMany = this.#upvalues.size > MAX_UPVALUES ? `${this.#title(0)} has more than ${MAX_UPVALUES} upvalues` : undefined;
    return [{ variable: outer.variable, slot: link.inner, upvalue: true }, tooMany];
  }

  addGoto(name: string, span: Span): void {
    this.#blocks.at(-1)?.gotos.push({ name, start: span.start, end: span.end });
  }

  /** Adds a label to the innermost block; false when the function has it there already. */
  addLabel(name: string): boolean {
    if (this.#blocks.some((block) => block.labels.has(name))) return false;
    this.#blocks.at(-1)?.labels.add(name);
    return true;
  }

  body(): { slots: number; upvalues: { outer: number; inner: number }[] } {
    return { slots: this.#slots, upvalues: [...this.#upvalues.values()] };
  }

  #title(line: number): string {
    return this.outer === undefined ? 'main function' : `function at line ${this.line === 0 ? line : this.line}`;
  }
}

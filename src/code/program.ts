// A plugin's code as one: what its names mean, through locals, its own modules and the tables they return. What is not certain is undefined.
import type { Expression, FunctionExpression } from '../lua/ast';
import type { LuaSource } from '../lua/source';
import type { SyntaxNode } from '../lua/walk';
import { readFile, type CodeFile } from './file';
import { addTo } from '../text/grouped';

/** What an expression is. */
export type Meaning =
  /** A global or what is reached from one: `kong.request.get_header`, `ngx.socket.tcp`, `pcall`. */
  | { kind: 'global'; name: string }
  /** A module that is not the plugin's own, or what is reached from one: `resty.http`, `new`. */
  | { kind: 'foreign'; module: string; name: string }
  | { kind: 'function'; function: FunctionExpression; file: CodeFile }
  /** A table, known by the expression that makes it. */
  | { kind: 'table'; made: Expression; file: CodeFile }
  /** The object that a method of a table is called on. */
  | { kind: 'self'; made: Expression; file: CodeFile };

/** What is written into a table that code makes. */
interface TableFields {
  values: Map<string, { value: Expression; key: SyntaxNode; file: CodeFile }[]>;
  /** Something is written under a key that only a run can tell. */
  dynamic: boolean;
}

const MAX_STEPS = 40;

/** The files of a plugin, and what is known of all of them together. */
export class Program {
  readonly files: readonly CodeFile[];
  readonly #modules = new Map<string, CodeFile>();
  readonly #tables = new Map<Expression, TableFields>();
  readonly #owners = new Map<FunctionExpression, Meaning & { kind: 'table' }>();
  /** How often each name is written as a field, anywhere. */
  readonly #fieldWrites = new Map<string, number>();
  readonly #meanings = new Map<Expression, Meaning | undefined>();

  constructor(
    readonly plugin: string,
    sources: ReadonlyMap<string, LuaSource>,
  ) {
    const read = new Map<LuaSource, CodeFile | undefined>();
    for (const [module, source] of sources) {
      if (!read.has(source)) read.set(source, readFile(module, source));
      const file = read.get(source);
      if (file !== undefined) this.#modules.set(module, file);
    }
    this.files = [...new Set([...read.values()].flatMap((file) => file ?? []))];
    for (const file of this.files) this.#collectConstructors(file);
    for (const file of this.files) this.#collectAssignments(file);
    this.#meanings.clear();
  }

  /** What the file of a module returns. */
  returned(module: string): Meaning | undefined {
    const file = this.#modules.get(module);
    const last = file?.chunk.body.block.statements.at(-1);
    const value = last?.kind === 'return' ? last.values[0] : undefined;
    return file === undefined || value === undefined ? undefined : this.meaning(value, file);
  }

  /** The fields that are written into a table, each with its values. */
  fields(table: Extract<Meaning, { kind: 'table' | 'self' }>): TableFields | undefined {
    return this.#tables.get(table.made);
  }

  /** How often a name is written as a field, in all files. */
  writesOf(name: string): number {
    return this.#fieldWrites.get(name) ?? 0;
  }

  /** What an expression is. */
  meaning(expression: Expression, file: CodeFile, steps = 0): Meaning | undefined {
    if (steps > MAX_STEPS) return undefined;
    if (this.#meanings.has(expression)) return this.#meanings.get(expression);
    const found = this.#find(expression, file, steps);
    this.#meanings.set(expression, found);
    return found;
  }

  /** What `object.name` is. */
  member(object: Expression, name: string, file: CodeFile, steps = 0): Meaning | undefined {
    const base = this.meaning(object, file, steps + 1);
    switch (base?.kind) {
      case 'global':
        return { kind: 'global', name: `${base.name}.${name}` };
      case 'foreign':
        return { kind: 'foreign', module: base.module, name: base.name === '' ? name : `${base.name}.${name}` };
      case 'table':
      case 'self': {
        const fields = this.#tables.get(base.made);
        const values = fields?.values.get(name) ?? [];
        const [only] = values;
        if (only === undefined || values.length > 1 || fields?.dynamic === true) return undefined;
        // An object may have a field of its own, or be one of a class that says otherwise.
        if (base.kind === 'self' && this.writesOf(name) > 1) return undefined;
        return this.meaning(only.value, only.file, steps + 1);
      }
      default:
        return undefined;
    }
  }

  #find(expression: Expression, file: CodeFile, steps: number): Meaning | undefined {
    switch (expression.kind) {
      case 'paren':
        return this.meaning(expression.inner, file, steps + 1);
      case 'global':
        return expression.name === '_G' ? undefined : { kind: 'global', name: expression.name };
      case 'local': {
        const given = file.given.get(expression.variable) ?? [];
        const [only] = given;
        if (given.length !== 1 || only === undefined) return undefined;
        if (only.kind === 'value') return this.meaning(only.expression, file, steps + 1);
        if (only.kind !== 'parameter' || only.index !== 0 || expression.variable.name !== 'self') return undefined;
        const owner = this.#owners.get(only.function);
        return owner === undefined ? undefined : { kind: 'self', made: owner.made, file: owner.file };
      }
      case 'index':
        return expression.key.kind === 'string' ? this.member(expression.object, expression.key.value, file, steps) : undefined;
      case 'function':
        return { kind: 'function', function: expression, file };
      case 'table':
        return { kind: 'table', made: expression, file };
      case 'method':
        return expression.name.value === 'extend' ? { kind: 'table', made: expression, file } : undefined;
      case 'call': {
        const callee = this.meaning(expression.callee, file, steps + 1);
        const [first] = expression.arguments;
        if (callee?.kind !== 'global' || first === undefined) return undefined;
        if (callee.name === 'setmetatable') return first.kind === 'table' ? this.meaning(first, file, steps + 1) : undefined;
        if (callee.name !== 'require' || first.kind !== 'string') return undefined;
        const own = this.#modules.get(first.value);
        return own === undefined ? { kind: 'foreign', module: first.value, name: '' } : this.returned(first.value);
      }
      default:
        return undefined;
    }
  }

  #collectConstructors(file: CodeFile): void {
    for (const node of file.nodes) {
      if (node.kind !== 'table') continue;
      const fields: TableFields = { values: new Map(), dynamic: false };
      this.#tables.set(node, fields);
      for (const { key, value } of node.fields) {
        if (key?.kind === 'string') {
          addTo(fields.values, key.value, { value, key, file });
          if (value.kind === 'function') {
            this.#owners.set(value, { kind: 'table', made: node, file });
            this.#fieldWrites.set(key.value, this.writesOf(key.value) + 1);
          }
        } else if (key !== undefined && key.kind !== 'number') fields.dynamic = true;
      }
    }
  }

  #collectAssignments(file: CodeFile): void {
    for (const node of file.nodes) {
      if (node.kind !== 'assign') continue;
      node.targets.forEach((target, i) => {
        if (target.kind !== 'index') return;
        const name = target.key.kind === 'string' ? target.key.value : undefined;
        if (name !== undefined) this.#fieldWrites.set(name, this.writesOf(name) + 1);
        const base = this.meaning(target.object, file);
        if (base?.kind !== 'table') return;
        const fields: TableFields = this.#tables.get(base.made) ?? { values: new Map(), dynamic: false };
        this.#tables.set(base.made, fields);
        const value = node.values[i];
        if (name === undefined) {
          fields.dynamic ||= target.key.kind !== 'number';
          return;
        }
        const last = node.values.at(-1);
        const written = value ?? last;
        if (written === undefined) return;
        addTo(fields.values, name, { value: written, key: target.key, file });
        if (value?.kind === 'function') this.#owners.set(value, base);
      });
    }
  }
}

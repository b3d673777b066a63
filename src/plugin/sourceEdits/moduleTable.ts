// The table that a Lua file hands to Kong, found in its syntax tree: where it is made, what it is called, what is set in it.
import type { Expression, FunctionExpression, Statement, TableExpression, Variable } from '../../lua/ast';
import { parse } from '../../lua/parser';
import type { LuaSource } from '../../lua/source';
import { type Place, type Span } from '../../lua/source';
import type { FileChange } from '../../text/diagnostic';

/** A replacement of a stretch of one file. */
export interface LuaEdit extends Span {
  newText: string;
}

/** A field that is set in the table, in its constructor or by a statement of its own. */
export interface ModuleField {
  name: string;
  /** The key as it is written. */
  key: Place;
  value: Expression;
  /** The statement that sets it; undefined in a constructor. */
  statement: Statement | undefined;
}

/** What a file returns, as far as its text shows it. */
export interface ModuleTable {
  source: LuaSource;
  statements: readonly Statement[];
  /** The last statement, when it is a return. */
  returned: Extract<Statement, { kind: 'return' }> | undefined;
  /** The name of the table in the file, when it has one. */
  name: string | undefined;
  /** The constructor it is made with. */
  constructor_: TableExpression | undefined;
  /** The statement that declares it. */
  declaration: Statement | undefined;
  fields: readonly ModuleField[];
}

/** Reads a file; undefined when it does not parse: then its text is what is wrong. */
export function readModuleTable(source: LuaSource): ModuleTable | undefined {
  const { chunk, error } = parse(source, 'luajit');
  if (error !== undefined) return undefined;
  const { statements } = chunk.body.block;
  const last = statements.at(-1);
  const returned = last?.kind === 'return' ? last : undefined;
  const value = returned === undefined ? undefined : unwrapped(returned.values[0]);
  const isNamed = value?.kind === 'local' || value?.kind === 'global';
  const made = isNamed ? madeAs(statements, value) : undefined;
  const table = isNamed ? made?.table : value?.kind === 'table' ? value : undefined;
  return {
    source,
    statements,
    returned,
    name: isNamed ? nameOf(value) : undefined,
    constructor_: table,
    declaration: made?.statement,
    fields: [...(table === undefined ? [] : constructorFields(table)), ...(isNamed ? assignedFields(statements, value) : [])],
  };
}

/** Whether what the file returns may be a table; what cannot be told counts as one. */
export function returnsTable({ returned }: ModuleTable): boolean {
  const [value] = returned?.values ?? [];
  if (value === undefined) return false;
  return !['nil', 'true', 'false', 'string', 'number', 'function'].includes(value.kind);
}

/** The name of the table that the file makes and was meant to return: the one that most is set in, or the last one that is made. */
export function meantTable(statements: readonly Statement[]): string | undefined {
  const counts = new Map<string, number>();
  for (const statement of statements) {
    if (statement.kind === 'localStatement') {
      statement.variables.forEach((variable, i) => {
        const value = unwrapped(statement.values[i]);
        if (value?.kind === 'table') counts.set(variable.name, 0.5 + (value.fields.length > 0 ? 0.5 : 0));
        else if (value?.kind === 'method' && value.name.value === 'extend') counts.set(variable.name, 1);
      });
    } else if (statement.kind === 'assign') {
      for (const [i, target] of statement.targets.entries()) {
        const owner = target.kind === 'index' ? target.object : target;
        if (owner.kind !== 'local' && owner.kind !== 'global') continue;
        const known = counts.get(nameOf(owner));
        if (target.kind === 'index' && known !== undefined) counts.set(nameOf(owner), known + 1);
        else if (target.kind === 'global' && statement.values[i]?.kind === 'table') counts.set(target.name, 0.5);
      }
    }
  }
  let best: { name: string; count: number } | undefined;
  for (const [name, count] of counts) if (best === undefined || count >= best.count) best = { name, count };
  return best?.name;
}

/** The literal without parentheses, and without the metatable that is laid over it. */
export function unwrapped(value: Expression | undefined): Expression | undefined {
  if (value?.kind === 'paren') return unwrapped(value.inner);
  const isSetmetatable = value?.kind === 'call' && value.callee.kind === 'global' && value.callee.name === 'setmetatable';
  return isSetmetatable ? unwrapped(value.arguments[0]) : value;
}

type Named = Extract<Expression, { kind: 'local' | 'global' }>;

/** The name of a variable. */
export function nameOf(value: Named): string {
  return value.kind === 'local' ? value.variable.name : value.name;
}

function isSame(value: Expression, wanted: Named): boolean {
  if (value.kind === 'local' && wanted.kind === 'local') return value.variable === wanted.variable;
  return value.kind === 'global' && wanted.kind === 'global' && value.name === wanted.name;
}

function madeAs(
  statements: readonly Statement[],
  wanted: Named,
): { statement: Statement; table: TableExpression | undefined } | undefined {
  const declares = (variable: Variable): boolean => wanted.kind === 'local' && variable === wanted.variable;
  for (const statement of statements) {
    const names =
      statement.kind === 'localStatement'
        ? statement.variables.map(declares)
        : statement.kind === 'assign'
          ? statement.targets.map((target) => isSame(target, wanted))
          : [];
    const at = names.indexOf(true);
    if (at < 0 || (statement.kind !== 'localStatement' && statement.kind !== 'assign')) continue;
    const value = unwrapped(statement.values[at]);
    return { statement, table: value?.kind === 'table' ? value : undefined };
  }
  return undefined;
}

function constructorFields(table: TableExpression): ModuleField[] {
  return table.fields.flatMap(({ key, value }) =>
    key?.kind === 'string' ? [{ name: key.value, key, value, statement: undefined }] : [],
  );
}

function assignedFields(statements: readonly Statement[], owner: Named): ModuleField[] {
  return statements.flatMap((statement) =>
    statement.kind !== 'assign'
      ? []
      : statement.targets.flatMap((target, i) => {
          const value = statement.values[i];
          const fits = target.kind === 'index' && target.key.kind === 'string' && isSame(target.object, owner);
          return fits && value !== undefined && target.key.kind === 'string'
            ? [{ name: target.key.value, key: target.key, value, statement }]
            : [];
        }),
  );
}

/** The field that counts: the last one set. */
export function fieldOf(module: ModuleTable, name: string): ModuleField | undefined {
  return module.fields.findLast((field) => field.name === name);
}

/** The function of a field, when it is written there. */
export function functionOf(field: ModuleField | undefined): FunctionExpression | undefined {
  return field?.value.kind === 'function' ? field.value : undefined;
}

/** The line break of the file. */
export function newlineOf(source: LuaSource): string {
  return source.bytes.includes('\r\n') ? '\r\n' : '\n';
}

/** Fields (`name = value`) put first into the table: into its constructor, or as statements before the return. */
export function addFields(module: ModuleTable, fields: readonly { name: string; value: string }[]): LuaEdit | undefined {
  const { source, constructor_: table, returned, name } = module;
  const newline = newlineOf(source);
  if (table !== undefined) {
    const at = table.start + 1;
    const [first] = table.fields;
    const lines = fields.map((field) => `${field.name} = ${field.value}`);
    const text = source.bytes.slice(at, first?.start ?? table.end - 1);
    if (first !== undefined && !/[\r\n]/.test(text)) return { start: at, end: at, newText: ` ${lines.join(', ')},` };
    const indent = first === undefined ? `${indentOf(source, table.start)}  ` : indentOf(source, first.start);
    const added = lines.map((line) => `${newline}${indent}${line},`).join('');
    if (first !== undefined) return { start: at, end: at, newText: added };
    const closes = /^\s*$/.test(text) ? { start: at, end: table.end - 1 } : { start: at, end: at };
    return { ...closes, newText: `${added}${newline}${closes.end === at ? '' : indentOf(source, table.start)}` };
  }
  if (returned === undefined || name === undefined) return undefined;
  const newText = fields.map((field) => `${name}.${field.name} = ${field.value}${newline}`).join('');
  return { start: returned.start, end: returned.start, newText: `${newText}${newline}` };
}

/** The blanks at the beginning of the line that an offset is on. */
export function indentOf({ bytes }: LuaSource, offset: number): string {
  const start = Math.max(bytes.lastIndexOf('\n', offset - 1), bytes.lastIndexOf('\r', offset - 1)) + 1;
  return /^[ \t]*/.exec(bytes.slice(start, offset))?.[0] ?? '';
}

/** Takes a statement out, with its line when nothing else stands there and one empty line behind it. */
export function removal({ bytes }: LuaSource, { start, end }: Span): LuaEdit {
  const lineStart = bytes.lastIndexOf('\n', start - 1) + 1;
  const behind = /^[ \t]*(?:;[ \t]*)?(?:--(?!\[\[)[^\r\n]*)?(\r?\n|$)/.exec(bytes.slice(end));
  if (!/^[ \t]*$/.test(bytes.slice(lineStart, start)) || behind === null) return { start, end, newText: '' };
  const emptyLine = /(?:^|\n)[ \t]*\r?\n$/.test(bytes.slice(0, lineStart)) || lineStart === 0;
  const next = emptyLine ? (/^[ \t]*\r?\n/.exec(bytes.slice(end + behind[0].length))?.[0].length ?? 0) : 0;
  return { start: lineStart, end: end + behind[0].length + next, newText: '' };
}

/** Edits of one file as a change of it; none without edits. */
export function changeOf(source: LuaSource, edits: readonly LuaEdit[]): FileChange[] {
  if (source.path === undefined || edits.length === 0) return [];
  const list = edits.map((edit) => ({ range: source.range(edit), newText: edit.newText }));
  return [{ kind: 'edit', path: source.path, edits: list }];
}

// Faults of a handler that have one right answer, put right in its text: comments and layout stay.
import type { Expression, Statement } from '../../lua/ast';
import type { LuaSource } from '../../lua/source';
import type { FileChange } from '../../text/diagnostic';
import {
  addFields,
  changeOf,
  fieldOf,
  functionOf,
  indentOf,
  meantTable,
  nameOf,
  newlineOf,
  readModuleTable,
  removal,
  returnsTable,
  type LuaEdit,
  type ModuleField,
  type ModuleTable,
} from './moduleTable';
import { superEdits } from './superCalls';
import { withoutTrailing } from '../../text/ends';

const DEFAULT_PRIORITY = 1000;
const DEFAULT_VERSION = '0.1.0';

/** Lets a file return the table it makes. None when it returns one, or makes none. */
export function addReturn(source: LuaSource): FileChange[] {
  const module = readModuleTable(source);
  if (module === undefined || returnsTable(module)) return [];
  const name = meantTable(module.statements);
  if (name === undefined) return [];
  const { returned } = module;
  if (returned !== undefined) return changeOf(source, [{ start: returned.start, end: returned.end, newText: `return ${name}` }]);
  const newline = newlineOf(source);
  const { bytes } = source;
  const end = bytes.length;
  const gap = bytes.endsWith('\n')
    ? bytes.slice(withoutTrailing(bytes, /\s/).length).split('\n').length > 2
      ? ''
      : newline
    : newline + newline;
  return changeOf(source, [{ start: end, end, newText: `${gap}return ${name}${newline}` }]);
}

/** Gives the handler a PRIORITY and a VERSION that Kong takes, where it has none; `version` is what the rockspec says. */
export function addPriorityAndVersion(source: LuaSource, version: string | undefined): FileChange[] {
  const module = readModuleTable(source);
  return module === undefined ? [] : changeOf(source, identity(module, version));
}

function identity(module: ModuleTable, version: string | undefined): LuaEdit[] {
  const wanted = [
    { field: fieldOf(module, 'PRIORITY'), name: 'PRIORITY', right: rightPriority },
    {
      field: fieldOf(module, 'VERSION'),
      name: 'VERSION',
      right: (value: Expression | undefined) => rightVersion(value, version),
    },
  ];
  const edits: LuaEdit[] = [];
  const missing: { name: string; value: string }[] = [];
  for (const { field, name, right } of wanted) {
    const value = right(field?.value);
    if (value === undefined) continue;
    if (field === undefined) missing.push({ name, value });
    else edits.push({ start: field.value.start, end: field.value.end, newText: value });
  }
  const added = missing.length === 0 ? undefined : addFields(module, missing);
  return added === undefined ? edits : [added, ...edits];
}

/** A whole number in place of none, of a text and of a fraction; undefined when it is right or cannot be told. */
function rightPriority(value: Expression | undefined): string | undefined {
  if (value === undefined) return String(DEFAULT_PRIORITY);
  if (value.kind === 'number') return Number.isInteger(value.value) ? undefined : String(whole(value.value));
  if (value.kind === 'string') return String(whole(Number(value.value.trim() === '' ? NaN : value.value)));
  return ['nil', 'true', 'false', 'table', 'function'].includes(value.kind) || isHuge(value)
    ? String(DEFAULT_PRIORITY)
    : undefined;
}

function whole(value: number): number {
  return Number.isFinite(value) ? Math.round(value) : DEFAULT_PRIORITY;
}

/** `math.huge`, and what divides by zero. */
function isHuge(value: Expression): boolean {
  if (value.kind === 'unary') return isHuge(value.operand);
  if (value.kind === 'index') return value.key.kind === 'string' && value.key.value === 'huge';
  return value.kind === 'binary' && value.operator === '/' && value.right.kind === 'number' && value.right.value === 0;
}

/** Three numbers in quotes in place of none, of a number and of words; undefined when it is right or cannot be told. */
function rightVersion(value: Expression | undefined, rockspec: string | undefined): string | undefined {
  const fallback = rockspec === undefined ? DEFAULT_VERSION : threeNumbers(rockspec);
  if (value === undefined) return `"${fallback}"`;
  if (value.kind === 'number') return `"${threeNumbers(String(value.value))}"`;
  if (value.kind === 'string') {
    const isFine = /^\d+\.\d+(?:\.\d+)?(?:-\d+)?$/.test(value.value);
    return isFine ? undefined : `"${/\d/.test(value.value) ? threeNumbers(value.value) : fallback}"`;
  }
  return ['nil', 'true', 'false', 'table', 'function'].includes(value.kind) ? `"${fallback}"` : undefined;
}

/** The first three numbers of a text, zeros where there are fewer. */
function threeNumbers(text: string): string {
  const numbers = text.replace(/-\d+$/, '').match(/\d+/g) ?? [];
  return [0, 1, 2].map((i) => String(Number(numbers[i] ?? 0))).join('.');
}

/**
 * Keeps `response` beside no filter: header_filter gets another name and is called at the end of response, where headers can still be set;
 * body_filter, which has no meaning there, gets another name and is not called any more.
 */
export function keepResponse(source: LuaSource): FileChange[] {
  const module = readModuleTable(source);
  const response = module === undefined ? undefined : fieldOf(module, 'response');
  const body = functionOf(response);
  if (module === undefined || response === undefined || body === undefined) return [];
  const edits: LuaEdit[] = [];
  const calls: string[] = [];
  for (const [name, other] of FILTERS) {
    const field = fieldOf(module, name);
    if (field === undefined) continue;
    edits.push({ start: field.key.start, end: field.key.end, newText: renamed(field, other) });
    const call = name === 'header_filter' ? callOf(module, response, field, other) : undefined;
    if (call !== undefined) calls.push(call);
  }
  if (calls.length > 0) edits.push(atEnd(source, body.body.block, body.end, calls));
  return changeOf(source, edits);
}

const FILTERS = [
  ['header_filter', 'response_headers'],
  ['body_filter', 'unused_body_filter'],
] as const;

/** The new key, written as the old one was: bare, or as `["…"]`. */
function renamed({ key }: ModuleField, name: string): string {
  const written = key.source.bytes.slice(key.start, key.end);
  return /^["']/.test(written) ? `${written.charAt(0)}${name}${written.charAt(0)}` : name;
}

/** The call of a renamed filter with the parameters that response has; undefined when the filter is no function that is written there. */
function callOf(module: ModuleTable, response: ModuleField, filter: ModuleField, name: string): string | undefined {
  const parameters = functionOf(response)?.body.parameters.map((variable) => variable.name) ?? [];
  const wanted = functionOf(filter)?.body.parameters.length;
  if (wanted === undefined) return undefined;
  const owner = module.name ?? parameters[0];
  return owner === undefined ? undefined : `${owner}.${name}(${parameters.slice(0, wanted).join(', ')})`;
}

/** Lines put at the end of a function, before a return that ends it. */
function atEnd(source: LuaSource, block: { statements: readonly Statement[] }, end: number, lines: readonly string[]): LuaEdit {
  const newline = newlineOf(source);
  const last = block.statements.at(-1);
  const at = last?.kind === 'return' ? last.start : end - 'end'.length;
  const own = indentOf(source, at);
  const startsLine = /(?:^|[\r\n])[ \t]*$/.test(source.bytes.slice(0, at));
  const indent = last === undefined ? `${own}  ` : indentOf(source, last.start);
  if (!startsLine) return { start: at, end: at, newText: `${lines.join(' ')} ` };
  const lineStart = at - own.length;
  return { start: lineStart, end: lineStart, newText: lines.map((line) => `${indent}${line}${newline}`).join('') };
}

/** Turns a handler that extends BasePlugin into a plain table with PRIORITY and VERSION. None when it extends nothing. */
export function plainTable(source: LuaSource, version: string | undefined): FileChange[] {
  const module = readModuleTable(source);
  if (module === undefined) return [];
  const edits: LuaEdit[] = [];
  const classes = new Set<string>();
  const handlers = new Set<string>();
  for (const statement of module.statements) {
    if (statement.kind !== 'localStatement' && statement.kind !== 'assign') continue;
    const [value] = statement.values;
    const name = statement.kind === 'localStatement' ? statement.variables[0]?.name : targetName(statement.targets[0]);
    if (name === undefined || value === undefined) continue;
    if (isBaseClass(value)) {
      classes.add(name);
      edits.push(removal(source, statement));
    } else if (isExtension(value, classes)) {
      handlers.add(name);
      edits.push({ start: value.start, end: value.end, newText: tableText(source, module, name, version) });
    }
  }
  if (handlers.size === 0) return [];
  return changeOf(source, [...edits, ...superEdits(module)]);
}

function targetName(target: Expression | undefined): string | undefined {
  return target?.kind === 'global' || target?.kind === 'local' ? nameOf(target) : undefined;
}

/** Kong's class of handlers, and the object model below it. */
export const BASE_CLASSES: readonly string[] = ['kong.plugins.base_plugin', 'kong.vendor.classic'];

/** `require "kong.plugins.base_plugin"`, or of the object model below it. */
function isBaseClass(value: Expression): boolean {
  if (value.kind !== 'call' || targetName(value.callee) !== 'require') return false;
  const [module] = value.arguments;
  return module?.kind === 'string' && BASE_CLASSES.includes(module.value);
}

/** `BasePlugin:extend()`, also with the require in place. */
function isExtension(value: Expression, classes: ReadonlySet<string>): boolean {
  const isMethod = value.kind === 'method' && value.name.value === 'extend';
  const owner = isMethod ? value.object : callOfExtend(value);
  if (owner === undefined) return false;
  return isBaseClass(owner.kind === 'paren' ? owner.inner : owner) || classes.has(targetName(owner) ?? '');
}

function callOfExtend(value: Expression): Expression | undefined {
  if (value.kind !== 'call' || value.callee.kind !== 'index') return undefined;
  const { key, object } = value.callee;
  return key.kind === 'string' && key.value === 'extend' ? object : undefined;
}

/** The constructor that takes the class's place: empty, or with what is nowhere set. */
function tableText(source: LuaSource, module: ModuleTable, name: string, version: string | undefined): string {
  const isSet = (field: string): boolean => module.statements.some((statement) => isFieldOf(statement, new Set([name]), field));
  const fields = [
    ...(isSet('PRIORITY') ? [] : [`PRIORITY = ${DEFAULT_PRIORITY}`]),
    ...(isSet('VERSION') ? [] : [`VERSION = ${rightVersion(undefined, version) ?? ''}`]),
  ];
  const newline = newlineOf(source);
  return fields.length === 0 ? '{}' : `{${fields.map((field) => `${newline}  ${field},`).join('')}${newline}}`;
}

function isFieldOf(statement: Statement, owners: ReadonlySet<string>, name: string): boolean {
  return (
    statement.kind === 'assign' &&
    statement.targets.some(
      (target) =>
        target.kind === 'index' &&
        target.key.kind === 'string' &&
        target.key.value === name &&
        owners.has(targetName(target.object) ?? ''),
    )
  );
}

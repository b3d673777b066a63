// Every call of a plugin's code: what it calls, in which function it stands, and what else runs a function: timers, threads, callbacks.
import type { CallExpression, Expression, FunctionExpression, MethodExpression } from '../lua/ast';
import type { SyntaxNode } from '../lua/walk';
import type { CodeFile } from './file';
import type { Meaning, Program } from './program';
import { own } from '../text/own';
import { addTo } from '../text/grouped';

/** A call. */
export interface Call {
  node: CallExpression | MethodExpression;
  file: CodeFile;
  /** The function it stands in; undefined for the body of the file. */
  within: FunctionExpression | undefined;
  /** What is called, when that is certain. */
  callee: Meaning | undefined;
}

/** One function that another one runs, and where. */
export interface Edge {
  from: FunctionExpression;
  to: FunctionExpression;
  file: CodeFile;
  /** The file of the function that is run. */
  toFile: CodeFile;
  at: SyntaxNode;
}

/** The calls of a plugin and which of its functions run which. */
export interface CallGraph {
  calls: readonly Call[];
  /** By the function that runs others. */
  edges: ReadonlyMap<FunctionExpression, readonly Edge[]>;
  /** Functions that timers start, and where. */
  timers: readonly Edge[];
  /** Functions that may also be run by what is not seen here. */
  escaping: ReadonlySet<FunctionExpression>;
  /** The calls of a function that are seen. */
  callsOf: ReadonlyMap<FunctionExpression, readonly Call[]>;
}

/** Functions of Lua and OpenResty that call the argument at this place, in the same phase, and let its errors through. */
const CALLS_ARGUMENT: Readonly<Record<string, number>> = {
  'table.sort': 1,
  'string.gsub': 2,
  'table.foreach': 1,
  'table.foreachi': 1,
  'ngx.re.gsub': 2,
  'ngx.re.sub': 2,
};

/** Functions that start the argument at this place in a timer. */
const STARTS_TIMER: Readonly<Record<string, number>> = {
  'ngx.timer.at': 1,
  'ngx.timer.every': 1,
  'kong.timer.at': 1,
  'kong.timer.every': 1,
  'kong.timer.named_at': 2,
  'kong.timer.named_every': 2,
};

/** The calls of a program. */
export function callGraph(program: Program): CallGraph {
  const calls: Call[] = [];
  const edges = new Map<FunctionExpression, Edge[]>();
  const timers: Edge[] = [];
  const callsOf = new Map<FunctionExpression, Call[]>();
  /** Uses of functions that are understood: as what is called, or as what a timer or a library is given. */
  const understood = new Set<SyntaxNode>();
  for (const file of program.files) {
    for (const node of file.nodes) {
      if (node.kind !== 'call' && node.kind !== 'method') continue;
      const within = file.functions.get(node);
      const callee =
        node.kind === 'call' ? program.meaning(node.callee, file) : program.member(node.object, node.name.value, file);
      const call: Call = { node, file, within, callee };
      calls.push(call);
      if (callee?.kind === 'function') {
        understood.add(node.kind === 'call' ? node.callee : node);
        addTo(callsOf, callee.function, call);
        if (within !== undefined)
          addTo(edges, within, { from: within, to: callee.function, file, toFile: callee.file, at: node });
      } else if (callee?.kind === 'global') {
        const started = argumentOf(node, own(STARTS_TIMER, callee.name));
        const ran = argumentOf(node, own(CALLS_ARGUMENT, callee.name));
        for (const argument of [started, ran]) {
          const given = argument === undefined ? undefined : program.meaning(argument, file);
          if (argument === undefined || given?.kind !== 'function') continue;
          understood.add(argument);
          const edge: Edge = { from: within ?? given.function, to: given.function, file, toFile: given.file, at: node };
          if (argument === started) timers.push(edge);
          else if (within !== undefined) addTo(edges, within, edge);
        }
      }
    }
  }
  return { calls, edges, timers, escaping: escapingFunctions(program, understood), callsOf };
}

function argumentOf(node: CallExpression | MethodExpression, index: number | undefined): Expression | undefined {
  return index === undefined ? undefined : node.arguments[index];
}

/** Functions that are handed on as values, or whose name is called on something that is not known. */
function escapingFunctions(program: Program, understood: ReadonlySet<SyntaxNode>): Set<FunctionExpression> {
  const escaping = new Set<FunctionExpression>();
  /** Names that are used as fields of what is not known. */
  const unclear = new Set<string>();
  for (const file of program.files) {
    for (const node of file.nodes) {
      const name =
        node.kind === 'method'
          ? node.name.value
          : node.kind === 'index' && node.key.kind === 'string'
            ? node.key.value
            : undefined;
      if (node.kind !== 'index' && node.kind !== 'local' && node.kind !== 'method' && node.kind !== 'function') continue;
      if (isWritten(node, file) || understood.has(node)) continue;
      const found = node.kind === 'method' ? program.member(node.object, node.name.value, file) : program.meaning(node, file);
      if (found?.kind === 'function') {
        if (node.kind !== 'function' || !isNamed(node, file)) escaping.add(found.function);
      } else if (found === undefined && name !== undefined) unclear.add(name);
    }
  }
  for (const file of program.files) {
    for (const node of file.nodes) {
      const name = node.kind === 'function' ? fieldName(node, file) : undefined;
      if (node.kind === 'function' && name !== undefined && unclear.has(name)) escaping.add(node);
    }
  }
  return escaping;
}

/** Whether a name or field stands where it is assigned to. */
export function isWritten(node: SyntaxNode, file: CodeFile): boolean {
  const parent = file.parents.get(node);
  return parent?.kind === 'assign' && parent.targets.some((target) => target === node);
}

/** Whether a function stands where it gets a name: its uses are those of the name. */
function isNamed(node: FunctionExpression, file: CodeFile): boolean {
  const parent = file.parents.get(node);
  if (parent?.kind === 'localStatement' || parent?.kind === 'localFunction' || parent?.kind === 'assign') return true;
  return parent?.kind === 'table' && fieldName(node, file) !== undefined;
}

/** The name of the field that a function is written into. */
export function fieldName(node: FunctionExpression, file: CodeFile): string | undefined {
  const parent = file.parents.get(node);
  if (parent?.kind === 'table') {
    const key = parent.fields.find(({ value }) => value === node)?.key;
    return key?.kind === 'string' ? key.value : undefined;
  }
  if (parent?.kind !== 'assign') return undefined;
  const target = parent.targets[parent.values.indexOf(node)];
  return target?.kind === 'index' && target.key.kind === 'string' ? target.key.value : undefined;
}

/** What people call a function: `report`, `Plugin:access`. */
export function functionName(node: FunctionExpression, file: CodeFile): string {
  const parent = file.parents.get(node);
  if (parent?.kind === 'localFunction') return parent.variable.name;
  if (parent?.kind === 'localStatement') return parent.variables[parent.values.indexOf(node)]?.name ?? 'a function';
  if (parent?.kind === 'assign') {
    const target = parent.targets[parent.values.indexOf(node)];
    if (target !== undefined) return target.source.text(target);
  }
  return fieldName(node, file) ?? `the function in line ${file.source.line(node.start)}`;
}

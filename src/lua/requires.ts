// Every `require` of a source: which module, whether its failure is caught, and whether it runs only when a function is called.
import type { Expression } from './ast';
import { parse } from './parser';
import { moduleOfPath } from './moduleName';
import { textOf, type LuaSource, type Place } from './source';

/** One call of `require`. */
export interface RequireCall {
  /** The module, with dots: `require "pl/tablex"` finds the file of `pl.tablex`. Undefined when the name is computed. */
  module: string | undefined;
  /** What a computed name begins with, as far as it is written there: `kong.plugins.x.` of `"kong.plugins.x." .. name`. */
  prefix: string;
  place: Place;
  /** Whether `pcall` or `xpcall` catches its failure. */
  guarded: boolean;
  /** Whether it stands in a function: it need not run while the file is loaded. */
  later: boolean;
}

interface Visit {
  node: unknown;
  guarded: boolean;
  later: boolean;
}

const known = new WeakMap<LuaSource, readonly RequireCall[]>();

/** The calls of `require` in a source, in the order in which they stand there; what does not parse is read as far as it can be. */
export function requireCalls(source: LuaSource): readonly RequireCall[] {
  let calls = known.get(source);
  if (calls === undefined) known.set(source, (calls = source.bytes.includes('require') ? findCalls(source) : []));
  return calls;
}

function findCalls(source: LuaSource): RequireCall[] {
  const calls: RequireCall[] = [];
  const open: Visit[] = [{ node: parse(source, 'luajit').chunk.body.block, guarded: false, later: false }];
  // Without recursion, so that depth does not matter.
  for (let visit = open.pop(); visit !== undefined; visit = open.pop()) {
    const { node } = visit;
    if (typeof node !== 'object' || node === null) continue;
    if (Array.isArray(node)) {
      for (let i = node.length - 1; i >= 0; i--) open.push({ ...visit, node: node[i] as unknown });
      continue;
    }
    const call = callOf(node);
    if (call !== undefined) {
      const name = nameOf(call.callee);
      if (name === 'require') calls.push(requireOf(call, visit));
      else if (name === 'pcall' || name === 'xpcall') {
        openGuarded(call, visit, open, calls);
        continue;
      }
    }
    const later = visit.later || ('kind' in node && node.kind === 'function');
    const below = Object.entries(node).filter(([key]) => key !== 'source');
    for (let i = below.length - 1; i >= 0; i--) open.push({ node: below[i]?.[1] as unknown, guarded: visit.guarded, later });
  }
  return calls.sort((a, b) => a.place.start - b.place.start);
}

type Call = Extract<Expression, { kind: 'call' }>;

function callOf(node: object): Call | undefined {
  return 'kind' in node && node.kind === 'call' && 'callee' in node ? (node as Call) : undefined;
}

/** What a protected call runs: `pcall(require, "x")` itself, or a function that is written there. */
function openGuarded(call: Call, { guarded, later }: Visit, open: Visit[], calls: RequireCall[]): void {
  const [callee, ...args] = call.arguments;
  const isRequire = nameOf(callee) === 'require';
  // xpcall's second argument is the handler of errors.
  const rest = nameOf(call.callee) === 'xpcall' ? args.slice(1) : args;
  if (isRequire) calls.push({ ...named(rest[0]), place: call, guarded: true, later });
  else if (callee?.kind === 'function') open.push({ node: callee.body.block, guarded: true, later });
  else open.push({ node: callee, guarded, later });
  open.push({ node: args, guarded, later });
}

function requireOf(call: Call, { guarded, later }: Visit): RequireCall {
  return { ...named(call.arguments[0]), place: call, guarded, later };
}

function named(argument: Expression | undefined): Pick<RequireCall, 'module' | 'prefix'> {
  const inner = argument?.kind === 'paren' ? argument.inner : argument;
  if (inner?.kind === 'string') return { module: moduleOfPath(textOf(inner.value)), prefix: '' };
  return { module: undefined, prefix: inner === undefined ? '' : moduleOfPath(textOf(beginning(inner))) };
}

/** The literal that a computed text begins with. */
function beginning(expression: Expression): string {
  let at = expression;
  while (at.kind === 'binary' && at.operator === '..') at = at.left;
  return at.kind === 'string' ? at.value : '';
}

function nameOf(expression: Expression | undefined): string | undefined {
  if (expression?.kind === 'global') return expression.name;
  return expression?.kind === 'local' ? expression.variable.name : undefined;
}

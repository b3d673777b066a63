// Checks of calls of the PDK: whether this Kong has the function, takes the arguments, and lets it be called in the phases that lead to it.
import type { Expression } from '../../lua/ast';
import type { SyntaxNode } from '../../lua/walk';
import { pdkName, pdkPhases, pdkSiblings, pdkSignature, type PdkFunction, type PdkParameter } from '../../kong/pdk/pdk';
import { didYouMean, nearestName } from '../../rockspec/checks/didYouMean';
import type { Fix } from '../../text/diagnostic';
import type { Call } from '../calls';
import { conditionsAround } from '../conditions';
import type { CodeFile } from '../file';
import { wayText } from '../reach';
import { asksForVersion, refusedWays } from '../ways';
import { calledAt, globalName, isProtected, type CodeCheck, type CodeContext, type CodeProblem } from './context';

export const PDK_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/pdk-unknown',
    severity: 'error',
    documentation:
      'No Kong has a function of this name, so the call fails with "attempt to call a nil value" when it is reached. Write the name that is meant.',
    run: (context) => lacking(context, 'unknown'),
  },
  {
    code: 'kong/pdk-version',
    severity: 'error',
    documentation:
      'The chosen Kong does not have this function yet, or no longer: the call fails with "attempt to call a nil value". Use what that Kong has, ask for the function before you call it, or choose another Kong.',
    run: (context) => lacking(context, 'otherVersion'),
  },
  {
    code: 'kong/pdk-phase',
    severity: 'error',
    documentation:
      'Kong refuses this function in a phase from which the call is reached: it raises "function cannot be called in … phase". The message tells the way from the phase to the call. Move the call to a phase that is allowed, or keep what you need from there in kong.ctx.plugin. In a timer there is no request, so every function that is bound to phases raises.',
    run: wrongPhases,
  },
  {
    code: 'kong/pdk-arguments',
    severity: 'error',
    documentation:
      'The function raises for these arguments: one that it needs is missing or of another type, or the function is called with a colon, which hands it the table as its first argument.',
    run: wrongArguments,
  },
];

/** Calls of functions that this Kong does not have. */
function* lacking(context: CodeContext, wanted: 'unknown' | 'otherVersion'): Iterable<CodeProblem> {
  const { version } = context;
  const asked = askedNames(context);
  for (const call of context.graph.calls) {
    const name = globalName(call);
    if (name?.startsWith('kong.') !== true) continue;
    const fault = faultOf(name, context);
    if (fault === undefined || (fault.kind === 'unknown') !== (wanted === 'unknown')) continue;
    if (prefixesOf(name).some((prefix) => asked.has(prefix)) || isProtected(call.node, context, call.file)) continue;
    if (conditionsAround(call.node, call.file).some(asksForVersion)) continue;
    const at = placeOf(call, fault.name);
    if (fault.kind === 'unknown') {
      const meant = nearest(fault.name, fault.siblings);
      if (fault.needsNeighbour && meant === undefined) continue;
      const right = meant ?? shortened(fault.name, fault.siblings);
      const message = `Kong has no ${fault.name}.${didYouMean(right)}`;
      yield { file: call.file, at, message, ...renaming(call, at, fault.name, right) };
    } else {
      const { since, until } = fault;
      const when = until === undefined ? `it came with Kong ${since}` : `Kong had it from ${since} to ${until}`;
      yield { file: call.file, at, message: `Kong ${version.text} has no ${fault.name}: ${when}.` };
    }
  }
}

/** The sibling whose last name is nearest to the last name that is written. */
function nearest(name: string, siblings: readonly string[]): string | undefined {
  const table = name.slice(0, name.lastIndexOf('.') + 1);
  const last = nearestName(
    name.slice(table.length),
    siblings.map((sibling) => sibling.slice(table.length)),
  );
  return last === undefined ? undefined : `${table}${last}`;
}

/** The only sibling that begins like the name, or that the name begins like: `kong.log.err` for `kong.log.error`. */
function shortened(name: string, siblings: readonly string[]): string | undefined {
  const [only, ...others] = siblings.filter((sibling) => sibling.startsWith(name) || name.startsWith(sibling));
  return others.length === 0 ? only : undefined;
}

type Fault =
  | { kind: 'unknown'; name: string; siblings: string[]; needsNeighbour: boolean }
  | { kind: 'otherVersion'; name: string; since: string; until: string | undefined };

/** The first part of a name that this Kong does not have. */
function faultOf(name: string, { version }: CodeContext): Fault | undefined {
  for (const part of prefixesOf(name)) {
    const found = pdkName(part, version);
    if (found.kind === 'otherVersion') return { kind: 'otherVersion', name: part, since: found.since, until: found.until };
    if (found.kind === 'unknown') {
      const siblings = pdkSiblings(part, version);
      // What else stands on `kong` may be there for reasons that are not known here.
      return siblings.length === 0
        ? undefined
        : { kind: 'unknown', name: part, siblings, needsNeighbour: part.split('.').length === 2 };
    }
    if (found.kind === 'open' || (found.kind === 'field' && found.field.type !== 'table')) return undefined;
  }
  return undefined;
}

/** `kong.a`, `kong.a.b` … of `kong.a.b.c`. */
function prefixesOf(name: string): string[] {
  const parts = name.split('.');
  return parts.slice(1).map((_, i) => parts.slice(0, i + 2).join('.'));
}

/** Names of `kong` that the code writes, or looks at before it calls them. */
function askedNames({ program }: CodeContext): Set<string> {
  const asked = new Set<string>();
  for (const file of program.files) {
    for (const node of file.nodes) {
      if (node.kind !== 'index' && node.kind !== 'local') continue;
      const found = program.meaning(node, file);
      if (found?.kind !== 'global' || !found.name.startsWith('kong.') || isOnlyUsed(node, file)) continue;
      asked.add(found.name);
    }
  }
  return asked;
}

/** Whether a name is called, a step to a longer name, or given to a local. */
function isOnlyUsed(node: SyntaxNode, file: CodeFile): boolean {
  const parent = file.parents.get(node);
  switch (parent?.kind) {
    case 'call':
      return parent.callee === node;
    case 'method':
    case 'index':
      return parent.object === node;
    case 'localStatement':
      return true;
    default:
      return false;
  }
}

/** Where the part of a call's name that is wrong stands. */
function placeOf(call: Call, name: string): { start: number; end: number } {
  const { node } = call;
  let at: Expression = node.kind === 'method' ? node.object : node.callee;
  if (node.kind === 'method' && node.name.value === name.split('.').at(-1)) return node.name;
  while (at.kind === 'index') {
    if (at.key.kind === 'string' && at.source.text(at) === name) return at.key;
    at = at.object;
  }
  return calledAt(call);
}

function renaming(call: Call, at: { start: number; end: number }, name: string, meant: string | undefined): { fixes?: Fix[] } {
  const { source } = call.file;
  const written = name.split('.').at(-1);
  const right = meant?.split('.').at(-1);
  const { path } = source;
  if (path === undefined || right === undefined || source.text(at) !== written) return {};
  const changes: Fix['changes'] = [{ kind: 'edit', path, edits: [{ range: source.range(at), newText: right }] }];
  return { fixes: [{ title: `Write ${right}`, changes, safe: false }] };
}

/** Phases of a handler, as people know them. */
const OF_HANDLERS = [
  'init_worker',
  'certificate',
  'rewrite',
  'access',
  'response',
  'header_filter',
  'body_filter',
  'log',
  'preread',
];

/** Calls that are reached from phases that their function refuses. */
function* wrongPhases(context: CodeContext): Iterable<CodeProblem> {
  const { graph, reach, version } = context;
  for (const call of graph.calls) {
    const name = globalName(call);
    const found = name?.startsWith('kong.') === true ? pdkName(name, version) : undefined;
    if (name === undefined || found?.kind !== 'function' || found.function.enterprise) continue;
    const allowed = pdkPhases(name, version);
    if (allowed === undefined) continue;
    const refused = (phase: string): boolean => {
      // What Enterprise checks in the phases of a WebSocket is not known.
      if (phase.startsWith('ws_') || (found.function.streamUnchecked && reach.stream)) return false;
      return !allowed.has(phase === 'configure' ? 'init_worker' : phase);
    };
    const ways = refusedWays(call.node, call.within, call.file, context, refused);
    if (ways.length === 0) continue;
    const where = ways.map(({ entry }) => (entry.phase === 'timer' ? 'a timer' : entry.phase));
    const told = ways.map((way) => `${wayText(way)} → ${name}`).join('; ');
    const right = OF_HANDLERS.filter((phase) => allowed.has(phase));
    const only = right.length === 0 ? '' : ` It may be called in ${right.join(', ')}.`;
    yield {
      file: call.file,
      at: calledAt(call),
      message: `${name} cannot be called in ${where.join(' and ')}: ${told}.${only}`,
      related: ways.flatMap(({ edges }) =>
        edges.flatMap(({ at, file }) =>
          file.source.path === undefined
            ? []
            : [{ path: file.source.path, range: file.source.range(at), message: 'on the way from the phase' }],
        ),
      ),
    };
  }
}

const LITERAL_TYPES: Readonly<Record<string, string>> = {
  string: 'string',
  number: 'number',
  true: 'boolean',
  false: 'boolean',
  table: 'table',
  function: 'function',
};
const SIMPLE = new Set(['string', 'number', 'boolean', 'table', 'function']);

/** Calls that raise for their arguments. */
function* wrongArguments(context: CodeContext): Iterable<CodeProblem> {
  const { graph, version } = context;
  for (const call of graph.calls) {
    const name = globalName(call);
    const found = name?.startsWith('kong.') === true ? pdkName(name, version) : undefined;
    if (found?.kind !== 'function' || isProtected(call.node, context, call.file)) continue;
    const { function: called } = found;
    if (call.node.kind === 'method') {
      const wrong = called.name.includes(':') ? undefined : wrongColon(call, called);
      if (wrong !== undefined) yield wrong;
      continue;
    }
    const given = call.node.arguments;
    const last = given.at(-1);
    const isOpen = last?.kind === 'call' || last?.kind === 'method' || last?.kind === 'vararg';
    for (const [i, parameter] of called.parameters.slice(0, called.needs).entries()) {
      const argument = given[i];
      if (argument === undefined && isOpen) break;
      const wrong = argument === undefined ? 'is missing' : wrongLiteral(argument, parameter);
      if (wrong === undefined) continue;
      const message = `${called.name} raises: its argument ${parameter.name} (${parameter.type}) ${wrong}. It is called ${pdkSignature(called)}.`;
      yield { file: call.file, at: argument ?? calledAt(call), message };
      break;
    }
  }
}

function wrongLiteral(argument: Expression, { type }: PdkParameter): string | undefined {
  const wanted = type.split('|');
  if (argument.kind === 'nil') return wanted.includes('nil') || wanted.includes('any') ? undefined : 'is nil';
  const is = LITERAL_TYPES[argument.kind];
  if (is === undefined || wanted.some((one) => !SIMPLE.has(one)) || wanted.includes(is)) return undefined;
  return `is a ${is}`;
}

/** A function of the PDK that is called as a method, where its first argument matters. */
function wrongColon(call: Call, called: PdkFunction): CodeProblem | undefined {
  const { node, file } = call;
  const [first] = called.parameters;
  if (node.kind !== 'method' || first === undefined || call.callee?.kind !== 'global') return undefined;
  const table = call.callee.name.slice(0, call.callee.name.lastIndexOf('.'));
  const logs = first.name === '...';
  const raises = called.needs > 0 || first.type === 'number';
  if (!logs && !raises) return undefined;
  const message = logs
    ? `With a colon ${called.name} logs the table ${table} too: write a dot.`
    : `With a colon ${table} itself becomes the argument ${first.name}: write ${pdkSignature(called)}.`;
  const colon = { start: node.object.end, end: node.name.start };
  const { path } = file.source;
  const isColon = file.source.bytes.slice(colon.start, colon.end) === ':';
  return {
    file,
    at: { start: node.object.start, end: node.name.end },
    message,
    ...(logs ? { severity: 'warning' as const } : {}),
    ...(path === undefined || !isColon
      ? {}
      : {
          fixes: [
            {
              title: 'Write a dot',
              changes: [{ kind: 'edit' as const, path, edits: [{ range: file.source.range(colon), newText: '.' }] }],
              safe: true,
            },
          ],
        }),
  };
}

// What stands between the beginning of a function and a place in it: the conditions that may keep it from getting there.
import type { Expression, FunctionExpression, Statement } from '../lua/ast';
import { syntaxNodes, type SyntaxNode } from '../lua/walk';
import type { CodeFile } from './file';
import type { Program } from './program';

/** Every condition that decides whether a node is reached once its function runs, also those that leave the function before it. */
export function conditionsAround(node: SyntaxNode, file: CodeFile): Expression[] {
  const found: Expression[] = [];
  const home = file.functions.get(node);
  let below: SyntaxNode = node;
  for (let at = file.parents.get(node); at !== undefined && below !== home; below = at, at = file.parents.get(at)) {
    switch (at.kind) {
      case 'if': {
        const clause = at.clauses.findIndex(({ condition, block }) => condition === below || holds(block.statements, below));
        const last = clause < 0 ? at.clauses.length - 1 : clause;
        for (const [i, { condition }] of at.clauses.entries()) if (i <= last && condition !== below) found.push(condition);
        break;
      }
      case 'while':
        if (at.condition !== below) found.push(at.condition);
        break;
      case 'genericFor':
        if (!at.values.some((value) => value === below)) found.push(...at.values);
        break;
      case 'numericFor':
        if (at.from !== below && at.to !== below) found.push(at.from, at.to);
        break;
      case 'logical':
        if (at.right === below) found.push(at.left);
        break;
      default:
    }
    if (at === home) break;
    found.push(...leavingBefore(below, at));
  }
  if (home !== undefined) found.push(...leavingBefore(below, home));
  return found;
}

function holds(statements: readonly Statement[], node: SyntaxNode): boolean {
  return statements.some((statement) => statement === node);
}

/** The conditions under which the statements before one in its block leave the function. */
function leavingBefore(statement: SyntaxNode, around: SyntaxNode): Expression[] {
  const found: Expression[] = [];
  for (const block of blocksOf(around)) {
    const index = block.findIndex((candidate) => candidate === statement);
    for (const before of block.slice(0, Math.max(0, index))) found.push(...leavingConditions(before));
  }
  return found;
}

function blocksOf(node: SyntaxNode): (readonly Statement[])[] {
  switch (node.kind) {
    case 'function':
      return [node.body.block.statements];
    case 'if':
      return [
        ...node.clauses.map(({ block }) => block.statements),
        ...(node.otherwise === undefined ? [] : [node.otherwise.statements]),
      ];
    case 'do':
    case 'while':
    case 'repeat':
    case 'numericFor':
    case 'genericFor':
      return [node.block.statements];
    default:
      return [];
  }
}

const ENDS = /^(?:error|assert|ngx\.exit|ngx\.exec|ngx\.redirect|os\.exit|kong\.response\.(?:exit|error))$/;

/** The conditions of a statement in which something ends the function. */
function leavingConditions(statement: Statement): Expression[] {
  const inside = nodesOutsideFunctions(statement);
  const ends = inside.some(
    (node) =>
      node.kind === 'return' ||
      node.kind === 'break' ||
      node.kind === 'goto' ||
      (node.kind === 'call' && ENDS.test(node.callee.source.text(node.callee))),
  );
  if (!ends) return [];
  return inside.flatMap((node) => {
    if (node.kind === 'if') return node.clauses.map(({ condition }) => condition);
    if (node.kind === 'logical') return [node.left];
    if (node.kind === 'while' || node.kind === 'repeat') return [node.condition];
    if (node.kind === 'call' && node.callee.kind === 'global' && node.callee.name === 'assert') return node.arguments.slice(0, 1);
    return [];
  });
}

/** A node and what is in it, without what is in functions that it makes. */
function nodesOutsideFunctions(root: SyntaxNode): SyntaxNode[] {
  const functions: FunctionExpression[] = [];
  const found: SyntaxNode[] = [];
  for (const node of syntaxNodes(root)) {
    if (functions.some(({ body }) => body.block.start <= node.start && node.end <= body.block.end)) continue;
    if (node.kind === 'function') functions.push(node);
    found.push(node);
  }
  return found;
}

/** Whether a condition asks for the phase, whichever way it is written here. */
export function asksForPhase(condition: Expression, program: Program, file: CodeFile, depth = 0): boolean {
  if (depth > 4) return true;
  for (const node of syntaxNodes(condition)) {
    if (node.kind === 'index' || node.kind === 'global') {
      const found = program.meaning(node, file);
      if (found?.kind === 'global' && /^(?:ngx\.get_phase|ngx\.config\.subsystem|kong\.nginx\.get_subsystem)$/.test(found.name))
        return true;
      if (node.kind === 'index' && node.key.kind === 'string' && /phase/i.test(node.key.value)) return true;
    }
    if (node.kind === 'method' && /phase/i.test(node.name.value)) return true;
    if (node.kind === 'local') {
      if (/phase/i.test(node.variable.name)) return true;
      for (const given of file.given.get(node.variable) ?? []) {
        const from = given.kind === 'value' ? given.expression : given.kind === 'result' ? given.call : undefined;
        if (from !== undefined && from.kind !== 'function' && asksForPhase(from, program, file, depth + 1)) return true;
      }
    }
  }
  return false;
}

/**
 * Whether a condition of a function can have nothing to do with the phase that runs it: it looks only at the configuration, or at
 * whether a call that gives a value and an error went well.
 */
export function isPlain(
  condition: Expression,
  program: Program,
  file: CodeFile,
  isConfig: (node: Expression) => boolean,
): boolean {
  if (asksForPhase(condition, program, file)) return false;
  const plain = (node: Expression): boolean => {
    if (isConfig(node)) return true;
    switch (node.kind) {
      case 'nil':
      case 'true':
      case 'false':
      case 'number':
      case 'string':
        return true;
      case 'paren':
        return plain(node.inner);
      case 'unary':
        return plain(node.operand);
      case 'binary':
        return plain(node.left) && plain(node.right);
      case 'logical':
        return plain(node.left) && plain(node.right);
      case 'local':
        return isOutcome(node, file);
      default:
        return false;
    }
  };
  return plain(condition);
}

/** A local that is the value or the error of `local value, err = call(…)`. */
function isOutcome(node: Extract<Expression, { kind: 'local' }>, file: CodeFile): boolean {
  const [only, ...others] = file.given.get(node.variable) ?? [];
  if (only === undefined || others.length > 0) return false;
  const call = only.kind === 'result' ? only.call : only.kind === 'value' ? only.expression : undefined;
  if (call?.kind !== 'call' && call?.kind !== 'method') return false;
  const statement = file.parents.get(call);
  return statement?.kind === 'localStatement' && statement.variables.length >= 2 && statement.values.length === 1;
}

// What a check of code gets and gives.
import type { FunctionExpression } from '../../lua/ast';
import type { Span } from '../../lua/source';
import type { SyntaxNode } from '../../lua/walk';
import type { KongVersion } from '../../kong/versions';
import type { Diagnostic, Severity } from '../../text/diagnostic';
import type { Call, CallGraph } from '../calls';
import type { ConfigValues } from '../config';
import type { CodeFile } from '../file';
import type { Program } from '../program';
import type { Reach } from '../reach';
import type { SchemaRecord } from '../schemaFields';

/** One row of the table of checks. */
export interface CodeCheck {
  /** Stable, `kong/…`. */
  code: string;
  severity: Severity;
  /** One paragraph for people: what is wrong with it and what to do. */
  documentation: string;
  /** Finds the problems. */
  run: (context: CodeContext) => Iterable<CodeProblem>;
}

/** A problem at a place of a file; its severity is the row's unless it has its own. */
export interface CodeProblem {
  file: CodeFile;
  at: Span;
  message: string;
  severity?: Severity;
  related?: Diagnostic['related'];
  fixes?: Diagnostic['fixes'];
}

/** Everything the checks of one plugin share. */
export interface CodeContext {
  program: Program;
  graph: CallGraph;
  reach: Reach;
  config: ConfigValues;
  /** What the schema says; undefined when that cannot be known. */
  schema: SchemaRecord | undefined;
  version: KongVersion;
}

/** What a call calls of `kong`, `ngx` and other globals, by its full name. */
export function globalName({ callee }: Call): string | undefined {
  return callee?.kind === 'global' ? callee.name : undefined;
}

/** Where a call names what it calls: the last name of it. */
export function calledAt({ node }: Call): Span {
  if (node.kind === 'method') return node.name;
  return node.callee.kind === 'index' ? node.callee.key : node.callee;
}

/** Whether a node stands in a function that is called so that its errors are caught. */
export function isProtected(node: SyntaxNode, { program }: CodeContext, file: CodeFile): boolean {
  for (let at = file.functions.get(node); at !== undefined; at = file.functions.get(at)) {
    if (protectedFunctions(program).has(at)) return true;
  }
  return false;
}

const PROTECTED = new WeakMap<Program, Set<FunctionExpression>>();

function protectedFunctions(program: Program): Set<FunctionExpression> {
  const known = PROTECTED.get(program);
  if (known !== undefined) return known;
  const found = new Set<FunctionExpression>();
  PROTECTED.set(program, found);
  for (const file of program.files) {
    for (const node of file.nodes) {
      if (node.kind !== 'call' || node.callee.kind !== 'global' || !/^x?pcall$/.test(node.callee.name)) continue;
      for (const argument of node.arguments) {
        const given = program.meaning(argument, file);
        if (given?.kind === 'function') found.add(given.function);
      }
    }
  }
  return found;
}

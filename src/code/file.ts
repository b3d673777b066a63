// One Lua file as its syntax tree shows it: what stands around each node, and what each local is given.
import type { Chunk, Expression, FunctionExpression, Variable } from '../lua/ast';
import { parse } from '../lua/parser';
import type { LuaSource } from '../lua/source';
import { childrenOf, type SyntaxNode } from '../lua/walk';
import { addTo } from '../text/grouped';

/** What a local holds, as far as one place gives it a value. */
export type Given =
  | { kind: 'value'; expression: Expression }
  /** The result number `index` (from zero) of a call. */
  | { kind: 'result'; call: Expression; index: number }
  /** The parameter number `index` (from zero, `self` counts) of a function. */
  | { kind: 'parameter'; function: FunctionExpression; index: number }
  /** The variable of a loop. */
  | { kind: 'loop' };

/** A file of a plugin. */
export interface CodeFile {
  module: string;
  source: LuaSource;
  chunk: Chunk;
  /** Every node, in the order of the text. */
  nodes: readonly SyntaxNode[];
  /** The node around a node; missing for the statements of the file. */
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>;
  /** The function around a node; missing in the body of the file. */
  functions: ReadonlyMap<SyntaxNode, FunctionExpression>;
  /** Everything that is written to a local, its declaration first. */
  given: ReadonlyMap<Variable, readonly Given[]>;
  /** Every use of a local but the writes. */
  reads: ReadonlyMap<Variable, readonly SyntaxNode[]>;
}

/** Reads a file; undefined when it does not parse: then its text is what is wrong. */
export function readFile(module: string, source: LuaSource): CodeFile | undefined {
  const { chunk, error } = parse(source, 'luajit');
  if (error !== undefined) return undefined;
  const nodes: SyntaxNode[] = [];
  const parents = new Map<SyntaxNode, SyntaxNode>();
  const functions = new Map<SyntaxNode, FunctionExpression>();
  const open: SyntaxNode[] = chunk.body.block.statements.toReversed();
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    nodes.push(node);
    const within = node.kind === 'function' ? node : functions.get(node);
    const below = childrenOf(node);
    for (let i = below.length - 1; i >= 0; i--) {
      const child = below[i];
      if (child === undefined) continue;
      parents.set(child, node);
      if (within !== undefined) functions.set(child, within);
      open.push(child);
    }
  }
  const { given, reads } = variablesOf(nodes, parents);
  return { module, source, chunk, nodes, parents, functions, given, reads };
}

function variablesOf(
  nodes: readonly SyntaxNode[],
  parents: ReadonlyMap<SyntaxNode, SyntaxNode>,
): { given: Map<Variable, Given[]>; reads: Map<Variable, SyntaxNode[]> } {
  const given = new Map<Variable, Given[]>();
  const reads = new Map<Variable, SyntaxNode[]>();
  const give = (variable: Variable, value: Given): void => addTo(given, variable, value);
  const giveList = (variables: readonly (Variable | undefined)[], values: readonly Expression[]): void => {
    variables.forEach((variable, i) => {
      if (variable === undefined) return;
      const value = values[i];
      const last = values.at(-1);
      if (value !== undefined) give(variable, { kind: 'value', expression: value });
      else if (last !== undefined) give(variable, { kind: 'result', call: last, index: i - values.length + 1 });
    });
  };
  for (const node of nodes) {
    switch (node.kind) {
      case 'localStatement':
        giveList(node.variables, node.values);
        break;
      case 'assign':
        giveList(
          node.targets.map((target) => (target.kind === 'local' ? target.variable : undefined)),
          node.values,
        );
        break;
      case 'localFunction':
        give(node.variable, { kind: 'value', expression: node.function });
        break;
      case 'function':
        node.body.parameters.forEach((variable, index) => {
          give(variable, { kind: 'parameter', function: node, index });
        });
        break;
      case 'numericFor':
        give(node.variable, { kind: 'loop' });
        break;
      case 'genericFor':
        for (const variable of node.variables) give(variable, { kind: 'loop' });
        break;
      case 'local': {
        const parent = parents.get(node);
        if (parent?.kind === 'assign' && parent.targets.includes(node)) break;
        addTo(reads, node.variable, node);
        break;
      }
      default:
    }
  }
  return { given, reads };
}

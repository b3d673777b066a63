// Walking a syntax tree: what is right below a node, and everything below it.
import type { Block, Expression, Statement, TableExpression, TableField } from './ast';
import type { Span } from './source';

/** A statement or an expression. */
export type SyntaxNode = Expression | Statement;

const NONE: readonly SyntaxNode[] = [];

/** The nodes right below a node, in the order of the text. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  switch (node.kind) {
    case 'binary':
    case 'logical':
      return [node.left, node.right];
    case 'unary':
      return [node.operand];
    case 'paren':
      return [node.inner];
    case 'index':
      return [node.object, node.key];
    case 'call':
      return [node.callee, ...node.arguments];
    case 'method':
      return [node.object, node.name, ...node.arguments];
    case 'function':
      return node.body.block.statements;
    case 'table':
      return node.fields.flatMap(({ key, value }) => (key === undefined ? [value] : [key, value]));
    case 'localStatement':
    case 'return':
      return node.values;
    case 'assign':
      return [...node.targets, ...node.values];
    case 'callStatement':
      return [node.call];
    case 'do':
      return node.block.statements;
    case 'while':
      return [node.condition, ...node.block.statements];
    case 'repeat':
      return [...node.block.statements, node.condition];
    case 'if':
      return [
        ...node.clauses.flatMap(({ condition, block }) => [condition, ...block.statements]),
        ...(node.otherwise?.statements ?? []),
      ];
    case 'numericFor':
      return [node.from, node.to, ...(node.step === undefined ? [] : [node.step]), ...node.block.statements];
    case 'genericFor':
      return [...node.values, ...node.block.statements];
    case 'localFunction':
      return [node.function];
    case 'nil':
    case 'true':
    case 'false':
    case 'vararg':
    case 'cdata':
    case 'missing':
    case 'number':
    case 'string':
    case 'local':
    case 'global':
    case 'break':
    case 'goto':
    case 'label':
      return NONE;
  }
}

/** Every node of a node or block, a parent before what is in it; without recursion, so that depth does not matter. */
export function* syntaxNodes(root: SyntaxNode | Block): Generator<SyntaxNode> {
  const open: SyntaxNode[] = 'statements' in root ? root.statements.toReversed() : [root];
  for (let node = open.pop(); node !== undefined; node = open.pop()) {
    yield node;
    const below = childrenOf(node);
    for (let i = below.length - 1; i >= 0; i--) {
      const child = below[i];
      if (child !== undefined) open.push(child);
    }
  }
}

/** The field that a table's constructor writes under a name; undefined when it has none. */
export function fieldNamed(table: TableExpression, name: string): TableField | undefined {
  return table.fields.find(({ key }) => key?.kind === 'string' && key.value === name);
}

/** Whether an offset is in a span or just behind it, where a cursor still belongs to it. */
export function spans(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

// Walking a syntax tree without caring what its nodes are.
import type { Expression, Statement } from './ast';
import type { Span } from './source';

/** A statement or an expression. */
export type SyntaxNode = Expression | Statement;

/** Every node below `root`, a parent before what is in it; without recursion, so that depth does not matter. */
export function* syntaxNodes(root: object): Generator<SyntaxNode> {
  const open: unknown[] = [root];
  while (open.length > 0) {
    const value = open.pop();
    if (typeof value !== 'object' || value === null) continue;
    if (isNode(value)) yield value;
    const below: unknown[] = Array.isArray(value)
      ? value
      : Object.entries(value).flatMap(([key, child]): unknown[] => (key === 'source' ? [] : [child]));
    for (let i = below.length - 1; i >= 0; i--) open.push(below[i]);
  }
}

function isNode(value: object): value is SyntaxNode {
  return 'kind' in value && 'start' in value && 'end' in value;
}

/** Whether an offset is in a span or just behind it, where a cursor still belongs to it. */
export function spans(span: Span, offset: number): boolean {
  return span.start <= offset && offset <= span.end;
}

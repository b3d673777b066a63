// What can be folded in a rockspec: tables, functions and blocks, long strings, comments.
import type { Chunk } from '../lua/ast';
import { syntaxNodes, type SyntaxNode } from '../lua/walk';

/** Zero-based lines, both folded into the first. */
export interface FoldingRange {
  startLine: number;
  endLine: number;
  kind: 'comment' | undefined;
}

const FOLDS: ReadonlySet<SyntaxNode['kind']> = new Set<SyntaxNode['kind']>([
  'table',
  'function',
  'localFunction',
  'string',
  'if',
  'do',
  'while',
  'repeat',
  'numericFor',
  'genericFor',
  'call',
  'method',
]);

/** The folding ranges of a file, also of one that parses in part. */
export function foldingOf(chunk: Chunk): FoldingRange[] {
  const { source } = chunk;
  const folds = new Map<number, FoldingRange>();
  const add = (startLine: number, endLine: number, kind: FoldingRange['kind']): void => {
    const known = folds.get(startLine);
    if (endLine > startLine && (known === undefined || known.endLine < endLine))
      folds.set(startLine, { startLine, endLine, kind });
  };
  for (const node of syntaxNodes(chunk.body.block)) {
    if (!FOLDS.has(node.kind)) continue;
    const { start, end } = source.range(node);
    // The closing brace or `end` stays to be seen.
    add(start.line, end.line - 1, undefined);
  }
  for (const { startLine, endLine } of comments(source.text({ start: 0, end: source.bytes.length })))
    add(startLine, endLine, 'comment');
  return [...folds.values()].sort((a, b) => a.startLine - b.startLine);
}

/** Block comments, and comment lines that follow each other. */
function comments(text: string): { startLine: number; endLine: number }[] {
  const found: { startLine: number; endLine: number }[] = [];
  const lines = text.split(/\r\n|\n|\r/);
  for (let i = 0; i < lines.length; i++) {
    const open = /^\s*--(\[(=*)\[)?/.exec(lines[i] ?? '');
    if (open === null) continue;
    const startLine = i;
    if (open[1] === undefined) {
      while (/^\s*--(?!\[=*\[)/.test(lines[i + 1] ?? '')) i++;
    } else {
      const close = `]${open[2] ?? ''}]`;
      while (i + 1 < lines.length && !(lines[i] ?? '').includes(close)) i++;
    }
    found.push({ startLine, endLine: i });
  }
  return found;
}

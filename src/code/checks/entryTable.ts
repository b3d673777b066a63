// A check of what is taken from `require "kong"`, which is not the PDK.
import type { Expression } from '../../lua/ast';
import { entriesOf } from '../../kong/entryTable';
import type { CodeFile } from '../file';
import type { SyntaxNode } from '../../lua/walk';
import { isProtected, type CodeCheck, type CodeContext, type CodeProblem } from './context';

export const ENTRY_TABLE_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/entry-table',
    severity: 'error',
    documentation:
      'What require "kong" gives is the table of functions by which nginx calls Kong, and not the PDK. What is taken from it is nil, or the function of a phase. The PDK is the global kong: take the require away.',
    run: takenFromEntryTable,
  },
];

/** What is read from the table, each name once a file. */
function* takenFromEntryTable(context: CodeContext): Iterable<CodeProblem> {
  const { program, version } = context;
  const entries = entriesOf(version);
  if (entries === undefined) return;
  for (const file of program.files) {
    const told = new Set<string>();
    for (const node of file.nodes) {
      if (node.kind !== 'index' || node.key.kind !== 'string' || told.has(node.key.value)) continue;
      if (!isEntryTable(node.object, file, context) || isProtected(node, context, file)) continue;
      const name = node.key.value;
      told.add(name);
      const what = entries.has(name) ? `its ${name} is a phase of Kong` : `it has no ${name}`;
      yield {
        file,
        at: node.key,
        message: `require "kong" gives Kong's entry table and not the PDK: ${what}.`,
        severity: isUsed(node, file) ? 'error' : 'warning',
        ...withoutRequire(file, context),
      };
    }
  }
}

/** Whether something is done with a value that fails where it is nil: it is called or indexed. */
function isUsed(node: SyntaxNode, file: CodeFile): boolean {
  const around = file.parents.get(node);
  switch (around?.kind) {
    case 'index':
    case 'method':
      return around.object === node;
    case 'call':
      return around.callee === node;
    default:
      return false;
  }
}

/** Takes away `local kong = require "kong"`: then the name is the global. */
function withoutRequire(file: CodeFile, context: CodeContext): Pick<CodeProblem, 'fixes'> {
  const { path } = file.source;
  const statement = file.chunk.body.block.statements.find((one) => {
    if (one.kind !== 'localStatement' || one.variables.length !== 1 || one.variables[0]?.name !== 'kong') return false;
    const [value] = one.values;
    return value?.kind === 'call' && isEntryTable(value, file, context);
  });
  if (path === undefined || statement === undefined) return {};
  const { start, end } = statement;
  const line = /^[ \t]*\r?\n/.exec(file.source.bytes.slice(end))?.[0].length ?? 0;
  const range = file.source.range({ start, end: end + line });
  return {
    fixes: [{ title: 'Use the global kong', changes: [{ kind: 'edit', path, edits: [{ range, newText: '' }] }], safe: false }],
  };
}

/** Whether an expression is what `require "kong"` gives. */
function isEntryTable(value: Expression, file: CodeFile, { program }: CodeContext): boolean {
  const found = program.meaning(value, file);
  return found?.kind === 'foreign' && found.module === 'kong' && found.name === '';
}

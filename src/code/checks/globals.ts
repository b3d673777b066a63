// A check of writes to globals.
import type { GlobalExpression } from '../../lua/ast';
import type { CodeFile } from '../file';
import type { CodeCheck, CodeContext, CodeProblem } from './context';

export const GLOBAL_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/global-write',
    severity: 'warning',
    documentation:
      'The assignment writes a global variable, which all requests and all plugins of a worker share: two requests that wait overwrite each other’s value, and nginx warns of "writing a global Lua variable". Declare it with `local`.',
    run: globalWrites,
  },
];

function* globalWrites({ program }: CodeContext): Iterable<CodeProblem> {
  for (const file of program.files) {
    if (hasOwnEnvironment(file)) continue;
    const told = new Set<string>();
    for (const node of file.nodes) {
      if (node.kind !== 'assign') continue;
      for (const target of node.targets) {
        if (target.kind !== 'global' || told.has(target.name)) continue;
        told.add(target.name);
        yield {
          file,
          at: target,
          message: `${target.name} is a global variable: all requests and plugins of a worker share it.`,
          ...localFix(target, file),
        };
      }
    }
  }
}

/** Whether a file changes what its globals are: `module(…)`, `setfenv(…)`. */
function hasOwnEnvironment(file: CodeFile): boolean {
  return file.nodes.some(
    (node) => node.kind === 'call' && node.callee.kind === 'global' && /^(?:module|setfenv)$/.test(node.callee.name),
  );
}

/** `local` before the first statement of the file that writes it, when nothing used it before and no other file may. */
function localFix(target: GlobalExpression, file: CodeFile): Pick<CodeProblem, 'fixes'> {
  const { path } = file.source;
  const statement = file.chunk.body.block.statements.find((one) => one.kind === 'assign' && one.targets.includes(target));
  const isFirst = !file.nodes.some(
    (node) => node.kind === 'global' && node.name === target.name && node.start < (statement?.start ?? 0),
  );
  if (path === undefined || statement?.kind !== 'assign' || statement.targets.length > 1 || !isFirst) return {};
  const at = file.source.range({ start: statement.start, end: statement.start });
  return {
    fixes: [
      {
        title: `Make ${target.name} local`,
        changes: [{ kind: 'edit', path, edits: [{ range: at, newText: 'local ' }] }],
        safe: false,
      },
    ],
  };
}

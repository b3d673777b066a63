// The call of the PDK that somebody is writing: its parameters, and which of them the cursor is at.
import { pdkName, type PdkFunction } from '../../kong/pdk/pdk';
import type { CallExpression, MethodExpression } from '../../lua/ast';
import type { Opened } from './opened';
import { aboutFunction, callWords, parameterWords } from './pdkWords';

/** One call. */
export interface CallHelp {
  label: string;
  documentation: string;
  /** As they stand in the label. */
  parameters: string[];
  /** The one at the cursor, from zero; as many as there are when the cursor is behind the last. */
  active: number;
}

/** The innermost call around a place; undefined when it calls nothing of the PDK. */
export function callAt(opened: Opened): CallHelp | undefined {
  const { context, file, offset } = opened;
  const node = file.nodes.findLast(
    (candidate): candidate is CallExpression | MethodExpression =>
      (candidate.kind === 'call' || candidate.kind === 'method') && isBetweenParentheses(candidate, opened),
  );
  if (node === undefined) return undefined;
  const { program, version } = context;
  const callee = node.kind === 'call' ? program.meaning(node.callee, file) : program.member(node.object, node.name.value, file);
  const found = callee?.kind === 'global' ? pdkName(callee.name, version) : undefined;
  if (found?.kind !== 'function') return undefined;
  return {
    label: `${found.function.name}${callWords(found.function)}`,
    documentation: aboutFunction(found.function, version).join('\n\n'),
    parameters: found.function.parameters.map(parameterWords),
    active: activeOf(node, offset, found.function, file.source.bytes),
  };
}

function isBetweenParentheses(node: CallExpression | MethodExpression, { file, offset }: Opened): boolean {
  const open = openOf(node, file.source.bytes);
  return open !== undefined && open < offset && offset < node.end;
}

/** Where the parenthesis of a call stands; undefined for one without. */
function openOf(node: CallExpression | MethodExpression, bytes: string): number | undefined {
  const from = node.kind === 'call' ? node.callee.end : node.name.end;
  const at = from + bytes.slice(from, node.end).search(/\S/);
  return bytes.charAt(at) === '(' ? at : undefined;
}

function activeOf(
  { arguments: given }: CallExpression | MethodExpression,
  offset: number,
  { parameters }: PdkFunction,
  bytes: string,
): number {
  const before = given.filter(({ end }, i) => {
    const comma = bytes.slice(end, given[i + 1]?.start ?? offset).indexOf(',');
    return comma >= 0 && end + comma < offset;
  }).length;
  // What is behind the last of `...` belongs to it.
  return parameters.at(-1)?.name === '...' ? Math.min(before, parameters.length - 1) : before;
}

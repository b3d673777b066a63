// Where a file requires a module, and what it does with it.
import type { CodeFile } from '../../code/file';
import type { CallExpression, Expression, Statement } from '../../lua/ast';
import { requireCalls } from '../../lua/requires';
import type { SyntaxNode } from '../../lua/walk';
import { removal, type LuaEdit } from '../sourceEdits/moduleTable';

/** One `require` of a module. */
export interface ModuleUse {
  module: string;
  call: CallExpression;
  /** `local x = require "m"`, when the module goes into a local of its own that is never written again. */
  statement: Statement | undefined;
  /** Every expression that is the module: the uses of that local, or the call itself. */
  values: readonly Expression[];
}

/** The requires of one file whose failure nothing catches. */
export function moduleUses(file: CodeFile): ModuleUse[] {
  const guarded = new Set(requireCalls(file.source).flatMap(({ guarded: is, place }) => (is ? [place.start] : [])));
  return requireCalls(file.source).flatMap(({ module, place }): ModuleUse[] => {
    const call = file.nodes.find(
      (node): node is CallExpression => node.kind === 'call' && node.start === place.start && node.end === place.end,
    );
    if (module === undefined || call === undefined || guarded.has(place.start)) return [];
    const parent = file.parents.get(call);
    if (parent?.kind === 'callStatement') return [{ module, call, statement: parent, values: [] }];
    const [variable] = parent?.kind === 'localStatement' && parent.variables.length === 1 ? parent.variables : [];
    if (parent?.kind !== 'localStatement' || variable === undefined || file.given.get(variable)?.length !== 1)
      return [{ module, call, statement: undefined, values: [call] }];
    return [{ module, call, statement: parent, values: (file.reads.get(variable) ?? []).filter(isExpression) }];
  });
}

function isExpression(node: SyntaxNode): node is Expression {
  return node.kind === 'local';
}

/** What a file takes of a module: `x.name`, with the call of it where it is called. */
export interface MemberUse {
  name: string;
  /** `x.name`. */
  node: Expression;
  call: CallExpression | undefined;
}

/** The field that an expression which is a module is asked for; undefined when it is used otherwise. */
export function memberOf(value: Expression, file: CodeFile): MemberUse | undefined {
  const parent = file.parents.get(value);
  if (parent?.kind !== 'index' || parent.object !== value || parent.key.kind !== 'string') return undefined;
  const around = file.parents.get(parent);
  if (around?.kind === 'assign' && around.targets.includes(parent)) return undefined;
  const call = around?.kind === 'call' && around.callee === parent ? around : undefined;
  return { name: parent.key.value, node: parent, call };
}

/** The edits that give every use of a module its replacement, and take the require away when none is left; `left` are those without one. */
export function replaceUses(
  use: ModuleUse,
  file: CodeFile,
  replace: (member: MemberUse) => LuaEdit[] | undefined,
): { edits: LuaEdit[]; left: Expression[] } {
  const edits: LuaEdit[] = [];
  const left: Expression[] = [];
  for (const value of use.values) {
    const member = memberOf(value, file);
    const replaced = member === undefined ? undefined : replace(member);
    if (replaced === undefined) left.push(value);
    else edits.push(...replaced);
  }
  if (left.length === 0 && use.statement !== undefined) edits.push(removal(file.source, use.statement));
  return { edits, left };
}

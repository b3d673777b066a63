// Calls of `super` in a handler: what is left of the class that handlers extended before Kong 3.0.
import type { Expression, Statement } from '../../lua/ast';
import type { LuaSource, Place } from '../../lua/source';
import { syntaxNodes } from '../../lua/walk';
import type { FileChange } from '../../text/diagnostic';
import { changeOf, functionOf, nameOf, readModuleTable, removal, type LuaEdit, type ModuleTable } from './moduleTable';

/** One statement that calls super, and the field of the handler whose function it stands in. */
export interface SuperCall {
  place: Place;
  field: string | undefined;
}

/** The calls of super in a handler's file. */
export function superCalls(source: LuaSource): SuperCall[] {
  const module = readModuleTable(source);
  if (module === undefined) return [];
  return superStatements(module.statements).map((place) => {
    const field = module.fields.find((one) => {
      const body = functionOf(one);
      return body !== undefined && body.start <= place.start && place.end <= body.end;
    });
    return { place, field: field?.name };
  });
}

/** Takes every call of super out of a handler, and a `new` that does nothing else. */
export function removeSuper(source: LuaSource): FileChange[] {
  const module = readModuleTable(source);
  return module === undefined ? [] : changeOf(source, superEdits(module));
}

/** The edits that take super out of a file. */
export function superEdits({ source, statements }: ModuleTable): LuaEdit[] {
  return statements.flatMap((statement) => {
    const calls = superStatements([statement]);
    return (isNew(statement, calls) ? [statement] : calls).map((gone) => removal(source, gone));
  });
}

/** `function X:new() X.super.new(self, "x") end`, with nothing else in it. */
function isNew(statement: Statement, calls: readonly Statement[]): boolean {
  if (statement.kind !== 'assign' || calls.length === 0) return false;
  const [target] = statement.targets;
  const [value] = statement.values;
  const named = target?.kind === 'index' && target.key.kind === 'string' && target.key.value === 'new';
  return named && value?.kind === 'function' && calls.length === value.body.block.statements.length;
}

/** The statements `H.super.access(self)`, also as what a function returns. */
function superStatements(statements: readonly Statement[]): Statement[] {
  const nodes = statements.flatMap((statement) => [...syntaxNodes(statement)]);
  return nodes.filter((node): node is Statement => {
    if (node.kind === 'callStatement') return isSuper(node.call);
    return node.kind === 'return' && node.values.length === 1 && node.values[0] !== undefined && isSuper(node.values[0]);
  });
}

/** A call through a field `super` of a variable: of the handler, or of `self`. */
function isSuper(call: Expression): boolean {
  const callee = call.kind === 'call' ? call.callee : call.kind === 'method' ? call.object : undefined;
  let at = callee;
  let found = false;
  for (; at?.kind === 'index'; at = at.object) found ||= at.key.kind === 'string' && at.key.value === 'super';
  return found && (at?.kind === 'local' || at?.kind === 'global') && nameOf(at) !== 'super';
}

// The record whose fields an expression has, for a person who is writing: the configuration, a record in it, or an item of a list of records.
import type { Expression, Variable } from '../../lua/ast';
import type { SchemaField, SchemaRecord } from '../schemaFields';
import type { CodeContext } from '../checks/context';
import type { CodeFile } from '../file';
import { fieldOfPath, likelyPath, recordAt } from './configPath';

/** A record of the configuration, as far as one may guess, and the path to it as people read it: `rules[]` for an item of a list. */
export interface LikelyRecord {
  path: readonly string[];
  /** Undefined for a value that is none. */
  record: SchemaRecord | undefined;
}

const MAX_DEPTH = 20;

/** The record that an expression is; undefined for what is not of the configuration. */
export function likelyRecord(expression: Expression, file: CodeFile, context: CodeContext, depth = 0): LikelyRecord | undefined {
  const path = likelyPath(expression, file, context);
  if (path !== undefined) return { path, record: recordAt(context.schema, path) };
  if (depth > MAX_DEPTH) return undefined;
  switch (expression.kind) {
    case 'paren':
      return likelyRecord(expression.inner, file, context, depth + 1);
    case 'index': {
      if (expression.key.kind !== 'string') return itemOf(expression.object, file, context, depth);
      const found = likelyField(expression, file, context, depth);
      return found && { path: found.path, record: found.field.record };
    }
    case 'local': {
      const [only, ...others] = file.given.get(expression.variable) ?? [];
      if (only === undefined || others.length > 0) return undefined;
      if (only.kind === 'value') return likelyRecord(only.expression, file, context, depth + 1);
      const list = only.kind === 'loop' ? loopedOver(expression.variable, file) : undefined;
      return list && itemOf(list, file, context, depth);
    }
    default:
      return undefined;
  }
}

/** What is in a list, set or map. */
function itemOf(list: Expression, file: CodeFile, context: CodeContext, depth: number): LikelyRecord | undefined {
  const found = likelyField(list, file, context, depth);
  if (found?.field.items === undefined) return undefined;
  const name = found.path.at(-1) ?? '';
  return { path: [...found.path.slice(0, -1), `${name}[]`], record: found.field.items };
}

function likelyField(
  expression: Expression,
  file: CodeFile,
  context: CodeContext,
  depth: number,
): { path: readonly string[]; field: SchemaField } | undefined {
  const path = likelyPath(expression, file, context);
  const field = path === undefined ? undefined : fieldOfPath(context.schema, path);
  if (path !== undefined) return field && { path, field };
  if (depth > MAX_DEPTH) return undefined;
  if (expression.kind === 'paren') return likelyField(expression.inner, file, context, depth + 1);
  // `conf.rules or {}`
  if (expression.kind === 'logical') return likelyField(expression.left, file, context, depth + 1);
  if (expression.kind === 'local') {
    const [only, ...others] = file.given.get(expression.variable) ?? [];
    const isOne = only?.kind === 'value' && others.length === 0;
    return isOne ? likelyField(only.expression, file, context, depth + 1) : undefined;
  }
  if (expression.kind !== 'index' || expression.key.kind !== 'string') return undefined;
  const around = likelyRecord(expression.object, file, context, depth + 1);
  const own = around?.record?.fields.get(expression.key.value);
  return around && own && { path: [...around.path, own.name], field: own };
}

/** The list of `for i, variable in ipairs(list)`, or in `pairs`. */
function loopedOver(variable: Variable, file: CodeFile): Expression | undefined {
  for (const node of file.nodes) {
    if (node.kind !== 'genericFor' || node.variables[1] !== variable) continue;
    const [call] = node.values;
    const isList = call?.kind === 'call' && /^i?pairs$/.test(file.source.text(call.callee));
    return isList ? call.arguments[0] : undefined;
  }
  return undefined;
}

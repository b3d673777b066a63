// Which part of the configuration an expression is, as far as one may guess for a person: what a check would not be sure of is good enough to help.
import type { Expression } from '../../lua/ast';
import { fieldAt, type SchemaField, type SchemaRecord } from '../schemaFields';
import type { CodeContext } from '../checks/context';
import type { CodeFile } from '../file';

/** What plugins call the configuration that they hand on. */
const USUAL_NAMES = new Set(['conf', 'config', 'plugin_conf', 'plugin_config']);
const MAX_DEPTH = 20;

/** The path of an expression below the configuration, empty for itself; by the usual names of parameters where nothing is certain. */
export function likelyPath(
  expression: Expression,
  file: CodeFile,
  context: CodeContext,
  depth = 0,
): readonly string[] | undefined {
  const certain = context.config.pathOf(expression, file);
  if (certain !== undefined || depth > MAX_DEPTH) return certain;
  switch (expression.kind) {
    case 'paren':
      return likelyPath(expression.inner, file, context, depth + 1);
    case 'local': {
      const [only, ...others] = file.given.get(expression.variable) ?? [];
      if (only === undefined || others.length > 0) return undefined;
      if (only.kind === 'value') return likelyPath(only.expression, file, context, depth + 1);
      return only.kind === 'parameter' && USUAL_NAMES.has(expression.variable.name) ? [] : undefined;
    }
    case 'index': {
      if (expression.key.kind !== 'string') return undefined;
      const base = likelyPath(expression.object, file, context, depth + 1);
      return base === undefined ? undefined : [...base, expression.key.value];
    }
    default:
      return undefined;
  }
}

/** The record that a path leads to; undefined when there is none. */
export function recordAt(schema: SchemaRecord | undefined, path: readonly string[]): SchemaRecord | undefined {
  if (path.length === 0) return schema;
  return fieldOfPath(schema, path)?.record;
}

/** The field that a path leads to; undefined when there is none. */
export function fieldOfPath(schema: SchemaRecord | undefined, path: readonly string[]): SchemaField | undefined {
  const found = schema === undefined || path.length === 0 ? undefined : fieldAt(schema, path);
  return found?.kind === 'field' ? found.field : undefined;
}

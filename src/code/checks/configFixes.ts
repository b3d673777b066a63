// Fixes of what the code reads of the configuration: a field for the schema, and a value in place of nil.
import type { Expression } from '../../lua/ast';
import { addField, editFix, tableKey } from '../../rockspec/edits';
import type { Fix } from '../../text/diagnostic';
import { isWritten } from '../calls';
import type { CodeFile } from '../file';
import type { SchemaRecord } from '../schemaFields';

/** The missing field added to the record of the schema that lacks it; its type is what the use of it needs. */
export function addToSchema(node: Expression, name: string, record: SchemaRecord, file: CodeFile): Fix[] {
  const path = record.list?.place?.source.path;
  if (record.list === undefined || path === undefined) return [];
  const edit = addField(record.list, [`{ ${tableKey(name)} = { ${typeFor(node, file)} } }`]);
  return editFix(`Add ${name} to the schema`, path, [edit], false);
}

/** The type that a use of a value needs; a text where it says nothing. */
function typeFor(node: Expression, file: CodeFile): string {
  const list = 'type = "array", elements = { type = "string" }';
  const parent = file.parents.get(node);
  switch (parent?.kind) {
    case 'unary':
      return parent.operator === '#' ? list : parent.operator === 'not' ? 'type = "boolean"' : 'type = "number"';
    case 'if':
    case 'while':
      return 'type = "boolean"';
    case 'index':
      return list;
    case 'call':
      return parent.callee.kind === 'global' && parent.callee.name === 'ipairs' ? list : 'type = "string"';
    case 'binary': {
      const other = parent.left === node ? parent.right : parent.left;
      return parent.operator !== '..' && other.kind === 'number' ? 'type = "number"' : 'type = "string"';
    }
    default:
      return 'type = "string"';
  }
}

/** What stands for a value that is nil, by its type. */
const EMPTY: Readonly<Record<string, string>> = {
  array: '{}',
  set: '{}',
  map: '{}',
  record: '{}',
  string: '""',
  number: '0',
  integer: '0',
};

/** `(conf.tags or {})` for `conf.tags`, where that is no less than the code expects. */
export function orEmpty(node: Expression, type: string, file: CodeFile): Fix[] {
  const { source } = file;
  const empty = EMPTY[type];
  if (source.path === undefined || empty === undefined || beginsStatement(node, file)) return [];
  const newText = `(${source.text(node)} or ${empty})`;
  const changes: Fix['changes'] = [{ kind: 'edit', path: source.path, edits: [{ range: source.range(node), newText }] }];
  return [{ title: `Write ${newText}`, changes, safe: false }];
}

/** Whether a statement begins with an expression: a parenthesis there would go on with the line before, or be assigned to. */
function beginsStatement(node: Expression, file: CodeFile): boolean {
  for (let at = file.parents.get(node); at?.start === node.start; at = file.parents.get(at)) {
    if (at.kind === 'callStatement' || at.kind === 'assign') return true;
  }
  const parent = file.parents.get(node);
  return parent !== undefined && isWritten(parent, file);
}

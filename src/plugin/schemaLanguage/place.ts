// Where in a schema a cursor is: the table around it, what Kong's metaschema wants of that table, and whether a name or a value is written.
import type { Expression, TableExpression, TableField } from '../../lua/ast';
import { LuaTable, textValue, type Value } from '../../lua/values';
import { fieldNamed } from '../../lua/walk';
import { typedefs } from '../../kong/typedefs';
import type { KongVersion } from '../../kong/versions';
import type { CodeFile } from '../../code/file';
import { touches, type Opened } from '../../code/language/opened';
import type { Program } from '../../code/program';
import { firstField } from '../schema/metaschemaChecks';
import { keyName } from '../schema/validation';
import { metaschemaOf } from '../schema/metaschema';

/** The module that a schema takes its typedefs from. */
export const TYPEDEFS = 'kong.db.schema.typedefs';

/** Whether schemas are written in a module. */
export function isSchemaFile(module: string): boolean {
  return /\.(?:schema|daos)$/.test(module);
}

/** A cursor in a table of a schema. */
export interface SchemaPlace {
  table: TableExpression;
  /** What the metaschema says of the table. */
  rule: LuaTable;
  /** The keys that lead to it from what the file returns, `#` for an item of a list. */
  path: readonly string[];
  /** The field at the cursor; undefined where a new one would begin. */
  field: TableField | undefined;
  /** A name is written, rather than a value. */
  isName: boolean;
  /** The type that the table gives a field; undefined when it does not say. */
  type: string | undefined;
}

/** The place of a cursor in a schema.lua or daos.lua; undefined where no schema is written. */
export function schemaPlace({ file, offset, context }: Opened): SchemaPlace | undefined {
  const table = file.nodes.findLast(
    (node): node is TableExpression => node.kind === 'table' && node.start < offset && (offset < node.end || isOpen(node, file)),
  );
  if (table === undefined) return undefined;
  const { path, root } = pathTo(table, file);
  const rule = ruleAt(table, path, root, file, context.program, context.version);
  if (rule === undefined) return undefined;
  const field = table.fields.find((candidate) => touches(candidate, offset));
  const isName = field === undefined || (field.key === undefined ? isBareName(field.value) : touches(field.key, offset));
  return { table, rule, path, field, isName, type: typeOf(table, file, context.program, context.version) };
}

/** Whether the brace that closes a table is not written. */
function isOpen(table: TableExpression, file: CodeFile): boolean {
  return file.source.bytes.charAt(table.end - 1) !== '}';
}

function isBareName({ kind }: Expression): boolean {
  return kind === 'global' || kind === 'local' || kind === 'missing';
}

/** The keys that lead to a table, and the outermost expression that they lead from. */
function pathTo(table: TableExpression, file: CodeFile): { path: string[]; root: Expression } {
  const path: string[] = [];
  let at: Expression = table;
  for (let parent = file.parents.get(at); parent !== undefined; parent = file.parents.get(at)) {
    if (parent.kind === 'table') {
      const field = parent.fields.find(({ value }) => value === at);
      if (field === undefined) break;
      path.unshift(field.key === undefined ? '#' : field.key.kind === 'string' ? field.key.value : '?');
    } else if (parent.kind !== 'paren' && !(parent.kind === 'call' && parent.arguments[0] === at)) break;
    at = parent;
  }
  return { path, root: at };
}

function ruleAt(
  table: TableExpression,
  path: readonly string[],
  root: Expression,
  file: CodeFile,
  program: Program,
  version: KongVersion,
): LuaTable | undefined {
  const { subschema, entity } = metaschemaOf(version);
  const returned = program.returned(file.module);
  const isReturned = file.parents.get(root)?.kind === 'return' || (returned?.kind === 'table' && returned.made === root);
  if (isReturned) {
    if (file.module.endsWith('.schema')) return walk(subschema, path);
    return file.module.endsWith('.daos') && path.length > 0 ? walk(entity, path.slice(1)) : undefined;
  }
  // A part of a schema in a local: a list of fields, or the definition of one.
  const fields = walk(subschema, ['fields']);
  if (path[0] === '#') return fields && walk(fields, path);
  const outermost = root.kind === 'table' ? root : root.kind === 'call' ? root.arguments[0] : table;
  const definition = walk(subschema, ['fields', '#', 'config']);
  const isDefinition =
    outermost?.kind === 'table' && outermost.fields.some(({ key }) => key?.kind === 'string' && key.value === 'type');
  return isDefinition && definition !== undefined ? walk(definition, path) : undefined;
}

/** What a rule says of what lies below it; the metaschema contains itself, so this goes as deep as a path. */
function walk(rule: LuaTable, path: readonly string[]): LuaTable | undefined {
  let at: Value = rule;
  for (const step of path) {
    if (!(at instanceof LuaTable)) return undefined;
    const fields: Value = at.get('fields');
    if (step === '#') at = at.get('elements');
    else if (fields instanceof LuaTable) at = ruleOf(fields, step);
    else at = at.get('values');
  }
  return at instanceof LuaTable ? at : undefined;
}

/** The rule of a name in the list of a record's fields. */
export function ruleOf(fields: LuaTable, name: string): LuaTable | undefined {
  for (const { value } of fields.list()) {
    const entry = firstField(value);
    if (entry !== undefined && keyName(entry) === name) return entry.value instanceof LuaTable ? entry.value : undefined;
  }
  return undefined;
}

/** The type that a table gives a field: its own, or that of the typedef it is handed to. */
function typeOf(table: TableExpression, file: CodeFile, program: Program, version: KongVersion): string | undefined {
  const written = fieldNamed(table, 'type')?.value;
  if (written !== undefined) return written.kind === 'string' ? written.value : undefined;
  const parent = file.parents.get(table);
  const called = parent?.kind === 'call' ? program.meaning(parent.callee, file) : undefined;
  if (called?.kind !== 'foreign' || called.module !== TYPEDEFS) return undefined;
  const definition = typedefs(version).get(called.name);
  return definition instanceof LuaTable ? textValue(definition.get('type')) : undefined;
}

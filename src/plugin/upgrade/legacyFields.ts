// A field of a schema as Kong had them before 1.0, written as today's: what Kong 1.0 to 2.8 made of it when it loaded one (convert_legacy_schema of
// kong/db/schema/plugin_loader.lua), and the checks that they left out where one parameter is all that a check reads.
import type { CodeFile } from '../../code/file';
import type { Expression, TableExpression, TableField } from '../../lua/ast';
import { textOf } from '../../lua/source';
import { fieldNamed, syntaxNodes } from '../../lua/walk';
import { own } from '../../text/own';
import type { LuaEdit } from '../sourceEdits/moduleTable';
import { edited, setAside, withAttributes, withoutField } from './tableText';

/** What is collected while fields are written. */
export interface Writing {
  file: CodeFile;
  /** The name of the local that holds Kong's typedefs; reading it says that there must be one. */
  typedefs: () => string;
  /** What the person has to know, with its place. */
  notes: { at: Expression | TableField; message: string }[];
}

const TYPES: Readonly<Record<string, string>> = { string: 'string', number: 'number', boolean: 'boolean', array: 'array' };
/** Attributes that mean the same today. */
const KEPT = new Set(['type', 'default', 'required', 'unique', 'schema', 'enum']);
const ANY = '{ type = "string" }';

/** The entries of a table of fields, each wrapped in a table of its own; undefined when one of them is no table that is written there. */
export function fieldEntries(table: TableExpression, writing: Writing): LuaEdit[] | undefined {
  const edits: LuaEdit[] = [];
  for (const field of table.fields) {
    if (field.key === undefined || field.value.kind !== 'table') return undefined;
    const definition = fieldText(field.value, writing);
    if (definition === undefined) return undefined;
    edits.push({ start: field.start, end: field.start, newText: '{ ' });
    edits.push({ start: field.value.start, end: field.value.end, newText: `${definition} }` });
  }
  return edits;
}

/** One definition as today's; undefined for a type that has no counterpart. */
function fieldText(table: TableExpression, writing: Writing): string | undefined {
  const { source } = writing.file;
  const value = (name: string): Expression | undefined => fieldNamed(table, name)?.value;
  // What a plugin for Kong 0.x and 1.x said beside the old form.
  const current = value('new_type');
  if (current !== undefined) return textOf(source.bytes.slice(current.start, current.end));
  const type = value('type');
  if (type !== undefined && type.kind !== 'string') return undefined;
  const word = type === undefined ? 'string' : textOf(type.value);
  const edits: LuaEdit[] = table.fields.flatMap((field) => attribute(field, writing));
  const more: string[] = [];
  let call = '';
  const typed = fieldNamed(table, 'type');
  if (word === 'url') {
    call = `${writing.typedefs()}.url`;
    if (typed !== undefined) edits.push(withoutField(source, typed));
    if (table.fields.length === 1) return call;
  } else if (word === 'table') {
    const nested = nestedEdits(table, typed, writing);
    if (nested === undefined) return undefined;
    edits.push(...nested.edits);
    more.push(...nested.more);
  } else {
    if (own(TYPES, word) === undefined) return undefined;
    if (type === undefined) more.push('type = "string"');
    if (word === 'array') more.push(...elementsOf(table, writing, edits));
    else edits.push(...oneOf(table));
    const given = value('default');
    if (word === 'string' && given?.kind === 'string' && given.value === '') more.push('len_min = 0');
  }
  const text = edited(source, table, [...edits, ...withAttributes(source, table, more)]);
  return call === '' ? text : `${call} ${text}`;
}

/** `enum` is called `one_of`. */
function oneOf(table: TableExpression): LuaEdit[] {
  const key = fieldNamed(table, 'enum')?.key;
  return key === undefined ? [] : [{ start: key.start, end: key.end, newText: 'one_of' }];
}

/** What an array holds, which was text; `enum` was about its elements. */
function elementsOf(table: TableExpression, { file: { source } }: Writing, edits: LuaEdit[]): string[] {
  const listed = fieldNamed(table, 'enum');
  if (listed === undefined) return [`elements = ${ANY}`];
  edits.push({
    start: listed.start,
    end: listed.end,
    newText: `elements = { type = "string", one_of = ${textOf(source.bytes.slice(listed.value.start, listed.value.end))} }`,
  });
  return [];
}

/** `type = "table"`: a record of its fields, a map of such records, or a map of texts. */
function nestedEdits(
  table: TableExpression,
  typed: TableField | undefined,
  writing: Writing,
): { edits: LuaEdit[]; more: string[] } | undefined {
  const { source } = writing.file;
  const schema = fieldNamed(table, 'schema');
  const named = (kind: string): LuaEdit[] =>
    typed === undefined ? [] : [{ start: typed.value.start, end: typed.value.end, newText: `"${kind}"` }];
  if (schema === undefined) return { edits: named('map'), more: [`keys = ${ANY}`, `values = ${ANY}`] };
  const fields = schema.value.kind === 'table' ? fieldNamed(schema.value, 'fields')?.value : undefined;
  if (schema.value.kind !== 'table' || fields?.kind !== 'table') return undefined;
  const entries = fieldEntries(fields, writing);
  if (entries === undefined) return undefined;
  const list = edited(source, fields, entries);
  const flexible = fieldNamed(schema.value, 'flexible')?.value;
  if (flexible === undefined || flexible.kind === 'false' || flexible.kind === 'nil') {
    const isRequired = fieldNamed(table, 'required') !== undefined;
    const changed = { start: schema.start, end: schema.end, newText: `fields = ${list}` };
    return { edits: [...named('record'), changed], more: isRequired ? [] : ['required = true'] };
  }
  if (flexible.kind !== 'true') return undefined;
  const values = `{ type = "record", required = true, fields = ${list} }`;
  const changed = { start: schema.start, end: schema.end, newText: `keys = ${ANY}, values = ${values}` };
  return { edits: [...named('map'), changed], more: [] };
}

/** What is done about an attribute that is not one of today. */
function attribute(field: TableField, writing: Writing): LuaEdit[] {
  const { source } = writing.file;
  const name = field.key?.kind === 'string' ? field.key.value : undefined;
  if (field.key === undefined || name === 'immutable') return field.key === undefined ? [] : [withoutField(source, field)];
  if (name === 'default' && field.value.kind === 'function') {
    writing.notes.push({
      at: field,
      message: 'The default is a function, which it cannot be today: it is set aside as a comment.',
    });
    return [setAside(source, field)];
  }
  if (name !== undefined && KEPT.has(name)) return [];
  if (name === 'func' && isValidator(field.value, writing.file)) {
    const message = 'The check func is custom_validator today: Kong calls it again, for the first time since 1.0.';
    writing.notes.push({ at: field, message });
    return [{ start: field.key.start, end: field.key.end, newText: 'custom_validator' }];
  }
  const why =
    name === 'func'
      ? 'The check func is set aside as a comment: a custom_validator gets the value alone, and returns true, or nil and a text.'
      : name === 'regex'
        ? 'The regex is set aside as a comment: write match = with a Lua pattern, or a custom_validator with ngx.re.find.'
        : `The attribute ${name ?? 'of this field'} is none today: it is set aside as a comment.`;
  writing.notes.push({ at: field, message: why });
  return [setAside(source, field)];
}

/** Whether a function is a custom_validator as well: it reads its first parameter alone, ends with `return true`, and says no only with a text. */
function isValidator(value: Expression, { given, reads }: CodeFile): boolean {
  const [written] = value.kind === 'local' ? (given.get(value.variable) ?? []) : [];
  const held = written?.kind === 'value' ? written.expression : value;
  if (held.kind !== 'function') return false;
  const { body } = held;
  const { statements } = body.block;
  const last = statements.at(-1);
  const answers = [...syntaxNodes(body.block)].flatMap((node) => (node.kind === 'return' ? [node.values] : []));
  return (
    !body.vararg &&
    body.parameters.slice(1).every((variable) => !reads.has(variable)) &&
    last?.kind === 'return' &&
    (last.values[0]?.kind === 'true' || last.values.length === 2) &&
    answers.every(([first, second]) => first?.kind === 'true' || second !== undefined)
  );
}

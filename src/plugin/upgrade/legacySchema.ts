// A schema.lua of the form that Kong had before 1.0, and translated up to 2.8, written as today's.
import type { CodeFile } from '../../code/file';
import type { Expression, TableExpression, TableField } from '../../lua/ast';
import { addFields, indentOf, newlineOf, readModuleTable, type LuaEdit } from '../sourceEdits/moduleTable';
import { fieldEntries, type Writing } from './legacyFields';
import { fileOf, found, type UpgradeContext, type UpgradeFinding } from './rule';
import { edited, indented, setAside, withoutField } from './tableText';
import { fieldNamed } from '../../lua/walk';

const SCOPES = ['consumer', 'route', 'service'] as const;
const FORM = 'The schema is of the form that Kong had before 1.0, and that 3.0 no longer takes';

/** The schema of the old form, or what is left of it in one of today. */
export function* legacySchema(context: UpgradeContext): Iterable<UpgradeFinding> {
  const file = fileOf(context, 'schema');
  const module = file === undefined ? undefined : readModuleTable(file.source);
  const table = module?.constructor_;
  if (file === undefined || module === undefined || table === undefined || !isOldSchema(table)) return;
  const fields = fieldNamed(table, 'fields');
  const isAssigned = module.fields.some(({ statement }) => statement !== undefined);
  if (isAssigned || (fields !== undefined && fields.value.kind !== 'table')) {
    yield found(file.source, fields ?? table, `${FORM}. It is put together by code: write it as a table with name and fields.`);
    return;
  }
  const names = typedefsOf(file);
  const writing: Writing = { file, typedefs: names.use, notes: [] };
  const edits = rewritten(context.plugin.name, table, fields, writing);
  if (edits === undefined) {
    yield found(
      file.source,
      fields ?? table,
      `${FORM}. A field has a type without counterpart, or is no table that is written here: write the fields anew.`,
    );
    return;
  }
  const name =
    fieldNamed(table, 'name') === undefined
      ? addFields(module, [{ name: 'name', value: `"${context.plugin.name}"` }])
      : undefined;
  const all = [...(name === undefined ? [] : [name]), ...edits, ...names.edits()];
  const done = `${FORM}: it is written in today's form. A text may not be empty there, unless its field says len_min = 0.`;
  const after = writing.notes.map(({ at, message }) => ({ line: file.source.position(at.start).line, message }));
  yield { ...found(file.source, table, done, all), after };
}

/** Whether a schema has the form of old: no list of fields, or what only stood in those. */
export function isOldSchema(table: TableExpression): boolean {
  const fields = fieldNamed(table, 'fields')?.value;
  if (['self_check', ...SCOPES.map((scope) => `no_${scope}`), 'no_api'].some((name) => fieldNamed(table, name) !== undefined))
    return true;
  if (fields === undefined) return fieldNamed(table, 'name') === undefined;
  if (fields.kind !== 'table') return false;
  return fieldNamed(table, 'name') === undefined
    ? fields.fields.every(({ key }) => key !== undefined)
    : fields.fields.length > 0 && fields.fields.every(({ key }) => key?.kind === 'string');
}

function rewritten(
  plugin: string,
  table: TableExpression,
  fields: TableField | undefined,
  writing: Writing,
): LuaEdit[] | undefined {
  const { source } = writing.file;
  const edits: LuaEdit[] = [];
  const first: string[] = [];
  for (const field of table.fields) {
    const name = field.key?.kind === 'string' ? field.key.value : '';
    const scope = SCOPES.find((one) => name === `no_${one}`);
    if (scope !== undefined || name === 'no_api') {
      if (field.value.kind !== 'true' && field.value.kind !== 'false' && field.value.kind !== 'nil') return undefined;
      if (field.value.kind === 'true' && scope !== undefined) first.push(`{ ${scope} = ${writing.typedefs()}.no_${scope} },`);
      edits.push(withoutField(source, field));
    } else if (name === 'self_check') {
      edits.push(saysYes(field.value) ? withoutField(source, field) : setAside(source, field));
      if (!saysYes(field.value))
        writing.notes.push({
          at: field,
          message: `The function self_check is set aside as a comment; Kong has not called it since 1.0. Write it as entity_checks = { { custom_entity_check = { field_sources = { "config" }, fn = function(entity) … end } } }, where entity.config is the configuration of ${plugin}.`,
        });
    }
  }
  const lists =
    fields?.value.kind === 'table' && fields.value.fields.length > 0 && fields.value.fields.every(({ key }) => key === undefined);
  const list = fields?.value.kind === 'table' ? fields.value : undefined;
  const nl = newlineOf(source);
  const indent = `${indentOf(source, fields?.start ?? table.start)}${fields === undefined ? '  ' : ''}`;
  if (list !== undefined && lists) {
    const head = first.map((line) => `${nl}${indent}  ${line}`).join('');
    return head === '' ? edits : [...edits, { start: list.start + 1, end: list.start + 1, newText: head }];
  }
  const entries = list === undefined ? [] : fieldEntries(list, writing);
  if (entries === undefined) return undefined;
  const inner = list === undefined ? '{}' : indented(edited(source, list, entries), '    ');
  const text = `{${nl}${first.map((line) => `${indent}  ${line}${nl}`).join('')}${indent}  { config = {${nl}${indent}    type = "record",${nl}${indent}    fields = ${inner},${nl}${indent}  } },${nl}${indent}}`;
  if (list !== undefined) return [...edits, { start: list.start, end: list.end, newText: text }];
  const at = table.start + 1;
  return [
    ...edits,
    { start: at, end: at, newText: `${nl}${indent}fields = ${text},${/^\s*\}/.test(source.bytes.slice(at)) ? nl : ''}` },
  ];
}

/** `function() return true end`. */
function saysYes(value: Expression): boolean {
  if (value.kind !== 'function') return false;
  const [only, ...others] = value.body.block.statements;
  return others.length === 0 && only?.kind === 'return' && only.values.length === 1 && only.values[0]?.kind === 'true';
}

/** The local that holds Kong's typedefs, declared at the top when it is used and was not there. */
function typedefsOf({ source, nodes }: CodeFile): { use: () => string; edits: () => LuaEdit[] } {
  const declared = nodes.flatMap((node) => {
    const [value] = node.kind === 'localStatement' ? node.values : [];
    const [module] = value?.kind === 'call' ? value.arguments : [];
    const isIt = module?.kind === 'string' && module.value === 'kong.db.schema.typedefs';
    return isIt && node.kind === 'localStatement' ? (node.variables[0]?.name ?? []) : [];
  })[0];
  let isUsed = false;
  const at = /^(?:#[^\n]*\n)?(?:[ \t]*--(?!\[=*\[)[^\n]*(?:\n|$)|[ \t]*\r?\n)*/.exec(source.bytes)?.[0].length ?? 0;
  const nl = newlineOf(source);
  return {
    use: () => ((isUsed = true), declared ?? 'typedefs'),
    edits: () =>
      isUsed && declared === undefined
        ? [{ start: at, end: at, newText: `local typedefs = require "kong.db.schema.typedefs"${nl}${nl}` }]
        : [],
  };
}

// What may be written at a place of a schema: attributes that fit the type and the Kong, types, typedefs, values, fields in checks.
import type { TableExpression } from '../../lua/ast';
import { rangeOf } from '../../lua/mend';
import type { Span } from '../../lua/source';
import { LuaTable, textValue, type Value } from '../../lua/values';
import { fieldNamed } from '../../lua/walk';
import { typedefs } from '../../kong/typedefs';
import type { KongVersion } from '../../kong/versions';
import { luaLiteral, typeWords } from '../../code/fieldWords';
import { touches, type Opened } from '../../code/language/opened';
import type { CodeSuggestion } from '../../code/language/completion';
import { own } from '../../text/own';
import { attributeTypes } from '../schema/metaschemaChecks';
import { keyName } from '../schema/validation';
import { isSchemaFile, ruleOf, schemaPlace, TYPEDEFS, type SchemaPlace } from './place';
import { ATTRIBUTE_WORDS, CHECK_WORDS, SCOPE_WORDS, TYPE_WORDS } from './words';

type Draft = Pick<CodeSuggestion, 'label' | 'detail' | 'documentation'> & { insertText: string; snippet?: boolean };

/** The suggestions at a place of a schema.lua or daos.lua; none where something else is written. */
export function completeSchema(opened: Opened): CodeSuggestion[] {
  const { file, context } = opened;
  if (!isSchemaFile(file.module)) return [];
  const typedef = typedefAt(opened);
  if (typedef !== undefined) return drawn(opened, typedef, typedefDrafts(context.version));
  const place = schemaPlace(opened);
  if (place === undefined) return [];
  if (place.isName) {
    const written = place.field?.key ?? place.field?.value ?? { start: opened.offset, end: opened.offset };
    // Behind a value a comma comes first.
    if (
      place.field === undefined &&
      !/[{,;]\s*$/.test(withoutComments(file.source.bytes.slice(place.table.start, opened.offset)))
    ) {
      return [];
    }
    const isNamed = place.field?.key !== undefined;
    return drawn(opened, written, nameDrafts(place, context.version, file.source.text(written)), isNamed);
  }
  const value = place.field?.value;
  if (value === undefined) return [];
  if (value.kind === 'string') return drawn(opened, { start: value.start + 1, end: value.end - 1 }, valueDrafts(place, opened));
  // What is not begun yet has a name put in for it, which may stand on a later line.
  const begun = value.kind === 'global' && touches(value, opened.offset) ? value : { start: opened.offset, end: opened.offset };
  if (value.kind !== 'global' && value.kind !== 'missing') return [];
  return drawn(
    opened,
    begun,
    valueDrafts(place, opened).map((draft) => (isWord(draft.label) ? draft : { ...draft, insertText: `"${draft.insertText}"` })),
  );
}

function isWord(label: string): boolean {
  return label === 'true' || label === 'false';
}

function withoutComments(text: string): string {
  return text.replace(/--[^\n]*/g, '');
}

function drawn({ file }: Opened, written: Span, drafts: readonly Draft[], named = false): CodeSuggestion[] {
  const range = rangeOf(file.source, written);
  return drafts.map(({ label, detail, documentation, insertText, snippet = false }, rank) => ({
    label,
    kind: 'field',
    insertText: named ? label : insertText,
    snippet: snippet && !named,
    range,
    detail,
    documentation,
    rank,
  }));
}

/** The name behind `typedefs.` at the cursor. */
function typedefAt({ file, offset, context }: Opened): Span | undefined {
  for (const node of file.nodes) {
    if (node.kind !== 'index' || node.key.kind !== 'string' || !touches(node.key, offset)) continue;
    const object = context.program.meaning(node.object, file);
    if (object?.kind === 'foreign' && object.module === TYPEDEFS && object.name === '') return node.key;
  }
  return undefined;
}

function typedefDrafts(version: KongVersion): Draft[] {
  return [...typedefs(version).fields.values()]
    .map((entry) => ({ name: keyName(entry), value: entry.value }))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ name, value }) => ({
      label: name,
      detail: typeWords(value),
      documentation: typedefMarkdown(name, version),
      insertText: name,
    }));
}

/** Markdown of a typedef: what it expands to; undefined for one that this Kong does not have. */
export function typedefMarkdown(name: string, version: KongVersion): string | undefined {
  const definition = typedefs(version).entry(name)?.value;
  if (definition === undefined) return undefined;
  return [`**typedefs.${name}** in Kong ${version.text} stands for`, `\`\`\`lua\n${luaLiteral(definition)}\n\`\`\``].join('\n\n');
}

function nameDrafts({ rule, path, table, type }: SchemaPlace, version: KongVersion, written: string): Draft[] {
  if (rule.get('fields') === undefined) {
    const isScopes = path.length === 2 && path[0] === 'fields' && path[1] === '#';
    return isScopes ? scopeDrafts() : [];
  }
  const fields = rule.get('fields');
  const present = new Set(table.fields.map(({ key }) => (key?.kind === 'string' ? key.value : '')));
  return (fields instanceof LuaTable ? fields.list() : []).flatMap(({ value: item }) => {
    const entry = item instanceof LuaTable ? [...item.fields.values()][0] : undefined;
    const name = entry === undefined ? '' : keyName(entry);
    if (entry === undefined || (present.has(name) && name !== written) || !fits(name, type, version)) return [];
    const words = own(ATTRIBUTE_WORDS, name) ?? own(CHECK_WORDS, name);
    return {
      label: name,
      detail: typeWords(entry.value) || textValue(typeIn(entry.value)) || '',
      documentation: words,
      insertText: `${name} = ${skeleton(name, entry.value)},`,
      snippet: true,
    };
  });
}

function scopeDrafts(): Draft[] {
  return Object.entries(SCOPE_WORDS).map(([label, { insert, words }]) => ({
    label,
    detail: 'field of the plugin',
    documentation: words,
    insertText: insert,
    snippet: true,
  }));
}

/** Whether an attribute makes sense for a type; all do where the type is not said. */
function fits(attribute: string, type: string | undefined, version: KongVersion): boolean {
  if (type === undefined) return true;
  return (own(PARTS, attribute) ?? attributeTypes(attribute, version))?.includes(type) ?? true;
}

/** Attributes that Kong does not refuse for other types, but that say nothing there. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  elements: ['array', 'set'],
  keys: ['map'],
  values: ['map'],
  fields: ['record'],
  entity_checks: ['record'],
  shorthands: ['record'],
  shorthand_fields: ['record'],
  len_min: ['array', 'set', 'string', 'map'],
  len_max: ['array', 'set', 'string', 'map'],
  gt: ['number', 'integer'],
  not_one_of: ['string', 'number', 'integer'],
  match_all: ['string'],
  match_any: ['string'],
  match_none: ['string'],
  not_match: ['string'],
  starts_with: ['string'],
  mutually_exclusive_subsets: ['array', 'set'],
  reference: ['foreign'],
  on_delete: ['foreign'],
};

function typeIn(rule: Value): Value {
  return rule instanceof LuaTable ? rule.get('type') : undefined;
}

/** The value of an attribute with the cursor where one goes on writing. */
function skeleton(name: string, rule: Value): string {
  switch (textValue(typeIn(rule))) {
    case 'boolean':
      return 'true';
    case 'string':
      return '"$0"';
    case 'function':
      return name === 'custom_validator' ? 'function(value)\n\t$0\nend' : '$0';
    case 'array':
    case 'record':
    case 'map':
    case 'set':
      return '{ $0 }';
    default:
      return '$0';
  }
}

/** What a value may be: one that the metaschema lists, a value of `one_of` for a default, the name of a field in a check. */
function valueDrafts({ table, rule, path, field }: SchemaPlace, opened: Opened): Draft[] {
  const name = field?.key?.kind === 'string' ? field.key.value : undefined;
  const plain = (label: string, detail: string, documentation?: string): Draft => ({
    label,
    detail,
    documentation,
    insertText: label,
  });
  if (name === 'default') {
    const allowed = fieldNamed(table, 'one_of')?.value;
    const values = allowed?.kind === 'table' ? allowed.fields : [];
    return values.flatMap(({ value }) =>
      value.kind === 'string' ? plain(opened.file.source.text(inside(value)), 'allowed by one_of') : [],
    );
  }
  const fields = rule.get('fields');
  const asked = name !== undefined && fields instanceof LuaTable ? ruleOf(fields, name) : undefined;
  const oneOf = asked?.get('one_of');
  if (oneOf instanceof LuaTable) {
    return oneOf.list().flatMap(({ value }) => {
      const text = textValue(value);
      return text === undefined ? [] : plain(text, name ?? '', name === 'type' ? own(TYPE_WORDS, text) : undefined);
    });
  }
  if (textValue(typeIn(asked)) === 'boolean') return [plain('true', ''), plain('false', '')];
  const inCheck = path.includes('entity_checks') && textValue(typeIn(rule)) === 'array';
  const isFieldName = name === 'if_field' || name === 'then_field';
  return inCheck || isFieldName ? checkedFields(table, opened).map((label) => plain(label, 'field')) : [];
}

function inside({ start, end }: Span): Span {
  return { start: start + 1, end: end - 1 };
}

/** The fields of the record whose checks these are. */
function checkedFields(table: TableExpression, { file }: Opened): string[] {
  for (let at = file.parents.get(table); at !== undefined; at = file.parents.get(at)) {
    const fields = at.kind === 'table' ? fieldNamed(at, 'fields')?.value : undefined;
    if (fields?.kind !== 'table') continue;
    return fields.fields.flatMap(({ value }) =>
      value.kind === 'table' ? value.fields.flatMap(({ key }) => (key?.kind === 'string' ? key.value : [])) : [],
    );
  }
  return [];
}

// What a person reads when pointing at a schema: an attribute, a type, a typedef, a field of the configuration.
import { rangeOf } from '../../lua/mend';
import type { Span } from '../../lua/source';
import type { CodeHover } from '../../code/language/hover';
import { fieldMarkdown } from '../../code/language/fieldDoc';
import { touches, type Opened } from '../../code/language/opened';
import { fieldAtPlace } from '../../code/language/places';
import { own } from '../../text/own';
import { LuaTable } from '../../lua/values';
import { typeWords } from '../../code/fieldWords';
import { typedefMarkdown } from './complete';
import { isSchemaFile, ruleOf, schemaPlace, TYPEDEFS } from './place';
import { ATTRIBUTE_WORDS, CHECK_WORDS, SCOPE_WORDS, TYPE_WORDS } from './words';

/** The hover at a place of a schema.lua or daos.lua; undefined where there is nothing to say. */
export function hoverSchema(opened: Opened): CodeHover | undefined {
  if (!isSchemaFile(opened.file.module)) return undefined;
  return typedefHover(opened) ?? tableHover(opened);
}

function typedefHover({ file, offset, context }: Opened): CodeHover | undefined {
  for (const node of file.nodes) {
    if (node.kind !== 'index' || node.key.kind !== 'string' || !touches(node.key, offset)) continue;
    const found = context.program.meaning(node, file);
    const markdown =
      found?.kind === 'foreign' && found.module === TYPEDEFS ? typedefMarkdown(found.name, context.version) : undefined;
    if (markdown !== undefined) return { markdown, range: rangeOf(file.source, node.key) };
  }
  return undefined;
}

function tableHover(opened: Opened): CodeHover | undefined {
  const { file, offset } = opened;
  const field = fieldAtPlace(opened);
  if (field !== undefined) return { markdown: fieldMarkdown(field.path, field.field), range: field.origin };
  const place = schemaPlace(opened);
  const key = place?.field?.key;
  if (place === undefined || key?.kind !== 'string') return undefined;
  const said = (span: Span, title: string, words: string | undefined): CodeHover | undefined =>
    words === undefined ? undefined : { markdown: `**${title}**\n\n${words}`, range: rangeOf(file.source, span) };
  const value = place.field?.value;
  if (!touches(key, offset)) {
    const isType = key.value === 'type' && value?.kind === 'string' && touches(value, offset);
    return isType ? said(value, value.value, own(TYPE_WORDS, value.value)) : undefined;
  }
  const { rule, path } = place;
  const fields = rule.get('fields');
  if (fields instanceof LuaTable) {
    const known = ruleOf(fields, key.value);
    const words = own(ATTRIBUTE_WORDS, key.value) ?? own(CHECK_WORDS, key.value);
    return known && said(key, `${key.value}: ${typeWords(known) || 'any'}`, words);
  }
  return path.length === 2 && path[0] === 'fields' ? said(key, key.value, own(SCOPE_WORDS, key.value)?.words) : undefined;
}

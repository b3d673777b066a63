// A filled skeleton of a plugin's configuration: what is required, the defaults, and what else there is as comments; in the form that each
// reader of configurations wants.
import { isMap, isScalar, type Node, type YAMLMap } from 'yaml';
import { LuaTable, type Value } from '../../lua/values';
import { writtenDocument } from '../../text/yaml';
import { stringOf } from '../../plugin/schema/validation';
import { boundsOf, fieldOf, mustBeGiven, typeWords, type Field } from '../fieldOf';
import type { Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';

/** The forms of a skeleton. */
export type SkeletonForm = 'declarative' | 'deck' | 'kubernetes' | 'admin';

/** The text of a skeleton: YAML, or the JSON body of a request to the Admin API. Fields without a value that fits are marked in a comment. */
export function skeletonOf(schema: PluginSchema, form: SkeletonForm): string {
  const { name, version } = schema;
  const filled = filledConfig(schema);
  if (form === 'admin') return `${JSON.stringify({ name, config: filled }, null, 2)}\n`;
  const format = version.major < 3 ? '1.1' : '3.0';
  const body =
    form === 'kubernetes'
      ? {
          apiVersion: 'configuration.konghq.com/v1',
          kind: 'KongPlugin',
          metadata: { name: name.toLowerCase().replaceAll(/[^a-z\d.-]/g, '-') },
          plugin: name,
          config: filled,
        }
      : { _format_version: format, plugins: [{ name, enabled: true, config: filled }] };
  const document = writtenDocument(body);
  const at = form === 'kubernetes' ? document.get('config') : document.getIn(['plugins', 0, 'config']);
  if (isMap(at)) commentFields(at, schema);
  return document.toString({ lineWidth: 0 });
}

/** What must be given, with values that fit, and the defaults. */
export function filledConfig(schema: PluginSchema): Record<string, Json> {
  const field = schema.config === undefined ? undefined : fieldOf('config', schema.config);
  return field === undefined ? {} : withChosen(schema, field, sampleRecord(field));
}

/** Comments beside the fields of a configuration that is there, and lines for those that are not. */
export function commentFields(map: YAMLMap, { config }: PluginSchema): void {
  if (config !== undefined) comment(map, fieldOf('config', config));
}

/** The same with the first of fields of which one must be given, where none is. */
function withChosen({ entity }: PluginSchema, config: Field, filled: Record<string, Json>): Record<string, Json> {
  const checks = entity.get('entity_checks');
  for (const { value: check } of checks instanceof LuaTable ? checks.list() : []) {
    const names = ['at_least_one_of', 'only_one_of'].flatMap((kind) => namesIn(check, kind));
    const [first] = names;
    if (first === undefined || names.some((name) => isGiven(filled, name))) continue;
    const [name, ...below] = first.split('.').slice(1);
    const part = config.fields.find((one) => one.name === name);
    if (part !== undefined && below.length === 0) filled[part.name] = nonempty(part);
  }
  return filled;
}

function namesIn(check: Value, kind: string): string[] {
  const list = check instanceof LuaTable ? check.get(kind) : undefined;
  return list instanceof LuaTable ? list.list().flatMap((entry) => stringOf(entry.value) ?? []) : [];
}

function isGiven(filled: Json, path: string): boolean {
  const at = path
    .split('.')
    .slice(1)
    .reduce<Json | undefined>(
      (value, name) => (typeof value === 'object' && value !== null ? (value as Record<string, Json>)[name] : undefined),
      filled,
    );
  return at !== undefined && at !== null && at !== '' && !(typeof at === 'object' && Object.keys(at).length === 0);
}

/** A value that counts as given. */
function nonempty(field: Field): Json {
  const value = sample(field);
  const isEmpty = typeof value === 'object' && value !== null && Object.keys(value).length === 0;
  return isEmpty && field.elements !== undefined ? [sample(field.elements)] : value;
}

/** The value of a record: what must be given, and defaults. */
export function sampleRecord(field: Field): Record<string, Json> {
  const shown = field.fields.filter(
    (part) => !part.isShorthand && (part.preset !== undefined || mustBeGiven(part) || isFull(part)),
  );
  return Object.fromEntries(shown.map((part) => [part.name, sample(part)]));
}

/** A record that is there whether it is given or not, and has something to show. */
const isFull = (field: Field): boolean =>
  field.type === 'record' && field.isRequired && Object.keys(sampleRecord(field)).length > 0;

/** A value for a field: its default, or the simplest one that its rules allow. */
export function sample(field: Field): Json {
  const { rules, preset, type } = field;
  if (preset !== undefined) return preset;
  if (rules.eq !== undefined) return rules.eq;
  if (Array.isArray(rules.one_of)) return (rules.one_of as Json[])[0] ?? null;
  switch (type) {
    case 'record':
      return sampleRecord(field);
    case 'array':
    case 'set':
      return sampleList(field);
    case 'map':
      return {};
    case 'integer':
    case 'number':
      return sampleNumber(field);
    case 'boolean':
      return false;
    case 'string':
      return sampleText(field);
    default:
      return null;
  }
}

function sampleNumber({ rules }: Field): number {
  const [least] = Array.isArray(rules.between) ? (rules.between as number[]) : [];
  if (least !== undefined) return least;
  return typeof rules.gt === 'number' ? Math.floor(rules.gt) + 1 : 0;
}

function sampleList({ rules, elements }: Field): Json {
  const wanted = rules.len_eq ?? rules.len_min;
  const items: Json[] = rules.contains === undefined ? [] : [rules.contains];
  while (elements !== undefined && typeof wanted === 'number' && items.length < Math.min(wanted, 100))
    items.push(sample(elements));
  return items;
}

function sampleText({ rules, name }: Field): string {
  if (rules.uuid !== undefined) return '00000000-0000-4000-8000-000000000000';
  const start = typeof rules.starts_with === 'string' ? rules.starts_with : '';
  const exact = rules.len_eq;
  const text =
    start === '' ? (/url|endpoint|uri$/.test(name) ? 'http://example.com' : name.endsWith('host') ? 'example.com' : name) : start;
  const least = typeof exact === 'number' ? exact : typeof rules.len_min === 'number' ? rules.len_min : 1;
  const most = typeof exact === 'number' ? exact : typeof rules.len_max === 'number' ? rules.len_max : 1000;
  return text.padEnd(Math.min(least, 10_000), 'x').slice(0, most);
}

/** Comments beside the fields that are there, and lines for those that are not. */
function comment(map: YAMLMap, field: Field): void {
  const absent: string[] = [];
  for (const part of field.fields) {
    if (part.isShorthand) continue;
    const node = map.get(part.name, true) as Node | undefined;
    if (node === undefined) {
      absent.push(` ${part.name}: # ${wordsFor(part)}`);
      continue;
    }
    if (isMap(node) && part.type === 'record') comment(node, part);
    else if (isScalar(node) && mustBeGiven(part)) node.comment = ` ${wordsFor(part)}`;
  }
  if (absent.length > 0) map.comment = absent.join('\n');
}

function wordsFor(field: Field): string {
  return [mustBeGiven(field) ? 'required' : undefined, typeWords(field), ...boundsOf(field)]
    .filter((word) => word !== undefined)
    .join(', ')
    .replaceAll(/\s+/g, ' ');
}

// The configuration of one use of a plugin as a document that somebody fills in: node, plugin and scope on top, the fields of the schema below with
// what each may be, and what is wrong with it where it stands.
import { isMap } from 'yaml';
import { Lines } from '../../text/lines';
import { byPosition, type Diagnostic, type Severity } from '../../text/diagnostic';
import { writtenDocument } from '../../text/yaml';
import { isObject } from '../declarative/entities';
import { readYaml, type Span, type Step } from '../declarative/yamlText';
import type { Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';
import { commentFields, filledConfig } from '../views/skeleton';
import { checkGiven, plainSecrets } from './check';

type Fields = Readonly<Record<string, Json>>;

/** What a document is about. */
export interface UseHead {
  node: string;
  plugin: string;
  /** Of a new use what it is applied to (`global`, `service:orders`), of one that is there its id. */
  at: { scope: string } | { id: string };
  /** What it is applied to, in words. */
  words: string;
}

/** How a document begins. */
const MARK = '# Configure ';
/** What a line that is not there means. */
const OF_NEW = ' What is not given has its default. Nothing is sent before you apply it.';
const OF_THERE = ' A line that you take out leaves its field as it is. Nothing is sent before you apply it.';
/** What says which use it is. */
export const HEAD = ['node', 'plugin', 'scope', 'id'] as const;
/** What says elsewhere where a plugin is applied, or which one it is. */
export const NOT_HERE: readonly string[] = ['name', 'service', 'route', 'consumer', 'consumer_group'];

/** Whether a text is such a document. */
export const isUseDocument = (text: string): boolean => text.startsWith(MARK);

/** The document of a use: filled with `entity`, or else with what the schema asks for and puts by itself. */
export function useDocument(head: UseHead, schema: PluginSchema | undefined, entity?: Fields): string {
  const { config = {}, ...others } = entity ?? { enabled: true, config: schema === undefined ? {} : filledConfig(schema) };
  const document = writtenDocument({ node: head.node, plugin: head.plugin, ...head.at, ...others, config });
  const fields = document.get('config');
  if (schema !== undefined && isMap(fields)) commentFields(fields, schema);
  const isNew = 'scope' in head.at;
  document.commentBefore = [` Configure ${head.plugin} ${head.words}`, isNew ? OF_NEW : OF_THERE].join('\n');
  return document.toString({ lineWidth: 0 });
}

/** The text of a document whose use is there from now on, with that id: applied again it changes the use. */
export function withId(text: string, id: string): string {
  const [part] = readYaml(text);
  const { name, value } = part?.placeOf(['scope']) ?? {};
  if (name === undefined || value === undefined) return text;
  return `${text.slice(0, name.start)}id: ${id}${text.slice(value.end)}`.replace(OF_NEW, OF_THERE);
}

/** A document as far as it can be read. */
export interface ReadUse {
  node: string | undefined;
  plugin: string | undefined;
  scope: string | undefined;
  id: string | undefined;
  /** `config`, and what else of the entity it gives. */
  entity: Record<string, Json>;
  /** The one-based line of a part of the entity, or of the nearest part around it. */
  lineOf: (path: readonly Step[]) => number;
  /** What is wrong whatever the schema says. */
  problems: Diagnostic[];
  /** The diagnostic of a part. */
  at: (path: readonly Step[], message: string, severity?: Severity) => Diagnostic;
}

/** Reads a document. Never throws for what is in it. */
export function readUseDocument(text: string): ReadUse {
  const lines = new Lines(text);
  const told = (code: string, severity: Severity, message: string, { start, end }: Span): Diagnostic => {
    const isShort = lines.position(start).line === lines.position(end).line;
    const range = lines.range(start, isShort ? end : start);
    return { code: `config/${code}`, severity, message, range, enforcedBy: severity === 'error' ? ['kong-load'] : [] };
  };
  const [part, second] = readYaml(text);
  const placeOf = (path: readonly Step[]): Span => {
    const { name, value } = part?.placeOf(path) ?? { name: undefined, value: { start: 0, end: 0 } };
    const isShort = lines.position(value.start).line === lines.position(value.end).line;
    return name !== undefined && (!isShort || value.start === value.end) ? name : value;
  };
  const problems = (part?.problems ?? []).map((one) =>
    told(one.isFatal ? 'yaml' : 'twice', one.isFatal ? 'error' : 'warning', one.message, one),
  );
  if (second !== undefined)
    problems.push(
      told('more-documents', 'error', 'Only what stands above is applied.', { start: second.start, end: second.start }),
    );
  const data = part !== undefined && isObject(part.data) ? part.data : {};
  const at: ReadUse['at'] = (path, message, severity = 'error') => {
    const isUnknown = message === 'unknown field';
    const place = isUnknown ? (part?.placeOf(path).name ?? placeOf(path)) : placeOf(path);
    return told(isUnknown ? 'unknown-field' : 'invalid', severity, message, place);
  };
  const wordOf = (field: string): string | undefined => {
    const value = data[field];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const read: ReadUse = {
    ...{ node: wordOf('node'), plugin: wordOf('plugin'), scope: wordOf('scope'), id: wordOf('id') },
    entity: Object.fromEntries(
      Object.entries(data).filter(([name, value]) => !HEAD.some((one) => one === name) && value !== null),
    ),
    lineOf: (path) => lines.position(placeOf(path).start).line + 1,
    problems,
    at,
  };
  if (!problems.some(({ severity }) => severity === 'error')) problems.push(...headProblems(read, data));
  return read;
}

function headProblems({ node, plugin, scope, id, at }: ReadUse, data: Fields): Diagnostic[] {
  const found: Diagnostic[] = [];
  if (node === undefined) found.push(at(['node'], 'The node is missing: "node: docker:NAME".'));
  if (plugin === undefined) found.push(at(['plugin'], 'The plugin is missing: "plugin: NAME".'));
  if (scope === undefined && id === undefined)
    found.push(at(['scope'], 'It is not said what it is applied to: "scope: global", "scope: service:NAME" …'));
  if (scope !== undefined && id !== undefined)
    found.push(at(['scope'], 'An id is that of a use that is there, and a scope says where a new one goes: only one of them.'));
  for (const field of NOT_HERE)
    if (field in data) found.push(at([field], 'What it is applied to is said by "scope", and which plugin by "plugin".'));
  return found;
}

/** What is wrong with a document that was read, by the schema; `kinds` is what the plugin is applied to. */
export function checkUseDocument(read: ReadUse, schema: PluginSchema | undefined, kinds: readonly string[]): Diagnostic[] {
  if (read.problems.some(({ severity }) => severity === 'error')) return [...read.problems].sort(byPosition);
  if (schema === undefined) return read.problems;
  const { problems } = checkGiven(schema, read.entity, kinds);
  const secrets = plainSecrets(schema, read.entity).map((field) =>
    read.at(field.split('.'), 'This could be a reference to a vault, such as {vault://env/NAME}.', 'hint'),
  );
  return [...read.problems, ...problems.map(({ path, message }) => read.at(path, message)), ...secrets].sort(byPosition);
}

// Where a field of the configuration is defined and read: from the code to the schema, and back.
import { rangeOf } from '../../lua/mend';
import type { LuaSource, Span } from '../../lua/source';
import type { Position, Range } from '../../text/diagnostic';
import type { CodeContext } from '../checks/context';
import type { SchemaField, SchemaRecord } from '../schemaFields';
import { fieldOfPath, likelyPath } from './configPath';
import { touches, type Opened } from './opened';

/** A stretch of a file on disk. */
export interface FilePlace {
  path: string;
  range: Range;
}

/** A field with its path below the configuration. */
export interface FoundField {
  path: readonly string[];
  field: SchemaField;
  /** What was pointed at. */
  origin: Range;
}

/** The field of the configuration that a place is about: a read in the code, or its name in the schema. */
export function fieldAtPlace(opened: Opened): FoundField | undefined {
  const { context, file, offset, position } = opened;
  const { schema } = context;
  if (schema === undefined) return undefined;
  for (let i = file.nodes.length - 1; i >= 0; i--) {
    const node = file.nodes[i];
    if (node?.kind !== 'index' || node.key.kind !== 'string' || !touches(node.key, offset)) continue;
    const path = likelyPath(node, file, context);
    const field = path === undefined ? undefined : fieldOfPath(schema, path);
    if (path !== undefined && field !== undefined) return { path, field, origin: rangeOf(file.source, node.key) };
  }
  for (const [path, field] of allFields(schema)) {
    const place = definitionOf(field);
    if (place !== undefined && place.path === file.source.path && holds(place.range, position))
      return { path, field, origin: place.range };
  }
  return undefined;
}

function holds({ start, end }: Range, { line, character }: Position): boolean {
  return line === start.line && line === end.line && start.character <= character && character <= end.character;
}

/** Every field of a record and below it, with its path. */
export function* allFields(record: SchemaRecord, above: readonly string[] = []): Generator<[readonly string[], SchemaField]> {
  for (const field of record.fields.values()) {
    const path = [...above, field.name];
    yield [path, field];
    if (field.record !== undefined) yield* allFields(field.record, path);
  }
}

/** Where a schema names a field; undefined when it is made up as the schema runs. */
export function definitionOf({ place }: SchemaField): FilePlace | undefined {
  return place === undefined ? undefined : filePlace(place.source, place);
}

/** Every place in the code that reads or writes a field, in the order of files and text: its name there, without quotes. */
export function readsOf(path: readonly string[], context: CodeContext): { source: LuaSource; span: Span }[] {
  const wanted = path.join('.');
  return context.program.files.flatMap((file) =>
    file.nodes.flatMap((node) => {
      if (node.kind !== 'index' || node.key.kind !== 'string' || node.key.value !== path.at(-1)) return [];
      if (likelyPath(node, file, context)?.join('.') !== wanted) return [];
      const { start, end } = node.key;
      const quoted = /["']/.test(file.source.bytes.charAt(start));
      return [{ source: file.source, span: quoted ? { start: start + 1, end: end - 1 } : { start, end } }];
    }),
  );
}

/** A span as a place on disk; undefined for a source that is no file. */
export function filePlace(source: LuaSource, span: Span): FilePlace | undefined {
  return source.path === undefined ? undefined : { path: source.path, range: rangeOf(source, span) };
}

/** The string of a `require` at a place. */
export function requiredAt({ file, offset }: Opened): { module: string; origin: Range } | undefined {
  for (const node of file.nodes) {
    if (node.kind !== 'call' || node.callee.kind !== 'global' || node.callee.name !== 'require') continue;
    const [argument] = node.arguments;
    if (argument?.kind !== 'string' || !touches(argument, offset)) continue;
    return { module: argument.value, origin: rangeOf(file.source, argument) };
  }
  return undefined;
}

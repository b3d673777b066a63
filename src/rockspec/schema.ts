// The types of a rockspec's fields, per format, and the walk that finds what breaks them (type/rockspec.lua, type_check.lua, 3.8 to 3.13).
import { LuaString, LuaTable, LuaUnknown, typeName, type Entry, type Value } from '../lua/values';
import { FORMATS, type Format } from './formats';
import { VERSION_PATTERN } from '../luarocks/versions';

/** What may stand at one place. A table is closed unless it is `open`; `any` is the shape of every key that `fields` does not name. */
interface Shape {
  type: 'string' | 'boolean' | 'table';
  since?: Format;
  /** Must be there, in formats before this one when it is a format. */
  mandatory?: true | { before: Format };
  pattern?: (format: Format) => RegExp;
  /** What the pattern describes, as LuaRocks says it. */
  patternName?: string;
  fields?: Readonly<Record<string, Shape>>;
  any?: Shape;
  open?: true;
  /** May hold `platforms`, each with this same shape. */
  platforms?: true;
}

const text: Shape = { type: 'string' };
const since3 = (shape: Shape): Shape => ({ ...shape, since: '3.0' });
const texts: Shape = { type: 'table', any: text };
const anything: Shape = { type: 'table', open: true };

/** Lua patterns of type/rockspec.lua on byte strings. */
const DEPENDENCY = /^[ \t-\r]*[a-zA-Z0-9][^/]*$/;
const NAMESPACED_DEPENDENCY = /^[ \t-\r]*(?:[.\-_]*|[a-zA-Z0-9.\-_]*\/)[a-zA-Z0-9][^/]*$/;

const dependencies: Shape = {
  type: 'table',
  platforms: true,
  any: {
    type: 'string',
    pattern: (format) => (format === '1.0' || format === '1.1' ? DEPENDENCY : NAMESPACED_DEPENDENCY),
    patternName: 'a valid dependency string',
  },
};

/** The whole rockspec. */
export const ROCKSPEC_SHAPE: Shape = {
  type: 'table',
  fields: {
    rockspec_format: text,
    package: { ...text, mandatory: true },
    version: { ...text, mandatory: true, pattern: () => VERSION_PATTERN, patternName: "'[%w.]+-[%d]+'" },
    description: {
      type: 'table',
      fields: {
        summary: text,
        detailed: text,
        homepage: text,
        license: text,
        maintainer: text,
        labels: since3(texts),
        issues_url: since3(text),
      },
    },
    dependencies,
    build_dependencies: since3(dependencies),
    test_dependencies: since3(dependencies),
    supported_platforms: texts,
    external_dependencies: {
      type: 'table',
      platforms: true,
      any: { type: 'table', fields: { program: text, header: text, library: text } },
    },
    source: {
      type: 'table',
      mandatory: true,
      platforms: true,
      fields: {
        url: { ...text, mandatory: true },
        md5: text,
        file: text,
        dir: text,
        tag: text,
        branch: text,
        module: text,
        cvs_tag: text,
        cvs_module: text,
      },
    },
    build: {
      type: 'table',
      mandatory: { before: '3.0' },
      open: true,
      platforms: true,
      fields: {
        type: text,
        install: { type: 'table', fields: { lua: anything, lib: anything, conf: anything, bin: anything } },
        copy_directories: texts,
      },
    },
    hooks: { type: 'table', platforms: true, fields: { post_install: text } },
    deploy: { type: 'table', since: '1.1', fields: { wrap_bin_scripts: { type: 'boolean' } } },
    test: { type: 'table', since: '3.0', open: true, platforms: true, fields: { type: text } },
  },
};

/** One thing that breaks the types. `enforced` is false where LuaRocks 3.12 and newer do not look any more. */
export type SchemaProblem = { path: readonly string[]; enforced: boolean } & (
  | {
      kind: 'unknown';
      entry: Entry;
      /** The table it stands in. */ table: LuaTable;
      /** The names that are known there. */ known: readonly string[];
      /** The first format that has it. */ since?: Format;
    }
  | { kind: 'type'; entry: Entry; expected: string }
  | { kind: 'pattern'; entry: Entry; expected: string; /** The first later format whose pattern accepts it. */ since?: Format }
  | { kind: 'missing'; /** The table that lacks it; undefined at the top. */ owner: Entry | undefined }
);

interface Walk {
  format: Format;
  /** LuaRocks 3.12 and newer: nothing below `platforms`, and no items of lists without named fields. */
  lenient: boolean;
  problems: SchemaProblem[];
}

/** Everything in a rockspec's globals that breaks the types of its format. */
export function schemaProblems(globals: LuaTable, format: Format, lenient: boolean): SchemaProblem[] {
  const walk: Walk = { format, lenient, problems: [] };
  checkTable(walk, globals, ROCKSPEC_SHAPE, [], undefined, true);
  return walk.problems;
}

/** The fields of the top level that a format knows. */
export function topLevelFields(format: Format): readonly string[] {
  return knownFields(ROCKSPEC_SHAPE, format);
}

/** The first format that knows a field of the top level, if any does. */
export function topLevelSince(name: string): Format | undefined {
  const shape = own(ROCKSPEC_SHAPE.fields, name);
  return shape && (shape.since ?? '1.0');
}

function own<T>(record: Readonly<Record<string, T>> | undefined, key: string): T | undefined {
  return record !== undefined && Object.hasOwn(record, key) ? record[key] : undefined;
}

function isIn(shape: Shape, format: Format): boolean {
  return FORMATS.indexOf(shape.since ?? '1.0') <= FORMATS.indexOf(format);
}

function knownFields(shape: Shape, format: Format): string[] {
  return Object.entries(shape.fields ?? {}).flatMap(([name, field]) => (isIn(field, format) ? [name] : []));
}

function checkTable(
  walk: Walk,
  table: LuaTable,
  shape: Shape,
  path: readonly string[],
  owner: Entry | undefined,
  enforced: boolean,
): void {
  // From 3.12 on the type checker leaves a table whose shape names no fields as soon as it enters it.
  const inner = enforced && !(walk.lenient && shape.fields === undefined && shape.platforms === undefined);
  for (const entry of table.fields.values()) {
    const key = typeof entry.key === 'string' ? entry.key : undefined;
    const name = entry.keyString?.text ?? (typeof entry.key === 'object' ? typeName(entry.key) : String(entry.key));
    const at = [...path, name];
    if (key === 'platforms' && shape.platforms !== undefined) {
      checkPlatforms(walk, entry, shape, at, inner);
      continue;
    }
    const named = key === undefined ? undefined : own(shape.fields, key);
    const field = named !== undefined && isIn(named, walk.format) ? named : shape.any;
    if (field !== undefined) checkValue(walk, entry, field, at, inner);
    else if (shape.open === undefined) {
      walk.problems.push({
        kind: 'unknown',
        path: at,
        entry,
        table,
        enforced: inner,
        known: [...knownFields(shape, walk.format), ...(shape.platforms === undefined ? [] : ['platforms'])],
        ...(named?.since === undefined ? {} : { since: named.since }),
      });
    }
  }
  for (const [name, field] of Object.entries(shape.fields ?? {})) {
    const needed =
      field.mandatory === true ||
      (field.mandatory !== undefined && FORMATS.indexOf(walk.format) < FORMATS.indexOf(field.mandatory.before));
    const value = table.get(name);
    if (needed && isIn(field, walk.format) && (value === undefined || value === false) && !table.open) {
      walk.problems.push({ kind: 'missing', path: [...path, name], owner, enforced: inner });
    }
  }
}

function checkPlatforms(walk: Walk, entry: Entry, shape: Shape, path: readonly string[], enforced: boolean): void {
  if (!isType(entry.value, 'table')) {
    walk.problems.push({ kind: 'type', path, entry, expected: 'a table', enforced });
    return;
  }
  if (!(entry.value instanceof LuaTable)) return;
  const one = { ...shape };
  delete one.platforms;
  for (const override of entry.value.fields.values()) {
    const name = override.keyString?.text ?? (typeof override.key === 'object' ? typeName(override.key) : String(override.key));
    checkValue(walk, override, one, [...path, name], enforced && !walk.lenient);
  }
}

function checkValue(walk: Walk, entry: Entry, shape: Shape, path: readonly string[], enforced: boolean): void {
  const { value } = entry;
  if (!isType(value, shape.type)) {
    const expected = { string: `a string, got ${typeName(value)}`, table: 'a table', boolean: 'boolean' }[shape.type];
    walk.problems.push({ kind: 'type', path, entry, expected, enforced });
  } else if (value instanceof LuaTable) checkTable(walk, value, shape, path, entry, enforced);
  else if (value instanceof LuaString && shape.pattern !== undefined && !shape.pattern(walk.format).test(value.value)) {
    const { pattern, patternName = '' } = shape;
    const since = FORMATS.slice(FORMATS.indexOf(walk.format) + 1).find((format) => pattern(format).test(value.value));
    walk.problems.push({
      kind: 'pattern',
      path,
      entry,
      expected: patternName,
      enforced,
      ...(since === undefined ? {} : { since }),
    });
  }
}

function isType(value: Value, type: Shape['type']): boolean {
  return value instanceof LuaUnknown || typeName(value) === type;
}

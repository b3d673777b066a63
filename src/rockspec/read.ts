// A rockspec as data: its source evaluated without running it, every value with its place.
import { evaluateChunk, type Evaluation } from '../lua/evaluate';
import type { LuaSyntaxError } from '../lua/lexer';
import { parse } from '../lua/parser';
import { LuaSource } from '../lua/source';
import { LuaString, LuaTable, LuaUnknown, textValue, type Entry, type Value } from '../lua/values';
import type { Range } from '../text/diagnostic';
import { withPlatforms } from './platforms';
import type { Chunk } from '../lua/ast';

/** A string of the rockspec with its places, which are worked out when asked for. */
export class LocatedString {
  readonly value: string;

  constructor(
    private readonly source: LuaSource,
    /** The value with its origin: which literals it is made of. */
    readonly string: LuaString,
    private readonly entry: Entry,
  ) {
    this.value = string.text;
  }

  /** The range of the expression that gives it. */
  get range(): Range {
    return valueRange(this.source, this.entry);
  }

  /** The range of its field's name; list items have none. */
  get keyRange(): Range | undefined {
    return this.entry.keyPlace && this.source.range(this.entry.keyPlace);
  }
}

/** One line of `build.modules`: a Lua file (one source that ends in `.lua`) or C sources. */
export class RockModule {
  /** The module's name: the key. */
  readonly name: string;

  constructor(
    private readonly source: LuaSource,
    key: LuaString,
    readonly entry: Entry,
    /** The files, as written; undefined when the value has no shape LuaRocks knows or is not known. */
    readonly sources: LocatedString[] | undefined,
  ) {
    this.name = key.text;
  }

  /** The range of the key's expression. */
  get nameRange(): Range {
    return keyRange(this.source, this.entry);
  }

  /** The range of the value's expression. */
  get range(): Range {
    return valueRange(this.source, this.entry);
  }
}

/** One line of `build.install.lua` and its like: `target` is missing for a list item. */
export interface InstallLine {
  target: string | undefined;
  file: LocatedString;
}

export type InstallSection = 'lua' | 'lib' | 'conf' | 'bin';

export interface RockspecBuild {
  type: LocatedString | undefined;
  /** Missing when the rockspec has no `build.modules` table. */
  modules: RockModule[] | undefined;
  install: Record<InstallSection, InstallLine[]>;
  /** Missing when the rockspec does not say. */
  copyDirectories: LocatedString[] | undefined;
  /** The whole table, overrides of Kong's platform merged in. */
  table: LuaTable;
}

/** What a rockspec says. Fields that are missing, of a wrong type or not known are undefined; `checkRockspec` says which and why. */
export interface Rockspec {
  path: string;
  source: LuaSource;
  chunk: Chunk;
  /** Why it does not parse; the other fields then say what could be read all the same. */
  syntaxError: LuaSyntaxError | undefined;
  evaluation: Evaluation;
  /** The globals as the file leaves them. */
  globals: LuaTable;
  /** The globals with the overrides for Kong's platform (unix, linux) merged in: what LuaRocks works with. */
  merged: LuaTable;
  /** The declared format, `1.0` when it declares none. */
  format: string;
  package: LocatedString | undefined;
  version: LocatedString | undefined;
  description: LuaTable | undefined;
  sourceTable: LuaTable | undefined;
  dependencies: LocatedString[];
  build: RockspecBuild | undefined;
}

const LIMITS = { steps: 500_000, memory: 32_000_000 };

/** Reads a rockspec. Never throws; a file that does not parse or fails half way gives what could be read. */
export function readRockspec(text: string | Uint8Array, path: string): Rockspec {
  const source = new LuaSource(text, path);
  // A rockspec is read by whichever Lua runs LuaRocks, so it is held to plain Lua 5.1.
  const { chunk, error: syntaxError } = parse(source, '5.1');
  const evaluation = evaluateChunk(chunk, { limits: LIMITS, chunkName: () => chunkName(path) });
  const { globals } = evaluation;
  const merged = withPlatforms(globals);
  const build = merged.get('build');
  return {
    path,
    source,
    chunk,
    syntaxError,
    evaluation,
    globals,
    merged,
    format: textValue(globals.get('rockspec_format')) ?? '1.0',
    package: located(source, globals.entry('package')),
    version: located(source, globals.entry('version')),
    description: tableOf(merged.get('description')),
    sourceTable: tableOf(merged.get('source')),
    dependencies: locatedList(source, merged.get('dependencies')) ?? [],
    build: build instanceof LuaTable ? readBuild(source, build) : undefined,
  };
}

/** How Lua names the chunk in its messages (luaO_chunkid, LUA_IDSIZE 60 as LuaRocks loads it: from a string named after the file). */
function chunkName(path: string): string {
  const name = path.split('/').at(-1) ?? path;
  return `[string "${name}"]`;
}

function tableOf(value: Value): LuaTable | undefined {
  return value instanceof LuaTable ? value : undefined;
}

/** The range of a field's value: the expression it was assigned from. */
export function valueRange(source: LuaSource, entry: Entry): Range {
  return source.range(entry.valuePlace ?? entry.place ?? { start: 0, end: 0 });
}

/** The range of a field's name; of its value for a list item. */
export function keyRange(source: LuaSource, entry: Entry): Range {
  return entry.keyPlace === undefined ? valueRange(source, entry) : source.range(entry.keyPlace);
}

/** A field as a string with its place; undefined when it is none. */
export function located(source: LuaSource, entry: Entry | undefined): LocatedString | undefined {
  return entry?.value instanceof LuaString ? new LocatedString(source, entry.value, entry) : undefined;
}

/** The strings of a list; undefined when the value is no table. */
export function locatedList(source: LuaSource, value: Value): LocatedString[] | undefined {
  if (!(value instanceof LuaTable)) return undefined;
  return value.list().flatMap((entry) => located(source, entry) ?? []);
}

function readBuild(source: LuaSource, table: LuaTable): RockspecBuild {
  const modules = tableOf(table.get('modules'));
  const install = tableOf(table.get('install'));
  const lines = (kind: InstallSection): InstallLine[] =>
    [...(tableOf(install?.get(kind))?.fields.values() ?? [])].flatMap((entry) => {
      const file = located(source, entry);
      return file === undefined ? [] : [{ target: typeof entry.key === 'string' ? entry.keyString?.text : undefined, file }];
    });
  return {
    type: located(source, table.entry('type')),
    modules: modules && [...modules.fields.values()].flatMap((entry) => readModule(source, entry)),
    install: { lua: lines('lua'), lib: lines('lib'), conf: lines('conf'), bin: lines('bin') },
    copyDirectories: locatedList(source, table.get('copy_directories')),
    table,
  };
}

function readModule(source: LuaSource, entry: Entry): RockModule[] {
  if (typeof entry.key !== 'string') return [];
  return [new RockModule(source, entry.keyString ?? new LuaString(entry.key), entry, moduleSources(source, entry))];
}

/** What builtin.lua takes as sources: a string, a list of strings, or `sources` of a table. */
function moduleSources(source: LuaSource, entry: Entry): LocatedString[] | undefined {
  const { value } = entry;
  const single = located(source, entry);
  if (single !== undefined) return [single];
  if (!(value instanceof LuaTable)) return undefined;
  const own = locatedList(source, value) ?? [];
  if (own.length > 0) return own;
  const sources = value.entry('sources');
  const one = located(source, sources);
  return one === undefined ? locatedList(source, sources?.value) : [one];
}

/** A value as plain data: strings as text, a list as an array, another table as an object; undefined for what is unknown or has no such form. */
export type Plain = undefined | boolean | number | string | Plain[] | { [key: string]: Plain };

/** Turns a value into plain data; a table met again inside itself is left out. */
export function toPlain(value: Value, around: readonly LuaTable[] = []): Plain {
  if (value instanceof LuaString) return value.text;
  if (typeof value === 'boolean' || typeof value === 'number') return value;
  if (!(value instanceof LuaTable) || value instanceof LuaUnknown || around.includes(value)) return undefined;
  const inner = [...around, value];
  const list = value.list();
  if (list.length > 0 && list.length === value.fields.size) return list.map((entry) => toPlain(entry.value, inner));
  return Object.fromEntries(
    [...value.fields.values()].flatMap((entry) =>
      typeof entry.key === 'object' ? [] : [[entry.keyString?.text ?? String(entry.key), toPlain(entry.value, inner)]],
    ),
  );
}

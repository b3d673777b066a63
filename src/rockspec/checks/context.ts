// What a check gets and gives.
import { dirname } from 'node:path';
import type { Place, Span } from '../../lua/source';
import { LuaTable, type Entry } from '../../lua/values';
import type { Diagnostic, Enforcer, Range, Severity } from '../../text/diagnostic';
import { isFormat, type Format } from '../formats';
import { rockspecPlugins, type PluginModules } from '../pluginModules';
import type { FileKind, FolderView } from '../projectFiles';
import type { Rockspec } from '../read';
import { schemaProblems, type SchemaProblem } from '../schema';
import { luarocksAtLeast, type Target } from '../target';

/** One row of the table of checks. */
export interface Check {
  /** Stable, `rockspec/…`. */
  code: string;
  severity: Severity;
  /** Who refuses it too. A problem may say otherwise, where it depends on the version. */
  enforcedBy: readonly Enforcer[];
  /** One paragraph for people: what is wrong with it and what to do. */
  documentation: string;
  /** Finds the problems. */
  run: (context: CheckContext) => Iterable<Problem>;
}

/** A diagnostic whose code, severity and enforcers come from its row unless it has its own. */
export type Problem = Pick<Diagnostic, 'message' | 'range'> &
  Partial<Pick<Diagnostic, 'severity' | 'enforcedBy' | 'related' | 'fixes'>>;

/** Everything the checks of one rockspec share. */
export class CheckContext {
  /** The declared format when it is one, otherwise 1.0. */
  readonly format: Format;
  /** The Kong plugins its modules make. */
  readonly plugins: readonly PluginModules[];
  #schemaProblems: SchemaProblem[] | undefined;

  constructor(
    readonly rockspec: Rockspec,
    readonly target: Target,
    /** The files around the rockspec, read before the checks run; undefined when nobody may look. */
    readonly files: FolderView | undefined,
    /** The files in the plugins' folders, by folder. */
    readonly trees: ReadonlyMap<string, readonly string[]> | undefined,
    /** The handlers that could be read. */
    readonly handlers: readonly { path: string; text: Uint8Array }[],
    /** What lies beside the rockspec. */
    readonly siblings: ReadonlyMap<string, FileKind> | undefined,
  ) {
    this.format = isFormat(rockspec.format) ? rockspec.format : '1.0';
    this.plugins = rockspecPlugins(rockspec);
  }

  /** The folder of the rockspec. */
  get dir(): string {
    return dirname(this.rockspec.path);
  }

  /** Whether the file was read and evaluated to its end, so that what is not there is really missing. */
  get complete(): boolean {
    const { syntaxError, evaluation } = this.rockspec;
    return syntaxError === undefined && evaluation.error === undefined && evaluation.exhausted === undefined;
  }

  get schemaProblems(): readonly SchemaProblem[] {
    this.#schemaProblems ??= schemaProblems(this.rockspec.globals, this.format, luarocksAtLeast(this.target.luarocks, '3.12.0'));
    return this.#schemaProblems;
  }

  readonly range = (span: Span): Range => this.rockspec.source.range(span);

  /** The range of a field's value. */
  valueRange(entry: Entry): Range {
    return this.range(this.placeOf(entry.valuePlace ?? entry.place));
  }

  /** The range of a field's name; of its value when it is a list item. */
  keyRange(entry: Entry): Range {
    return this.range(this.placeOf(entry.keyPlace ?? entry.valuePlace ?? entry.place));
  }

  /** Where to say that something is missing at the top level: the first line that says anything. */
  topRange(): Range {
    const [first] = this.rockspec.chunk.body.block.statements;
    return this.lineRange({ start: first?.start ?? 0, end: this.rockspec.source.bytes.length });
  }

  /** The range of the name of a field of the top level, or of one inside it when it is there; the first line without either. */
  fieldRange(name: string, inner?: string): Range {
    const entry = this.rockspec.merged.entry(name);
    const field = inner === undefined ? undefined : subtable(this.rockspec.merged, name)?.entry(inner);
    const found = field ?? entry;
    return found === undefined ? this.topRange() : this.keyRange(found);
  }

  /** A span's range, but not beyond the end of its first line. */
  lineRange(span: Span): Range {
    const end = this.rockspec.source.bytes.slice(span.start).search(/[\r\n]|$/);
    return this.range({ start: span.start, end: Math.min(span.end, span.start + Math.max(0, end)) });
  }

  /** Fields that a later one of the same constructor replaced. */
  overwritten(): { table: LuaTable; entry: Entry }[] {
    const seen = new Set<LuaTable>();
    const found: { table: LuaTable; entry: Entry }[] = [];
    const visit = (table: LuaTable): void => {
      if (seen.has(table)) return;
      seen.add(table);
      for (const entry of table.overwritten) found.push({ table, entry });
      for (const { value } of table.fields.values()) if (value instanceof LuaTable) visit(value);
    };
    visit(this.rockspec.globals);
    return found;
  }

  private placeOf(place: Place | undefined): Span {
    return place ?? { start: 0, end: 0 };
  }
}

/** A field of a table as a table, if it is one. */
export function subtable(table: LuaTable | undefined, key: string): LuaTable | undefined {
  const value = table?.get(key);
  return value instanceof LuaTable ? value : undefined;
}

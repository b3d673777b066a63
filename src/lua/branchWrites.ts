// What a branch wrote, so that branches that may or may not run can be undone and compared.
import type { LuaUnknown } from './values';
import { same, type Cell, type Entry, type Key, type LuaTable, type Value } from './values';

interface Writes {
  cells: Map<Cell, Value>;
  tables: Map<LuaTable, Map<Key, Entry | undefined>>;
}

/** The first old value of everything written since it was opened. */
export class BranchWrites {
  readonly #old: Writes = { cells: new Map(), tables: new Map() };

  constructor(readonly outer: BranchWrites | undefined) {}

  cell(cell: Cell): void {
    if (!this.#old.cells.has(cell)) this.#old.cells.set(cell, cell.value);
  }

  field(table: LuaTable, key: Key): void {
    let fields = this.#old.tables.get(table);
    if (fields === undefined) this.#old.tables.set(table, (fields = new Map<Key, Entry | undefined>()));
    if (!fields.has(key)) fields.set(key, table.fields.get(key));
  }

  /** Puts everything back as it was and returns what had been written. */
  undo(): Writes {
    const written: Writes = { cells: new Map(), tables: new Map() };
    for (const [cell, old] of this.#old.cells) {
      written.cells.set(cell, cell.value);
      cell.value = old;
    }
    for (const [table, fields] of this.#old.tables) {
      const now = new Map<Key, Entry | undefined>();
      for (const [key, old] of fields) {
        now.set(key, table.fields.get(key));
        putEntry(table, key, old);
      }
      written.tables.set(table, now);
    }
    return written;
  }
}

function putEntry(table: LuaTable, key: Key, entry: Entry | undefined): void {
  if (entry === undefined) table.fields.delete(key);
  else table.fields.set(key, entry);
}

/** Where merged writes go. */
export interface Writer {
  writeCell: (cell: Cell, value: Value) => void;
  writeField: (table: LuaTable, key: Key, entry: Entry | undefined) => void;
}

/** Writes what several ways of going on agree about; what they do not agree about becomes unknown. A single way is simply replayed. */
export function merge(ways: readonly Writes[], writer: Writer, unknown: LuaUnknown): void {
  const cells = new Set(ways.flatMap((way) => [...way.cells.keys()]));
  for (const cell of cells) {
    const values = ways.map((way) => (way.cells.has(cell) ? way.cells.get(cell) : cell.value));
    writer.writeCell(cell, values.every((value) => same(value, values[0])) ? values[0] : unknown);
  }
  const tables = new Set(ways.flatMap((way) => [...way.tables.keys()]));
  for (const table of tables) {
    const keys = new Set(ways.flatMap((way) => [...(way.tables.get(table)?.keys() ?? [])]));
    for (const key of keys) {
      const entries = ways.map((way) => {
        const fields = way.tables.get(table);
        return fields?.has(key) ? fields.get(key) : table.fields.get(key);
      });
      writer.writeField(table, key, mergedEntry(entries, unknown));
    }
  }
}

function mergedEntry(entries: readonly (Entry | undefined)[], unknown: LuaUnknown): Entry | undefined {
  const [first] = entries;
  if (entries.every((entry) => same(entry?.value, first?.value) && entry?.maybe === first?.maybe)) return first;
  const present = entries.find((entry) => entry !== undefined);
  return present && { ...present, value: unknown, maybe: entries.some((entry) => entry === undefined || entry.maybe) };
}

/** Makes everything unknown that was written: the effect of code that runs nobody knows how often. */
export function forget(written: Writes, writer: Writer, unknown: LuaUnknown): void {
  for (const cell of written.cells.keys()) writer.writeCell(cell, unknown);
  for (const [table, fields] of written.tables) {
    table.open = true;
    for (const [key, entry] of fields) {
      const known = entry ?? table.fields.get(key);
      if (known !== undefined) writer.writeField(table, key, { ...known, value: unknown, maybe: true });
    }
  }
}

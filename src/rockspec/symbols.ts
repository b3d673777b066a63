// The outline of a rockspec: its locals and fields, tables with what is in them.
import type { LuaSource, Place } from '../lua/source';
import { LuaTable, type Entry } from '../lua/values';
import type { Range } from '../text/diagnostic';
import { shownValue } from './fieldAt';
import type { Rockspec } from './read';

/** One line of the outline. `range` holds the whole field, `selection` its name. */
export interface RockspecSymbol {
  name: string;
  detail: string;
  kind: 'local' | 'table' | 'string' | 'value' | 'item';
  range: Range;
  selection: Range;
  children: RockspecSymbol[];
}

/** More lines than anyone reads; a loop can make any number of fields of one table. */
const MAX_FIELDS = 2000;

/** The outline in file order. */
export function symbolsOf(rockspec: Rockspec): RockspecSymbol[] {
  const { source, chunk, globals } = rockspec;
  const symbols: RockspecSymbol[] = [];
  for (const statement of chunk.body.block.statements) {
    if (statement.kind !== 'localStatement' && statement.kind !== 'localFunction') continue;
    const variables = statement.kind === 'localFunction' ? [statement.variable] : statement.variables;
    for (const variable of variables) {
      const range = source.range(variables.length === 1 ? statement : variable);
      symbols.push({
        name: variable.name,
        detail: 'local',
        kind: 'local',
        range,
        selection: source.range(variable),
        children: [],
      });
    }
  }
  for (const symbol of tableSymbols(source, globals, [globals])) symbols.push(symbol);
  return symbols.sort((a, b) => a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character);
}

function tableSymbols(source: LuaSource, table: LuaTable, around: readonly LuaTable[]): RockspecSymbol[] {
  return [...table.fields.values()].slice(0, MAX_FIELDS).flatMap((entry) => {
    const whole = entry.place ?? entry.valuePlace;
    if (typeof entry.key === 'object' || whole === undefined) return [];
    const { value } = entry;
    const inner = value instanceof LuaTable && !around.includes(value) ? tableSymbols(source, value, [...around, value]) : [];
    return [
      {
        ...naming(entry),
        range: source.range(whole),
        selection: source.range(within(entry.keyPlace ?? whole, whole)),
        children: inner,
      },
    ];
  });
}

function naming({ key, value, keyString }: Entry): Pick<RockspecSymbol, 'name' | 'detail' | 'kind'> {
  const detail = shownValue(value) ?? '';
  const name = keyString?.text ?? '';
  if (keyString === undefined)
    return { name: detail === '' && typeof key !== 'object' ? String(key) : detail || '?', detail: '', kind: 'item' };
  const kind = value instanceof LuaTable ? 'table' : detail.startsWith('"') ? 'string' : 'value';
  // Editors refuse a symbol without a name.
  return { name: name.trim() === '' ? JSON.stringify(name) : name, detail, kind };
}

/** Editors refuse a name that lies outside its symbol. */
function within(inner: Place, outer: Place): Place {
  return inner.start >= outer.start && inner.end <= outer.end ? inner : outer;
}

// Platform overrides: what LuaRocks lays over a rockspec before it uses it.
import { LuaTable, type Entry } from '../lua/values';

/** Every platform set LuaRocks knows, general to specific (cfg.lua, 3.13). */
export const PLATFORM_SETS: Readonly<Record<string, readonly string[]>> = {
  linux: ['unix', 'linux'],
  macosx: ['unix', 'bsd', 'macosx', 'macos'],
  freebsd: ['unix', 'bsd', 'freebsd'],
  openbsd: ['unix', 'bsd', 'openbsd'],
  netbsd: ['unix', 'bsd', 'netbsd'],
  dragonfly: ['unix', 'bsd', 'dragonfly'],
  solaris: ['unix', 'solaris'],
  haiku: ['unix', 'haiku'],
  cygwin: ['unix', 'cygwin'],
  windows: ['windows', 'win32'],
  mingw: ['windows', 'win32', 'mingw32', 'mingw'],
  msys: ['unix', 'cygwin', 'msys'],
  msys2_mingw_w64: ['windows', 'win32', 'mingw32', 'mingw', 'msys', 'msys2_mingw_w64'],
};

/** Where Kong runs. */
export const KONG_PLATFORMS: readonly string[] = ['unix', 'linux'];

/** The top-level tables that may hold `platforms` (rockspecs.lua). */
const OVERRIDABLE = [
  'build',
  'dependencies',
  'build_dependencies',
  'test_dependencies',
  'external_dependencies',
  'source',
  'hooks',
  'test',
];

/** The rockspec's globals with the overrides of these platforms merged in and `platforms` gone; the original is left alone. */
export function withPlatforms(globals: LuaTable, platforms: readonly string[] = KONG_PLATFORMS): LuaTable {
  const result = shallow(globals);
  for (const name of OVERRIDABLE) {
    const entry = globals.entry(name);
    if (entry?.value instanceof LuaTable) result.fields.set(name, { ...entry, value: overridden(entry.value, platforms) });
  }
  return result;
}

function overridden(table: LuaTable, platforms: readonly string[]): LuaTable {
  const overrides = table.get('platforms');
  const result = shallow(table);
  if (overrides instanceof LuaTable) {
    for (const platform of platforms) {
      const override = overrides.get(platform);
      if (override instanceof LuaTable) deepMerge(result, override, 0);
    }
  }
  // LuaRocks sets `platforms` to nil afterwards, which makes Lua lay out the table anew and a list with holes shorter (ltable.c rehash).
  if (!result.fields.delete('platforms')) result.listSlots = arraySlots(result);
  return result;
}

/** The size Lua gives the array part: the largest power of two of which more than half is in use (ltable.c computesizes). */
function arraySlots(table: LuaTable): number {
  const indices = [...table.fields.keys()].filter(
    (key): key is number => typeof key === 'number' && Number.isInteger(key) && key > 0,
  );
  let slots = 0;
  for (let size = 1; size / 2 < indices.length; size *= 2) {
    if (indices.filter((index) => index <= size).length > size / 2) slots = size;
  }
  return slots;
}

/** util.deep_merge: tables are merged, everything else is replaced. Tables of `into` are copied before they change. */
function deepMerge(into: LuaTable, from: LuaTable, depth: number): void {
  for (const entry of from.fields.values()) {
    const present = into.fields.get(entry.key)?.value;
    if (entry.value instanceof LuaTable && (present === undefined || present instanceof LuaTable) && depth < 20) {
      const merged = present === undefined ? new LuaTable(entry.value.place) : shallow(present);
      deepMerge(merged, entry.value, depth + 1);
      into.fields.set(entry.key, { ...entry, value: merged });
    } else into.fields.set(entry.key, entry);
  }
  into.listSlots = Math.max(into.listSlots, from.listSlots);
}

function shallow(table: LuaTable): LuaTable {
  const copy = new LuaTable(table.place);
  for (const [key, entry] of table.fields) copy.fields.set(key, entry satisfies Entry);
  copy.open = table.open;
  copy.listSlots = table.listSlots;
  return copy;
}

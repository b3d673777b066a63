// What a handler says that loads but never does what it means: phases Kong does not know, phases that are no functions.
import { distance } from 'fastest-levenshtein';
import { PHASES } from '../../kong/pdk/phases';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { LuaFunction, LuaTable, LuaUnknown, typeName } from '../../lua/values';
import type { Place } from '../../lua/source';
import type { Fix } from '../../text/diagnostic';
import { changeOf } from '../sourceEdits/moduleTable';
import { removeSuper, superCalls } from '../sourceEdits/superCalls';
import type { PluginProblem } from './problem';

/** Problems of a handler that Kong loads. */
export function adviseHandler(handler: LuaTable, version: KongVersion): PluginProblem[] {
  const phases = PHASES.filter(({ from }) => isAtLeast(version, from)).map(({ name }) => name);
  const problems = superLeft(handler, phases);
  for (const entry of handler.fields.values()) {
    const name = entry.keyString?.text;
    const { value } = entry;
    if (name === undefined || value === undefined || value instanceof LuaUnknown) continue;
    const place = entry.keyPlace ?? entry.place;
    if (phases.includes(name)) {
      if (value instanceof LuaFunction || (value instanceof LuaTable && value.metatable !== undefined)) continue;
      const message = `${name} is a ${typeName(value)} value: Kong calls it as a function on every request.`;
      const words = { type: typeName(value), name };
      problems.push({ id: 'handler-phase-not-a-function', words, message, place, file: 'handler', fails: false });
    } else if (value instanceof LuaFunction) {
      const meant = phases.find((phase) => !handler.fields.has(phase) && isMisspelling(name, phase));
      if (meant === undefined) continue;
      problems.push({
        id: 'phase-misspelt',
        words: { name },
        message: `Kong never calls "${name}". Do you mean "${meant}"?`,
        place,
        file: 'handler',
        fails: false,
        fixes: renaming(place, name, meant),
      });
    }
  }
  return problems;
}

function renaming(place: Place | undefined, name: string, meant: string): Fix[] {
  if (place?.source.text(place) !== name) return [];
  const changes = changeOf(place.source, [{ start: place.start, end: place.end, newText: meant }]);
  return changes.length === 0 ? [] : [{ title: `Write ${meant}`, changes, safe: false }];
}

/** One or two letters off, or another way of joining the words. */
function isMisspelling(name: string, phase: string): boolean {
  if (name.toLowerCase().replaceAll(/[_-]/g, '') === phase.replaceAll('_', '')) return true;
  return phase.length > 4 && Math.abs(name.length - phase.length) <= 2 && distance(name, phase) <= (phase.length > 7 ? 2 : 1);
}

/** Calls of `super` in a handler that is a plain table: nil there, so that the function they stand in fails. */
function superLeft(handler: LuaTable, phases: readonly string[]): PluginProblem[] {
  const source = handler.place?.source;
  if (source === undefined || !source.bytes.includes('super') || !lacksSuper(handler)) return [];
  return superCalls(source).map(({ place, field }) => {
    const isPhase = field !== undefined && phases.includes(field);
    const where = isPhase ? `every ${field} of a request fails here` : 'this fails when it runs';
    return {
      id: 'base-plugin-super-left',
      words: { when: isPhase ? `in ${field}` : '' },
      message: `super is nil: the handler is a plain table and extends no BasePlugin, so ${where}.`,
      place,
      file: 'handler',
      fails: false,
      severity: isPhase ? 'error' : 'warning',
      fixes: [{ title: 'Delete every call of super', changes: removeSuper(source), safe: true }],
    };
  });
}

/** Whether a table surely has no field `super`, nor inherits one. */
function lacksSuper(table: LuaTable, seen = new Set<LuaTable>()): boolean {
  if (table.open || table.get('super') !== undefined || seen.has(table)) return false;
  seen.add(table);
  const { metatable } = table;
  if (!(metatable instanceof LuaTable)) return metatable === undefined;
  const index = metatable.get('__index');
  return index === undefined || (index instanceof LuaTable && lacksSuper(index, seen));
}

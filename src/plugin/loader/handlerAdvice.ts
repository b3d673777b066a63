// What a handler says that loads but never does what it means: phases Kong does not know, phases that are no functions.
import { distance } from 'fastest-levenshtein';
import { PHASES } from '../../kong/pdk/phases';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { LuaFunction, LuaTable, LuaUnknown, typeName } from '../../lua/values';
import type { PluginProblem } from './problem';

/** Problems of a handler that Kong loads. */
export function adviseHandler(handler: LuaTable, version: KongVersion): PluginProblem[] {
  const phases = PHASES.filter(({ from }) => isAtLeast(version, from)).map(({ name }) => name);
  const problems: PluginProblem[] = [];
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
      });
    }
  }
  return problems;
}

/** One or two letters off, or another way of joining the words. */
function isMisspelling(name: string, phase: string): boolean {
  if (name.toLowerCase().replaceAll(/[_-]/g, '') === phase.replaceAll('_', '')) return true;
  return phase.length > 4 && Math.abs(name.length - phase.length) <= 2 && distance(name, phase) <= (phase.length > 7 ? 2 : 1);
}

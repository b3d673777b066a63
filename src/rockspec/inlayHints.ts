// Hints beside the text: what a computed key or value evaluates to.
import type { Place } from '../lua/source';
import { LuaString, LuaTable, type Value } from '../lua/values';
import type { Position } from '../text/diagnostic';
import { allFields, isComputed, shownValue } from './fieldAt';
import type { Rockspec } from './read';

/** A label to show behind a position. */
export interface InlayHint {
  position: Position;
  label: string;
  /** The whole value, where the label is shortened. */
  tooltip: string | undefined;
}

const MAX_LABEL = 50;

/** Hints for every computed key and value. An expression that gives several values, as in a loop, gets none: one of them would mislead. */
export function inlayHintsOf(rockspec: Rockspec): InlayHint[] {
  const hints = new Map<number, InlayHint | undefined>();
  const add = (value: Value, place: Place | undefined): void => {
    if (place === undefined || value instanceof LuaTable || !isComputed(value, place)) return;
    const full = shownValue(value, Infinity);
    const label = shownValue(value, MAX_LABEL);
    if (full === undefined || label === undefined) return;
    const known = hints.get(place.end);
    const hint = {
      position: rockspec.source.position(place.end),
      label: `= ${label}`,
      tooltip: label === full ? undefined : full,
    };
    hints.set(place.end, hints.has(place.end) && known?.label !== hint.label ? undefined : hint);
  };
  for (const { entry } of allFields(rockspec)) {
    if (entry.keyString instanceof LuaString) add(entry.keyString, entry.keyPlace);
    add(entry.value, entry.valuePlace);
  }
  return [...hints.values()].flatMap((hint) => hint ?? []);
}

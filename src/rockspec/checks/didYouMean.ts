// Did you mean: the known name nearest to a mistyped one.
import { closest, distance } from 'fastest-levenshtein';

/** The known name that was most likely meant; undefined when none is near. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const best = closest(name.toLowerCase(), known);
  const far = distance(name.toLowerCase(), best);
  return far <= Math.max(1, Math.floor(name.length / 3)) && far < best.length ? best : undefined;
}

/** ` Did you mean "x"?`, or nothing. */
export function didYouMean(name: string | undefined): string {
  return name === undefined ? '' : ` Did you mean ${name}?`;
}

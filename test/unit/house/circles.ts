// Circles of imports: files that each lead to the other.
import type { Import } from './imports';

/** The circles, each with the imports that make it. Two circles that share a file are one. */
export function circlesOf(imports: readonly Import[]): Import[][] {
  const next = new Map<string, string[]>();
  for (const { from, to } of imports) next.set(from, [...(next.get(from) ?? []), to]);
  const reached = new Map([...next.keys()].map((file) => [file, reachedFrom(file, next)]));
  const leadsTo = (from: string, to: string): boolean => reached.get(from)?.has(to) === true;
  const circles = new Map<string, Import[]>();
  for (const imported of imports) {
    const { from, to } = imported;
    if (!leadsTo(to, from)) continue;
    const first = [...next.keys()].find((file) => leadsTo(file, from) && leadsTo(from, file)) ?? from;
    circles.set(first, [...(circles.get(first) ?? []), imported]);
  }
  return [...circles.values()];
}

function reachedFrom(file: string, next: ReadonlyMap<string, readonly string[]>): ReadonlySet<string> {
  const reached = new Set<string>();
  const open = [file];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    for (const to of next.get(at) ?? []) {
      if (reached.has(to)) continue;
      reached.add(to);
      open.push(to);
    }
  }
  return reached;
}

/** Whether a circle does no harm: two files that take types of each other, and nothing that a run sees. */
export function isHarmless(circle: readonly Import[]): boolean {
  return new Set(circle.map(({ from }) => from)).size === 2 && circle.every(({ kind }) => kind === 'type');
}

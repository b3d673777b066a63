// From which phases a function of a plugin can be reached, and on which way.
import type { FunctionExpression } from '../lua/ast';
import { PHASES } from '../kong/pdk/phases';
import { isAtLeast, type KongVersion } from '../kong/versions';
import { functionName, type CallGraph, type Edge } from './calls';
import type { CodeFile } from './file';
import type { Program } from './program';

/** A function that Kong or a timer calls. */
export interface Entry {
  /** A phase, or `timer`. */
  phase: string;
  function: FunctionExpression;
  file: CodeFile;
}

/** How a function is reached from an entry: the calls on the way, none for the entry itself. */
export interface Way {
  entry: Entry;
  edges: readonly Edge[];
}

/** The ways to the functions of a plugin. */
export interface Reach {
  entries: readonly Entry[];
  /** Shortest ways, one for each phase. */
  ways: ReadonlyMap<FunctionExpression, readonly Way[]>;
  /** The handler implements `preread`: its other phases may be those of the stream subsystem. */
  stream: boolean;
}

/** The functions that Kong calls of a handler, for a version. */
export function phaseFunctions(program: Program, version: KongVersion): Entry[] {
  const handler = program.returned(`kong.plugins.${program.plugin}.handler`);
  if (handler?.kind !== 'table') return [];
  const fields = program.fields(handler);
  return PHASES.filter(({ from }) => isAtLeast(version, from)).flatMap(({ name: phase }) => {
    const values = fields?.values.get(phase) ?? [];
    const [only] = values;
    if (only === undefined || values.length > 1) return [];
    const found = program.meaning(only.value, only.file);
    return found?.kind === 'function' ? [{ phase, function: found.function, file: found.file }] : [];
  });
}

/** Follows the calls from every phase and every timer. */
export function reachOf(program: Program, graph: CallGraph, version: KongVersion): Reach {
  const phases = phaseFunctions(program, version);
  const timers = new Map(graph.timers.map((edge) => [edge.to, edge]));
  const entries: Entry[] = [
    ...phases,
    ...[...timers.values()].map((edge) => ({ phase: 'timer', function: edge.to, file: edge.toFile })),
  ];
  const ways = new Map<FunctionExpression, Way[]>();
  for (const entry of entries) {
    const seen = new Set<FunctionExpression>([entry.function]);
    let front: Way[] = [{ entry, edges: [] }];
    while (front.length > 0) {
      const next: Way[] = [];
      for (const way of front) {
        const at = way.edges.at(-1)?.to ?? entry.function;
        const known = ways.get(at) ?? [];
        if (!known.some((other) => other.entry.phase === entry.phase)) ways.set(at, [...known, way]);
        for (const edge of graph.edges.get(at) ?? []) {
          if (seen.has(edge.to)) continue;
          seen.add(edge.to);
          next.push({ entry, edges: [...way.edges, edge] });
        }
      }
      front = next;
    }
  }
  return { entries, ways, stream: phases.some(({ phase }) => phase === 'preread') };
}

/** A way as people read it: `log → report() → `. */
export function wayText({ entry, edges }: Way): string {
  const start = entry.phase === 'timer' ? `timer → ${functionName(entry.function, entry.file)}()` : entry.phase;
  return [start, ...edges.map(({ to, toFile }) => `${functionName(to, toFile)}()`)].join(' → ');
}

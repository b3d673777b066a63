// Which phases certainly lead to a call that they do not allow.
import type { Expression, FunctionExpression } from '../lua/ast';
import { syntaxNodes, type SyntaxNode } from '../lua/walk';
import type { CallGraph } from './calls';
import { asksForPhase, conditionsAround, isPlain } from './conditions';
import type { ConfigValues } from './config';
import type { CodeFile } from './file';
import type { Program } from './program';
import type { Reach, Way } from './reach';

/** What the question is asked of. */
export interface WayContext {
  program: Program;
  graph: CallGraph;
  reach: Reach;
  config: ConfigValues;
}

/**
 * The ways from phases that are `refused` to a node that no condition can tell from those that are allowed: on each the call is made
 * in that phase, sooner or later. What asks for the phase, or for Kong's version, is left alone.
 */
export function refusedWays(
  node: SyntaxNode,
  within: FunctionExpression | undefined,
  file: CodeFile,
  context: WayContext,
  refused: (phase: string) => boolean,
): Way[] {
  if (within === undefined) return [];
  const ways = context.reach.ways.get(within) ?? [];
  return ways.filter((way) => refused(way.entry.phase) && isCertain(way, node, file, context, refused));
}

function isCertain(
  way: Way,
  node: SyntaxNode,
  file: CodeFile,
  context: WayContext,
  refused: (phase: string) => boolean,
): boolean {
  const { program, graph, reach, config } = context;
  const hops = [
    ...way.edges.map((edge) => ({ within: edge.from, at: edge.at, file: edge.file })),
    { within: way.edges.at(-1)?.to ?? way.entry.function, at: node, file },
  ];
  /** Whether a condition before this one looked at the configuration: two of them may exclude each other. */
  let chosen = false;
  return hops.every(({ within, at, file: here }, i) => {
    const conditions = conditionsAround(at, here);
    const isConfig = (part: Expression): boolean => !chosenBefore && config.pathOf(part, here) !== undefined;
    const chosenBefore = chosen;
    chosen ||= conditions.some((condition) => [...syntaxNodes(condition)].some((part) => isOfConfig(part, here, config)));
    if (conditions.some((condition) => asksForPhase(condition, program, here) || asksForVersion(condition))) return false;
    // Kong calls the first function in this phase and no other: whatever is asked there, the phase is this one.
    if (i === 0 || conditions.every((condition) => isPlain(condition, program, here, isConfig))) return true;
    const others = reach.ways.get(within) ?? [];
    return !graph.escaping.has(within) && others.every(({ entry }) => refused(entry.phase));
  });
}

function isOfConfig(node: SyntaxNode, file: CodeFile, config: ConfigValues): boolean {
  return (node.kind === 'index' || node.kind === 'local') && config.pathOf(node, file) !== undefined;
}

/** Whether a condition asks for Kong's version, or for something by its name. */
export function asksForVersion(condition: SyntaxNode): boolean {
  for (const node of syntaxNodes(condition)) {
    if (node.kind === 'local' && /version|supports|has_/i.test(node.variable.name)) return true;
    if (node.kind === 'global' && /version/i.test(node.name)) return true;
    if (node.kind === 'index' && node.key.kind === 'string' && /version/i.test(node.key.value)) return true;
    if (node.kind === 'method' && /version/i.test(node.name.value)) return true;
  }
  return false;
}

// Where a plugin's code has its configuration in hand: the parameter of a phase, what it is handed on to, and the fields that are taken out of it.
import type { Expression, Variable } from '../lua/ast';
import type { CallGraph } from './calls';
import type { CodeFile } from './file';
import type { Program } from './program';
import type { Reach } from './reach';

/** Phases whose first parameter is not one configuration. */
const WITHOUT_CONFIG = new Set(['init_worker', 'configure', 'timer']);
const MAX_ROUNDS = 4;
const MAX_DEPTH = 20;

/** Which expressions are the configuration, or a field of it. */
export class ConfigValues {
  /** Parameters that hold the configuration (an empty path) or one of its fields. */
  readonly #parameters = new Map<Variable, readonly string[]>();

  constructor(
    private readonly program: Program,
    graph: CallGraph,
    reach: Reach,
  ) {
    for (const { phase, function: entry, file } of reach.entries) {
      // Whoever calls a phase too may hand it something else.
      if (WITHOUT_CONFIG.has(phase)) continue;
      const variable = entry.body.parameters[1];
      if (variable !== undefined && isOnlyParameter(variable, file)) this.#parameters.set(variable, []);
    }
    for (let round = 0; round < MAX_ROUNDS && this.#handOn(graph, reach); round++);
  }

  /** The path of fields that an expression is of the configuration; undefined when it is none, or not certainly. */
  pathOf(expression: Expression, file: CodeFile, depth = 0): readonly string[] | undefined {
    if (depth > MAX_DEPTH) return undefined;
    switch (expression.kind) {
      case 'paren':
        return this.pathOf(expression.inner, file, depth + 1);
      case 'local': {
        const parameter = this.#parameters.get(expression.variable);
        if (parameter !== undefined) return parameter;
        const [only, ...others] = file.given.get(expression.variable) ?? [];
        return only?.kind === 'value' && others.length === 0 ? this.pathOf(only.expression, file, depth + 1) : undefined;
      }
      case 'index': {
        if (expression.key.kind !== 'string') return undefined;
        const base = this.pathOf(expression.object, file, depth + 1);
        return base === undefined ? undefined : [...base, expression.key.value];
      }
      default:
        return undefined;
    }
  }

  /** Parameters of functions that are only ever called with the same part of the configuration; whether any was found. */
  #handOn(graph: CallGraph, reach: Reach): boolean {
    let found = false;
    const entries = new Set(reach.entries.map((entry) => entry.function));
    for (const [called, calls] of graph.callsOf) {
      if (graph.escaping.has(called) || entries.has(called)) continue;
      const callee = calls[0]?.callee;
      if (callee?.kind !== 'function') continue;
      const { file } = callee;
      called.body.parameters.forEach((variable, index) => {
        if (this.#parameters.has(variable) || !isOnlyParameter(variable, file)) return;
        const paths = calls.map(({ node, file: from }) => {
          const argument = node.arguments[index - (node.kind === 'method' ? 1 : 0)];
          return argument === undefined ? undefined : this.pathOf(argument, from);
        });
        const [first] = paths;
        if (first === undefined || !paths.every((path) => path?.join('.') === first.join('.'))) return;
        this.#parameters.set(variable, first);
        found = true;
      });
    }
    return found;
  }

  /** The functions with a parameter that is the configuration or a field of it. */
  get parameters(): ReadonlyMap<Variable, readonly string[]> {
    return this.#parameters;
  }

  /** Whether the functions of the plugin write a field of this name into something that is not known. */
  mayBeWritten(name: string): boolean {
    return this.program.files.some((file) =>
      file.nodes.some(
        (node) =>
          node.kind === 'assign' &&
          node.targets.some(
            (target) =>
              target.kind === 'index' &&
              target.key.kind === 'string' &&
              target.key.value === name &&
              this.program.meaning(target.object, file)?.kind !== 'table',
          ),
      ),
    );
  }
}

/** A parameter that nothing else is written to. */
function isOnlyParameter(variable: Variable, file: CodeFile): boolean {
  return (file.given.get(variable) ?? []).length === 1;
}

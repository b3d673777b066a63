// Checks of how the functions of a handler are written: what Kong hands them, and what they take.
import type { FunctionExpression } from '../../lua/ast';
import type { Span } from '../../lua/source';
import type { CodeFile } from '../file';
import type { CodeCheck, CodeContext, CodeProblem } from './context';

export const HANDLER_CHECKS: readonly CodeCheck[] = [
  {
    code: 'kong/phase-dot',
    severity: 'warning',
    documentation:
      'Kong calls the functions of a handler as methods: the handler itself comes first, then the configuration. A function that is defined with a dot and takes the configuration first gets the handler in its place. Define it with a colon, or name `self` first.',
    run: dots,
  },
  {
    code: 'kong/phase-parameters',
    severity: 'warning',
    documentation:
      'Kong gives a phase the configuration and nothing else, and `init_worker` not even that: a further parameter is always nil. A function that is defined with a colon has `self` already.',
    run: parameters,
  },
];

const CONFIG_NAME = /^(?:plugin_?)?conf(?:ig)?(?:uration)?$/i;

/** Where a function is written into a table, between the table and the name: `.` or `:`; undefined when it is an assigned value. */
function joint(node: FunctionExpression, file: CodeFile): Span | undefined {
  const parent = file.parents.get(node);
  const [target] = parent?.kind === 'assign' ? parent.targets : [];
  if (target?.kind !== 'index' || target.key.start >= node.end || node.start > target.start) return undefined;
  return { start: target.object.end, end: target.key.start };
}

function* dots({ reach, graph }: CodeContext): Iterable<CodeProblem> {
  for (const { phase, function: node, file } of reach.entries) {
    const [first] = node.body.parameters;
    const at = joint(node, file);
    if (phase === 'timer' || first === undefined || at === undefined || graph.callsOf.has(node)) continue;
    if (file.source.bytes.slice(at.start, at.end) !== '.' || !CONFIG_NAME.test(first.name)) continue;
    const { path } = file.source;
    yield {
      file,
      at: first,
      message: `Kong calls ${phase} as a method: ${first.name} is the handler here, not the configuration. Define the function with a colon.`,
      ...(path === undefined
        ? {}
        : {
            fixes: [
              {
                title: 'Define it with a colon',
                changes: [{ kind: 'edit' as const, path, edits: [{ range: file.source.range(at), newText: ':' }] }],
                safe: true,
              },
            ],
          }),
    };
  }
}

/** Phases that get no configuration. */
const WITHOUT_CONFIG = new Set(['init_worker']);

function* parameters({ reach, graph }: CodeContext): Iterable<CodeProblem> {
  for (const { phase, function: node, file } of reach.entries) {
    if (phase === 'timer' || phase.startsWith('ws_') || graph.callsOf.has(node) || graph.escaping.has(node)) continue;
    const at = joint(node, file);
    const [, second] = node.body.parameters;
    if (at !== undefined && file.source.bytes.slice(at.start, at.end) === ':' && second?.name === 'self') {
      yield {
        file,
        at: second,
        message: `${phase} is defined with a colon and has self already: the parameter self is the configuration here.`,
      };
      continue;
    }
    const given = WITHOUT_CONFIG.has(phase) ? 1 : 2;
    for (const variable of node.body.parameters.slice(given)) {
      if (!file.reads.has(variable)) continue;
      const what = given === 1 ? `${phase} gets no configuration` : `${phase} gets the configuration only`;
      yield { file, at: variable, message: `Kong gives ${variable.name} no value: ${what}.` };
    }
  }
}

// Dependency strings: their grammar, and what they mean inside a Kong.
import { LuaString, LuaTable } from '../../lua/values';
import { editString, editFix } from '../edits';
import { parseDependency } from '../versions';
import type { Check, CheckContext, Problem } from './context';
import { enforcement, LOADING } from './load';

const LISTS = ['dependencies', 'build_dependencies', 'test_dependencies'] as const;

export const DEPENDENCY_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/dependency-syntax',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'A dependency is the name of a rock and constraints separated by commas: "lua-resty-http >= 0.17, < 1". The operators are == ~= < > <= >= and ~>.',
    run: function* (context): Generator<Problem> {
      for (const problem of context.schemaProblems) {
        if (problem.kind !== 'pattern' || problem.path[0] === 'version' || problem.since !== undefined) continue;
        yield {
          message: `${describeValue(problem.entry.value)} is not a dependency: it must begin with the name of a rock.`,
          range: context.valueRange(problem.entry),
          ...enforcement(problem),
        };
      }
      yield* unparsable(context);
    },
  },
];

function describeValue(value: unknown): string {
  return value instanceof LuaString ? `"${value.text}"` : 'This';
}

/** The items LuaRocks parses: 1 to #list, once the overrides of the platform are merged in. */
function* unparsable(context: CheckContext): Generator<Problem> {
  const refused = new Set(
    context.schemaProblems.flatMap((problem) => (problem.kind === 'pattern' && problem.enforced ? [problem.entry] : [])),
  );
  for (const name of LISTS) {
    const list = context.rockspec.merged.get(name);
    if (!(list instanceof LuaTable)) continue;
    for (const entry of list.list()) {
      if (!(entry.value instanceof LuaString)) {
        // The type check has said so, unless it does not look there any more: then LuaRocks crashes.
        const checked = context.schemaProblems.some(
          (problem) => problem.kind === 'type' && problem.entry === entry && problem.enforced,
        );
        if (!checked)
          yield { message: 'LuaRocks crashes on a dependency that is not a string.', range: context.valueRange(entry) };
        continue;
      }
      const dependency = parseDependency(entry.value.value);
      if (!('error' in dependency) || refused.has(entry)) continue;
      const mended = mendOperators(entry.value.text);
      const fixed = mended === undefined || 'error' in parseDependency(mended) ? undefined : mended;
      yield {
        message: `"${entry.value.text}" is not a dependency. ${dependency.error}.${fixed === undefined ? '' : ` Did you mean "${fixed}"?`}`,
        range: context.valueRange(entry),
        fixes:
          fixed === undefined ? [] : editFix(`Write "${fixed}"`, context.rockspec.path, [editString(entry.value, fixed)], true),
      };
    }
  }
}

/** Operators that other tools know, or that slip from a hurried hand. */
function mendOperators(text: string): string | undefined {
  const mended = text
    .replace(/={3,}/g, '==')
    .replace(/=>/g, '>=')
    .replace(/=</g, '<=')
    .replace(/([<>~])\s+=/g, '$1=')
    .replace(/(^|[^<>=~!])~(?=\s*\d)/g, '$1~> ');
  return mended === text ? undefined : mended;
}

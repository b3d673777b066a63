// What LuaRocks refuses when it loads a rockspec: syntax, evaluation, format and field types.
import type { Fix } from '../../text/diagnostic';
import { LuaString, typeName } from '../../lua/values';
import { editKey, editFix, quoted } from '../edits';
import { FORMATS, isFormat, type Format } from '../formats';
import { topLevelFields, topLevelSince, type SchemaProblem } from '../schema';
import { luarocksAtLeast } from '../target';
import { parseVersion, versionLess } from '../../luarocks/versions';
import type { Check, CheckContext, Problem } from './context';
import { didYouMean, nearestName } from './didYouMean';
import { own } from '../../text/own';

/** What `luarocks lint` and `luarocks make` refuse alike, because both load the rockspec first. */
export const LOADING = ['luarocks-lint', 'luarocks-make'] as const;

/** Names people write for a field that is called otherwise. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  licence: 'license',
  author: 'maintainer',
  authors: 'maintainer',
  maintainers: 'maintainer',
  url: 'homepage',
  name: 'package',
  commit: 'tag',
  ref: 'tag',
  depends: 'dependencies',
  requires: 'dependencies',
};

export const LOAD_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/syntax-error',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'A rockspec is a Lua 5.1 file. LuaRocks cannot load one that does not parse; the message is what Lua says.',
    run: function* (context): Generator<Problem> {
      const { syntaxError: error, source } = context.rockspec;
      if (error === undefined || source.bytes.startsWith('\xef\xbb\xbf')) return;
      yield { message: `Lua cannot read this: ${error.message}.`, range: visible(context, error.span) };
    },
  },
  {
    code: 'rockspec/byte-order-mark',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'Lua does not know the byte order mark that some editors put before the first character, and calls it a syntax error.',
    run: function* ({ rockspec }): Generator<Problem> {
      if (!rockspec.source.bytes.startsWith('\xef\xbb\xbf')) return;
      const place = { source: rockspec.source, start: 0, end: 3 };
      yield {
        message: 'The file begins with a byte order mark, which Lua cannot read.',
        range: rockspec.source.range(place),
        fixes: editFix('Remove the byte order mark', rockspec.path, [{ place, newText: '' }], true),
      };
    },
  },
  {
    code: 'rockspec/runtime-error',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'LuaRocks runs a rockspec in an empty environment: there is no print, os, table, string or require, only operators, control structures and the methods of strings.',
    run: function* (context): Generator<Problem> {
      const { error } = context.rockspec.evaluation;
      if (error === undefined || context.rockspec.syntaxError !== undefined) return;
      const span = error.place ?? { start: 0, end: 0 };
      yield {
        message: `LuaRocks stops here: ${error.message.replace(/^\[string "[^\n]*?"\]:\d+: /, '')}.`,
        range: context.lineRange(span),
      };
    },
  },
  {
    code: 'rockspec/not-evaluated',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'A rockspec is read by evaluating it within a budget, without running it. What stands behind a computation that is too long is not known and not checked.',
    run: function* (context): Generator<Problem> {
      const { exhausted } = context.rockspec.evaluation;
      if (exhausted === undefined) return;
      yield {
        message: 'What this computes, and everything behind it, cannot be known: it takes too much work.',
        range: context.lineRange(exhausted.place ?? { start: 0, end: 0 }),
      };
    },
  },
  {
    code: 'rockspec/unknown-variable',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'Reading a global that nobody assigned gives nil; LuaRocks refuses a rockspec that does it, unless the name is a field of the format.',
    run: function* (context): Generator<Problem> {
      const known = topLevelFields(context.format);
      const seen = new Set<number>();
      for (const { name, place } of context.rockspec.evaluation.undefinedReads) {
        if (known.includes(name) || seen.has(place.start)) continue;
        seen.add(place.start);
        const since = topLevelSince(name);
        yield {
          message:
            since === undefined
              ? `Unknown variable ${name}: nothing was assigned to it.`
              : `Unknown variable ${name}: format ${context.format} has no such field, format ${since} has.`,
          range: context.range(place),
          fixes: since === undefined ? [] : formatFix(context, since),
        };
      }
    },
  },
  {
    code: 'rockspec/unknown-format',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'The formats are exactly "1.0", "1.1", "3.0" and "3.1", each written as a string.',
    run: function* (context): Generator<Problem> {
      const entry = context.rockspec.globals.entry('rockspec_format');
      if (entry === undefined) return;
      const { value } = entry;
      const written = value instanceof LuaString ? value.text : typeof value === 'number' ? String(value) : undefined;
      if (value instanceof LuaString && isFormat(value.text)) return;
      const meant = FORMATS.find((format) => written !== undefined && (format === written || format === `${written}.0`));
      const place = entry.valuePlace;
      yield {
        message:
          value instanceof LuaString
            ? `There is no rockspec format "${value.text}"; there are ${FORMATS.join(', ')}.`
            : `rockspec_format must be a string such as "3.0", not a ${typeName(value)}.`,
        range: context.valueRange(entry),
        fixes:
          meant === undefined || place === undefined
            ? []
            : editFix(`Write "${meant}"`, context.rockspec.path, [{ place, newText: quoted(meant) }], true),
      };
    },
  },
  {
    code: 'rockspec/format-unsupported',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'Format 3.1 needs LuaRocks 3.12 or newer. It adds no field to format 3.0, so nothing is lost by saying 3.0.',
    run: function* (context): Generator<Problem> {
      const entry = context.rockspec.globals.entry('rockspec_format');
      if (!(entry?.value instanceof LuaString) || entry.value.text !== '3.1') return;
      const { luarocks, kongLuarocks, kong } = context.target;
      const refused = [luarocks, kongLuarocks].find((version) => !luarocksAtLeast(version, '3.12.0'));
      if (refused === undefined) return;
      const place = entry.valuePlace;
      yield {
        message:
          refused === luarocks
            ? `LuaRocks ${luarocks} does not support rockspec format 3.1.`
            : `The LuaRocks ${kongLuarocks} inside Kong ${kong.text} does not support rockspec format 3.1.`,
        range: context.valueRange(entry),
        ...(refused === luarocks ? {} : { severity: 'warning', enforcedBy: [] }),
        fixes: place === undefined ? [] : editFix('Use format 3.0', context.rockspec.path, [{ place, newText: '"3.0"' }], true),
      };
    },
  },
  {
    code: 'rockspec/format-too-old',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'The field exists only in a newer rockspec format. Without rockspec_format a rockspec has format 1.0.',
    run: function* (context): Generator<Problem> {
      for (const problem of context.schemaProblems) {
        if ((problem.kind !== 'unknown' && problem.kind !== 'pattern') || problem.since === undefined) continue;
        yield {
          message:
            problem.kind === 'unknown'
              ? `${dotted(problem.path)} needs rockspec format ${problem.since}; this one is ${context.format}.`
              : `A dependency with a namespace needs rockspec format ${problem.since}; this one is ${context.format}.`,
          range: problem.kind === 'unknown' ? context.keyRange(problem.entry) : context.valueRange(problem.entry),
          ...enforcement(problem),
          fixes: formatFix(context, problem.since),
        };
      }
    },
  },
  {
    code: 'rockspec/unknown-field',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'LuaRocks refuses fields that the format does not have. A helper value belongs in a local variable.',
    run: function* (context): Generator<Problem> {
      for (const problem of context.schemaProblems) {
        if (problem.kind !== 'unknown' || problem.since !== undefined) continue;
        const name = problem.path.at(-1) ?? '';
        const other = own(OTHER_NAMES, name);
        const meant =
          nearestName(name, problem.known) ?? (other !== undefined && problem.known.includes(other) ? other : undefined);
        const free = meant !== undefined && problem.table.entry(meant) === undefined;
        yield {
          message: `Unknown field ${dotted(problem.path)}.${didYouMean(meant)}`,
          range: context.keyRange(problem.entry),
          ...enforcement(problem),
          fixes: free
            ? editFix(
                `Rename to ${meant}`,
                context.rockspec.path,
                [editKey(problem.entry, meant)],
                nearestName(name, problem.known) === meant,
              )
            : [],
        };
      }
    },
  },
  {
    code: 'rockspec/type-mismatch',
    severity: 'error',
    enforcedBy: LOADING,
    documentation:
      'The field must have another type. LuaRocks 3.12 and newer do not look below platforms, nor at the items of labels, copy_directories and supported_platforms; a wrong type there is wrong all the same.',
    run: function* (context): Generator<Problem> {
      for (const problem of context.schemaProblems) {
        if (problem.kind !== 'type' || problem.path[0] === 'rockspec_format') continue;
        yield {
          message: `${dotted(problem.path)}: expected ${problem.expected}.`,
          range: context.valueRange(problem.entry),
          ...enforcement(problem),
        };
      }
    },
  },
  {
    code: 'rockspec/missing-field',
    severity: 'error',
    enforcedBy: LOADING,
    documentation: 'package, version, source and source.url must be there, and build before format 3.0.',
    run: function* (context): Generator<Problem> {
      if (!context.complete) return;
      for (const problem of context.schemaProblems) {
        if (problem.kind !== 'missing') continue;
        yield {
          message: `The mandatory field ${dotted(problem.path)} is missing.`,
          range: problem.owner === undefined ? context.topRange() : context.keyRange(problem.owner),
          ...enforcement(problem),
        };
      }
    },
  },
];

/** Where nobody refuses a schema problem, it is only a warning. */
export function enforcement(problem: SchemaProblem): Pick<Problem, 'severity' | 'enforcedBy'> {
  return problem.enforced ? {} : { severity: 'warning', enforcedBy: [] };
}

/** A path as people read it: `build.modules["a.b"]`, `dependencies[1]`. */
export function dotted(path: readonly string[]): string {
  return path
    .map((name, i) => (/^\d+$/.test(name) ? `[${name}]` : /^\w+$/.test(name) ? (i === 0 ? name : `.${name}`) : `["${name}"]`))
    .join('');
}

/** Declares a newer format, when the LuaRocks asked for knows it. */
function formatFix({ rockspec, target }: CheckContext, format: Format): Fix[] {
  if (format === '3.1' && !luarocksAtLeast(target.luarocks, '3.12.0')) return [];
  const entry = rockspec.globals.entry('rockspec_format');
  const title = `Set rockspec_format to "${format}"`;
  if (entry !== undefined) {
    const newer = versionLess(parseVersion(rockspec.format), parseVersion(format));
    return newer && entry.valuePlace !== undefined
      ? editFix(title, rockspec.path, [{ place: entry.valuePlace, newText: quoted(format) }], true)
      : [];
  }
  const start = rockspec.chunk.body.block.statements[0]?.start ?? 0;
  const place = { source: rockspec.source, start, end: start };
  const newline = rockspec.source.bytes.includes('\r\n') ? '\r\n' : '\n';
  return editFix(title, rockspec.path, [{ place, newText: `rockspec_format = ${quoted(format)}${newline}` }], true);
}

/** Where a syntax error can be seen: at the last character of the text when it is the end of the file that surprised Lua. */
function visible(context: CheckContext, span: { start: number; end: number }): Problem['range'] {
  const { bytes } = context.rockspec.source;
  if (span.start < bytes.length) return context.lineRange({ start: span.start, end: Math.max(span.end, span.start + 1) });
  const last = bytes.trimEnd().length;
  return context.range({ start: Math.max(0, last - 1), end: last });
}

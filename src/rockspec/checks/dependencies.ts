// Dependency strings: their grammar, and what they mean inside a Kong.
import { LuaString, LuaTable, type Entry } from '../../lua/values';
import { bundledRocks } from '../../kong/bundledRocks';
import { editString, editFix } from '../edits';
import { parseDependency, satisfies, type Dependency } from '../../luarocks/versions';
import type { Check, CheckContext, Problem } from './context';
import { enforcement, LOADING } from './load';
import { withoutTrailing } from '../../text/ends';
import { own } from '../../text/own';

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
  {
    code: 'rockspec/dependency-operator',
    severity: 'info',
    enforcedBy: [],
    documentation: 'A version without an operator means exactly that version. Written with == nobody has to know it.',
    run: function* (context): Generator<Problem> {
      for (const { entry, text, dependency } of dependencies(context)) {
        const [first] = dependency.constraints;
        if (dependency.constraints.length !== 1 || first?.written !== '') continue;
        const wordy = /^[A-Za-z]/.test(first.version) && !/^(?:v\d|scm|dev|cvs)/.test(first.version);
        const fixed = withOperator(text);
        yield {
          message: wordy
            ? `"${text}" asks for version "${first.version}" of ${dependency.name}.`
            : `"${text}" accepts version ${first.version} only; if that is meant, write "${fixed}".`,
          range: context.valueRange(entry),
          ...(wordy ? { severity: 'warning' } : {}),
          fixes:
            wordy || !(entry.value instanceof LuaString)
              ? []
              : editFix(`Write "${fixed}"`, context.rockspec.path, [editString(entry.value, fixed)], true),
        };
      }
    },
  },
  {
    code: 'rockspec/dependency-name',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'A name that ends in a version is a rock of its own to LuaRocks: "lua5.1" is not Lua 5.1.',
    run: function* (context): Generator<Problem> {
      for (const { entry, dependency } of dependencies(context)) {
        const match = /^(lua|luajit)-?(\d(?:\.\d+)*)$/.exec(dependency.name);
        if (match === null) continue;
        const fixed = `${match[1] ?? ''} >= ${match[2] ?? ''}`;
        yield {
          message: `LuaRocks looks for a rock called ${dependency.name}; did you mean "${fixed}"?`,
          range: context.valueRange(entry),
          fixes:
            entry.value instanceof LuaString
              ? editFix(`Write "${fixed}"`, context.rockspec.path, [editString(entry.value, fixed)], false)
              : [],
        };
      }
    },
  },
  {
    code: 'rockspec/lua-version',
    severity: 'error',
    enforcedBy: ['luarocks-make'],
    documentation:
      'Kong runs on LuaJIT, which LuaRocks counts as Lua 5.1 and LuaJIT 2.1. What asks for another Lua can never be installed there.',
    run: function* (context): Generator<Problem> {
      for (const { entry, text, dependency } of dependencies(context)) {
        const provided = own(PROVIDED, dependency.name);
        if (provided === undefined || dependency.namespace !== undefined) continue;
        if (dependency.name === 'luajit' && !FORMATS_WITH_LUAJIT.includes(context.format)) {
          yield {
            message: 'Before format 3.0 LuaRocks takes luajit for a rock to install, and there is none.',
            range: context.valueRange(entry),
            severity: 'warning',
            enforcedBy: [],
          };
        } else if (!satisfies(provided, dependency.constraints)) {
          yield {
            message: `"${text}" can never be met: Kong's Lua is ${dependency.name === 'lua' ? 'Lua 5.1' : 'LuaJIT 2.1'}.`,
            range: context.valueRange(entry),
          };
        }
      }
    },
  },
  {
    code: 'rockspec/dependency-bundled',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'Kong brings this rock along in a version that the constraints exclude. Installing another one replaces what Kong itself uses.',
    run: function* (context): Generator<Problem> {
      if (context.rockspec.package?.value === 'kong') return;
      const rocks = bundledRocks(context.target.kong)?.rocks;
      for (const { entry, dependency } of dependencies(context, ['dependencies'])) {
        const bundled = /^(?:==|=)?\s*([\w.-]+)$/.exec(rocks?.get(dependency.name) ?? '')?.[1];
        if (bundled === undefined || satisfies(bundled, dependency.constraints)) continue;
        const exact = dependency.constraints.filter(({ operator }) => operator === '==');
        const padded =
          exact.length > 0 &&
          satisfies(
            bundled,
            exact.map((constraint) => ({ ...constraint, operator: '~>' })),
          );
        const why = padded ? ' (to LuaRocks versions with another number of parts are never equal)' : '';
        yield {
          message: `Kong ${context.target.kong.text} brings ${dependency.name} ${bundled}, which this excludes${why}; LuaRocks would put another one in its place.`,
          range: context.valueRange(entry),
        };
      }
    },
  },
  {
    code: 'rockspec/dependency-ignored',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'LuaRocks reads the items 1, 2, 3 … of the list up to the first that is missing. Anything else is ignored.',
    run: function* (context): Generator<Problem> {
      for (const name of LISTS) {
        const list = context.rockspec.merged.get(name);
        if (!(list instanceof LuaTable) || list.open) continue;
        const read = new Set(list.list());
        for (const entry of list.fields.values()) {
          if (read.has(entry) || !(entry.value instanceof LuaString)) continue;
          yield {
            message:
              typeof entry.key === 'number'
                ? 'LuaRocks ignores this: an item before it is nil.'
                : `LuaRocks ignores named fields in ${name}.`,
            range: context.valueRange(entry),
          };
        }
      }
    },
  },
];

/** What LuaRocks counts as installed when it runs on Kong's LuaJIT (util.get_rocks_provided). */
const PROVIDED: Readonly<Record<string, string>> = { lua: '5.1-1', luajit: '2.1.0-1' };
const FORMATS_WITH_LUAJIT: readonly string[] = ['3.0', '3.1'];

interface Parsed {
  entry: Entry;
  text: string;
  dependency: Dependency;
}

/** The dependencies that can be parsed, overrides for Kong's platform included. */
function* dependencies({ rockspec }: CheckContext, lists: readonly string[] = LISTS): Generator<Parsed> {
  for (const name of lists) {
    const list = rockspec.merged.get(name);
    for (const entry of list instanceof LuaTable ? list.list() : []) {
      if (!(entry.value instanceof LuaString)) continue;
      const dependency = parseDependency(entry.value.value);
      if (!('error' in dependency)) yield { entry, text: entry.value.text, dependency };
    }
  }
}

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
    const items = list.list();
    if (items.length < list.length()) {
      yield { message: `LuaRocks crashes on the nil in ${name}.`, range: context.fieldRange(name) };
    }
    for (const entry of items) {
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
      const likely = withKnownOperators(entry.value.text);
      const fixed = likely === undefined || 'error' in parseDependency(likely) ? undefined : likely;
      yield {
        message: `"${entry.value.text}" is not a dependency. ${dependency.error}.${fixed === undefined ? '' : ` Did you mean "${fixed}"?`}`,
        range: context.valueRange(entry),
        fixes:
          fixed === undefined ? [] : editFix(`Write "${fixed}"`, context.rockspec.path, [editString(entry.value, fixed)], true),
      };
    }
  }
}

/** The text with LuaRocks' operators in place of those that other tools know, or that slip from a hurried hand; undefined when it has none of them. */
function withKnownOperators(text: string): string | undefined {
  const written = text
    .replace(/={3,}/g, '==')
    .replace(/=>/g, '>=')
    .replace(/=</g, '<=')
    .replace(/([<>~])\s+=/g, '$1=')
    .replace(/(^|[^<>=~!])~(?=\s*\d)/g, '$1~> ');
  return written === text ? undefined : written;
}

/** `lua 5.1` as `lua == 5.1`. */
function withOperator(text: string): string {
  const written = withoutTrailing(text, /[\s,]/);
  const name = withoutTrailing(written, /[\w.-]/);
  return `${withoutTrailing(name, /[\s@]/)} == ${written.slice(name.length)}`;
}

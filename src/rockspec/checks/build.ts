// build and test: back ends, the shapes they want, and what they would silently do.
import { LuaString, LuaTable, LuaUnknown, type Entry } from '../../lua/values';
import type { Fix } from '../../text/diagnostic';
import { editFix, editKey, editString } from '../edits';
import { documentedFields } from '../fieldDocs';
import { FORMATS } from '../formats';
import { PLATFORM_SETS, KONG_PLATFORMS } from '../platforms';
import { luarocksAtLeast } from '../target';
import { parseDependency } from '../../luarocks/versions';
import { subtable, type Check, type CheckContext, type Problem } from './context';
import { LOADING } from './load';
import { didYouMean, nearestName } from './didYouMean';

const MAKE = ['luarocks-make'] as const;
/** Back ends that come with LuaRocks; `module` is an old name of `builtin`. */
const BUILD_TYPES = ['builtin', 'make', 'cmake', 'command', 'none'];
/** core/cfg.lua, deps.lua, rockspecs.lua and the back ends, 3.8 to 3.13. */
const LUAROCKS_VARIABLES = new Set(
  (
    'PREFIX LUADIR LIBDIR CONFDIR BINDIR DOCDIR LUA LUA_DIR LUA_INCDIR LUA_LIBDIR LUA_BINDIR LUA_LIBDIR_FILE LUALIB LUA_VERSION LUA_INTERPRETER ' +
    'MAKE CC LD AR RANLIB RC MT CFLAGS LDFLAGS LIBFLAG STATFLAG CMAKE CMAKE_MODULE_PATH CMAKE_LIBRARY_PATH CMAKE_INCLUDE_PATH ROCKS_TREE SCRIPTS_DIR ' +
    'LIB_EXTENSION OBJ_EXTENSION CVS GIT SSCM SVN HG GPG RSYNC WGET SCP CURL PWD MKDIR RMDIR CP LS RM FIND CHMOD ICACLS MKTEMP ZIP UNZIP GUNZIP BUNZIP2 TAR ' +
    'MD5SUM OPENSSL MD5 TOUCH STAT TEST SEVENZ RSYNCFLAGS CURLNOCERTFLAG WGETNOCERTFLAG WRAPPER'
  ).split(' '),
);

function atLeast3({ format }: CheckContext): boolean {
  return FORMATS.indexOf(format) >= FORMATS.indexOf('3.0');
}

/** The effective back end; undefined when it is not known or there is none. */
export function buildType(context: CheckContext): string | undefined {
  const { build } = context.rockspec;
  const value = build?.table.get('type');
  if (value instanceof LuaString) return value.text === 'module' ? 'builtin' : value.text;
  return value === undefined && atLeast3(context) ? 'builtin' : undefined;
}

export const BUILD_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/build-type',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'build.type names the back end. Before format 3.0 it must be there; a Kong plugin is built with "builtin".',
    run: function* (context): Generator<Problem> {
      const { build } = context.rockspec;
      if (build === undefined) return;
      const entry = build.table.entry('type');
      if (entry === undefined && !atLeast3(context) && !build.table.open && context.complete) {
        yield { message: 'build.type is missing; before format 3.0 there is no default.', range: context.fieldRange('build') };
      }
      if (!(entry?.value instanceof LuaString)) return;
      const type = entry.value.text;
      const rock = `luarocks-build-${type}`;
      if ([...BUILD_TYPES, 'module'].includes(type) || dependsOn(context, rock)) return;
      const meant = nearestName(type, BUILD_TYPES);
      const fetched = luarocksAtLeast(context.target.luarocks, '3.11.0');
      // Newer ones make a dependency of the name when they load the rockspec, and fail when it is none.
      const unparsable = fetched && 'error' in parseDependency(`luarocks-build-${entry.value.value}`);
      yield {
        message: `There is no build type "${type}".${didYouMean(meant)} LuaRocks ${fetched ? `would look for a rock called ${rock}` : `wants a module luarocks.build.${type}`}.`,
        range: context.valueRange(entry),
        ...(unparsable
          ? { enforcedBy: [...LOADING] }
          : meant === undefined && fetched
            ? { severity: 'warning', enforcedBy: [] }
            : {}),
        fixes:
          meant === undefined ? [] : editFix(`Write "${meant}"`, context.rockspec.path, [editString(entry.value, meant)], true),
      };
    },
  },
  {
    code: 'rockspec/build-type-module',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'The build type "module" is the old name of "builtin"; LuaRocks warns about it.',
    run: function* (context): Generator<Problem> {
      const entry = context.rockspec.build?.table.entry('type');
      if (!(entry?.value instanceof LuaString) || entry.value.value !== 'module') return;
      yield {
        message: 'The build type "module" is now called "builtin".',
        range: context.valueRange(entry),
        fixes: editFix('Write "builtin"', context.rockspec.path, [editString(entry.value, 'builtin')], true),
      };
    },
  },
  {
    code: 'rockspec/modules-missing',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'The build type builtin installs what build.modules lists. Before format 3.0 the table must be there.',
    run: function* (context): Generator<Problem> {
      const { build } = context.rockspec;
      if (build === undefined || buildType(context) !== 'builtin' || atLeast3(context) || !context.complete) return;
      if (build.table.get('modules') !== undefined || build.table.open) return;
      yield { message: 'build.modules is missing: LuaRocks would not know what to install.', range: context.fieldRange('build') };
    },
  },
  {
    code: 'rockspec/installs-nothing',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'LuaRocks builds this rockspec without complaint and installs no file.',
    run: function* (context): Generator<Problem> {
      const { build } = context.rockspec;
      const type = buildType(context);
      if (build === undefined || !context.complete || build.table.open) return;
      const modules = build.table.get('modules');
      const listsNothing = type === 'builtin' && modules instanceof LuaTable && modules.fields.size === 0 && !modules.open;
      const runsNothing =
        type === 'command' && build.table.get('build_command') === undefined && build.table.get('install_command') === undefined;
      const installs =
        Object.values(build.install).some((lines) => lines.length > 0) || subtable(build.table, 'install')?.open === true;
      if (installs || !(listsNothing || runsNothing || type === 'none') || projectLua(context)) return;
      yield {
        message: 'This installs nothing, and LuaRocks does not say so.',
        range: context.fieldRange('build', listsNothing ? 'modules' : 'type'),
      };
    },
  },
  {
    code: 'rockspec/module-shape',
    severity: 'error',
    enforcedBy: MAKE,
    documentation:
      'build.modules maps module names to a file, a list of C sources, or a table with sources. LuaRocks crashes on other shapes, and silently installs nothing for a number or a boolean.',
    run: function* (context): Generator<Problem> {
      const { build } = context.rockspec;
      const modules = build?.table.entry('modules');
      if (modules === undefined || buildType(context) !== 'builtin' || modules.value instanceof LuaUnknown) return;
      if (!(modules.value instanceof LuaTable)) {
        yield { message: 'build.modules must be a table: module name to file.', range: context.valueRange(modules) };
        return;
      }
      for (const entry of modules.value.fields.values()) yield* moduleShape(context, entry);
    },
  },
  {
    code: 'rockspec/c-module',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'Every file of build.modules that does not end in .lua is compiled as C. The images of Kong have no compiler.',
    run: function* (context): Generator<Problem> {
      if (buildType(context) !== 'builtin') return;
      for (const { sources, range, name } of context.rockspec.build?.modules ?? []) {
        const [first] = sources ?? [];
        if (first === undefined || (sources?.length === 1 && first.value.endsWith('.lua'))) continue;
        const isC = /\.(?:c|cc|cpp|cxx|C|m|s|S|o|a)$/.test(first.value);
        yield {
          message: isC
            ? `Module ${name} is compiled from C: the machine that installs needs a compiler, and Kong's images have none.`
            : `LuaRocks would compile "${first.value}" as C, because its name does not end in .lua.`,
          range,
        };
      }
    },
  },
  {
    code: 'rockspec/runs-code',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'The rockspec makes LuaRocks run commands on every machine that builds or installs it.',
    run: function* (context): Generator<Problem> {
      const hook = subtable(context.rockspec.merged, 'hooks')?.entry('post_install');
      if (hook !== undefined)
        yield { message: 'This command runs on every machine that installs the rock.', range: context.keyRange(hook) };
      if (buildType(context) !== 'command') return;
      for (const name of ['build_command', 'install_command']) {
        const entry = context.rockspec.build?.table.entry(name);
        if (entry !== undefined)
          yield { message: 'This command runs on every machine that builds the rock.', range: context.keyRange(entry) };
      }
    },
  },
  {
    code: 'rockspec/platform-excluded',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'supported_platforms leaves out linux, where Kong runs: LuaRocks refuses to build there.',
    run: function* (context): Generator<Problem> {
      const entry = context.rockspec.merged.entry('supported_platforms');
      if (!(entry?.value instanceof LuaTable) || entry.value.open) return;
      const names = entry.value.list().flatMap(({ value }) => (value instanceof LuaString ? [value.text] : []));
      const here = (name: string): boolean => KONG_PLATFORMS.includes(name);
      const positive = names.filter((name) => !name.startsWith('!'));
      const excluded = names.some((name) => name.startsWith('!') && here(name.slice(1)));
      if (excluded || (positive.length > 0 && !positive.some(here))) {
        yield { message: 'Kong runs on linux, and this leaves it out.', range: context.valueRange(entry) };
      }
    },
  },
  {
    code: 'rockspec/platform-unknown',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'LuaRocks has no platform of this name, so the entry never applies.',
    run: function* (context): Generator<Problem> {
      const known = [...new Set(Object.values(PLATFORM_SETS).flat())];
      const list = context.rockspec.globals.get('supported_platforms');
      if (list instanceof LuaTable) {
        for (const entry of list.list()) {
          if (entry.value instanceof LuaString)
            yield* platformName(context, entry, entry.value.text.replace(/^!/, ''), known, context.valueRange(entry), []);
        }
      }
      for (const { value } of context.rockspec.globals.fields.values()) {
        const platforms = value instanceof LuaTable ? subtable(value, 'platforms') : undefined;
        for (const entry of platforms?.fields.values() ?? []) {
          const name = entry.keyString?.text;
          const meant = name === undefined ? undefined : nearestName(name, known);
          const fixes =
            meant === undefined ? [] : editFix(`Rename to ${meant}`, context.rockspec.path, [editKey(entry, meant)], true);
          if (name !== undefined) yield* platformName(context, entry, name, known, context.keyRange(entry), fixes);
        }
      }
    },
  },
  {
    code: 'rockspec/ignored-field',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'LuaRocks accepts any key in build and test and ignores those that the back end does not know.',
    run: function* (context): Generator<Problem> {
      for (const name of ['build', 'test']) {
        const table = subtable(context.rockspec.merged, name);
        const type = name === 'build' ? buildType(context) : undefined;
        if (table === undefined || (type !== undefined && !BUILD_TYPES.includes(type))) continue;
        const known = [...documentedFields([name]).keys()];
        for (const entry of table.fields.values()) {
          const key = entry.keyString?.text;
          if (key !== undefined && known.includes(key)) continue;
          const meant = key === undefined ? undefined : nearestName(key, known);
          const free = meant !== undefined && table.entry(meant) === undefined;
          yield {
            message:
              key === undefined
                ? `LuaRocks ignores list items in ${name}.`
                : `LuaRocks ignores ${name}.${key}.${didYouMean(meant)}`,
            range: context.keyRange(entry),
            fixes: free ? editFix(`Rename to ${meant}`, context.rockspec.path, [editKey(entry, meant)], true) : [],
          };
        }
      }
    },
  },
  {
    code: 'rockspec/unknown-substitution',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'LuaRocks replaces $(NAME) in build settings by a variable of its own, and a name it does not know by nothing, with a warning.',
    run: function* (context): Generator<Problem> {
      const external = subtable(context.rockspec.merged, 'external_dependencies');
      const prefixes = [...(external?.fields.keys() ?? [])].filter((key) => typeof key === 'string');
      for (const entry of [
        ...buildStrings(context.rockspec.build?.table, 0),
        ...buildStrings(subtable(context.rockspec.merged, 'hooks'), 0),
      ]) {
        if (!(entry.value instanceof LuaString)) continue;
        for (const [, name = ''] of entry.value.text.matchAll(/\$\((\w+)\)/g)) {
          if (
            LUAROCKS_VARIABLES.has(name) ||
            prefixes.some((prefix) => name.startsWith(`${prefix}_`)) ||
            name.endsWith('_ROCKDIR')
          )
            continue;
          yield { message: `LuaRocks has no variable ${name}: $(${name}) becomes nothing.`, range: context.valueRange(entry) };
        }
      }
    },
  },
];

/** Whether the project has a folder `lua`, whose content LuaRocks installs unasked. */
export function projectLua({ files }: CheckContext): boolean {
  const found = files?.find('lua');
  return found !== undefined && 'kind' in found && found.kind === 'directory';
}

function dependsOn({ rockspec }: CheckContext, rock: string): boolean {
  return ['dependencies', 'build_dependencies'].some((name) => {
    const list = rockspec.merged.get(name);
    return (
      list instanceof LuaTable &&
      list.list().some(({ value }) => value instanceof LuaString && value.text.trim().startsWith(rock))
    );
  });
}

function* moduleShape(context: CheckContext, entry: Entry): Generator<Problem> {
  const range = context.valueRange(entry);
  if (typeof entry.key !== 'string') {
    yield { message: 'A line of build.modules needs the name of its module: ["kong.plugins.x.handler"] = "…".', range };
    return;
  }
  const { value } = entry;
  if (value instanceof LuaString || value instanceof LuaUnknown) return;
  if (!(value instanceof LuaTable)) {
    yield {
      message: 'LuaRocks silently installs nothing for this module: its value must be the name of a file.',
      range,
      enforcedBy: [],
    };
  } else if (value.list().length === 0 && value.get('sources') === undefined && !value.open) {
    yield { message: 'This module has no sources.', range };
  }
}

function* platformName(
  context: CheckContext,
  entry: Entry,
  name: string,
  known: readonly string[],
  range: Problem['range'],
  fixes: Fix[],
): Generator<Problem> {
  if (known.includes(name)) return;
  const meant = nearestName(name, known);
  const own =
    fixes.length > 0 || meant === undefined || !(entry.value instanceof LuaString)
      ? fixes
      : editFix(
          `Write "${meant}"`,
          context.rockspec.path,
          [editString(entry.value, entry.value.text.replace(name, meant))],
          true,
        );
  yield { message: `LuaRocks has no platform "${name}".${didYouMean(meant)}`, range, fixes: own };
}

/** The strings of a build table in which LuaRocks replaces variables: all but the contents of files. */
function* buildStrings(table: LuaTable | undefined, depth: number): Generator<Entry> {
  for (const entry of table?.fields.values() ?? []) {
    if (depth === 0 && (entry.key === 'patches' || entry.key === 'extra_files' || entry.key === 'cmake')) continue;
    if (entry.value instanceof LuaString) yield entry;
    else if (entry.value instanceof LuaTable && depth < 5) yield* buildStrings(entry.value, depth + 1);
  }
}

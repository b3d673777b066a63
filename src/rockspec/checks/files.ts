// The files a rockspec names, and those it should: what `luarocks make` would find on disk.
import { basename, extname, join } from 'node:path';
import { moduleOfPath, modulePath } from '../../lua/moduleName';
import type { Fix } from '../../text/diagnostic';
import { LuaTable, type Entry } from '../../lua/values';
import { addField, editString, editFix, removeField } from '../edits';
import { cleanPath, requiredName, type PluginModules } from '../pluginModules';
import type { LocatedString } from '../read';
import { parseVersion, versionLess } from '../../luarocks/versions';
import { buildType, projectLua } from './build';
import { subtable, type Check, type CheckContext, type Problem } from './context';
import { didYouMean, nearestName } from './didYouMean';

const MAKE = ['luarocks-make'] as const;
/** From this many missing files on, with none that is there, the sources are simply not here: said once. */
const MANY = 20;
/** Folder names that mean something inside a rock (repos.lua, rock_manifest). */
const RESERVED_FOLDERS = new Set(['lua', 'lib', 'bin', 'conf', 'rock_manifest']);

/** A file that the rockspec names, and the line that names it when that line could go. */
interface NamedFile {
  file: LocatedString;
  line: Entry | undefined;
}

const known = new WeakMap<CheckContext, readonly NamedFile[]>();

/** Every file of `build.modules` and `build.install`; gathered once a check. */
function namedFiles(context: CheckContext): readonly NamedFile[] {
  let files = known.get(context);
  if (files === undefined) known.set(context, (files = gatherFiles(context)));
  return files;
}

function gatherFiles(context: CheckContext): NamedFile[] {
  const { build } = context.rockspec;
  if (build === undefined) return [];
  const modules = buildType(context) === 'builtin' ? (build.modules ?? []) : [];
  return [
    ...modules.flatMap(({ sources, entry }) =>
      (sources ?? []).map((file) => ({ file, line: sources?.length === 1 ? entry : undefined })),
    ),
    ...Object.values(build.install).flatMap((lines) => lines.map(({ file }) => ({ file, line: undefined }))),
  ];
}

export const FILE_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/file-missing',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'The file is not there. `luarocks make` stops at the first one it does not find.',
    run: function* (context): Generator<Problem> {
      const { files } = context;
      if (files === undefined) return;
      const named = namedFiles(context).filter(({ file }) => !file.value.includes('\\'));
      const absent = named.filter(({ file }) => files.find(file.value) === undefined);
      const unreadable = new Map<string, NamedFile>();
      const missing: NamedFile[] = [];
      for (const one of absent) {
        const folder = files.unreadableFolder(one.file.value);
        if (folder === undefined) missing.push(one);
        else if (!unreadable.has(folder)) unreadable.set(folder, one);
      }
      for (const [folder, { file }] of unreadable) {
        yield { message: `The folder ${folder} cannot be read, so what is in it is not known.`, range: file.range };
      }
      if (missing.length > MANY && missing.length === named.length) {
        yield { message: `None of the ${named.length} files that this names is here.`, range: context.fieldRange('build') };
        return;
      }
      const listed = listedPaths(context);
      for (const { file, line } of missing) {
        const meant = meantFile(context, file.value, line, listed);
        yield {
          message: `There is no file ${file.value}.${didYouMean(meant?.path)}`,
          range: file.range,
          fixes: [
            ...(meant === undefined
              ? []
              : editFix(`Write "${meant.path}"`, context.rockspec.path, [editString(file.string, meant.path)], meant.certain)),
            ...(line === undefined ? [] : removal(context, line)),
          ],
        };
      }
      for (const { file } of named) {
        const found = files.find(file.value);
        if (found !== undefined && 'kind' in found && found.kind === 'directory') {
          yield { message: `${file.value} is a folder, not a file.`, range: file.range };
        }
      }
    },
  },
  {
    code: 'rockspec/file-case',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'The file has another case on disk. Linux, where Kong runs, tells them apart.',
    run: function* (context): Generator<Problem> {
      for (const { file } of namedFiles(context)) {
        const found = context.files?.find(file.value);
        if (found === undefined || 'kind' in found) continue;
        const title = `Write "${found.otherCase}"`;
        yield {
          message: `On disk the file is called ${found.otherCase}.`,
          range: file.range,
          fixes: editFix(title, context.rockspec.path, [editString(file.string, found.otherCase)], true),
        };
      }
    },
  },
  {
    code: 'rockspec/path-backslash',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'Paths in a rockspec have slashes, on every system. A backslash is part of the name on Linux.',
    run: function* (context): Generator<Problem> {
      for (const { file } of namedFiles(context)) {
        if (!file.value.includes('\\')) continue;
        const fixed = file.value.replaceAll('\\', '/');
        yield {
          message: `On Linux a backslash does not separate folders; write "${fixed}".`,
          range: file.range,
          fixes: editFix(`Write "${fixed}"`, context.rockspec.path, [editString(file.string, fixed)], true),
        };
      }
    },
  },
  {
    code: 'rockspec/path-outside',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'The path leads out of the project. It works on this machine only, and not in a packed rock.',
    run: function* (context): Generator<Problem> {
      for (const { file } of namedFiles(context)) {
        const absolute = /^(?:\/|[A-Za-z]:)/.test(file.value);
        if (!absolute && !/^\.\.(?:\/|$)/.test(cleanPath(file.value))) continue;
        yield {
          message: `${absolute ? 'An absolute path' : 'A path through ..'} exists on this machine only.`,
          range: file.range,
        };
      }
    },
  },
  {
    code: 'rockspec/module-not-listed',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'The Lua file lies in the folder of the plugin but is not in build.modules, so it is not installed and cannot be required.',
    run: function* (context): Generator<Problem> {
      const modules = context.rockspec.build?.table.entry('modules');
      if (!(modules?.value instanceof LuaTable) || modules.value.open || buildType(context) !== 'builtin') return;
      const listed = listedPaths(context);
      const missing = context.plugins.flatMap((plugin) => unlisted(context, plugin, listed));
      if (missing.length === 0) return;
      const names = missing.map(({ path }) => path);
      const table = modules.value;
      // A module that has a line already, with another file, needs no second line but another file.
      const taken = new Set([...table.fields.values()].map(({ keyString }) => requiredName(keyString?.text ?? '')));
      const addable = missing.filter((file) => !taken.has(unlistedModule(file)));
      const [one] = addable;
      yield {
        message: `Not installed, because build.modules does not list ${names.length === 1 ? 'it' : 'them'}: ${names.slice(0, 8).join(', ')}${names.length > 8 ? ` and ${names.length - 8} more` : ''}.`,
        range: context.keyRange(modules),
        fixes:
          one === undefined
            ? []
            : editFix(
                addable.length === 1 ? `Add ${one.path} to build.modules` : `Add ${addable.length} files to build.modules`,
                context.rockspec.path,
                [
                  addField(
                    table,
                    addable.map((file) => moduleLine(context, file)),
                  ),
                ],
                true,
              ),
      };
    },
  },
  {
    code: 'rockspec/copy-directory',
    severity: 'error',
    enforcedBy: MAKE,
    documentation: 'build.copy_directories names folders of the project that are kept beside the rockspec in the tree.',
    run: function* (context): Generator<Problem> {
      for (const folder of context.rockspec.build?.copyDirectories ?? []) {
        const found = context.files?.find(folder.value);
        if (context.files === undefined) continue;
        if (found === undefined) yield { message: `There is no folder ${folder.value}.`, range: folder.range };
        else if ('otherCase' in found) {
          const fixes = editFix(
            `Write "${found.otherCase}"`,
            context.rockspec.path,
            [editString(folder.string, found.otherCase)],
            true,
          );
          yield { message: `On disk the folder is called ${found.otherCase}.`, range: folder.range, fixes };
        } else if (found.kind !== 'directory') yield { message: `${folder.value} is not a folder.`, range: folder.range };
      }
    },
  },
  {
    code: 'rockspec/copy-directory-reserved',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'LuaRocks gives folders of these names a meaning of its own: what is in lua and lib is installed as modules, bin as programs.',
    run: function* (context): Generator<Problem> {
      for (const folder of context.rockspec.build?.copyDirectories ?? []) {
        const name = cleanPath(folder.value).replace(/\/$/, '');
        if (name === '.' || name === '')
          yield { message: 'This copies the whole project, with everything that happens to lie there.', range: folder.range };
        else if (RESERVED_FOLDERS.has(name) || name === basename(context.rockspec.path)) {
          yield {
            message: `A folder called ${name} has a meaning of its own inside a rock: its files are not just kept.`,
            range: folder.range,
          };
        }
      }
    },
  },
  {
    code: 'rockspec/lua-folder',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'The build type builtin installs everything in a folder called lua beside the rockspec, listed or not.',
    run: function* (context): Generator<Problem> {
      if (buildType(context) !== 'builtin' || !projectLua(context) || context.rockspec.build === undefined) return;
      const table = subtable(context.rockspec.build.table, 'modules');
      if (table === undefined || [...namedFiles(context)].some(({ file }) => cleanPath(file.value).startsWith('lua/'))) return;
      yield {
        message: 'LuaRocks also installs everything in the folder lua, though no module names it.',
        range: context.fieldRange('build'),
      };
    },
  },
  {
    code: 'rockspec/newer-beside',
    severity: 'info',
    enforcedBy: [],
    documentation: 'Without an argument `luarocks make` takes the newest rockspec of a package in the folder.',
    run: function* (context): Generator<Problem> {
      const match = /^(.*)-([^-]+-\d+)\.rockspec$/s.exec(basename(context.rockspec.path));
      const [, name, version] = match ?? [];
      if (context.siblings === undefined || name === undefined || version === undefined) return;
      const own = parseVersion(version);
      const newer = [...context.siblings.keys()].filter((other) => {
        const [, otherName, otherVersion] = /^(.*)-([^-]+-\d+)\.rockspec$/s.exec(other) ?? [];
        return otherName === name && otherVersion !== undefined && versionLess(own, parseVersion(otherVersion));
      });
      if (newer.length === 0) return;
      yield {
        message: `luarocks make takes ${newer.sort().at(-1) ?? ''} from this folder, not this one.`,
        range: context.fieldRange('version'),
      };
    },
  },
];

/** Taking the line out; not of a module that Kong does not start without. */
function removal(context: CheckContext, line: Entry): Fix[] {
  if (/^kong\.plugins\.[^.]+\.(?:handler|schema)$/.test(requiredName(line.keyString?.text ?? ''))) return [];
  const edit = removeField(line);
  return edit === undefined ? [] : editFix('Remove this line', context.rockspec.path, [edit], false);
}

/** The absolute paths of the files that are named. */
function listedPaths(context: CheckContext): Set<string> {
  return new Set(namedFiles(context).map(({ file }) => absolutePath(context, file.value)));
}

/** The unlisted file in the same folder that was meant: the one called like the module, for certain, or the one with the nearest name. */
function meantFile(
  context: CheckContext,
  path: string,
  line: Entry | undefined,
  listed: ReadonlySet<string>,
): { path: string; certain: boolean } | undefined {
  const folder = path.slice(0, path.lastIndexOf('/') + 1);
  const free = [...(context.files?.names(folder) ?? [])].flatMap(([name, kind]) =>
    kind === 'file' && extname(name) === extname(path) && !listed.has(absolutePath(context, folder + name)) ? [name] : [],
  );
  const own = `${requiredName(line?.keyString?.text ?? '').replace(/^.*\./s, '')}.lua`;
  const certain = free.includes(own);
  const name = certain ? own : nearestName(basename(path), free);
  return name === undefined ? undefined : { path: folder + name, certain };
}

interface Unlisted {
  plugin: PluginModules;
  path: string;
}

/** The file's path in the plugin's folder, without `.lua`. */
function innerPath({ plugin, path }: Unlisted): string {
  return path.slice((plugin.dir ?? '').length + 1).replace(/\.lua$/, '');
}

/** The module that a file of a plugin's folder is to be. */
function unlistedModule(file: Unlisted): string {
  return `kong.plugins.${file.plugin.name}.${moduleOfPath(innerPath(file))}`;
}

/** The Lua files in a plugin's folder that nothing lists; tests are not missed. */
function unlisted(context: CheckContext, plugin: PluginModules, listed: ReadonlySet<string>): Unlisted[] {
  if (plugin.dir === undefined || context.trees === undefined) return [];
  const files = context.trees.get(plugin.dir) ?? [];
  return files
    .filter(
      (path) =>
        path.endsWith('.lua') &&
        !listed.has(absolutePath(context, path)) &&
        !/(?:_spec|_test)\.lua$|(?:^|\/)(?:spec|specs|tests?)\//.test(path.slice(plugin.dir?.length)),
    )
    .map((path) => ({ plugin, path }));
}

/** A line for `build.modules`, written the way the plugin's other lines are. */
function moduleLine(context: CheckContext, unlistedFile: Unlisted): string {
  const { plugin, path } = unlistedFile;
  const inner = innerPath(unlistedFile);
  const part = moduleOfPath(inner);
  for (const { part: sample, file, module } of plugin.modules) {
    const { keyPlace, valuePlace } = module.entry;
    if (keyPlace === undefined || valuePlace === undefined || file === undefined) continue;
    const { source } = context.rockspec;
    const key = replaceEnding(source.text(keyPlace), `.${sample}`, `.${part}`);
    const value = replaceEnding(source.text(valuePlace), `/${modulePath(sample)}.lua`, `/${inner}.lua`);
    if (key !== undefined && value !== undefined) return `[${key}] = ${value}`;
  }
  return `["${unlistedModule(unlistedFile)}"] = "${path}"`;
}

/** An expression whose last literal ends in `ending`, with another ending. */
function replaceEnding(expression: string, ending: string, replacement: string): string | undefined {
  const quote = expression.at(-1) ?? '';
  if (!expression.endsWith(ending + quote) || !'"\''.includes(quote)) return undefined;
  return expression.slice(0, -ending.length - 1) + replacement + quote;
}

/** The absolute path of a project's file. */
export function absolutePath(context: CheckContext, path: string): string {
  return context.files?.absolute(path) ?? join(context.dir, path);
}

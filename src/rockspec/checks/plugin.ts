// What Kong wants of the modules: a handler and a schema, names that fit, one place for each file.
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { installedFile, candidateFiles, moduleOfPath } from '../../lua/moduleName';
import { editFix, editString } from '../edits';
import { cleanPath, requiredName } from '../pluginModules';
import type { RockModule } from '../read';
import { buildType, projectLua } from './build';
import { subtable, type Check, type CheckContext, type Problem } from './context';
import { absolutePath } from './files';
import { handlerVersion, namesRelease } from './handler';
import { releaseOf } from './source';

export const PLUGIN_CHECKS: readonly Check[] = [
  {
    code: 'rockspec/no-handler',
    severity: 'error',
    enforcedBy: ['kong-load'],
    documentation: 'Kong loads kong.plugins.<name>.handler of every enabled plugin and does not start without it.',
    run: (context) => missingModule(context, 'handler'),
  },
  {
    code: 'rockspec/no-schema',
    severity: 'error',
    enforcedBy: ['kong-load'],
    documentation: 'Kong loads kong.plugins.<name>.schema of every enabled plugin and does not start without it.',
    run: (context) => missingModule(context, 'schema'),
  },
  {
    code: 'rockspec/module-name',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'A module is named with dots, kong.plugins.<name>.<file>, and its file is called the same: otherwise what is installed is not what is required.',
    run: function* (context): Generator<Problem> {
      for (const module of buildType(context) === 'builtin' ? (context.rockspec.build?.modules ?? []) : [])
        yield* moduleNameProblems(context, module);
    },
  },
  {
    code: 'rockspec/duplicate-destination',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'Two modules are installed to one file; the last one LuaRocks copies wins.',
    run: function* (context): Generator<Problem> {
      const seen = new Map<string, RockModule>();
      for (const module of buildType(context) === 'builtin' ? (context.rockspec.build?.modules ?? []) : []) {
        const [file] = module.sources ?? [];
        if (file?.value.endsWith('.lua') !== true) continue;
        const destination = installedFile(module.name, file.value);
        const first = seen.get(destination);
        if (first === undefined) seen.set(destination, module);
        else {
          yield {
            message: `${module.name} and ${first.name} are both installed to ${destination}.`,
            range: module.nameRange,
            related: [{ path: context.rockspec.path, range: first.nameRange, message: 'the other one' }],
          };
        }
      }
    },
  },
  {
    code: 'rockspec/file-of-two-modules',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'LuaRocks notes for each file one place to install it to. Of two modules with the same file it installs one, whichever it meets last.',
    run: function* (context): Generator<Problem> {
      const seen = new Map<string, RockModule>();
      for (const module of buildType(context) === 'builtin' ? (context.rockspec.build?.modules ?? []) : []) {
        const [file] = module.sources ?? [];
        if (file?.value.endsWith('.lua') !== true || module.sources?.length !== 1) continue;
        const first = seen.get(file.value);
        if (first === undefined) seen.set(file.value, module);
        else {
          yield {
            message: `${file.value} is also the file of ${first.name}: LuaRocks installs only one of the two.`,
            range: file.range,
            related: [{ path: context.rockspec.path, range: first.nameRange, message: 'the other one' }],
          };
        }
      }
    },
  },
  {
    code: 'rockspec/duplicate-key',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'The table has the field twice; Lua keeps the last one.',
    run: function* (context): Generator<Problem> {
      for (const { entry, table } of context.overwritten()) {
        const last = table.fields.get(entry.key);
        if (last === undefined) continue;
        yield {
          message: `${typeof entry.key === 'object' ? 'This field' : String(entry.keyString?.text ?? entry.key)} is given again below; only the last one counts.`,
          range: context.keyRange(entry),
          related: [{ path: context.rockspec.path, range: context.keyRange(last), message: 'the one that counts' }],
        };
      }
    },
  },
  {
    code: 'rockspec/handler-version',
    severity: 'warning',
    enforcedBy: [],
    documentation:
      'VERSION of the handler is what the Admin API and Kong’s reports show; it should be the version of the rockspec.',
    run: function* (context): Generator<Problem> {
      const release = releaseOf(context);
      const { version } = context.rockspec;
      if (release === undefined || version === undefined || !/^v?\d/.test(release)) return;
      for (const { path, text } of context.handlers) {
        const found = handlerVersion(text, absolutePath(context, path));
        if (found === undefined || namesRelease(found.value, release) || found.value === version.value) continue;
        yield {
          message: `VERSION of ${path} is "${found.value}", the rockspec says ${release}.`,
          range: version.range,
          related: [{ path: absolutePath(context, path), range: found.range, message: `VERSION is "${found.value}"` }],
          fixes: editFix(
            `Set VERSION of ${path} to "${release}"`,
            absolutePath(context, path),
            [editString(found.string, release)],
            true,
          ),
        };
      }
    },
  },
  {
    code: 'rockspec/package-convention',
    severity: 'info',
    enforcedBy: [],
    documentation: 'By custom the rock of a plugin is called kong-plugin-<name>, so that people find it.',
    run: function* (context): Generator<Problem> {
      const name = context.rockspec.package;
      const plugins = context.plugins;
      const [only] = plugins;
      if (name === undefined || plugins.length !== 1 || only === undefined) return;
      if (name.value.toLowerCase().includes('kong') || name.value.toLowerCase().includes(only.name.toLowerCase())) return;
      yield { message: `By custom this rock would be called kong-plugin-${only.name}.`, range: name.range };
    },
  },
  {
    code: 'rockspec/bundled-plugin',
    severity: 'warning',
    enforcedBy: [],
    documentation: 'Kong ships a plugin of this name. Which of the two is loaded depends on the order of the search path.',
    run: function* (context): Generator<Problem> {
      if (context.rockspec.package?.value === 'kong') return;
      for (const { name, modules } of context.plugins) {
        const [first] = modules;
        if (first === undefined || !isBundledPlugin(name, context.target.kong)) continue;
        yield {
          message: `Kong ${context.target.kong.text} ships a plugin called ${name} itself.`,
          range: first.module.nameRange,
        };
      }
    },
  },
];

function* missingModule(context: CheckContext, part: 'handler' | 'schema'): Generator<Problem> {
  const { build } = context.rockspec;
  const modules = build?.table.entry('modules');
  if (
    build === undefined ||
    !context.complete ||
    modules === undefined ||
    buildType(context) !== 'builtin' ||
    projectLua(context)
  )
    return;
  const table = subtable(build.table, 'modules');
  if (table?.open === true || subtable(build.table, 'install')?.open === true) return;
  for (const plugin of context.plugins) {
    const wanted = [`kong.plugins.${plugin.name}.${part}`, `kong.plugins.${plugin.name}.${part}.init`];
    const listed =
      plugin.modules.some(({ module }) => wanted.includes(requiredName(module.name))) ||
      build.install.lua.some(({ target }) => target !== undefined && wanted.includes(requiredName(target)));
    // Without either it is no plugin but a library that lives in the folder of plugins.
    const isPlugin = plugin.modules.some(({ part: other }) => /^(?:handler|schema)(?:\.init)?$/.test(other));
    const [first] = plugin.modules;
    if (listed || first === undefined || (!isPlugin && !onDisk(context, plugin.dir, part))) continue;
    yield {
      message: `Kong cannot load plugin ${plugin.name}: there is no module kong.plugins.${plugin.name}.${part}.`,
      range: context.keyRange(modules),
    };
  }
}

function onDisk({ trees }: CheckContext, dir: string | undefined, part: string): boolean {
  return dir !== undefined && (trees?.get(dir)?.includes(`${dir}/${part}.lua`) ?? false);
}

function* moduleNameProblems(context: CheckContext, module: RockModule): Generator<Problem> {
  const { name, nameRange, sources, entry } = module;
  if (/[/\\]|\.lua$/.test(name)) {
    const dotted = name.replace(/\.lua$/, '').replace(/[/\\]/g, '.');
    const taken = context.rockspec.build?.modules?.some((other) => other.name === dotted) === true;
    const fixes =
      entry.keyString === undefined || taken
        ? []
        : editFix(`Write "${dotted}"`, context.rockspec.path, [editString(entry.keyString, dotted)], true);
    yield { message: `A module is named with dots: "${dotted}".`, range: nameRange, fixes };
    return;
  }
  const [file] = sources ?? [];
  if (file === undefined || sources?.length !== 1 || !file.value.endsWith('.lua')) return;
  const path = cleanPath(file.value.replaceAll('\\', '/'));
  const inTree = /(?:^|\/)(kong\/plugins\/.+)\.lua$/.exec(path)?.[1];
  if (inTree === undefined || candidateFiles(name).includes(`${inTree}.lua`)) return;
  yield {
    message: name.startsWith('kong.plugins.')
      ? `${path} is installed as ${name}; by its path it would be ${moduleOfPath(inTree)}.`
      : `Kong looks for ${moduleOfPath(inTree)}, but this file is installed as ${name}.`,
    range: nameRange,
  };
}

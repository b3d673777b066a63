// `kong-plugin check`: everything wrong with the rockspecs and plugins of a folder, at once, each problem where it is.
import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { Option } from 'commander';
import type { AddCommand } from '../addCommand';
import type { FolderTree } from '../../plugin/folderTree';
import type { Plugin } from '../../plugin/plugin';
import type { RockCache } from '../../plugin/travel/rock';
import { reasonOf } from '../../system/fileErrors';
import { UserError } from '../../system/userError';
import { readChoices, type Choices } from '../../text/chosen';
import { mergedFiles, type FileDiagnostics } from '../../text/diagnostic';
import { checkConfigurations, configurationsIn } from '../checkConfigurations';
import type { CheckFormat, Rule } from '../checkReport';
import type { Io } from '../io';
import { KONG_FLAG, kongFlag } from '../kongFlag';
import { isFolder, shownPath } from '../paths';
import { isPartOf, keyOf, pluginsAround, pluginsBelow, type PluginsAt } from '../pluginsAt';

interface CheckFlags {
  kong?: string;
  luarocks?: string;
  format: CheckFormat;
  severity: Choices;
}

/** What the arguments name. */
interface Subjects {
  rockspecs: string[];
  folders: string[];
  /** Lua files of plugins: only what is wrong with these is told. */
  files: string[];
  /** Settings of a Kong. */
  confs: string[];
  /** Declarative configurations and manifests: named ones, and those below the folders. */
  configurations: string[];
  /** Folders that are there and cannot be read, with the reason. */
  closed: Map<string, unknown>;
}

export const addCheck: AddCommand = (program, io, finish) => {
  program
    .command('check')
    .description('check rockspecs, handlers, schemas and configurations the way LuaRocks, Kong and their users would')
    .argument(
      '[path...]',
      'folders to find rockspecs and plugins in, or rockspecs, Lua files of a plugin, kong.conf and kong.yml',
      ['.'],
    )
    .option('--kong <version>', `the Kong it is for, with the LuaRocks in it: ${KONG_FLAG} (default: 3.9)`)
    .option('--luarocks <version>', 'another LuaRocks whose verdict counts')
    .addOption(new Option('--format <format>', 'how to print').choices(['text', 'json', 'sarif']).default('text'))
    .option('--severity <check=severity>', 'another severity for one check, or off; may be said again', withChoice, {})
    .action(async (paths: string[], flags: CheckFlags) => {
      const { printCheck } = await import('../checkReport');
      const kong = await kongFlag(flags.kong, io);
      const subjects = await subjectsOf(paths, io);
      for (const [path, error] of subjects.closed) {
        io.err(`${shownPath(io.cwd, path)} cannot be read: ${reasonOf(error)}. What is in it is not checked.\n`);
      }
      const results = await checkSubjects(subjects, flags, kong.text, io);
      printCheck(io, results, flags.format, flags.format === 'sarif' ? await allRules() : []);
      finish(results.some((file) => file.diagnostics.some(({ severity }) => severity === 'error')) ? 1 : 0);
    });
};

/** Everything that can be told, as SARIF describes it. */
async function allRules(): Promise<Rule[]> {
  const { CODE_CHECKS } = await import('../../code/check');
  const { CONFIG_CHECKS } = await import('../../config/declarative/check');
  const { UNREADABLE_CHECK } = await import('../../plugin/checkPlugin');
  const { PLUGIN_CHECKS } = await import('../../plugin/checks');
  const { ROCKSPEC_CHECKS } = await import('../../rockspec/check');
  return [...ROCKSPEC_CHECKS, ...PLUGIN_CHECKS, ...CODE_CHECKS, ...CONFIG_CHECKS, UNREADABLE_CHECK];
}

/** One more choice, as `kong/conf-unread=off`. */
function withChoice(written: string, before: Choices): Choices {
  const [code = '', severity] = written.split('=');
  const chosen = readChoices({ [code]: severity });
  if (code !== '' && Object.keys(chosen).length > 0) return { ...before, ...chosen };
  throw new UserError(`--severity takes a check and error, warning, info, hint or off, not ${written}.`, {
    exitCode: 2,
    next: 'For example: --severity kong/conf-unread=off',
  });
}

/** The rockspecs, and the files of the plugins below the folders: each once, rockspecs first. */
async function checkSubjects(
  { rockspecs, folders, files, confs, configurations }: Subjects,
  flags: CheckFlags,
  kong: string,
  io: Io,
): Promise<FileDiagnostics[]> {
  const { checkLuaFiles, checkRockspecFile } = await import('../../plugin/checkPlugin');
  const { DiskFiles } = await import('../../rockspec/projectFiles');
  const rocks: RockCache = new Map();
  const options = { kong, luarocks: flags.luarocks, files: new DiskFiles(), rocks, choices: flags.severity };
  const results: FileDiagnostics[] = files.map((path) => ({ path, diagnostics: [] }));
  for (const path of rockspecs) {
    io.signal.throwIfAborted();
    results.push({ path, diagnostics: await checkRockspecFile(path, options) });
  }
  if (confs.length > 0) {
    const { checkKongConf } = await import('../../kong/confChecks');
    for (const path of confs) {
      results.push({ path, diagnostics: checkKongConf((await readFile(path)).toString('latin1'), path) });
    }
  }
  const below = await pluginsBelow(folders, io);
  results.push(...(await checkConfigurations(configurations, below.plugins, kong, io, flags.severity)));
  if (below.plugins.length === 0 && results.length === 0) throw nothingFound(folders, io);
  for (const { plugin, siblings, only } of await pluginsToCheck(below, files, io)) {
    io.signal.throwIfAborted();
    const found = await checkLuaFiles(plugin, { ...options, siblings });
    results.push(...found.filter(({ path }) => only?.has(path) !== false));
  }
  return mergedFiles(results);
}

/** A plugin to check. */
interface PluginToCheck {
  plugin: Plugin;
  siblings: readonly Plugin[];
  /** The files of it that were named, when only they are told of. */
  only?: Set<string>;
}

/** Those below the folders, and those that named files are part of: each once. Throws UserError for a file of no plugin. */
async function pluginsToCheck({ plugins, siblings }: PluginsAt, files: readonly string[], io: Io): Promise<PluginToCheck[]> {
  const all = new Map<string, PluginToCheck>(plugins.map((plugin) => [keyOf(plugin), { plugin, siblings }]));
  const around: PluginsAt[] = [];
  for (const path of files) {
    if (plugins.some((plugin) => isPartOf(plugin, path))) continue;
    let at = around.find((known) => known.siblings.some((plugin) => isPartOf(plugin, path)));
    if (at === undefined) around.push((at = await pluginsAround(path, io)));
    const own = at.siblings.filter((plugin) => isPartOf(plugin, path));
    if (own.length === 0) throw noPluginFile(shownPath(io.cwd, path));
    for (const plugin of own) {
      const known = all.get(keyOf(plugin));
      if (known === undefined) all.set(keyOf(plugin), { plugin, siblings: at.siblings, only: new Set([path]) });
      else known.only?.add(path);
    }
  }
  return [...all.values()];
}

function nothingFound(folders: readonly string[], io: Io): UserError {
  return new UserError(
    `There is no Kong plugin and no rockspec in ${folders.map((path) => shownPath(io.cwd, path)).join(', ')}.`,
    {
      exitCode: 2,
      next: 'A plugin is a folder kong/plugins/NAME with a handler.lua, or what a rockspec maps to kong.plugins.NAME.handler.',
    },
  );
}

function noPluginFile(name: string): UserError {
  return new UserError(`${name} is no file of a Kong plugin.`, {
    exitCode: 2,
    next: 'Name a folder, a .rockspec, a Lua file of a plugin, a kong.conf or a kong.yml.',
  });
}

async function subjectsOf(paths: readonly string[], io: Io): Promise<Subjects> {
  const { mayBeConfiguration } = await import('../../config/declarative/looksLike');
  const rockspecs = new Set<string>();
  const folders = new Set<string>();
  const files = new Set<string>();
  const confs = new Set<string>();
  const configurations = new Set<string>();
  const closed: Subjects['closed'] = new Map();
  for (const written of paths) {
    const path = resolve(io.cwd, written);
    if (await isFolder(path, written)) {
      folders.add(path);
      const { scanFolders } = await import('../../plugin/folderTree');
      const tree: FolderTree = new Map();
      await scanFolders(path, tree, { signal: io.signal, onUnreadable: (dir, error) => closed.set(dir, error) });
      const below = [...tree].flatMap(([dir, { files }]) =>
        files.filter((name) => name.endsWith('.rockspec')).map((name) => join(dir, name)),
      );
      for (const file of below.sort()) rockspecs.add(file);
      for (const file of await configurationsIn(tree)) configurations.add(file);
    } else if (basename(path).endsWith('rockspec')) rockspecs.add(path);
    else if (path.endsWith('.lua')) files.add(path);
    else if (/\.conf(?:\.default)?$/.test(path)) confs.add(path);
    else if (mayBeConfiguration(path)) configurations.add(path);
    else throw noPluginFile(written);
  }
  return {
    rockspecs: [...rockspecs],
    folders: [...folders],
    files: [...files],
    confs: [...confs],
    configurations: [...configurations],
    closed,
  };
}

// Installing: files to the node, the name into the plugins list, reload, and the proof that it is loaded.
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { withRoot } from '../../kong/packagePath';
import { moduleOfFile } from '../../lua/moduleName';
import { LuaSource } from '../../lua/source';
import { checkPluginName, withPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import type { Operation, Step, StepContext } from '../plan/plan';
import { addRequired } from '../state/loaderProblems';
import type { Scope } from '../state/use/scope';
import type { NodeView } from '../state/view';
import { bringsMigrations, hasDatabase, migrationSteps, type MigrateOptions } from '../steps/migrate';
import { nextStartStep } from '../steps/nextStart';
import { buildSteps, pathRoot, placeStep, pluginFiles, otherThanInstalled, type InstallSource } from '../steps/place';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';
import type { InstallKind } from '../types';
import type { Given } from './configure';

export interface InstallOptions extends MigrateOptions {
  /** undefined is the rock, or the path for a project without rockspec. */
  via?: InstallKind | undefined;
  enable: boolean;
  /** Somebody follows the log from here on. */
  followed?: boolean;
  /** What the plugin is applied to then, and how it is configured there. */
  configure?: { scope: Scope; given: Given } | undefined;
}

/** Those of some plugins whose files are the list of migrations, too. */
function withMigrations(files: ReadonlyMap<string, ReadonlyMap<string, Buffer>>): string[] {
  return [...files].flatMap(([plugin, own]) => {
    const folder = `kong/plugins/${plugin}/`;
    const paths = [...own.keys()].flatMap((path) => (path.startsWith(folder) ? path.slice(folder.length) : []));
    return bringsMigrations(paths) ? plugin : [];
  });
}

/** Installs, and unless told otherwise enables, reloads and verifies. */
export function installOperation(source: InstallSource, options: InstallOptions): Operation {
  const via = options.via ?? (source.rock === undefined ? 'path' : 'rock');
  const byPath = via === 'path' || source.rock === undefined;
  return {
    title: `install ${source.plugins.join(', ')}`,
    async steps(view) {
      source.plugins.forEach(checkPluginName);
      refuseBundled(view, source.plugins);
      const paths: SettingChange[] = byPath
        ? source.plugins.map((plugin) => ({
            setting: 'lua_package_path',
            change: (value) => withRoot(value, pathRoot(view, plugin)),
          }))
        : [];
      const place = await placeStep(view, source, via);
      const pathSteps = await settingSteps('path', view, paths);
      const files = async (): Promise<Map<string, Map<string, Buffer>>> =>
        new Map(await Promise.all(source.plugins.map(async (plugin) => [plugin, await pluginFiles(source, plugin)] as const)));
      const build = byPath ? [] : buildSteps(source);
      const bring = [...build, place, ...pathSteps];
      if (!options.enable) return [...bring, nextStartStep(view, { settings: paths, files }, source.plugins)];
      const names: SettingChange[] = source.plugins.map((plugin) => ({
        setting: 'plugins',
        change: (value) => withPlugin(value, plugin),
      }));
      const use = options.configure === undefined ? [] : await useSteps(view, source, options.configure);
      const changes = [...combined(names), ...combined(paths)];
      const migrations = migrationSteps(hasDatabase(view) ? withMigrations(await files()) : [], changes, options);
      return [
        ...bring,
        ...(await settingSteps('enable', view, combined(names))),
        ...migrations.up,
        ...reloadAndProve(
          view,
          changes,
          source.plugins.map((plugin) => ({
            plugin,
            state: 'loaded',
            files: (context: StepContext) => otherThanInstalled(context, source, plugin),
          })),
          { followed: options.followed === true },
        ),
        ...migrations.finish,
        ...use,
        ...(options.followed === true ? [] : [nextStartStep(view, { settings: [...names, ...paths], files }, source.plugins)]),
      ];
    },
  };
}

/** The steps that apply the one plugin that is brought, by the schema that it brings. Throws UserError before anything is brought when that cannot be. */
async function useSteps(
  view: NodeView,
  source: InstallSource,
  { scope, given }: NonNullable<InstallOptions['configure']>,
): Promise<Step[]> {
  const [plugin, another] = source.plugins;
  if (plugin === undefined || another !== undefined)
    throw new UserError(`There are ${source.plugins.length} plugins here, and a configuration is of one.`, {
      exitCode: 2,
      next: 'Install them, then configure each: `kong-plugin configure NAME`',
    });
  const { schemaOfCode } = await import('../../config/pluginSchema');
  const files = [...(await pluginFiles(source, plugin))].filter(([path]) => path.endsWith('.lua'));
  const sources = new Map(files.map(([path, content]) => [moduleOfFile(path), new LuaSource(content, path)]));
  await addRequired(view, sources);
  const outcome = schemaOfCode({ name: plugin, sources, dependencies: [] }, view.version);
  const { additionSteps } = await import('./configure');
  // What the next start says is asked once, at the end of all.
  return (await additionSteps(view, plugin, scope, given, outcome)).filter(({ name }) => name !== 'next-start');
}

/** Several changes of one setting as one. */
function combined(changes: readonly SettingChange[]): SettingChange[] {
  const [first] = changes;
  if (first === undefined) return [];
  return [
    {
      setting: first.setting,
      change: (value) => changes.reduce<string | undefined>((now, { change }) => change(now), value) ?? '',
    },
  ];
}

/** A plugin of Kong's own name would take the place of Kong's own files. */
function refuseBundled(view: NodeView, plugins: readonly string[]): void {
  const taken = plugins.find((plugin) => view.facts.kong !== undefined && isBundledPlugin(plugin, view.version));
  if (taken !== undefined) {
    throw new UserError(`Kong ${view.facts.kong ?? ''} comes with a plugin called ${taken}.`, {
      next: `Give yours another name: \`kong-plugin rename ${shellWord(taken)} NEW\``,
    });
  }
}

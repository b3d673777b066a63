// Installing: files to the node, the name into the plugins list, reload, and the proof that it is loaded.
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { withRoot } from '../../kong/packagePath';
import { checkPluginName, withPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import type { Operation, StepContext } from '../plan/plan';
import type { NodeView } from '../state/view';
import { nextStartStep } from '../steps/nextStart';
import { buildSteps, pathRoot, placeStep, pluginFiles, otherThanInstalled, type InstallSource } from '../steps/place';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';
import type { InstallKind } from '../types';

export interface InstallOptions {
  /** undefined is the rock, or the path for a project without rockspec. */
  via?: InstallKind | undefined;
  enable: boolean;
  /** Somebody follows the log from here on. */
  followed?: boolean;
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
      return [
        ...bring,
        ...(await settingSteps('enable', view, combined(names))),
        ...reloadAndProve(
          view,
          [...combined(names), ...combined(paths)],
          source.plugins.map((plugin) => ({
            plugin,
            state: 'loaded',
            files: (context: StepContext) => otherThanInstalled(context, source, plugin),
          })),
          { followed: options.followed === true },
        ),
        ...(options.followed === true ? [] : [nextStartStep(view, { settings: [...names, ...paths], files }, source.plugins)]),
      ];
    },
  };
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
      next: `Give yours another name: kong-plugin rename ${shellWord(taken)} NEW`,
    });
  }
}

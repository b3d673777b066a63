// Bringing the plugin of the workspace to the node again, the way it came there, and proving that it is loaded.
import { discoverPlugins } from '../../plugin/discovery';
import type { Plugin } from '../../plugin/plugin';
import { withPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import { contentHash, installedPlugin, workspaceFiles, type InstalledPlugin } from '../state/installed';
import { installOperation } from '../operations/install';
import type { Operation, Step, StepContext } from '../plan/plan';
import { copyStep } from '../steps/copy';
import { reloadAndProve } from '../steps/running';
import { settingStep, type SettingChange } from '../steps/setting';
import { readInstallSource } from '../operations/installSource';
import type { InstallSource } from '../steps/place';
import { startStep, withStart } from '../steps/start';
import type { NodeView } from '../state/view';
import type { RemedyCase } from './case';

/** The plugin as the workspace has it now, on the node, loaded. Installed by hand, its files are replaced where they lie; otherwise it is installed again. */
export async function bringAgain(about: RemedyCase): Promise<Operation> {
  const plugin = await fresh(about);
  let source: Promise<InstallSource> | undefined;
  const packed = (): Promise<InstallSource> => (source ??= readInstallSource(plugin.rockspec ?? plugin.root, plugin.root));
  return {
    title: `bring ${plugin.name} again`,
    async steps(view) {
      const found = await installedPlugin(view, plugin.name);
      if (found !== undefined) await refuseTheSame(view, plugin, found, about);
      if (found !== undefined && (found.via === null || found.via === 'path')) return inPlace(view, plugin, found, about);
      const via = found?.via === 'source' ? 'source' : undefined;
      return withStart(installOperation(await packed(), { via, enable: true }), { not: about.finding.id }).steps(view);
    },
  };
}

/** Code that fails while it runs is mended in the code: the same files once more would change nothing, and look as if they had. */
async function refuseTheSame(
  view: NodeView,
  plugin: Plugin,
  { files, dir }: InstalledPlugin,
  { finding: { id, file, line } }: RemedyCase,
): Promise<void> {
  const { CATALOGUE } = await import('../../troubleshoot/catalogue');
  if (!view.facts.running || CATALOGUE[id].stage !== 'runtime') return;
  if (contentHash(files) !== contentHash(await workspaceFiles(plugin))) return;
  throw new UserError(`${dir} holds the files of the workspace already: to bring them again would change nothing.`, {
    next: `Open ${file ?? `the code of ${plugin.name}`}${line === null ? '' : ` at line ${line}`} and mend it; then do this again, or let watch bring each save.`,
  });
}

/** The plugin with the files that it has since the changes were made. */
async function fresh({ plugin, name }: RemedyCase): Promise<Plugin> {
  const found = plugin === undefined ? [] : await discoverPlugins([plugin.root]);
  const now = found.find((candidate) => candidate.name === plugin?.name) ?? plugin;
  if (now !== undefined) return now;
  throw new UserError(`${name ?? 'The plugin'} is not in this workspace.`, {
    next: 'Open its folder, or name it: `kong-plugin fix --node NODE DIR`',
  });
}

async function inPlace(view: NodeView, plugin: Plugin, found: InstalledPlugin, about: RemedyCase): Promise<Step[]> {
  const enable: SettingChange = { setting: 'plugins', change: (value) => withPlugin(value, plugin.name) };
  return [
    copyStep(plugin, found),
    await settingStep('enable', view, enable),
    ...reloadAndProve(
      view,
      [enable],
      [{ plugin: plugin.name, state: 'loaded', files: (context) => otherThanWorkspace(context, plugin) }],
      { then: [startStep(view, { not: about.finding.id })] },
    ),
  ];
}

async function otherThanWorkspace(context: StepContext, plugin: Plugin): Promise<string | undefined> {
  const found = await installedPlugin(await context.view(), plugin.name);
  if (found === undefined) return `Kong would not find ${plugin.name} on its search path.`;
  const wanted = await workspaceFiles(plugin);
  const same = contentHash(new Map([...found.found].filter(([path]) => wanted.has(path)))) === contentHash(wanted);
  return same ? undefined : `Kong would load other files: those in ${found.dir} are not the workspace's.`;
}

// Upgrade Plugin: what stands between a plugin and another Kong, mended as one undoable edit with a preview, and told.
import * as vscode from 'vscode';
import { count } from '../../text/count';
import type { PluginUpgrade, UpgradeNote } from '../../plugin/upgrade/planUpgrade';
import type { CommandHandler } from '../commandHandler';
import { askPlugin, choose } from '../dialogue/ask';
import { applyFileChanges, currentTextOrNothing } from '../workspaceEdit';

export const upgradePlugin: CommandHandler = async (services, argument) => {
  const plugin = await askPlugin(services, argument, 'Upgrade: which plugin?');
  const [{ OPEN_KONG_VERSIONS, parseKongVersion }, { planUpgrade }] = await Promise.all([
    import('../../kong/versions'),
    import('../../plugin/upgrade/planUpgrade'),
  ]);
  const versions = [...OPEN_KONG_VERSIONS].reverse().map((version) => ({ id: version, label: `Kong ${version}` }));
  const { id } = await choose(services, 'upgrade.to', `Upgrade ${plugin.name} to which Kong?`, versions);
  const plan = await planUpgrade([plugin], parseKongVersion(id), {
    read: currentTextOrNothing,
    siblings: await services.plugins.all(),
  });
  const [upgrade] = plan.plugins;
  if (upgrade === undefined) return;
  if (plan.changes.length > 0) await applyFileChanges(plan.changes, `${plugin.name} → Kong ${id}`);
  const { mended, left, differs } = upgrade;
  if (left.length + differs.length > 0) {
    await services.reports.show(`${plugin.name} for Kong ${id}.txt`, reportOf(upgrade, id));
    return;
  }
  void vscode.window.showInformationMessage(
    mended.length === 0
      ? `Nothing stands between ${plugin.name} and Kong ${id}.`
      : `${count(mended.length, 'thing')} mended in ${plugin.name} for Kong ${id}.`,
  );
};

/** What was done and what is left, as text. */
function reportOf({ plugin, after, mended, left, differs }: PluginUpgrade, kong: string): string {
  const list = (title: string, notes: readonly UpgradeNote[]): string[] =>
    notes.length === 0
      ? []
      : [
          title,
          ...notes.map(({ path, line, message }) => `  ${vscode.workspace.asRelativePath(path)}:${line + 1}  ${message}`),
          '',
        ];
  const verdict = { loads: 'loads it', fails: 'does not load it yet', unknown: 'may load it: that cannot be told here' };
  return [
    `${plugin.name}: Kong ${kong} ${verdict[after.verdict]}.`,
    '',
    ...list('Left for you:', left),
    ...list('Loads, and works otherwise than before:', differs),
    ...list('Mended:', mended),
  ].join('\n');
}

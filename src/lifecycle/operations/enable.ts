// Putting a plugin into the plugins list of a node, and taking it out while nothing uses it.
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { checkPluginName, enabledNames, withPlugin, withoutPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import { Skip } from '../failure';
import type { Operation, Step } from '../plan/plan';
import { findUses, usesOf } from '../state/inUse';
import { installedPlugin } from '../state/installed';
import { checkListed } from '../state/status';
import { namedUses } from '../state/usePlaces';
import { bringsMigrations, hasDatabase, migrationSteps, type MigrateOptions } from '../steps/migrate';
import { nextStartStep } from '../steps/nextStart';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';

/** Puts a plugin into the list, where that is decided, reloads and verifies. */
export function enableOperation(plugin: string, options: MigrateOptions = {}): Operation {
  const operation = switchOperation(plugin, 'enable', 'loaded', (value) => withPlugin(value, plugin), options);
  return {
    ...operation,
    steps(view) {
      checkPluginName(plugin);
      return operation.steps(view);
    },
  };
}

/** Takes a plugin out of the list, reloads and verifies that it is gone. Refused while a configuration uses it. Any entry that stands there can go. */
export function disableOperation(plugin: string): Operation {
  const operation = switchOperation(plugin, 'disable', 'gone', (value) => withoutPlugin(value, plugin));
  return {
    ...operation,
    async steps(view) {
      checkListed(view, plugin);
      const { bundled, names } = enabledNames(view.setting('plugins').value);
      if (bundled && !names.includes(plugin) && isBundledPlugin(plugin, view.version)) {
        throw new UserError(`${plugin} comes with Kong, and "bundled" in the plugins list enables it.`, {
          next: 'Name the bundled plugins you want one by one in place of "bundled".',
        });
      }
      return [unusedStep(plugin), ...(await operation.steps(view))];
    },
  };
}

function switchOperation(
  plugin: string,
  name: 'enable' | 'disable',
  state: 'loaded' | 'gone',
  change: SettingChange['change'],
  options: MigrateOptions = {},
): Operation {
  const changes: SettingChange[] = [{ setting: 'plugins', change }];
  return {
    title: `${name} ${plugin}`,
    async steps(view) {
      const found = state === 'gone' || !hasDatabase(view) ? undefined : await installedPlugin(view, plugin);
      const brings = found !== undefined && bringsMigrations(found.files.keys());
      const migrations = migrationSteps(brings ? [plugin] : [], changes, options);
      return [
        ...(await settingSteps(name, view, changes)),
        ...migrations.up,
        ...reloadAndProve(view, changes, [{ plugin, state }]),
        ...migrations.finish,
        nextStartStep(view, { settings: changes }, state === 'loaded' ? [plugin] : []),
      ];
    },
  };
}

/** Kong does not start, and does not reload, while a plugin that is not in the list is in use. */
function unusedStep(plugin: string): Step {
  return {
    name: 'check-use',
    describe: `See that no configuration uses ${plugin}.`,
    async run(context) {
      const view = await context.view();
      const all = await findUses(view, context.signal);
      const { known, refusal } = all;
      const found = usesOf(all, plugin);
      if (!known && found.length === 0)
        throw new Skip(`Whether a configuration uses ${plugin} cannot be seen from here. ${refusal?.message ?? ''}`.trimEnd());
      if (found.length === 0) return `Nothing uses ${plugin}.`;
      throw new UserError(
        `${plugin} is in use (${await namedUses(view.admin, found, context.signal)}): without it in the list Kong would not start.`,
        {
          next: `\`kong-plugin remove ${shellWord(plugin)}\` takes it out of use first.`,
        },
      );
    },
  };
}

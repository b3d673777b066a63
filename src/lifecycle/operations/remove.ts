// Removing a plugin in the only safe order: out of use, then disabled and gone from the running Kong, then its files.
import { withoutDeclared } from '../../kong/declarative/read';
import { DEFAULT_PACKAGE_PATH, withoutRoot } from '../../kong/packagePath';
import { pluginNameProblem, withoutPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import type { AdminClient } from '../../kong/adminClient';
import { count } from '../../text/count';
import { shellWord } from '../../text/shellWord';
import { Refusal, Skip, StepFailure } from '../failure';
import { keepRows, type Keep } from '../steps/keepUses';
import { findUses, usesOf, type PluginUse, type Uses } from '../state/inUse';
import type { Operation, Step, StepContext } from '../plan/plan';
import { deleteStep, planDeletion } from '../steps/deletion';
import { nextStartStep } from '../steps/nextStart';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';
import { checkListed, enabledOn } from '../state/status';
import { namedUses } from '../state/usePlaces';
import type { NodeView } from '../state/view';

export interface RemoveOptions {
  /** Delete the configurations that use it, and files that somebody else put there. */
  yes: boolean;
  /** Gets the deleted configurations as declarative files that can be put back, or the file as it was. */
  keep: Keep;
}

/** The removal of one plugin. Run again after an interruption it goes on where nothing is left to do. */
export function removeOperation(plugin: string, options: RemoveOptions): Operation {
  return {
    title: `remove ${plugin}`,
    async steps(view) {
      checkListed(view, plugin);
      // What can be no name would lead out of the plugins' folder.
      const canHaveFiles = pluginNameProblem(plugin) === undefined;
      const found = await findUses(view);
      await refuseFixedUses(view, plugin, found);
      const deletion = canHaveFiles ? await planDeletion(view, plugin, options.yes) : undefined;
      const disable: SettingChange = { setting: 'plugins', change: (value) => withoutPlugin(value, plugin) };
      const paths = (deletion?.roots ?? []).map((root): SettingChange => ({
        setting: 'lua_package_path',
        change: (value) => (value === undefined ? DEFAULT_PACKAGE_PATH : withoutRoot(value, root)),
      }));
      const changes = [disable, ...paths];
      return [
        outOfUseStep(plugin, usesOf(found, plugin), options, view.admin),
        ...(await settingSteps('disable', view, [disable])),
        ...(await settingSteps('path', view, paths)),
        ...reloadAndProve(view, changes, [{ plugin, state: 'gone' }], { unless: neverHad(plugin, view) }),
        ...(deletion === undefined ? [] : [deleteStep(deletion)]),
        nextStartStep(view, { settings: changes, gone: plugin }, []),
      ];
    },
  };
}

/** A reload costs little, but a Kong that never had the plugin needs none. */
function neverHad(plugin: string, before: NodeView): (now: NodeView) => string | undefined {
  return (now) =>
    now.running('plugins') !== undefined && !enabledOn(now).has(plugin) && !enabledOn(before).has(plugin)
      ? `The running Kong does not have ${plugin}.`
      : undefined;
}

/** Deletes the configurations that use a plugin, once they are kept as a file; refused without `yes`. */
export function outOfUseStep(
  plugin: string,
  uses: readonly PluginUse[],
  options: RemoveOptions,
  admin: AdminClient | undefined,
): Step {
  return {
    name: 'out-of-use',
    describe: async () =>
      uses.length === 0
        ? `See that no configuration uses ${plugin}.`
        : `Delete the configuration of ${plugin} in ${count(uses.length, 'place')}: ${await namedUses(admin, uses)}.${options.yes ? '' : ' This needs --yes.'}`,
    async run(context) {
      const view = await context.view();
      const found = await findUses(view, context.signal);
      const uses = found.uses.filter((use) => use.name === plugin);
      const declared = found.declared.filter((use) => use.name === plugin);
      // A folder has no running Kong to ask; what its database holds, if it ever has one, nobody here can know.
      if (!found.known && !options.yes && view.node.kind !== 'folder') {
        throw new UserError(
          `Whether ${plugin} is in use cannot be seen: ${found.refusal?.message ?? 'neither the Admin API nor a declarative file can be read.'}`,
          {
            next: `${found.refusal?.next ?? 'Give the address of the Admin API.'} Or say --yes when you know that nothing uses it.`,
          },
        );
      }
      if (uses.length + declared.length === 0)
        throw new Skip(`Nothing uses ${plugin}${found.known ? '' : ' as far as can be seen'}.`);
      await refuseFixedUses(view, plugin, found);
      const rows = uses.flatMap((use) => use.entity ?? []);
      if (!options.yes) {
        throw new UserError(`${plugin} is in use: ${await namedUses(view.admin, usesOf(found, plugin), context.signal)}.`, {
          next: 'Say --yes to delete these configurations; they are kept as a file.',
        });
      }
      if (found.declarativePath !== undefined) {
        const text = (await context.node.read(found.declarativePath))?.toString('utf8') ?? '';
        const kept = await options.keep(text, found.declarativePath.endsWith('.json') ? 'json' : 'yml');
        await context.edit([{ path: found.declarativePath, content: withoutDeclared(text, plugin) }]);
        return `Taken out of ${found.declarativePath}: the configuration of ${plugin}, ${await namedUses(undefined, declared)}. The file as it was is kept in ${kept}. ${putBackHint(view, [kept])}`;
      }
      if (view.admin === undefined) throw new UserError('The Admin API cannot be reached.', { exitCode: 3 });
      const places = await namedUses(view.admin, uses, context.signal);
      const kept = await keepRows(view.admin, view.version, rows, options.keep, context.signal);
      await deleteRows(context, view, view.admin, plugin);
      return `Deleted the configuration of ${plugin}: ${places}. Kept in ${kept.join(', ')}. ${putBackHint(view, kept)}`;
    },
  };
}

/** Throws a Refusal for uses that nobody can take away from here, before anything is asked for: those of a Kong without a database that no file we may write declares. */
async function refuseFixedUses(view: NodeView, plugin: string, found: Uses): Promise<void> {
  const uses = usesOf(found, plugin);
  if (uses.length === 0 || view.setting('database').value !== 'off') return;
  const inUse = `${plugin} is in use (${await namedUses(view.admin, uses)}), and this Kong has no database`;
  const { declarativePath: path } = found;
  if (path !== undefined && found.declared.some((use) => use.name === plugin)) {
    const reason = await view.node.refusesWrite(path);
    if (reason === undefined) return;
    throw new Refusal(`${inUse}; its ${path} cannot be written: ${reason}.`, {
      exitCode: 3,
      next: `Take ${plugin} out of that file where it comes from, reload, then remove.`,
    });
  }
  throw new Refusal(`${inUse}.`, {
    next:
      path === undefined && found.declarativeText !== undefined
        ? `Take ${plugin} out of declarative_config_string where this Kong is started, start it anew, then remove.`
        : 'Take it out of the declarative configuration that was sent to /config, send that again, then remove.',
  });
}

/** How what was kept comes back, once the plugin is there again. */
function putBackHint({ node }: NodeView, kept: readonly string[]): string {
  const commands = kept.map((file) => `\`kong-plugin restore ${shellWord(file)} --node ${shellWord(node.id)}\``);
  return `To put it back, with the plugin installed again: ${commands.join('; ')}`;
}

async function deleteRows(context: StepContext, view: NodeView, admin: AdminClient, plugin: string): Promise<void> {
  const uses = (await findUses(view, context.signal)).uses.filter((use) => use.name === plugin);
  const entities = uses.flatMap((use) => {
    if (use.entity === undefined) return [];
    const workspace = use.workspace === undefined ? '' : `/${encodeURIComponent(use.workspace)}`;
    return [{ path: `${workspace}/plugins/${encodeURIComponent(use.entity.id)}`, row: { ...use.entity.row } }];
  });
  await context.note({ entities });
  for (const { path } of entities) await admin.send('DELETE', path, undefined, [404]);
  // Kong answers 204 to the deletion of anything: only looking again proves it.
  const left = (await findUses(view, context.signal)).uses.filter((use) => use.name === plugin);
  if (left.length > 0)
    throw new StepFailure(`Kong still lists uses of ${plugin}: ${await namedUses(admin, left, context.signal)}.`);
}

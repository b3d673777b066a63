// Removing a plugin in the only safe order: out of use, then disabled and gone from the running Kong, then its files.
import { withoutDeclared } from '../../kong/declarative';
import { DEFAULT_PACKAGE_PATH, withoutRoot } from '../../kong/packagePath';
import { pluginNameProblem, withoutPlugin } from '../../kong/pluginsSetting';
import { UserError } from '../../system/userError';
import type { AdminClient } from '../../kong/adminClient';
import { Skip, StepFailure } from '../failure';
import { keepRows, type Keep } from '../steps/keepUses';
import { findUses, type PluginUse } from '../state/inUse';
import type { Operation, Step, StepContext } from '../plan/plan';
import { deleteStep, planDeletion } from '../steps/deletion';
import { nextStartStep } from '../steps/nextStart';
import { reloadAndProve } from '../steps/running';
import { settingSteps, type SettingChange } from '../steps/setting';
import { checkListed, enabledOn } from '../state/status';
import type { NodeView } from '../state/view';

/** Above this a list of uses is cut. */
const LISTED = 10;

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
      const uses = (await findUses(view)).uses.filter((use) => use.name === plugin);
      const deletion = canHaveFiles ? await planDeletion(view, plugin, options.yes) : undefined;
      const disable: SettingChange = { setting: 'plugins', change: (value) => withoutPlugin(value, plugin) };
      const paths = (deletion?.roots ?? []).map((root): SettingChange => ({
        setting: 'lua_package_path',
        change: (value) => (value === undefined ? DEFAULT_PACKAGE_PATH : withoutRoot(value, root)),
      }));
      const changes = [disable, ...paths];
      return [
        outOfUseStep(plugin, uses, options),
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
export function outOfUseStep(plugin: string, uses: readonly PluginUse[], options: RemoveOptions): Step {
  return {
    name: 'out-of-use',
    describe:
      uses.length === 0
        ? `See that no configuration uses ${plugin}.`
        : `Delete ${uses.length} uses of ${plugin}: ${namedUses(uses)}.`,
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
      const rows = uses.flatMap((use) => use.entity ?? []);
      // Without a database the Admin API lists what the file declares.
      const all = declared.length > 0 ? declared : uses;
      if (!options.yes) {
        throw new UserError(`${plugin} is in use: ${namedUses(all)}.`, {
          next: 'Say --yes to delete these configurations; they are kept as a file.',
        });
      }
      const isDbless = view.setting('database').value === 'off';
      if (isDbless) {
        if (declared.length === 0 || found.declarativePath === undefined) {
          throw new UserError(`${plugin} is in use (${namedUses(all)}), and this Kong has no database.`, {
            next: 'Take it out of the declarative configuration that was sent to /config, send that again, then remove.',
          });
        }
        const text = (await context.node.read(found.declarativePath))?.toString('utf8') ?? '';
        const kept = await options.keep(text, found.declarativePath.endsWith('.json') ? 'json' : 'yml');
        await context.edit([{ path: found.declarativePath, content: withoutDeclared(text, plugin) }]);
        return `Taken out of ${found.declarativePath}: ${namedUses(declared)}. The file as it was is kept in ${kept}.`;
      }
      if (view.admin === undefined) throw new UserError('The Admin API cannot be reached.', { exitCode: 3 });
      const kept = await keepRows(view.admin, view.version, rows, options.keep, context.signal);
      await deleteRows(context, view, view.admin, plugin);
      return `Deleted: ${namedUses(uses)}. Kept in ${kept.join(', ')}, for kong config db_import.`;
    },
  };
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
  if (left.length > 0) throw new StepFailure(`Kong still lists uses of ${plugin}: ${namedUses(left)}.`);
}

/** The uses by name, of many the first ones. */
function namedUses(uses: readonly PluginUse[]): string {
  const named = uses.slice(0, uses.length > LISTED ? LISTED - 1 : LISTED).map((use) => {
    const place = use.declared === undefined ? '' : ` (line ${use.declared.line})`;
    return `${use.scope}${place}${use.workspace === undefined ? '' : ` in workspace ${use.workspace}`}`;
  });
  return `${named.join(', ')}${named.length < uses.length ? ` and ${uses.length - named.length} more` : ''}`;
}

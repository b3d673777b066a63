// Remedies on the node itself: permissions, leftovers in the prefix, the database, the declarative file, a restart.
import { isAtLeast } from '../../kong/versions';
import { withFormatVersion } from '../../kong/declarative/read';
import { absoluteFrom } from '../../kong/packagePath';
import { printedBy } from '../../system/process';
import { UserError } from '../../system/userError';
import { shellWord } from '../../text/shellWord';
import { Skip, StepFailure } from '../failure';
import { findUses } from '../state/inUse';
import { installedPlugin } from '../state/installed';
import { runMigrations } from '../state/migrationState';
import type { Operation, Step, StepContext } from '../plan/plan';
import { reloadSettings } from '../plan/reload';
import { outOfUseStep } from '../operations/remove';
import { reloadAndProve, restartStep } from '../steps/running';
import { settingStep, type SettingChange } from '../steps/setting';
import { withPlugin, withoutPlugin, listEntries } from '../../kong/pluginsSetting';
import { startStep, stopStep } from '../steps/start';
import type { NodeView } from '../state/view';
import type { RemedyCase, Remedy, RemedyTable } from './case';
import { findRoot } from './findRoot';

/** `kong migrations ACTION` with the node's own settings. */
function migrations(action: 'bootstrap' | 'up' | 'finish'): Remedy {
  return {
    needs: 'nothing',
    says: `Runs kong migrations ${action} with the settings of this node. What it does to the database cannot be undone.`,
    operation: (about) =>
      Promise.resolve(
        live(`kong migrations ${action}`, about, () => [
          {
            name: 'migrate',
            describe: `kong migrations ${action}, with the settings of this node.`,
            run: (context) => migrate(context, action),
          },
        ]),
      ),
  };
}

export const NODE_REMEDIES = {
  'run-migrations-bootstrap': migrations('bootstrap'),
  'run-migrations-up': migrations('up'),
  'run-migrations-finish': migrations('finish'),
  'make-readable': {
    needs: 'name',
    says: 'Lets everyone read the files of the plugin and enter their folders.',
    operation: (about) =>
      Promise.resolve(
        live('make the files readable', about, () => [
          {
            name: 'chmod',
            describe: `Read permission for everyone on the files of ${about.name ?? ''}, and on the folders they are in.`,
            run: (context) => makeReadable(context, about.name ?? ''),
          },
        ]),
      ),
  },
  'own-prefix': {
    needs: 'nothing',
    says: "Gives the prefix and what is in it to Kong's own user.",
    operation: (about) =>
      Promise.resolve(
        live('give the prefix back', about, (view) => [
          {
            name: 'chown',
            describe: `${view.facts.prefix} belongs to the user Kong runs as.`,
            run: ownPrefix,
          },
        ]),
      ),
  },
  'remove-stale-lmdb': {
    needs: 'nothing',
    says: 'Stops Kong, empties its persisted configuration, and starts it. It must get its configuration anew, from its file, /config or the control plane.',
    operation: (about) =>
      Promise.resolve({
        title: 'remove the persisted configuration',
        steps: (view: NodeView) => Promise.resolve([stopStep(view), emptyLmdb(view), startStep(view, { not: about.finding.id })]),
      }),
  },
  'remove-pid-file': {
    needs: 'nothing',
    says: 'Removes pids/nginx.pid when no nginx has that number, and starts Kong.',
    operation: (about) =>
      Promise.resolve({
        title: 'remove the stale pid file',
        steps: (view: NodeView) => Promise.resolve([removePid(view), startStep(view, { not: about.finding.id })]),
      }),
  },
  'set-format-version': {
    needs: 'nothing',
    says: 'Writes the _format_version that this Kong knows into its declarative file.',
    operation: (about) => Promise.resolve(live('set _format_version', about, (view) => [formatVersionStep(view)])),
  },
  'remove-in-use-entities': {
    needs: 'name',
    says: 'Keeps the configurations that use the plugin in a file, and deletes them.',
    operation: (about) => Promise.resolve(removeUses(about)),
  },
  reload: {
    needs: 'nothing',
    says: 'Reloads Kong, so that it takes the files and settings that are there now.',
    operation: (about) => Promise.resolve(live('reload', about, () => [])),
  },
  restart: {
    needs: 'nothing',
    says: 'Restarts Kong; a container forgets what only a reload was told.',
    operation: () =>
      Promise.resolve({
        title: 'restart',
        steps: (view: NodeView) =>
          Promise.resolve(
            view.node.kind === 'local' && view.facts.running ? [restartStep(view)] : [stopStep(view), startStep(view)],
          ),
      }),
  },
} satisfies RemedyTable;

/** Steps, then what makes Kong take them: a reload where it runs, a start where it does not, and the proof for the plugin that is enabled. */
function live(title: string, { finding, name }: RemedyCase, own: (view: NodeView) => Step[]): Operation {
  return {
    title,
    steps(view) {
      const isEnabled = name !== undefined && listEntries(view.setting('plugins').value).includes(name);
      return Promise.resolve([
        ...own(view),
        ...reloadAndProve(view, [], isEnabled ? [{ plugin: name, state: 'loaded' }] : [], {
          then: [startStep(view, { not: finding.id })],
        }),
      ]);
    },
  };
}

async function migrate(context: StepContext, action: 'bootstrap' | 'up' | 'finish'): Promise<string> {
  const view = await context.view();
  const result = await runMigrations(view, action, { signal: context.signal, variables: reloadSettings(view) });
  if (result === undefined) throw new UserError('No program can be run on this node.', { exitCode: 3 });
  const said = printedBy(result);
  if (result.code !== 0) throw await StepFailure.fromOutput(`kong migrations ${action} failed.`, said, view.facts.kong);
  return said.trim().split('\n').at(-1) ?? 'Done.';
}

/** What is missing for everyone: to read files, to enter folders. */
const READ = 0o444;
const ENTER = 0o555;

async function makeReadable(context: StepContext, plugin: string): Promise<string> {
  const view = await context.view();
  const { node } = context;
  const root = await findRoot(view, plugin);
  if (root === undefined)
    throw new UserError(`No folder of this node holds kong/plugins/${plugin}/handler.lua.`, { next: 'Install the plugin.' });
  const dir = `${root}/kong/plugins/${plugin}`;
  const files = [...((await node.readTree(dir)) ?? new Map<string, Buffer>()).keys()];
  const below = new Set(
    files.flatMap((path) =>
      path
        .split('/')
        .slice(0, -1)
        .map((_, i, parts) => `${dir}/${parts.slice(0, i + 1).join('/')}`),
    ),
  );
  const above = [dir, `${root}/kong/plugins`, `${root}/kong`, root];
  const changed: string[] = [];
  const allow = async (path: string, bits: number): Promise<void> => {
    const info = await node.stat(path);
    if (info === undefined || info.type === 'link' || (info.mode & bits) === bits) return;
    await node.chmod(path, info.mode | bits);
    changed.push(path);
  };
  await context.note(
    {},
    files.map((path) => `${dir}/${path}`),
  );
  for (const folder of [...above, ...below]) await allow(folder, ENTER);
  for (const file of files) await allow(`${dir}/${file}`, READ);
  if (changed.length === 0) throw new Skip(`Everyone may read ${dir} already.`);
  return `Everyone may read ${changed.length === 1 ? (changed[0] ?? '') : `${changed.length} files and folders of ${dir}`} now.`;
}

async function ownPrefix(context: StepContext): Promise<string> {
  const { node } = context;
  const { facts, setting } = await context.view();
  const user = facts.user ?? (setting('nginx_main_user').value.split(/\s+/, 1)[0] || 'kong');
  // In a container that stands still a new file belongs to the owner of its folder, which is all that is wrong after a command as root.
  if (!facts.running && (node.kind === 'docker' || node.kind === 'compose')) return renewFiles(context, facts.prefix);
  const result = await node.run(['chown', '-R', `${user}:`, facts.prefix], facts.canBeRoot ? { as: 'root' } : {});
  if (result === undefined) throw new UserError('No program can be run on this node.', { exitCode: 3 });
  if (result.code !== 0) {
    throw new UserError(`chown failed: ${result.stderr.toString('utf8').trim()}`, {
      exitCode: 3,
      next: `As root: chown -R ${shellWord(`${user}:`)} ${shellWord(facts.prefix)}`,
    });
  }
  return `${facts.prefix} belongs to ${user}.`;
}

async function renewFiles(context: StepContext, prefix: string): Promise<string> {
  const { node } = context;
  const owner = (await node.stat(prefix))?.owner;
  const renewed: string[] = [];
  for (const name of (await node.list(prefix)) ?? []) {
    const path = `${prefix}/${name}`;
    const info = await node.stat(path);
    if (info?.type !== 'file' || info.owner === owner) continue;
    const content = await node.read(path);
    if (content === undefined) continue;
    await context.edit([
      { path, content: null },
      { path, content, mode: info.mode },
    ]);
    renewed.push(name);
  }
  if (renewed.length === 0) throw new Skip(`The files in ${prefix} belong to the owner of that folder.`);
  return `${renewed.join(', ')} in ${prefix} belong${renewed.length === 1 ? 's' : ''} to ${owner ?? 'its owner'} again.`;
}

function emptyLmdb({ facts }: NodeView): Step {
  const path = `${facts.prefix}/dbless.lmdb/data.mdb`;
  return {
    name: 'empty',
    describe: `Empty ${path}.`,
    async run(context) {
      const info = await context.node.stat(path);
      if (info === undefined || info.size === 0) throw new Skip(`There is no persisted configuration in ${path}.`);
      // LMDB begins anew with an empty file.
      await context.edit([{ path, content: '' }]);
      return `${path} is empty.`;
    },
  };
}

function removePid({ facts }: NodeView): Step {
  const path = `${facts.prefix}/pids/nginx.pid`;
  return {
    name: 'remove-pid',
    describe: `Remove ${path}, unless that process is Kong's.`,
    async run(context) {
      const pid = (await context.node.read(path))?.toString('latin1').trim() ?? '';
      if (!/^\d+$/.test(pid)) throw new Skip(`There is no process id in ${path}.`);
      const said = facts.running ? await context.node.run(['cat', `/proc/${pid}/comm`]) : undefined;
      const program = said?.code === 0 ? said.stdout.toString('utf8').trim() : undefined;
      if (program === 'nginx') {
        throw new UserError(`Kong runs: process ${pid} is its nginx.`, {
          next: 'Reload it for new plugins, restart it for new settings.',
        });
      }
      // A file cannot be taken out of a container that stands still, and an empty one names no process either.
      const isStopped = !facts.running && context.node.kind !== 'local';
      await context.edit([{ path, content: isStopped ? '' : null }]);
      return `${path} named process ${pid}, which is ${program ?? 'gone'}; it is ${isStopped ? 'empty' : 'removed'} now.`;
    },
  };
}

function formatVersionStep(view: NodeView): Step {
  const setting = view.setting('declarative_config').value;
  const path = absoluteFrom(view.facts.cwd ?? '/', setting);
  const format = isAtLeast(view.version, '3.0') ? '3.0' : isAtLeast(view.version, '2.0') ? '2.1' : '1.1';
  return {
    name: 'set',
    describe: `_format_version: "${format}" in ${path}.`,
    async run(context) {
      const text = setting === '' ? undefined : await context.node.read(path);
      if (text === undefined) throw new UserError('This node has no declarative file.', { next: 'Look at declarative_config.' });
      const sound = withFormatVersion(text.toString('latin1'), format);
      if (sound === text.toString('latin1')) throw new Skip(`${path} says so already.`);
      await context.edit([{ path, content: Buffer.from(sound, 'latin1'), basedOn: text }]);
      return `_format_version: "${format}" in ${path}.`;
    },
  };
}

/**
 * Where the configuration cannot be reached because Kong does not start over it, and the plugin is installed, the plugin is enabled for the
 * time of the deletion.
 */
function removeUses({ finding, name = '', keep }: RemedyCase): Operation {
  return {
    title: `take ${name} out of use`,
    async steps(view) {
      const { uses, declared } = await findUses(view);
      const mine = [...uses, ...declared].filter((use) => use.name === name);
      const out = outOfUseStep(name, mine, { yes: true, keep }, view.admin);
      const isReachable = view.facts.running || view.setting('database').value === 'off';
      const disable: SettingChange = { setting: 'plugins', change: (value) => withoutPlugin(value, name) };
      const end = [
        await settingStep('disable', view, disable),
        ...reloadAndProve(view, [disable], [{ plugin: name, state: 'gone' }], {
          then: [startStep(view, { not: finding.id })],
        }),
      ];
      if (isReachable) return [out, ...end];
      if ((await installedPlugin(view, name)) === undefined) {
        throw new UserError(
          `Kong does not start while ${name} is in use, and ${name} is not installed here to start it once more.`,
          {
            next: `Install ${name}, or delete the rows in the database: DELETE FROM plugins WHERE name = '${name}'.`,
          },
        );
      }
      const enable: SettingChange = { setting: 'plugins', change: (value) => withPlugin(value, name) };
      return [await settingStep('enable', view, enable), startStep(view), out, ...end];
    },
  };
}

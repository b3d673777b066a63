// Remedies that change what a start of Kong reads: the plugins list, the search path, the addresses.
import { isBundledPlugin } from '../../kong/bundledPlugins';
import { directiveNames } from '../../kong/directives';
import { listEntries, pluginsMistake, soundPlugins, withoutPlugin } from '../../kong/pluginsSetting';
import { absoluteFrom, rootPatterns, withRoot } from '../../kong/packagePath';
import { UserError } from '../../system/userError';
import { disableOperation, enableOperation } from '../operations/enable';
import { installOperation } from '../operations/install';
import type { Operation } from '../plan/plan';
import { installedPlugin } from '../state/installed';
import { reloadAndProve } from '../steps/running';
import { settingStep, settingSteps, type SettingChange } from '../steps/setting';
import { readInstallSource } from '../operations/installSource';
import { startStep, withStart } from '../steps/start';
import type { NodeView } from '../state/view';
import { bringAgain } from './bring';
import type { RemedyCase, RemedyTable } from './case';
import { findRoot } from './findRoot';
import { withoutTrailing } from '../../text/ends';

export const SETTING_REMEDIES = {
  install: {
    needs: 'source',
    says: 'Installs the plugin of the workspace, enables it and proves that it is loaded.',
    operation: bringAgain,
  },
  reinstall: {
    needs: 'source',
    says: "Replaces the plugin's files on the node by those of the workspace.",
    operation: bringAgain,
  },
  'enable-on-node': {
    needs: 'name',
    says: 'Puts the plugin into the plugins list; where it is missing on the node and in this workspace, installs it.',
    operation: enableOnNode,
  },
  'disable-on-node': {
    needs: 'name',
    says: 'Takes the plugin out of the plugins list.',
    operation: ({ name = '' }) => Promise.resolve(withStart(disableOperation(name))),
  },
  'repair-plugins-setting': {
    needs: 'nothing',
    says: 'Writes the plugins list with commas and nothing else between the names, with the bundled plugins in it.',
    operation: ({ finding }) =>
      Promise.resolve(
        changing('repair plugins', () =>
          Promise.resolve([
            { setting: 'plugins', change: (value) => soundList(value ?? '', finding.id === 'plugins-without-bundled') },
          ]),
        ),
      ),
  },
  'use-plugin-name': {
    needs: 'source',
    says: 'Puts the name of the plugin where the plugins list names the rock, and installs the plugin where it is missing.',
    operation: usePluginName,
  },
  'repair-lua-package-path': {
    needs: 'nothing',
    says: "Makes every entry of lua_package_path a pattern that can match, and adds the folder that holds the plugin's files.",
    operation: repairPackagePath,
  },
  'change-port': {
    needs: 'nothing',
    says: 'Lets Kong listen on free ports where others are taken. Whoever calls the old ones, and port mappings of a container, must follow.',
    operation: changePort,
  },
} satisfies RemedyTable;

/** An operation that changes settings, gives them to Kong and, when a plugin is named, proves that it is loaded. */
function changing(
  title: string,
  changesOf: (view: NodeView) => Promise<SettingChange[]>,
  options: { loaded?: (view: NodeView) => Promise<string | undefined>; not?: string } = {},
): Operation {
  return {
    title,
    async steps(view) {
      const changes = await changesOf(view);
      const loaded = await options.loaded?.(view);
      return [
        ...(await settingSteps('set', view, changes)),
        ...reloadAndProve(view, changes, loaded === undefined ? [] : [{ plugin: loaded, state: 'loaded' }], {
          then: [startStep(view, { not: options.not })],
        }),
      ];
    },
  };
}

async function enableOnNode(about: RemedyCase): Promise<Operation> {
  const { name = '', plugin } = about;
  const enable = withStart(enableOperation(name));
  if (plugin === undefined) return enable;
  const install = await bringAgain(about);
  return {
    title: enable.title,
    async steps(view) {
      const isThere = isBundledPlugin(name, view.version) || (await installedPlugin(view, name)) !== undefined;
      return (isThere ? enable : install).steps(view);
    },
  };
}

/** The list without quotes, semicolons, blanks and empty entries. */
function soundList(value: string, needsBundled: boolean): string {
  const sound = pluginsMistake(value) === undefined ? value : soundPlugins(value);
  const entries = listEntries(sound).filter((entry) => entry !== '');
  const list = needsBundled && !entries.includes('bundled') ? ['bundled', ...entries] : entries;
  const isSame = list.length === listEntries(sound).length && sound === value && !/,\s*$/.test(value);
  return isSame ? value : list.length === 0 ? 'bundled' : list.join(',');
}

async function usePluginName(about: RemedyCase): Promise<Operation> {
  const { plugin, finding } = about;
  const [rock, name] = [finding.plugin ?? '', plugin?.name ?? ''];
  const source = plugin === undefined ? undefined : await readInstallSource(plugin.rockspec ?? plugin.root, plugin.root);
  return {
    title: `name ${name} in plugins`,
    async steps(view) {
      const rename: SettingChange = {
        setting: 'plugins',
        change: (value) => {
          const entries = listEntries(value ?? '').map((entry) => (entry === rock ? name : entry));
          return entries.includes(name) ? [...new Set(entries)].join(',') : (value ?? '');
        },
      };
      const isThere = (await installedPlugin(view, name)) !== undefined;
      if (source === undefined || isThere) {
        return changing('', () => Promise.resolve([rename]), { loaded: () => Promise.resolve(name), not: finding.id }).steps(
          view,
        );
      }
      const steps = await withStart(installOperation(source, { enable: true }), { not: finding.id }).steps(view);
      return [await settingStep('set', view, { setting: 'plugins', change: (value) => withoutPlugin(value, rock) }), ...steps];
    },
  };
}

/** What the entries of a search path were meant to be. */
export function soundPackagePath(value: string, cwd: string): string {
  const entries = value
    .replace(/["']/g, '')
    .split(';')
    .map((entry) => entry.trim());
  const hasBuiltIn = /;;\s*$/.test(value.replace(/["']/g, '')) || value.trim() === '';
  const patterns = entries
    .filter((entry) => entry !== '')
    .flatMap((entry) => {
      const absolute = absoluteFrom(cwd, entry);
      if (!absolute.includes('?')) {
        const folder = withoutTrailing(withoutTrailing(absolute, /\//).replace(/\/kong\/plugins(?:\/[^/]+)?$/, ''), /\//);
        return absolute.endsWith('.lua') ? [] : rootPatterns(folder);
      }
      return [absolute.replace(/\/kong(?:\/plugins(?:\/[^/?]+)?)?(\/\?(?:\/init)?\.lua)$/, '$1')];
    });
  return `${[...new Set(patterns)].join(';')}${hasBuiltIn ? ';;' : ''}`;
}

async function repairPackagePath({ finding, name }: RemedyCase): Promise<Operation> {
  const enabled = (view: NodeView): string | undefined =>
    name !== undefined && listEntries(view.setting('plugins').value).includes(name) ? name : undefined;
  return Promise.resolve(
    changing(
      'repair lua_package_path',
      async (view) => {
        const cwd = view.facts.cwd ?? '/';
        const root = name === undefined ? undefined : await findRoot(view, name);
        if (name !== undefined && root === undefined) {
          throw new UserError(`No folder of this node holds kong/plugins/${name}/handler.lua.`, { next: 'Install the plugin.' });
        }
        const isBuiltIn = root === `${view.facts.tree}/share/lua/5.1`;
        return [
          {
            setting: 'lua_package_path',
            change: (value) => {
              const sound = value === undefined ? undefined : soundPackagePath(value, cwd);
              return root === undefined || isBuiltIn ? (sound ?? '') : withRoot(sound, root);
            },
          },
        ];
      },
      { loaded: (view) => Promise.resolve(enabled(view)), not: finding.id },
    ),
  );
}

/** Addresses in a `*_listen` value: `0.0.0.0:8000 reuseport, [::]:8000`. */
const PORT = /(:)(\d+)(?=\s|,|$)/g;

async function changePort({ finding }: RemedyCase): Promise<Operation> {
  const said = [finding.details?.['address'] ?? '', ...finding.evidence.map(({ text }) => text)].join('\n');
  const taken = new Set([...said.matchAll(/(?:bind\(\) to |^)(?:[\w.*]+|\[[\w:.]*\]):(\d+)/gm)].map(([, port]) => Number(port)));
  return Promise.resolve(
    changing(
      'change the port',
      async (view) => {
        const settings = directiveNames().filter((name) => name.endsWith('_listen'));
        const values = new Map(settings.map((setting) => [setting, view.setting(setting).value]));
        const own = [...values.values()].flatMap((value) => [...value.matchAll(PORT)].map(([, , port]) => Number(port)));
        const busy = new Set([...own, ...taken, ...(await listening(view))]);
        for (const port of own) if (await isListening(view, port)) taken.add(port);
        const chosen = new Map([...taken].map((port) => [port, freePort(port, busy)]));
        const change = (value: string): string =>
          value.replace(PORT, (all, colon: string, port: string) => {
            const free = chosen.get(Number(port));
            return free === undefined ? all : `${colon}${free}`;
          });
        const changes = [...values].filter(([, value]) => change(value) !== value);
        if (changes.length === 0) throw new UserError(`No *_listen setting of this node has ${[...taken].join(', ')}.`);
        return changes.map(([setting, current]) => ({ setting, change: (value) => change(value ?? current) }));
      },
      { not: finding.id },
    ),
  );
}

function freePort(port: number, busy: Set<number>): number {
  let free = port < 60_000 ? port + 1000 : port + 1;
  while (busy.has(free) || free > 65_535) free = free >= 65_535 ? 1024 : free + 1;
  busy.add(free);
  return free;
}

const sockets = new WeakMap<NodeView, Promise<number[]>>();

/** Ports that are listened on where this Kong's network is, as Linux tells; none where it cannot be asked. */
function listening(view: NodeView): Promise<number[]> {
  const known = sockets.get(view);
  if (known !== undefined) return known;
  const asked = (async () => {
    const result = await view.node.run(['cat', '/proc/net/tcp', '/proc/net/tcp6'], { inCopy: true }).catch((error: unknown) => {
      if (error instanceof UserError) return undefined;
      throw error;
    });
    const lines = result?.stdout.toString('latin1').split('\n') ?? [];
    // Local address and port in hexadecimal, then the other side's, then the state; 0A is listening.
    return lines.flatMap((line) => {
      const port = /^\s*\d+: [\dA-F]+:([\dA-F]{4}) [\dA-F]+:[\dA-F]{4} 0A /.exec(line)?.[1];
      return port === undefined ? [] : [parseInt(port, 16)];
    });
  })();
  sockets.set(view, asked);
  return asked;
}

/** A port of this Kong's own that somebody else has, while this Kong does not run. */
async function isListening(view: NodeView, port: number): Promise<boolean> {
  return !view.facts.running && (await listening(view)).includes(port);
}

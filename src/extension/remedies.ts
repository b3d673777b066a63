// The buttons of a finding: the mechanical remedies that can be carried out from here, on the node the finding came from or on the target.
import type { Node } from '../node/node';
import type { Plugin } from '../plugin/plugin';
import { UserError } from '../system/userError';
import type { Finding } from '../troubleshoot/finding';
import type { FixKind } from '../troubleshoot/fixKinds';
import { operateOn } from './commands/operate';
import type { CardAction } from './panel/messages';
import type { Remedies } from './panel/troubleshooting';
import type { Services } from './services';
import { nodeName } from './views/nodeWords';

/** What a remedy works with. */
interface Case {
  services: Services;
  name: string;
  /** The plugin in the workspace, when it is there. */
  plugin: Plugin | undefined;
  nodes: readonly Node[];
}

/** One remedy: whether it can be done here, and doing it; true when it worked on every node. */
interface Remedy {
  possible: (name: string | null, plugin: Plugin | undefined) => boolean;
  apply: (about: Case) => Promise<boolean>;
}

const ofWorkspace = (_name: string | null, plugin: Plugin | undefined): boolean => plugin?.language === 'lua';
const named = (name: string | null): boolean => name !== null;

async function install({ services, plugin, nodes, name }: Case): Promise<boolean> {
  if (plugin === undefined)
    throw new UserError(`${name} is not in this workspace.`, { next: 'Open its folder, or install a rock of it.' });
  const { installOperation, readSource } = await import('../lifecycle/operations');
  const source = await readSource(plugin.rockspec ?? plugin.root, plugin.root);
  return operateOn(services, nodes, installOperation(source, { enable: true }), {
    title: `Install ${name}`,
    done: `${name} installed`,
    button: 'Install',
  });
}

const REMEDIES: Partial<Record<FixKind, Remedy>> = {
  install: { possible: ofWorkspace, apply: install },
  reinstall: { possible: ofWorkspace, apply: install },
  'enable-on-node': {
    possible: named,
    apply: async ({ services, nodes, name }) =>
      operateOn(services, nodes, (await import('../lifecycle/operations')).enableOperation(name), {
        title: `Enable ${name}`,
        done: `${name} enabled`,
        button: 'Enable',
      }),
  },
  'disable-on-node': {
    possible: named,
    apply: async ({ services, nodes, name }) =>
      operateOn(services, nodes, (await import('../lifecycle/operations')).disableOperation(name), {
        title: `Disable ${name}`,
        done: `${name} disabled`,
        button: 'Disable',
      }),
  },
  restart: {
    possible: () => true,
    apply: async ({ services, nodes }) =>
      operateOn(services, nodes, (await import('../lifecycle/operations')).restartOperation(), {
        title: 'Restart Kong',
        done: 'Kong restarted',
        button: 'Restart',
      }),
  },
};

/** The remedies as the panel asks for them. */
export function remediesOf(services: Services): Remedies {
  const pluginOf = (finding: Finding): Plugin | undefined => services.plugins.known?.find(({ name }) => name === finding.plugin);
  return {
    async actionsFor(finding, node): Promise<CardAction[]> {
      const { FIX_TITLES } = await import('../troubleshoot/fixKinds');
      const where = node ?? (services.nodes.target.length === 0 ? undefined : services.nodes.target.join(', '));
      return (finding.fixes ?? [])
        .filter((kind) => REMEDIES[kind]?.possible(finding.plugin, pluginOf(finding)) === true)
        .map((kind) => ({
          id: kind,
          title: where === undefined ? FIX_TITLES[kind] : FIX_TITLES[kind].replace('this node', nodeName(where)),
        }));
    },
    async apply(finding, node, fix) {
      const [, remedy] = Object.entries(REMEDIES).find(([kind]) => kind === fix) ?? [];
      if (remedy === undefined) return undefined;
      const ids = node === null ? services.nodes.target : [node];
      if (ids.length === 0)
        throw new UserError('There is no target node.', { next: 'Run Kong Plugin: Choose Target Node… first.' });
      const nodes = (await Promise.all(ids.map((id) => services.nodes.open(id)))).flat();
      const mended = await remedy.apply({ services, name: finding.plugin ?? '', plugin: pluginOf(finding), nodes });
      const where = nodes.map(({ id }) => nodeName(id)).join(', ');
      return mended ? `Done on ${where}, and verified.` : undefined;
    },
  };
}

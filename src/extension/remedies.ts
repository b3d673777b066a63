// The buttons of a finding: the table of remedies, with what they change in the workspace shown first, on the node the finding came from or on the target.
import * as vscode from 'vscode';
import type { Keep } from '../lifecycle/steps/keepUses';
import type { ReadFile } from '../plugin/pluginCode';
import { UserError } from '../system/userError';
import { nodeName } from './dialogue/nodeWords';
import { operateOn } from './dialogue/operate';
import { allowedHere } from './dialogue/trust';
import { keepFile } from './keepFile';
import type { Remedies } from './panel/actions';
import type { Services } from './services';
import { applyFileChanges } from './workspaceEdit';

/** The text that the editor has, unsaved changes included; undefined when there is no such file. */
const read: ReadFile = async (path) => {
  const open = vscode.workspace.textDocuments.find(({ uri }) => uri.scheme === 'file' && uri.fsPath === path);
  return open === undefined ? (await import('../plugin/pluginCode')).readFromDisk(path) : open.getText();
};

/** The remedies as the panel asks for them; `services` is called whenever it does. */
export function remediesOf(services: () => Services): Remedies {
  return {
    async actionsFor(finding, node) {
      const { nodes, plugins } = services();
      const [{ REMEDY_TITLES }, { remediesFor }] = await Promise.all([
        import('../troubleshoot/remedyKinds'),
        import('../lifecycle/remedies'),
      ]);
      const where = node ?? (nodes.target.length === 0 ? undefined : nodes.target.join(', '));
      return (await remediesFor(finding, await plugins.all(), { read })).map((kind) => ({
        id: kind,
        title: where === undefined ? REMEDY_TITLES[kind] : REMEDY_TITLES[kind].replace('this node', nodeName(where)),
      }));
    },
    async apply(finding, node, fix) {
      const shared = services();
      const [{ REMEDY_TITLES }, { isSeenByRequests, remediesFor, planRemedy }] = await Promise.all([
        import('../troubleshoot/remedyKinds'),
        import('../lifecycle/remedies'),
      ]);
      const plugins = await shared.plugins.all();
      const kind = (await remediesFor(finding, plugins, { read })).find((possible) => possible === fix);
      if (kind === undefined) return undefined;
      const ids = node === null ? shared.nodes.target : [node];
      if (ids.length === 0)
        throw new UserError('There is no target node.', { next: 'Run Kong Plugin: Choose Target Node… first.' });
      const name = finding.plugin ?? 'the plugin';
      const keep: Keep = (text, extension) => keepFile(shared, `${finding.plugin ?? 'plugin'}-removed.${extension}`, text);
      const planned = await planRemedy(finding, kind, plugins, { read, keep });
      const title = REMEDY_TITLES[kind]
        .replace(/ on this node$/, '')
        .replace('this node', 'Kong')
        .replace('the plugin', name);
      const [button = title] = title.split(' ', 1);
      if (planned.operation !== undefined && !allowedHere(title)) return undefined;
      if (planned.changes.length > 0) await applyFileChanges(planned.changes, `${title}: ${planned.says}`);
      const operation = await planned.operation?.();
      if (operation === undefined) return { note: 'Done.', seen: true };
      const nodes = (await Promise.all(ids.map((id) => shared.nodes.open(id)))).flat();
      const done = await operateOn(shared, nodes, operation, { title, done: `${title}: done`, button });
      const where = nodes.map(({ id }) => nodeName(id)).join(', ');
      if (!done) return undefined;
      if (isSeenByRequests(finding)) return { note: `Applied on ${where}, not yet seen: only requests show it.`, seen: false };
      return { note: `Done on ${where}, and verified.`, seen: true };
    },
  };
}

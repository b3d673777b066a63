// The buttons of a finding: the table of remedies, with what they change in the workspace shown first, on the node the finding came from or on the target.
import * as vscode from 'vscode';
import type { Keep } from '../lifecycle/steps/keepUses';
import type { Node } from '../node/node';
import type { OperationResult } from '../lifecycle/types';
import type { FileChange } from '../text/diagnostic';
import type { ReadFile } from '../plugin/pluginCode';
import { UserError } from '../system/userError';
import type { Finding } from '../troubleshoot/finding';
import { inEditorWords } from './dialogue/editorWords';
import { nodeName } from './dialogue/nodeWords';
import { resultsOn } from './dialogue/operate';
import { allowedHere } from './dialogue/trust';
import { keepFile } from './keepFile';
import type { Remedies } from './panel/actions';
import type { Services } from './services';
import { applyFileChanges, putFilesBack } from './workspaceEdit';
import { checkNow } from './workspaceCheck';

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
      const [{ REMEDY_TITLES }, { remediesFor, REMEDIES }] = await Promise.all([
        import('../troubleshoot/remedyKinds'),
        import('../lifecycle/remedies'),
      ]);
      const where = node ?? (nodes.target.length === 0 ? undefined : nodes.target.join(', '));
      return (await remediesFor(finding, await plugins.all(), { read, node: await oneNode(nodes, node) })).map((kind) => ({
        id: kind,
        title: where === undefined ? REMEDY_TITLES[kind] : REMEDY_TITLES[kind].replace('this node', nodeName(where)),
        changesFiles: REMEDIES[kind].changes !== undefined,
      }));
    },
    async apply(finding, node, fix) {
      const shared = services();
      const [{ REMEDY_TITLES }, { remediesFor, planRemedy }] = await Promise.all([
        import('../troubleshoot/remedyKinds'),
        import('../lifecycle/remedies'),
      ]);
      const plugins = await shared.plugins.all();
      const from = await oneNode(shared.nodes, node);
      const kind = (await remediesFor(finding, plugins, { read, node: from })).find((possible) => possible === fix);
      if (kind === undefined) return undefined;
      const name = finding.plugin ?? 'the plugin';
      const keep: Keep = (text, extension) => keepFile(shared, `${finding.plugin ?? 'plugin'}-removed.${extension}`, text);
      const planned = await planRemedy(finding, kind, plugins, { read, keep });
      const title = REMEDY_TITLES[kind]
        .replace(/ on this node$/, '')
        .replace('this node', 'Kong')
        .replace('the plugin', name);
      const [button = title] = title.split(' ', 1);
      if (planned.operation !== undefined && !allowedHere(title)) return undefined;
      const ids = node === null ? shared.nodes.target : [node];
      if (ids.length === 0 && planned.operation !== undefined)
        throw new UserError('There is no target node.', { next: 'Run Kong Plugin: Choose Target Node… first.' });
      const before = await textsOf(planned.changes);
      if (planned.changes.length > 0) await applyFileChanges(planned.changes, `${title}: ${planned.says}`);
      let results: readonly OperationResult[];
      let isDone = false;
      const where = ids.map(nodeName).join(', ');
      try {
        const operation = await planned.operation?.();
        if (operation === undefined) {
          isDone = true;
          return { note: 'Done.', seen: true };
        }
        const opened = (await Promise.all(ids.map((id) => shared.nodes.open(id)))).flat();
        results = await resultsOn(shared, opened, operation, { title, done: `${title}: done`, button });
        isDone = results.every(({ ok }) => ok);
      } finally {
        // The workspace is not left with the half of a remedy.
        if (!isDone) await putFilesBack(before);
      }
      if (!isDone) return undefined;
      const { wasSeenHealed, whyNotSeen } = await import('../lifecycle/seen');
      if (wasSeenHealed(results)) return { note: `Done on ${where}, and seen to be gone.`, seen: true };
      return { note: inEditorWords(`On ${where}: ${whyNotSeen(results) ?? 'Applied, not yet seen.'}`), seen: false };
    },
    async foundByCheck(findings) {
      const files = new Set(findings.map(({ file }) => file));
      const plugins = await services().plugins.all();
      const named = plugins.filter(({ modules }) => [...modules.values()].some((path) => files.has(path)));
      const checked = (await Promise.all(named.map((plugin) => checkNow(plugin, plugins)))).flat();
      const says = ({ id, file }: Finding): boolean =>
        checked.some(({ path, diagnostics }) => path === file && diagnostics.some(({ code }) => code === `kong/${id}`));
      return new Set(findings.filter(says));
    },
  };
}

/** The node that a finding came from, else the one target: what would change nothing there gets no button. */
async function oneNode(nodes: Services['nodes'], node: string | null): Promise<Node | undefined> {
  const ids = node === null ? nodes.target : [node];
  const [id] = ids;
  if (id === undefined || ids.length > 1) return undefined;
  try {
    return (await nodes.open(id))[0];
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** What the files of changes are now; undefined for those that are not there. */
async function textsOf(changes: readonly FileChange[]): Promise<Map<string, string | Uint8Array | undefined>> {
  return new Map(await Promise.all(changes.map(async ({ path }) => [path, await read(path)] as const)));
}

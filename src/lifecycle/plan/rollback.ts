// Putting a node back: from the journal of an operation that failed or was killed, newest change first.
import { adminClient } from '../../kong/adminClient';
import type { Node } from '../../node/node';
import { messageOf, UserError } from '../../system/userError';
import { rootsOf } from '../state/bounds';
import type { FileBefore, Journal, StepUndo } from '../state/journal';
import { rocksFolder } from '../../luarocks/paths';
import { runLuarocks } from './nodeLuarocks';
import { awaitReload, beforeReload, reloadKong } from './reload';
import { viewNode, type NodeView } from '../state/view';

/**
 * Undoes everything a journal holds: rocks LuaRocks added, then files, then the running Kong is reloaded with the settings it had or sent the
 * configuration it had, and rows deleted over the Admin API come back. Goes on when one thing fails; throws UserError naming what could not be put back.
 */
export async function rollBack(node: Node, journal: Journal): Promise<void> {
  const failures: string[] = [];
  const attempt = async (act: () => Promise<void>): Promise<void> => {
    try {
      await act();
    } catch (error) {
      failures.push(messageOf(error));
    }
  };
  const newestFirst = [...journal.undo].reverse();
  for (const undo of newestFirst) {
    const { rocks } = undo;
    if (rocks !== undefined) await attempt(() => removeNewRocks(node, rocks));
    for (const file of [...undo.files].reverse()) await attempt(() => restore(node, file));
  }
  const reloads = journal.undo.filter((undo) => undo.reload !== undefined);
  // The first reload's record holds what ran before the operation.
  const before = reloads.at(0)?.reload;
  if (before !== undefined) {
    await attempt(async () => {
      const view = await viewNode(node);
      if (!view.facts.running) return;
      const now = await beforeReload(view);
      await reloadKong(view, before);
      // Whoever comes next must find the workers of this reload, not take them for those of its own.
      await awaitReload(view, now);
    });
  }
  for (const { config } of newestFirst) {
    if (config !== undefined) await attempt(() => sendBack(node, config));
  }
  for (const undo of newestFirst) {
    if (undo.entities !== undefined) await attempt(() => putBack(node, undo));
  }
  if (failures.length > 0) throw new UserError([...new Set(failures)].join(' '));
}

async function restore(node: Node, file: FileBefore): Promise<void> {
  const now = await node.read(file.path);
  if (file.content === null) {
    if (now !== undefined) await node.remove(file.path);
    // A folder that was there stays, also when it was empty.
    for (const folder of file.newFolders ?? []) {
      if ((await node.list(folder))?.length === 0) await node.remove(folder);
    }
    return;
  }
  const content = Buffer.from(file.content, 'base64');
  if (now?.equals(content) !== true) await node.write(file.path, content, file.mode, file.owner);
  else if (file.mode !== undefined && (await node.stat(file.path))?.mode !== file.mode) await node.chmod(file.path, file.mode);
}

/** Removes the folders above a file that are empty now, up to the first that is not, and never the node's own. */
export async function pruneEmptyFolders(node: Node, path: string, own: readonly string[]): Promise<void> {
  for (let folder = parentOf(path); folder !== undefined; folder = parentOf(folder)) {
    if (own.includes(folder)) return;
    const names = (await node.list(folder)) ?? [];
    if (names.length > 0) return;
    await node.remove(folder);
  }
}

/** The folders of a node that stay even when they are empty. Where a Kong is, LuaRocks has made the folder of its rocks before us. */
export function ownFolders(view: NodeView): string[] {
  const rocks = view.node.kind === 'folder' ? [] : [rocksFolder(view.facts.tree)];
  return [...rootsOf(view), ...rocks, '/etc', '/usr/local', '/opt'];
}

function parentOf(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  return slash <= 0 ? undefined : path.slice(0, slash);
}

async function removeNewRocks(node: Node, before: readonly string[]): Promise<void> {
  const facts = await node.facts();
  const now = (await node.list(rocksFolder(facts.tree))) ?? [];
  const added = now.filter((name) => !before.includes(name) && !name.startsWith('manifest'));
  for (const name of added) await runLuarocks(node, facts, ['remove', '--force', name]);
}

async function sendBack(node: Node, config: string): Promise<void> {
  // A Kong that has ended reads its file at the next start, which is as it was.
  if (!(await node.facts()).running) return;
  const transport = await node.adminApi();
  if (transport === undefined) throw new UserError('The configuration could not be sent back as it was: no Admin API.');
  await adminClient(transport).send('POST', '/config', { config });
}

async function putBack(node: Node, undo: StepUndo): Promise<void> {
  const transport = await node.adminApi();
  if (transport === undefined) throw new UserError('The configurations could not be put back as they were: no Admin API.');
  const client = adminClient(transport);
  // What refers to another row came after it.
  for (const { path, row } of [...(undo.entities ?? [])].reverse()) {
    if (row === null) await client.send('DELETE', path, undefined, [404]);
    else await client.send('PUT', path, row);
  }
}

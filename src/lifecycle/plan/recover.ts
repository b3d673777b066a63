// What an interrupted operation left on a node, put back or forgotten by a person's word.
import type { Node } from '../../node/node';
import { messageAndNext, messageOf, UserError } from '../../system/userError';
import { boundsOf, type Bounds } from '../state/bounds';
import { posix } from 'node:path';
import { viewNode, type ViewOptions } from '../state/view';
import { interruption } from '../state/interrupted';
import { recoverHint } from '../state/interruptedWords';
import { pathsOf, staysOf, type FoundJournal, type StepUndo } from '../state/journal';
import { recovered } from '../oneStep';
import type { OperationResult } from '../types';
import { DRAFT, hold, sweep } from './hold';
import { rollBack } from './rollback';

/** What to do with what was left. */
export interface RecoverOptions extends ViewOptions {
  /** Put everything back as it was before the operation, or leave the node as it is and forget. */
  how: 'undo' | 'forget';
  /** The person has seen what is in it: then files may be put back from a journal that somebody else wrote. */
  trusted?: boolean | undefined;
}

/**
 * Puts back what an interrupted operation left, or forgets it. Throws UserError when another operation is at work, and for a journal of
 * unknown origin that nobody has agreed to.
 */
export async function recover(node: Node, options: RecoverOptions): Promise<OperationResult> {
  const view = await viewNode(node, options);
  const bounds = boundsOf(view);
  const held = await hold(bounds.node, view.facts.prefix, `recover (${options.how})`);
  try {
    if (held.left === undefined) return recovered(node, true, 'skipped', 'Nothing was interrupted here.');
    const { operation } = held.left;
    if (options.how === 'undo') {
      if (!held.left.ours && options.trusted !== true) {
        throw new UserError(`${interruption(held.left).says} It is not put back unasked.`, {
          next: 'Look at these files; --undo --yes puts them back all the same, --forget leaves them as they are.',
        });
      }
      await putBack(bounds, held.left);
    }
    await held.clear();
    const detail =
      options.how === 'undo'
        ? [
            `Put back what an interrupted "${operation}" had changed.`,
            ...(held.left.ours
              ? staysOf(held.left)
              : ['Only files: the rest of a journal that you did not write is not followed.']),
          ].join(' ')
        : `What an interrupted "${operation}" left stays as it is now.`;
    return recovered(node, true, 'done', detail);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return recovered(node, false, 'failed', messageAndNext(error));
  } finally {
    await held.release();
  }
}

/** Puts back what a journal holds, within the node's own folders. Throws UserError before anything is touched when it leads elsewhere, and for what resists. */
export async function putBack(bounds: Bounds, left: FoundJournal): Promise<void> {
  const folders = left.undo.flatMap(({ files }) => files.flatMap(({ newFolders = [] }) => newFolders));
  await bounds.check([...pathsOf(left).map((path) => ({ path, gone: false })), ...folders.map((path) => ({ path, gone: true }))]);
  // Programs, variables and rows are nothing that somebody else's word is taken for; nor is a program that runs as its owner.
  const undo = left.ours ? left.undo : left.undo.map(onlyFiles);
  for (const folder of new Set(pathsOf(left).map((path) => posix.dirname(path)))) {
    await sweep(bounds.node, folder, (name) => DRAFT.test(name));
  }
  try {
    await rollBack(bounds.node, { ...left, undo });
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(`Not everything could be put back: ${messageOf(error)}`, { next: recoverHint(bounds.node) });
  }
}

function onlyFiles({ step, files }: StepUndo): StepUndo {
  return {
    step,
    files: files.map(({ path, content, mode, newFolders }) => ({
      path,
      content,
      ...(mode === undefined ? {} : { mode: mode & 0o777 }),
      ...(newFolders === undefined ? {} : { newFolders }),
    })),
  };
}

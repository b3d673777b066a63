// Changes of files that a command proposes: shown as lines that go and come, and made once somebody agrees.
import { readFile } from 'node:fs/promises';
import { UserError } from '../system/userError';
import type { FileChange } from '../text/diagnostic';
import { askYes } from './ask';
import type { Io } from './io';
import { shownPath } from './paths';

/** The lines that go and come, file by file. Throws what reading a file does. */
export async function shownChanges(changes: readonly FileChange[], io: Io): Promise<string> {
  const { diffOf } = await import('../text/diff');
  const parts = await Promise.all(
    changes.map(async (change) => {
      const text = diffOf(change, await readFile(change.path, 'utf8'));
      return `${shownPath(io.cwd, change.path)}\n${text.replace(/^(?=.)/gm, '  ')}`;
    }),
  );
  return parts.join('');
}

/** `this file`, or how many. */
export function filesOf(changes: readonly FileChange[]): string {
  return changes.length === 1 ? 'this file' : `these ${changes.length} files`;
}

/** Makes them all, after a question unless it was answered already. Throws UserError when nobody agrees, and when one cannot be made: then none is. */
export async function makeChanges(changes: readonly FileChange[], { yes = false }: { yes?: boolean }, io: Io): Promise<void> {
  if (!yes && !(await askYes(io, `Change ${filesOf(changes)}?`))) {
    throw new UserError('Nothing was changed.', { exitCode: 2, next: 'Say --yes to do it, or --dry-run to see it.' });
  }
  const { applyChanges } = await import('../system/applyChanges');
  await applyChanges(changes, { noted: true });
}

// What a command that changes a project does first: puts back what one before it left half done when it was killed.
import type { Io } from './io';
import { shownPath } from './paths';

/** Puts it back and says so; in a dry run it only says so. */
export async function putBackUnfinished(io: Io, folder: string, dryRun: boolean): Promise<void> {
  const { putBack, unfinishedIn } = await import('../system/unfinished');
  for (const unfinished of await unfinishedIn(folder)) {
    const { at, changes } = unfinished;
    const what = `an interrupted change of ${at.slice(0, 16).replace('T', ' ')} (UTC) to ${changes.length} ${changes.length === 1 ? 'file' : 'files'}`;
    if (dryRun) {
      io.err(`There is ${what}. It is put back before anything else when this is run without --dry-run.\n`);
      continue;
    }
    const left = await putBack(unfinished);
    io.err(`Put back ${what}.\n`);
    for (const path of left) io.err(`${shownPath(io.cwd, path)} was changed since and stays as it is.\n`);
  }
}

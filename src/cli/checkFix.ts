// What `check --fix` does: the fixes that the light bulb offers, all of them, shown as lines that go and come, agreed to, and made.
import { readFile } from 'node:fs/promises';
import { UserError } from '../system/userError';
import type { FileChange, FileDiagnostics } from '../text/diagnostic';
import { askYes } from './ask';
import type { CheckFormat } from './checkReport';
import type { CheckOptions, Subjects } from './checkSubjects';
import type { Io } from './io';
import { shownPath } from './paths';

export interface FixFlags {
  unsafe?: true;
  yes?: true;
  dryRun?: true;
  format: CheckFormat;
}

/**
 * Mends what has a fix; in a dry run it only shows it. Returns what is changed, and what is left to say then. Throws UserError when nobody
 * agrees, and when a file cannot be changed: then none is.
 */
export async function fixSubjects(
  subjects: Subjects,
  options: CheckOptions,
  { unsafe, yes, dryRun, format }: FixFlags,
  io: Io,
): Promise<{ changes: FileChange[]; left: FileDiagnostics[] }> {
  const { checkSubjects } = await import('./checkSubjects');
  const { fixAll } = await import('../text/fixAll');
  const read = (path: string): Promise<string> => readFile(path, 'utf8');
  const { changes, left } = await fixAll((texts) => checkSubjects(subjects, { ...options, texts, fixes: true }, io), read, {
    unsafe: unsafe === true,
  });
  const say = (text: string): void => (format === 'text' ? io.out(text) : io.err(text));
  if (changes.length === 0) return { changes, left };
  const { diffOf } = await import('../text/diff');
  for (const change of changes) {
    const text = diffOf(change, await read(change.path));
    say(`${shownPath(io.cwd, change.path)}\n${text.replace(/^(?=.)/gm, '  ')}`);
  }
  const files = changes.length === 1 ? 'this file' : `these ${changes.length} files`;
  if (dryRun === true) say(`Nothing was changed. Once ${files} ${changes.length === 1 ? 'is' : 'are'} mended:\n`);
  else {
    if (yes !== true && !(await askYes(io, `Change ${files}?`)))
      throw new UserError('Nothing was changed.', { exitCode: 2, next: 'Say --yes to do it, or --dry-run to see it.' });
    const { applyChanges } = await import('../system/applyChanges');
    await applyChanges(changes, { noted: true });
  }
  return { changes, left };
}

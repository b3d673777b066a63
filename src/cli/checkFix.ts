// What `check --fix` does: the fixes that the light bulb offers, all of them, shown as lines that go and come, agreed to, and made.
import { readFile } from 'node:fs/promises';
import type { FileChange, FileDiagnostics } from '../text/diagnostic';
import type { CheckFormat } from './checkReport';
import type { CheckOptions, Subjects } from './checkSubjects';
import type { Io } from './io';
import { filesOf, makeChanges, shownChanges } from './proposedChanges';

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
  say(await shownChanges(changes, io));
  if (dryRun === true) say(`Nothing was changed. Once ${filesOf(changes)} ${changes.length === 1 ? 'is' : 'are'} mended:\n`);
  else await makeChanges(changes, { yes: yes === true }, io);
  return { changes, left };
}

// Makes file changes on disk: all of them or, when one cannot be made, none.
import { readFile, rename, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { FileChange } from '../text/diagnostic';
import { applyEdits } from '../text/edits';
import { cannot, readOnlyReason, reasonOf } from './fileErrors';
import { isThere } from './isThere';
import { makeFolders } from './makeFolders';
import { beginNote, digestOf, type NotedChange } from './unfinished';
import { errorCode, UserError } from './userError';
import { sweepDrafts, writeWhole } from './wholeFile';

interface FileStep {
  path: string;
  /** Made only where changes are noted: it holds the whole file. */
  noted: () => NotedChange;
  make: () => Promise<void>;
  unmake: () => Promise<void>;
}

/**
 * Applies the changes in order; files are replaced whole. Throws UserError when a file cannot be read or written, is not UTF-8, or when a
 * file to create or to rename to is there already; what had been changed is then put back. With `noted`, what a kill leaves half done can be put
 * back by the next one (unfinished.ts). Returns what puts all of it back; that says what could not be.
 */
export async function applyChanges(
  changes: readonly FileChange[],
  { noted = false }: { noted?: boolean } = {},
): Promise<() => Promise<string>> {
  const done: FileStep[] = [];
  const note = noted ? await beginNote() : undefined;
  let changing = '';
  try {
    for (const change of changes) {
      changing = change.path;
      await sweepDrafts(dirname(change.path));
      const step = await plan(change);
      await note?.add(step.noted());
      await step.make();
      done.push({ ...step, path: change.path });
    }
    await note?.forget();
    return () => unmakeAll(done);
  } catch (error) {
    const left = await unmakeAll(done);
    if (left === '') await note?.forget();
    if (left === '' && (error instanceof UserError || errorCode(error) === undefined)) throw error;
    throw new UserError(`Cannot change ${changing}: ${reasonOf(error)}. ${left === '' ? 'Nothing was changed.' : left}`, {
      exitCode: errorCode(error) === 'ENOENT' ? 1 : 3,
      at: { path: changing },
      cause: error,
    });
  }
}

/** Puts everything back, also when something resists; says what could not be put back. */
async function unmakeAll(done: readonly FileStep[]): Promise<string> {
  const left: string[] = [];
  for (const { path, unmake } of [...done].reverse()) {
    await unmake().catch((error: unknown) => left.push(cannot('put back', path, error).message));
  }
  return left.join(' ');
}

async function plan(change: FileChange): Promise<Omit<FileStep, 'path'>> {
  switch (change.kind) {
    case 'edit': {
      const before = await readFile(change.path);
      const readOnly = readOnlyReason((await stat(change.path)).mode);
      if (readOnly !== undefined) {
        throw new UserError(`Cannot change ${change.path}: ${readOnly}.`, {
          exitCode: 3,
          next: 'Make it writable first; nothing was changed.',
          at: { path: change.path },
        });
      }
      const text = before.toString('utf8');
      if (!Buffer.from(text, 'utf8').equals(before)) {
        throw new UserError(`${change.path} is not UTF-8.`, {
          next: 'Save it as UTF-8 first; nothing was changed.',
          at: { path: change.path },
        });
      }
      const after = applyEdits(text, change.edits);
      return {
        noted: () => ({ kind: 'edit', path: change.path, before: before.toString('base64'), after: digestOf(after) }),
        make: () => writeWhole(change.path, after),
        unmake: () => writeWhole(change.path, before),
      };
    }
    case 'create':
      await refuseExisting(change.path);
      return {
        noted: () => ({ kind: 'create', path: change.path, after: digestOf(change.text) }),
        make: () => createFile(change.path, change.text),
        unmake: () => rm(change.path, { force: true }),
      };
    case 'rename':
      await refuseExisting(change.to);
      return {
        noted: () => ({ kind: 'rename', path: change.path, to: change.to }),
        make: () => rename(change.path, change.to),
        unmake: () => renameIfThere(change.to, change.path),
      };
  }
}

async function createFile(path: string, text: string): Promise<void> {
  await makeFolders(dirname(path));
  await writeWhole(path, text);
}

async function refuseExisting(path: string): Promise<void> {
  if (await isThere(path))
    throw new UserError(`${basename(path)} is there already.`, {
      next: 'Move it away first; nothing was changed.',
      at: { path },
    });
}

async function renameIfThere(from: string, to: string): Promise<void> {
  if (await isThere(from)) await rename(from, to);
}

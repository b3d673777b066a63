// Whether what an operation is going to write can be written at all: seen before anything is asked for or changed.
import { Refusal } from '../failure';
import type { NodeView } from './view';

/** Throws a Refusal for the first of some paths that nothing can be written at. */
export async function refuseUnwritable({ node }: NodeView, paths: readonly string[]): Promise<void> {
  for (const path of new Set(paths)) {
    const reason = await node.refusesWrite(path);
    if (reason === undefined) continue;
    throw new Refusal(`Cannot write ${path}: ${reason}.`, {
      exitCode: 3,
      next: 'Change it where it comes from, or make it writable there.',
    });
  }
}

// Whether the database of a node has the tables that Kong and its plugins want, asked with Kong's own program.
import { isAtLeast } from '../../kong/versions';
import { UserError } from '../../system/userError';
import type { NodeView } from './view';

const TIMEOUT_MS = 60_000;

/**
 * From 3.4 on every command prepares its prefix, and what a running Kong was told by a reload alone would be lost from its own
 * (bin/kong@3.4.0): another one is given.
 */
const LIST = `d=$(mktemp -d) || exit 9
kong migrations list -p "$d" "$@"
c=$?
rm -rf "$d"
exit $c`;

/** What `kong migrations list` ends with when all is done, and when a start goes on all the same (kong/cmd/migrations.lua). */
const STARTS = [0, 4];
/** What stops a start, in the words that it says then (kong/cmd/utils/migrations.lua). */
const SAID: ReadonlyMap<number | null, string> = new Map([
  [3, 'Database needs bootstrapping or is older than Kong 1.0'],
  [5, "New migrations available; run 'kong migrations up' to proceed"],
]);

/** What was found of a database. */
export interface MigrationState {
  /** What a start would say; undefined when it would say nothing. */
  said: string | undefined;
  /** Why it is not known. */
  unseen?: string;
}

/** Asks for the state of a node's database. It takes a second, and a node that stands still is asked in a copy of it. */
export async function migrationState(view: NodeView, signal?: AbortSignal): Promise<MigrationState> {
  const conf = view.confText === undefined ? [] : ['-c', view.facts.confPath];
  const unknown = (why: string): MigrationState => ({ said: undefined, unseen: `what the database wants (${why})` });
  if (!isAtLeast(view.version, '1.2')) return unknown('Kong before 1.2 does not tell');
  try {
    const asked = await view.node.run(['sh', '-c', LIST, 'sh', ...conf], {
      as: 'kong',
      inCopy: true,
      timeout: TIMEOUT_MS,
      ...(signal === undefined ? {} : { signal }),
    });
    if (asked === undefined) return unknown('no program can be run here');
    if (STARTS.includes(asked.code ?? -1)) return { said: undefined };
    const said = SAID.get(asked.code);
    if (said !== undefined) return { said };
    const text = `${asked.stdout.toString('utf8')}${asked.stderr.toString('utf8')}`;
    const error = text.split('\n').find((line) => line.startsWith('Error:'));
    return error === undefined ? unknown(`kong migrations list ended with ${asked.code ?? 'a signal'}`) : { said: error };
  } catch (error) {
    if (error instanceof UserError) return unknown(error.message);
    throw error;
  }
}

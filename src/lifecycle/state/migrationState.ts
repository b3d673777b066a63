// Whether the database of a node has the tables that Kong and its plugins want, asked with Kong's own program, and giving it those.
import { printedBy, type ProcessResult } from '../../system/process';
import { isAtLeast } from '../../kong/versions';
import { UserError } from '../../system/userError';
import type { NodeView } from './view';

const LIST_TIMEOUT_MS = 60_000;
const RUN_TIMEOUT_MS = 10 * 60_000;

/**
 * From 3.4 on every command prepares its prefix, and what a running Kong was told by a reload alone would be lost from its own
 * (bin/kong@3.4.0): another one is given.
 */
const IN_OTHER_PREFIX = `d=$(mktemp -d) || exit 9
a=$1; shift
kong migrations "$a" -p "$d" "$@"
c=$?
rm -rf "$d"
exit $c`;

/** What `kong migrations list` ends with (kong/cmd/migrations.lua). */
const STATES: ReadonlyMap<number | null, MigrationState['state']> = new Map([
  [0, 'done'],
  [3, 'bootstrap'],
  [4, 'pending'],
  [5, 'new'],
]);

/** What stops a start, in the words that it says then (kong/cmd/utils/migrations.lua). */
const SAID: Partial<Record<NonNullable<MigrationState['state']>, string>> = {
  bootstrap: 'Database needs bootstrapping or is older than Kong 1.0',
  new: "New migrations available; run 'kong migrations up' to proceed",
};

/** What was found of a database. */
export interface MigrationState {
  /** `pending` waits for `kong migrations finish`, and a start goes on all the same; undefined when it is not known. */
  state: 'done' | 'bootstrap' | 'pending' | 'new' | undefined;
  /** What a start would say; undefined when it would say nothing. */
  said: string | undefined;
  /** The migrations that are new, by what brings them: `hello: 000_base, 001_more`. */
  news: readonly string[];
  /** Why it is not known. */
  unseen?: string;
}

export interface MigrationOptions {
  signal?: AbortSignal | undefined;
  /** Settings that the files of the node do not tell, as variables. */
  variables?: Readonly<Record<string, string>>;
}

/** Asks for the state of a node's database. It takes a second, and a node that stands still is asked in a copy of it. */
export async function migrationState(view: NodeView, options: MigrationOptions = {}): Promise<MigrationState> {
  const unknown = (why: string): MigrationState => ({
    state: undefined,
    said: undefined,
    news: [],
    unseen: `what the database wants (${why})`,
  });
  if (!isAtLeast(view.version, '1.2')) return unknown('Kong before 1.2 does not tell');
  try {
    const asked = await runMigrations(view, 'list', options);
    if (asked === undefined) return unknown('no program can be run here');
    const state = STATES.get(asked.code);
    const text = printedBy(asked);
    if (state !== undefined) return { state, said: SAID[state], news: state === 'new' ? newIn(text) : [] };
    const error = text.split('\n').find((line) => line.startsWith('Error:'));
    if (error === undefined) return unknown(`kong migrations list ended with ${asked.code ?? 'a signal'}`);
    return { state: undefined, said: error, news: [] };
  } catch (error) {
    if (error instanceof UserError) return unknown(error.message);
    throw error;
  }
}

/** Runs `kong migrations ACTION` with the node's own settings; undefined where no program can be run. */
export async function runMigrations(
  view: NodeView,
  action: 'bootstrap' | 'up' | 'finish' | 'list',
  { signal, variables = {} }: MigrationOptions = {},
): Promise<ProcessResult | undefined> {
  const conf = view.confText === undefined ? [] : ['-c', view.facts.confPath];
  return view.node.run(['sh', '-c', IN_OTHER_PREFIX, 'sh', action, ...conf], {
    as: 'kong',
    inCopy: true,
    env: variables,
    timeout: action === 'list' ? LIST_TIMEOUT_MS : RUN_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  });
}

/** The lines below `New migrations available:`, up to the next empty one. */
function newIn(text: string): string[] {
  const lines = text.split(/\r?\n/);
  const from = lines.findIndex((line) => line.startsWith('New migrations available:')) + 1;
  const end = lines.findIndex((line, i) => i >= from && line.trim() === '');
  return from === 0 ? [] : lines.slice(from, end < 0 ? undefined : end).map((line) => line.trim());
}

// The steps that give a database what a plugin's migrations make: `up` with the plugin in place, before the reload, and `finish` once it is proved.
import { printedBy } from '../../system/process';
import { UserError } from '../../system/userError';
import { findingsIn, Skip, StepFailure } from '../failure';
import type { Step, StepContext } from '../plan/plan';
import { reloadSettings } from '../plan/reload';
import { migrationState, runMigrations, type MigrationOptions } from '../state/migrationState';
import type { NodeView } from '../state/view';
import { changedVariables, type SettingChange } from './setting';

/** Whether a person agrees that a database is changed; the question says in which way. */
export type Agree = (question: string) => Promise<boolean>;

export interface MigrateOptions {
  /** Asked before a database is changed; without it, it is not. */
  agree?: Agree | undefined;
  /** How many nodes get the plugin. */
  nodes?: number | undefined;
}

/** Steps before the reload, and after the proof. */
export interface MigrationSteps {
  up: Step[];
  finish: Step[];
}

const NONE: MigrationSteps = { up: [], finish: [] };

/** Whether a node has a database of its own to migrate. */
export function hasDatabase(view: NodeView): boolean {
  return view.setting('database').value !== 'off' && view.setting('role').value !== 'data_plane';
}

/** Whether one of a plugin's files, relative to its folder, is the list of its migrations. */
export function bringsMigrations(files: Iterable<string>): boolean {
  return [...files].some((path) => path === 'migrations/init.lua' || path === 'migrations.lua');
}

/**
 * The steps for plugins that have migrations, on a node with a database; none without such plugins. `changes` are the settings that the plugins come with: Kong
 * looks for the migrations of the plugins in its list.
 */
export function migrationSteps(
  plugins: readonly string[],
  changes: readonly SettingChange[],
  { agree, nodes = 1 }: MigrateOptions,
): MigrationSteps {
  if (plugins.length === 0) return NONE;
  const names = plugins.join(', ');
  let isMigrated = false;
  return {
    up: [
      {
        name: 'migrate',
        describe: `kong migrations up, when the database has not what ${names} wants yet. It is asked for, and cannot be undone.`,
        async run(context) {
          const { view: now, options } = await asked(context, changes);
          const { state, said, news, unseen } = await migrationState(now, options);
          if (unseen !== undefined)
            throw new Skip(
              `Not looked at: ${unseen}. Before its next start: kong migrations up, with ${names} in its plugins list.`,
            );
          if (state === 'bootstrap') throw new Skip(`${said ?? ''}; kong migrations bootstrap brings what ${names} wants, too.`);
          if (state === undefined)
            throw await StepFailure.fromOutput(`kong migrations list failed: ${said ?? ''}`, said ?? '', now.facts.kong);
          if (state !== 'new') throw new Skip(`The database has what ${names} wants.`);
          const what = news.join('; ');
          await agreed(agree, `${what} would be executed on the database of ${context.node.id}, which cannot be undone.`);
          await context.note({
            stays: `The database keeps what these migrations made: ${what}. A Kong without the plugin passes it over.`,
          });
          isMigrated = true;
          await run(now, 'up', options);
          return `kong migrations up executed ${what}.`;
        },
      },
    ],
    finish: [
      {
        name: 'finish-migrations',
        describe: 'kong migrations finish, when a migration has a second half.',
        async run(context) {
          if (!isMigrated) throw new Skip('No migration was executed.');
          const { view: now, options } = await asked(context, changes);
          if ((await migrationState(now, options)).state !== 'pending') throw new Skip('No migration has a second half.');
          if (nodes > 1)
            throw new Skip(
              'A migration has a second half: kong migrations finish, once every node of the cluster has this version.',
            );
          try {
            await run(now, 'finish', options);
          } catch (error) {
            // The plugin works, and the database cannot go back.
            if (!(error instanceof UserError) || options.signal?.aborted === true) throw error;
            context.found(error instanceof StepFailure ? error.findings : await findingsIn(error.message, now.facts.kong));
            return `${error.message} Kong goes on without it.`;
          }
          return 'kong migrations finish executed the second half.';
        },
      },
    ],
  };
}

async function agreed(agree: Agree | undefined, what: string): Promise<void> {
  if ((await agree?.(what)) === true) return;
  throw new UserError(`${what} Nobody agreed to that.`, {
    next: 'Keep a copy of the database, then install or enable it by hand; on the command line with --yes.',
  });
}

/** The node as it is by now, and how Kong's program sees the settings that come. */
async function asked(
  context: StepContext,
  changes: readonly SettingChange[],
): Promise<{ view: NodeView; options: MigrationOptions }> {
  const view = await context.view();
  const variables = { ...reloadSettings(view), ...changedVariables(view, changes) };
  return { view, options: { signal: context.signal, variables } };
}

/** Runs it. Throws StepFailure with what Kong said. */
async function run(view: NodeView, action: 'up' | 'finish', options: MigrationOptions): Promise<void> {
  const result = await runMigrations(view, action, options);
  if (result === undefined) throw new UserError('No program can be run on this node.', { exitCode: 3 });
  if (result.code === 0) return;
  const said = printedBy(result);
  const error = said.split('\n').find((line) => line.startsWith('Error:')) ?? 'it said nothing';
  throw await StepFailure.fromOutput(`kong migrations ${action} failed: ${error}`, said, view.facts.kong);
}

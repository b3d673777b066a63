// Steps at the running Kong: reload, with the proof that its plugins are there, and restart.
import { printedBy } from '../../system/process';
import { UserError } from '../../system/userError';
import { Skip, StepFailure } from '../failure';
import type { Step } from '../plan/plan';
import { awaitReload, beforeReload, reloadKong, reloadSettings, runningSettings, type ReloadOutcome } from '../plan/reload';
import type { NodeView } from '../state/view';
import { verifyStep, type Expectation } from './proof';
import { changedVariables, type SettingChange } from './setting';

const RESTART_TIMEOUT_MS = 120_000;

export interface ReloadOptions {
  /** Steps between the reload and the proof. */
  then?: readonly Step[];
  /** Why the Kong that runs now need not be reloaded; undefined when it must. */
  unless?: ((now: NodeView) => string | undefined) | undefined;
  /** Somebody follows the log from here on, so that the proof need not wait for what comes later. */
  followed?: boolean;
}

/** Reloads the running Kong so that it has the changes, and proves what is expected of it then. */
export function reloadAndProve(
  view: NodeView,
  changes: readonly SettingChange[],
  expected: readonly Expectation[],
  { then = [], unless, followed = false }: ReloadOptions = {},
): Step[] {
  let outcome: ReloadOutcome | undefined;
  const reload = reloadStep(view, changes, { unless, seen: (seen) => (outcome = seen) });
  return [
    reload,
    ...then,
    ...expected.map((expectation) => verifyStep(view, expectation, { reloaded: () => outcome, followed })),
  ];
}

/** Reloads the running Kong so that it has the changes; skipped where none runs. `seen` gets how it ended. */
export function reloadStep(
  view: NodeView,
  changes: readonly SettingChange[],
  { unless, seen }: Pick<ReloadOptions, 'unless'> & { seen?: (outcome: ReloadOutcome) => void } = {},
): Step {
  return {
    name: 'reload',
    describe: view.facts.running
      ? `kong reload as Kong's own user; requests are served throughout.`
      : 'Nothing to reload: Kong does not run. It takes effect at its next start.',
    async run(context) {
      const now = await context.view();
      if (!now.facts.running) throw new Skip('Kong does not run here; it takes effect at its next start.');
      const needless = unless?.(now);
      if (needless !== undefined) throw new Skip(needless);
      const [before] = await bothDone([beforeReload(now), context.note({ reload: runningSettings(now) })]);
      const variables = { ...reloadSettings(now), ...changedVariables(now, changes) };
      await reloadKong(now, variables, context.signal);
      const outcome = await awaitReload(now, before, context.signal);
      context.changed();
      seen?.(outcome);
      return outcome.certain
        ? 'New workers serve.'
        : 'The log names no error; whether new workers serve cannot be seen from here.';
    },
  };
}

/** Both at once; a failure of one waits for the other, so that nothing is at work when it is undone. */
async function bothDone<A, B>([a, b]: [Promise<A>, Promise<B>]): Promise<[A, B]> {
  await Promise.allSettled([a, b]);
  return Promise.all([a, b]);
}

/** Stops and starts the Kong of this machine; in a container that would end the container, so there it is refused. */
export function restartStep(view: NodeView): Step {
  return {
    name: 'restart',
    describe: 'kong restart with the same file and prefix; requests are not served for a moment.',
    async run(context) {
      if (view.node.kind === 'docker' || view.node.kind === 'compose') {
        throw new UserError('kong restart would end this container, because nginx is its first process.', {
          next: 'Reload it, or restart the container itself (which forgets what only a reload was told).',
        });
      }
      const mark = await view.node.logEnd();
      const conf = view.confText === undefined ? [] : ['-c', view.facts.confPath];
      const result = await view.node.run(['kong', 'restart', ...conf, '-p', view.facts.prefix], {
        as: 'kong',
        timeout: RESTART_TIMEOUT_MS,
        ...(context.signal === undefined ? {} : { signal: context.signal }),
      });
      if (result === undefined) throw new Skip('Nothing runs here.');
      const said = printedBy(result);
      if (result.code === 0) return 'Kong restarted.';
      const { text } = await view.node.log(mark);
      throw await StepFailure.fromOutput('Kong did not start again.', `${said}\n${text}`, view.facts.kong);
    },
  };
}

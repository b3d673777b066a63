// Taking one use of a plugin away, by its id; what it was is kept as a file that can be put back.
import { skippedStep, type Operation, type Step } from '../plan/plan';
import type { NodeView } from '../state/view';
import type { Keep } from '../steps/keepUses';
import type { Removal } from '../steps/useChange';
import { changeSteps, storeAndUses, useById } from './useSteps';

/** Takes the use with that id away. On several nodes of one database it goes with the first; the others see that it is gone. */
export function unconfigureOperation(id: string, keep?: Keep): Operation {
  const gone = new Set<string>();
  return {
    title: `unconfigure ${id}`,
    async steps(view) {
      const { store, uses } = await storeAndUses(view);
      const database = store.kind === 'rows' ? databaseOf(view) : undefined;
      if (database !== undefined && gone.has(database) && !uses.some((use) => use.id === id)) return [goneStep(id)];
      const use = useById(view, uses, id);
      const change: Removal = { kind: 'remove', plugin: use.plugin, use };
      if (database !== undefined) gone.add(database);
      return changeSteps(view, store, change, keep);
    },
  };
}

function databaseOf(view: NodeView): string {
  return ['database', 'pg_host', 'pg_port', 'pg_database'].map((name) => view.setting(name).value).join(' ');
}

function goneStep(id: string): Step {
  return skippedStep('unconfigure', `${id} is gone already: this node has the same database as one before it.`);
}

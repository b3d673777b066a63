// Reloading and restarting a node's Kong.
import type { Operation } from '../plan/plan';
import { reloadStep, restartStep } from '../steps/running';

/** Reloads the running Kong. */
export function reloadOperation(): Operation {
  return { title: 'reload', steps: (view) => Promise.resolve([reloadStep(view, [])]) };
}

/** Restarts the Kong of this machine. */
export function restartOperation(): Operation {
  return { title: 'restart', steps: (view) => Promise.resolve([restartStep(view)]) };
}

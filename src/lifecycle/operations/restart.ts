// Reloading, starting and restarting a node's Kong.
import type { Operation } from '../plan/plan';
import { reloadStep, restartStep } from '../steps/running';
import { startStep } from '../steps/start';

/** Reloads the running Kong. */
export function reloadOperation(): Operation {
  return { title: 'reload', steps: (view) => Promise.resolve([reloadStep(view, [])]) };
}

/** Starts a Kong that does not run, as it was started before, and waits until it serves. */
export function startOperation(): Operation {
  return { title: 'start', steps: (view) => Promise.resolve([startStep(view)]) };
}

/** Restarts the Kong of this machine. */
export function restartOperation(): Operation {
  return { title: 'restart', steps: (view) => Promise.resolve([restartStep(view)]) };
}

// Operations that change no file: looking whether a plugin is loaded, reloading and restarting Kong.
import { checkPluginName } from '../../kong/pluginsSetting';
import type { Operation } from '../plan/plan';
import { reloadStep, restartStep, verifyStep } from '../steps/running';

/** Proves that a plugin is loaded, or, where nothing runs, that a start would load it. Changes nothing. */
export function verifyOperation(plugin: string): Operation {
  return {
    title: `verify ${plugin}`,
    readOnly: true,
    steps(view) {
      checkPluginName(plugin);
      return Promise.resolve([verifyStep(view, { plugin, state: 'loaded' })]);
    },
  };
}

/** Reloads the running Kong. */
export function reloadOperation(): Operation {
  return { title: 'reload', steps: (view) => Promise.resolve([reloadStep(view, [])]) };
}

/** Restarts the Kong of this machine. */
export function restartOperation(): Operation {
  return { title: 'restart', steps: (view) => Promise.resolve([restartStep(view)]) };
}

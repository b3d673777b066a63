// Looking whether a plugin is loaded.
import { checkPluginName } from '../../kong/pluginsSetting';
import type { Operation } from '../plan/plan';
import { verifyStep } from '../steps/proof';

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

// Bringing a node that has a plugin up to what the workspace holds: only the files that differ, then reload and proof, all undone when it does not load.
import { DEFAULT_KONG } from '../../kong/versions';
import type { Plugin } from '../../plugin/plugin';
import type { Preflight } from '../../plugin/preflight';
import { StepFailure } from '../failure';
import { installedPlugin } from '../state/installed';
import { addRequired } from '../state/loaderProblems';
import { installOperation } from './install';
import { readInstallSource } from './installSource';
import type { Operation, Step } from '../plan/plan';
import { copyStep } from '../steps/copy';
import { reloadAndProve } from '../steps/running';
import { enabledOn } from '../state/status';
import type { NodeView } from '../state/view';

/**
 * What one save comes to on a node. A plugin that Kong would refuse is not brought there at all. Where the plugin is not installed, or not
 * enabled, the whole installation is done instead. A node that sees the workspace's own files (a mount) only reloads.
 */
export function syncOperation(plugin: Plugin): Operation {
  return {
    title: `sync ${plugin.name}`,
    async steps(view) {
      // None of this waits for the other; what fails is told by the step that needs it.
      const judged = begun(judge(view, plugin));
      const found = await installedPlugin(view, plugin.name);
      const preflight = preflightStep(view, plugin, judged);
      if (found === undefined || !enabledOn(view).has(plugin.name)) {
        const source = await readInstallSource(plugin.rockspec ?? plugin.root, plugin.root);
        return [preflight, ...(await installOperation(source, { enable: true, followed: true }).steps(view))];
      }
      return [
        preflight,
        copyStep(plugin, found),
        ...reloadAndProve(view, [], [{ plugin: plugin.name, state: 'loaded' }], { followed: true }),
      ];
    },
  };
}

/** A promise whose failure nobody has to hear. */
function begun<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** What our own loader says, which is asked first: what Kong would refuse does not leave the workspace. */
async function judge(view: NodeView, plugin: Plugin): Promise<Preflight> {
  const [{ preflightCode }, { readPluginCode }] = await Promise.all([
    import('../../plugin/preflight'),
    import('../../plugin/pluginCode'),
  ]);
  const code = await readPluginCode(plugin);
  const options = { database: view.setting('database').value };
  const judged = preflightCode(code, view.version, options);
  if (judged.verdict.verdict !== 'fails') return judged;
  // What it misses may be on the node, whoever put it there.
  const sources = new Map(code.sources);
  const dependencies = [...code.dependencies, ...(await addRequired(view, sources))];
  return preflightCode({ ...code, sources, dependencies }, view.version, options);
}

function preflightStep(view: NodeView, plugin: Plugin, judged: Promise<Preflight>): Step {
  return {
    name: 'preflight',
    describe: `See that Kong ${view.facts.kong ?? DEFAULT_KONG} would load ${plugin.name}.`,
    async run() {
      const { verdict, stops } = await judged;
      if (verdict.verdict === 'unknown') return 'Whether it loads can only be told by running it.';
      if (verdict.verdict === 'loads') return `Kong would load ${plugin.name}.`;
      const { findingsOf } = await import('../../troubleshoot/conclude');
      throw StepFailure.explained(
        `Kong would not load ${plugin.name}, so the node keeps what it has.`,
        findingsOf(stops, view.facts.kong),
      );
    },
  };
}

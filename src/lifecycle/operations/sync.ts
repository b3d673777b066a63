// Bringing a node that has a plugin up to what the workspace holds: only the files that differ, then reload and proof, all undone when it does not load.
import { DEFAULT_KONG } from '../../kong/versions';
import { moduleCandidates } from '../../kong/packagePath';
import type { LoadVerdict, Plugin } from '../../plugin/plugin';
import { readFile } from 'node:fs/promises';
import { Skip, StepFailure } from '../failure';
import { installedPlugin, workspaceFiles, type InstalledPlugin } from '../state/installed';
import { addRequired, firstFile } from '../state/nodeLoader';
import { installOperation } from './install';
import { readSource } from './installSource';
import type { FileEdit, Operation, Step, StepContext } from '../plan/plan';
import { runningSettings } from '../plan/reload';
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
        const source = await readSource(plugin.rockspec ?? plugin.root, plugin.root);
        return [preflight, ...(await installOperation(source, { enable: true }).steps(view))];
      }
      return [preflight, copyStep(plugin, found), ...reloadAndProve(view, [], [{ plugin: plugin.name, state: 'loaded' }])];
    },
  };
}

/** A promise whose failure nobody has to hear. */
function begun<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => undefined);
  return promise;
}

/** What our own loader says, which is asked first: what Kong would refuse does not leave the workspace. */
async function judge(view: NodeView, plugin: Plugin): Promise<LoadVerdict> {
  const [{ preflightCode }, { readPluginCode }] = await Promise.all([
    import('../../plugin/preflight'),
    import('../../plugin/pluginCode'),
  ]);
  const code = await readPluginCode(plugin);
  const options = { database: view.setting('database').value };
  const { verdict } = preflightCode(code, view.version, options);
  if (verdict.verdict !== 'fails') return verdict;
  // What it misses may be on the node, whoever put it there.
  const sources = new Map(code.sources);
  const dependencies = [...code.dependencies, ...(await addRequired(view, sources))];
  return preflightCode({ ...code, sources, dependencies }, view.version, options).verdict;
}

function preflightStep(view: NodeView, plugin: Plugin, judged: Promise<LoadVerdict>): Step {
  return {
    name: 'preflight',
    describe: `See that Kong ${view.facts.kong ?? DEFAULT_KONG} would load ${plugin.name}.`,
    async run() {
      const { verdict, message } = await judged;
      if (verdict === 'unknown') return 'Whether it loads can only be told by running it.';
      if (verdict === 'loads') return `Kong would load ${plugin.name}.`;
      throw await StepFailure.fromOutput(
        `Kong would not load ${plugin.name}, so the node keeps what it has.`,
        `nginx: [error] init_by_lua error: ${message}`,
        view.facts.kong,
      );
    },
  };
}

/** Copies what differs from the workspace to where the plugin lies on the node. */
export function copyStep(plugin: Plugin, found: InstalledPlugin): Step {
  return {
    name: 'copy',
    describe: `Copy what differs into ${found.dir}.`,
    async run(context) {
      const edits = [...(await ownEdits(plugin, found)), ...(await otherEdits(context, plugin, found))];
      if (edits.length === 0) throw new Skip('The node has these files already.');
      // New files and the reload that follows are one change: noted together, they cost one write.
      const view = await context.view();
      await context.edit(edits, view.facts.running ? { reload: runningSettings(view) } : {});
      return `${edits.length} ${edits.length === 1 ? 'file' : 'files'} in ${found.dir}.`;
    },
  };
}

/** The modules below `kong.plugins.NAME`: changed and new ones come, those that the workspace no longer has go. */
async function ownEdits(plugin: Plugin, { dir, files }: InstalledPlugin): Promise<FileEdit[]> {
  const wanted = await workspaceFiles(plugin);
  const changed = [...wanted].filter(([path, content]) => files.get(path)?.equals(content) !== true);
  const gone = [...files.keys()].filter((path) => path.endsWith('.lua') && !wanted.has(path));
  return [
    ...changed.map(([path, content]): FileEdit => ({ path: `${dir}/${path}`, content, basedOn: files.get(path) })),
    ...gone.map((path): FileEdit => ({ path: `${dir}/${path}`, content: null, basedOn: files.get(path) })),
  ];
}

/** The modules a plugin brings beside its own: to where the node finds them now, or beside the plugin. */
async function otherEdits(context: StepContext, plugin: Plugin, { root }: InstalledPlugin): Promise<FileEdit[]> {
  const { node } = context;
  const { patterns } = await context.view();
  const others = [...plugin.modules].filter(([module]) => !module.startsWith(`kong.plugins.${plugin.name}.`));
  const edits = others.map(async ([module, file]): Promise<FileEdit[]> => {
    const there = await firstFile(node, moduleCandidates(patterns, module));
    const [content, before] = [await readFile(file), there === undefined ? undefined : await node.read(there)];
    if (before?.equals(content) === true) return [];
    return [{ path: there ?? `${root}/${module.replaceAll('.', '/')}.lua`, content, basedOn: before }];
  });
  return (await Promise.all(edits)).flat();
}

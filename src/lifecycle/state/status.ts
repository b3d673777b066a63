// The ladder: on which rungs every custom plugin of a node stands, and what the node's next start would say. Computed here and nowhere else.
import type { NodeInfo } from '../../kong/adminAnswers';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { checkPluginName, enabledNames } from '../../kong/pluginsSetting';
import type { Node } from '../../node/node';
import type { Plugin } from '../../plugin/plugin';
import { UserError } from '../../system/userError';
import type { Finding } from '../../troubleshoot/finding';
import { answerOfNow, type Answer } from './answer';
import { interruptedOn } from './interrupted';
import { findUses, type Uses } from './inUse';
import { contentHash, installedPlugins, workspaceFiles, type InstalledPlugin } from './installed';
import { predictStart, type Prediction } from './predict';
import type { Interrupted, NodeStatus, PluginOnNode } from '../types';
import { viewNode, type NodeView, type ViewOptions } from './view';

export interface StatusOptions extends ViewOptions {
  /** Looks at all that a start reads, also what takes a second; otherwise the prediction says what it left out. */
  thorough?: boolean;
  /** Plugins of the workspace, to tell where a node's files differ. */
  workspace?: readonly Plugin[];
}

/** Everything the ladder was computed from. */
export interface NodeInspection {
  view: NodeView;
  plugins: ReadonlyMap<string, InstalledPlugin>;
  uses: Uses;
  info: NodeInfo | undefined;
  /** Whether the Kong that serves now gave `info`, not a worker of before a reload. */
  certain: boolean;
  prediction: Prediction;
}

/** Looks at a node as a whole. Throws UserError when it cannot be reached; an Admin API that does not answer leaves gaps, not errors. */
export async function inspectNode(node: Node, options: StatusOptions = {}): Promise<NodeInspection> {
  const view = await viewNode(node, options);
  const enabled = enabledOn(view);
  const [plugins, [answer, uses]] = await Promise.all([
    installedPlugins(view, [...enabled.keys()]),
    // What is in use is asked of the workers that are certain.
    answerOf(view, options.signal).then(async (given) => [given, await findUses(view, options.signal)] as const),
  ]);
  return {
    view,
    plugins,
    uses,
    info: answer?.info,
    certain: answer?.certain === true,
    prediction: await predictStart(view, plugins, uses, options),
  };
}

/** The ladder of one node. */
export async function statusOf(node: Node, options: StatusOptions = {}): Promise<NodeStatus> {
  return ladder(await inspectNode(node, options), options.workspace ?? []);
}

/** The ladder from an inspection. Bundled plugins are listed only when something is wrong with them. */
export async function ladder(inspection: NodeInspection, workspace: readonly Plugin[]): Promise<NodeStatus> {
  const { view, plugins, uses, info, prediction } = inspection;
  const enabled = enabledOn(view);
  const bundled = bundledPlugins(view.version);
  const broken = prediction.all.flatMap((obstacle) => obstacle.plugin ?? []);
  const names = new Set([
    ...plugins.keys(),
    ...[...enabled.keys(), ...uses.uses.map((use) => use.name), ...(info?.available.keys() ?? [])].filter(
      (name) => name !== 'bundled' && !bundled.has(name),
    ),
    ...broken,
  ]);
  const rows = [...names].sort().map(async (name): Promise<PluginOnNode> => {
    const plugin = plugins.get(name);
    const source = workspace.find((candidate) => candidate.name === name);
    return {
      name,
      installed: plugin === undefined ? null : { version: plugin.version, via: plugin.via, path: plugin.dir },
      enabled: enabled.has(name) || (bundled.has(name) && enabled.has('bundled')),
      loaded: loadedOf(inspection, name),
      inUse: uses.known ? uses.uses.filter((use) => use.name === name).length : null,
      problems: [...new Set(prediction.all.filter((obstacle) => obstacle.plugin === name).map((obstacle) => obstacle.id))],
      enabledBy: enabled.get(name) ?? null,
      drift:
        plugin === undefined || source === undefined
          ? null
          : contentHash(plugin.files) !== contentHash(await workspaceFiles(source)),
    };
  });
  return {
    id: view.node.id,
    kind: view.node.kind,
    kong: info?.version ?? view.facts.kong ?? null,
    running: view.facts.running,
    ...(view.facts.ended !== undefined && { ended: { how: view.facts.ended.how, at: view.facts.ended.at ?? null } }),
    database: info?.database ?? view.setting('database').value,
    role: info?.role ?? (view.setting('role').value || 'traditional'),
    plugins: await Promise.all(rows),
    predictedStart: {
      ok: prediction.ok,
      problems: [...new Set(prediction.said.map((obstacle) => obstacle.id))],
      ...(prediction.unseen.length > 0 && { unseen: prediction.unseen }),
    },
    findings: distinct([...prediction.said, ...prediction.all].flatMap((obstacle) => obstacle.findings)),
    interrupted: await interruptedIfReadable(view),
  };
}

/** The stages can find the same. */
function distinct(findings: readonly Finding[]): Finding[] {
  const keyed = findings.map(
    (finding) => [JSON.stringify([finding.id, finding.plugin, finding.file, finding.line, finding.setting]), finding] as const,
  );
  return [...new Map(keyed).values()];
}

/** What we keep on a node is for its owner's eyes: who may not read it does not know. */
async function interruptedIfReadable({ node, facts }: NodeView): Promise<Interrupted | null> {
  try {
    return (await interruptedOn(node, facts.prefix)) ?? null;
  } catch (error) {
    if (error instanceof UserError) return null;
    throw error;
  }
}

/**
 * A folder has no Kong that could have loaded anything; one that does not run has loaded nothing; one that does not answer, or for which a
 * worker of before a reload may have answered, is not known.
 */
function loadedOf({ view, info, certain }: NodeInspection, name: string): boolean | null {
  if (view.node.kind === 'folder') return null;
  if (!view.facts.running) return false;
  return certain && info !== undefined ? info.available.has(name) : null;
}

/** Every name that is enabled, and by what: the setting a start reads, or only the running Kong's last reload. */
export function enabledOn(view: NodeView): Map<string, PluginOnNode['enabledBy']> {
  const start = view.setting('plugins');
  const running = view.running('plugins');
  const enabled = new Map<string, PluginOnNode['enabledBy']>();
  const add = (value: string, by: PluginOnNode['enabledBy']): void => {
    const { names, bundled } = enabledNames(value);
    for (const name of [...names, ...(bundled ? ['bundled'] : [])]) if (!enabled.has(name)) enabled.set(name, by);
  };
  add(start.value, start.from);
  if (running !== undefined) add(running, 'reload');
  return enabled;
}

/** Throws UserError (usage) for what can be no plugin's name, unless it stands in the list: by mistake, and can be taken out as it is. */
export function checkListed(view: NodeView, plugin: string): void {
  if (plugin === 'bundled' || !enabledOn(view).has(plugin)) checkPluginName(plugin);
}

async function answerOf(view: NodeView, signal: AbortSignal | undefined): Promise<Answer | undefined> {
  if (!view.facts.running) return undefined;
  try {
    return await answerOfNow(view, signal);
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

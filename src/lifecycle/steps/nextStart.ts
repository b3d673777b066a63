// The end of an operation: what the next start of the node would say, as its files are now; and before it, what a plan would make of that.
import { basename } from 'node:path';
import { candidateFiles } from '../../lua/moduleName';
import type { FileInfo, Node } from '../../node/node';
import { StepFailure } from '../failure';
import type { Step } from '../plan/plan';
import { findUses } from '../state/inUse';
import { installedPlugins, type InstalledPlugin } from '../state/installed';
import { predictStart, type Obstacle, type Prediction } from '../state/predict';
import { enabledOn, inspectNode } from '../state/status';
import { patternsOf, type NodeView } from '../state/view';
import type { SettingChange } from './setting';

/** What an operation is going to change, as far as a start reads it. */
export interface PlannedChanges {
  settings: readonly SettingChange[];
  /** Reads the Lua files below a root of the search path that come, by plugin. */
  files?: () => Promise<ReadonlyMap<string, ReadonlyMap<string, Buffer>>>;
  /** The plugin whose files and uses go. */
  gone?: string;
}

/** What a start would say once the plan is carried out, for whoever only wants to see it. */
async function predictPlanned(view: NodeView, changes: PlannedChanges): Promise<Prediction> {
  const [plugins, uses] = await Promise.all([installedPlugins(view, [...enabledOn(view).keys()]), findUses(view)]);
  const after = new Map(plugins);
  if (changes.gone !== undefined) after.delete(changes.gone);
  const coming = (await changes.files?.()) ?? new Map<string, ReadonlyMap<string, Buffer>>();
  for (const [name, files] of coming) after.set(name, comingPlugin(view, name, files));
  const stays = <T extends { name: string }>(list: readonly T[]): T[] => list.filter(({ name }) => name !== changes.gone);
  const usesAfter = { ...uses, uses: stays(uses.uses), declared: stays(uses.declared) };
  return predictStart(plannedView(view, changes.settings, coming), after, usesAfter);
}

/**
 * The last step: what the next start would say now. What keeps a plugin of `ours` from it is a failure where the operation brought that plugin;
 * all else is told.
 */
export function nextStartStep(view: NodeView, changes: PlannedChanges, ours: readonly string[]): Step {
  const isOurs = ({ plugin }: Obstacle): boolean => plugin !== undefined && ours.includes(plugin);
  return {
    name: 'next-start',
    describe: async () => {
      const { ok, all } = await predictPlanned(view, changes);
      if (ok) return 'See that the next start of this node would succeed, as it would with these changes.';
      return `See what the next start of this node would say. With these changes it would fail: ${sentences(all)}`;
    },
    async run(context) {
      const inspection = await inspectNode(context.node, { signal: context.signal, thorough: true });
      const { ok, all, unseen } = inspection.prediction;
      const mine = all.filter(isOurs);
      const findings = all.flatMap((obstacle) => obstacle.findings);
      if (mine.length > 0) throw new StepFailure(`The next start of this node would fail: ${sentences(mine)}`, findings);
      if (!ok) context.found(findings);
      const rest = `${lostAtStart(inspection.view)}${unseen.length === 0 ? '' : ` Not looked at: ${unseen.join('; ')}.`}`;
      if (!ok) {
        const whose = ours.length === 0 ? '' : `, and not because of ${ours.join(', ')}`;
        return `The next start of this node would fail${whose}: ${sentences(all)}${rest}`;
      }
      return unseen.length === 0
        ? `The next start of this node would succeed, as its files are now.${rest}`
        : `Nothing that was looked at would stop the next start of this node.${rest}`;
    },
  };
}

/** What runs now and would not be there after a start. */
function lostAtStart(view: NodeView): string {
  const by = enabledOn(view);
  const lost = [...by].filter(([, who]) => who === 'reload').map(([name]) => name);
  return lost.length === 0 ? '' : ` It would no longer have ${lost.join(', ')}, which only the last reload enabled.`;
}

function sentences(obstacles: readonly Obstacle[]): string {
  const said = obstacles.map(({ message, findings: [first] }) => first?.title ?? message.split('\n', 1)[0] ?? message);
  const whose = obstacles.map(({ plugin }, i) => `${said[i] ?? ''}${plugin === undefined ? '' : ` (${plugin})`}.`);
  return [...new Set(whose)].join(' ');
}

/** The node with the settings and files that the plan makes. A variable set outside stays what it is. */
function plannedView(
  view: NodeView,
  settings: readonly SettingChange[],
  files: ReadonlyMap<string, ReadonlyMap<string, Buffer>>,
): NodeView {
  const changed = new Map<string, string>();
  for (const { setting, change } of settings) {
    const { value, from } = view.setting(setting);
    if (from === 'environment' && view.facts.envPath === undefined) continue;
    const now = changed.get(setting) ?? (from === 'default' ? undefined : value);
    changed.set(setting, change(now));
  }
  const setting: NodeView['setting'] = (name) => {
    const value = changed.get(name);
    return value === undefined
      ? view.setting(name)
      : { value, from: view.setting(name).from === 'environment' ? 'environment' : 'file' };
  };
  const root = rootOf(view);
  const coming = new Map(
    [...files.values()].flatMap((list) => [...list].map(([path, content]) => [`${root}/${path}`, content] as const)),
  );
  const patterns = patternsOf(view.facts, setting('lua_package_path'));
  return { ...view, setting, patterns: [`${root}/?.lua`, `${root}/?/init.lua`, ...patterns], node: withFiles(view.node, coming) };
}

/** Where files that come are thought to lie. */
const rootOf = ({ facts }: NodeView): string => `${facts.tree}/share/lua/5.1`;

function comingPlugin(view: NodeView, name: string, files: ReadonlyMap<string, Buffer>): InstalledPlugin {
  const folder = `kong/plugins/${name}/`;
  const own = new Map(
    [...files].flatMap(([path, content]) => (path.startsWith(folder) ? [[path.slice(folder.length), content] as const] : [])),
  );
  const root = rootOf(view);
  const dir = `${root}/kong/plugins/${name}`;
  const place = (module: string): string | undefined => {
    const file = candidateFiles(module).find((path) => own.has(path));
    return file === undefined ? undefined : `${dir}/${file}`;
  };
  return {
    name,
    via: null,
    version: null,
    rock: undefined,
    root,
    dir,
    files: own,
    found: own,
    handler: place('handler'),
    schema: place('schema'),
  };
}

/** A node that has some more files. Who may read them is not asked: they are not there yet. */
function withFiles(node: Node, files: ReadonlyMap<string, Buffer>): Node {
  const info = (content: Buffer): FileInfo => ({ type: 'file', size: content.length, mode: 0o644, owner: undefined });
  return {
    ...node,
    run: () => Promise.resolve(undefined),
    read: (path) => (files.has(path) ? Promise.resolve(files.get(path)) : node.read(path)),
    stat: (path) => {
      const content = files.get(path);
      return content === undefined ? node.stat(path) : Promise.resolve(info(content));
    },
    list: async (path) => {
      const there = await node.list(path);
      const more = [...files.keys()].filter((file) => file.startsWith(`${path}/`) && !file.slice(path.length + 1).includes('/'));
      return more.length === 0 ? there : [...new Set([...(there ?? []), ...more.map((file) => basename(file))])];
    },
  };
}

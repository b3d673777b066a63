// What a node would say if it started now: its files, settings and uses, looked at in the order in which Kong looks.
import { enabledNames } from '../../kong/pluginsSetting';
import { checkKongConf } from '../../kong/confChecks';
import type { Finding } from '../../troubleshoot/finding';
import type { EntryId } from '../../troubleshoot/catalogue';
import type { KnownProblem } from '../../troubleshoot/problem';
import { findingsIn } from '../failure';
import type { Uses } from './inUse';
import type { InstalledPlugin } from './installed';
import { loaderProblems } from './loaderProblems';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { isAtLeast } from '../../kong/versions';
import { partedLog } from './logOfNow';
import type { NodeView } from './view';

/** One thing that would stop the start, in Kong's words, with its findings. */
export interface Obstacle {
  /** The plugin it is about; undefined for settings and files. */
  plugin: string | undefined;
  message: string;
  findings: Finding[];
  id: EntryId;
}

/** The prediction: what stops the start, grouped as Kong goes through it. */
export interface Prediction {
  ok: boolean;
  /** The obstacles of the first stage that has any: what Kong would really say. */
  said: Obstacle[];
  /** All obstacles, also of the stages behind. */
  all: Obstacle[];
}

type StartStage = (input: PredictionInput) => Promise<Obstacle[]> | Obstacle[];

interface PredictionInput {
  view: NodeView;
  plugins: ReadonlyMap<string, InstalledPlugin>;
  uses: Uses;
}

/**
 * Kong's order: settings; then plugins of the list (handlers, schemas); then the declarative file and what is in use but not enabled.
 * Up to 2.2 what is in use comes before the plugins (kong/init.lua, Kong.init of the tags).
 */
export async function predictStart(
  view: NodeView,
  plugins: ReadonlyMap<string, InstalledPlugin>,
  uses: Uses,
): Promise<Prediction> {
  const usesFirst = !isAtLeast(view.version, '2.3');
  const stages: StartStage[] = usesFirst ? [settings, used, listed, declarative] : [settings, listed, declarative, used];
  const all: Obstacle[] = [];
  let said: Obstacle[] | undefined;
  for (const stage of stages) {
    const obstacles = await stage({ view, plugins, uses });
    if (obstacles.length > 0) said ??= obstacles;
    all.push(...obstacles);
  }
  return { ok: all.length === 0, said: said ?? [], all };
}

/** Settings that Kong refuses, wherever they stand. */
const settings: StartStage = async ({ view }) => {
  const refused =
    view.confText === undefined ? [] : checkKongConf(view.confText).filter((item) => item.enforcedBy.includes('kong-load'));
  // A mistaken plugins list is no refused setting: it names plugins that do not exist, and the next stage says so.
  const relevant = refused.filter((item) => item.code !== 'kong.conf/plugins-malformed');
  const { recognise } = await import('../../troubleshoot/problem');
  return Promise.all(
    relevant.map(async ({ message }): Promise<Obstacle> => {
      const told = recognise(message, null);
      if (told === undefined) return { plugin: undefined, message, findings: [], id: 'conf-invalid-enum' };
      return obstacle(view, { ...told, plugin: null, said: message });
    }),
  );
};

/** Every enabled plugin, loaded as Kong would load it. */
const listed: StartStage = async ({ view, plugins }) => {
  const bundled = bundledPlugins(view.version);
  const names = enabledNames(view.setting('plugins').value).names.filter((name) => !bundled.has(name) || plugins.has(name));
  const verdicts = await Promise.all(
    names.map(async (name) => {
      const [first, ...others] = await loaderProblems(view, name, plugins.get(name));
      return first === undefined ? [] : [await obstacle(view, first, ...others)];
    }),
  );
  return verdicts.flat();
};

const declarative: StartStage = async ({ view, uses }) => {
  if (uses.declarativeError === undefined || uses.declarativePath === undefined) return [];
  const error = uses.declarativeError;
  const said = `error parsing declarative config file ${uses.declarativePath}:\nfailed parsing declarative configuration: ${error}`;
  return [await obstacle(view, { id: 'declarative-config-unparseable', words: { error }, plugin: null, said })];
};

/** What the database uses is seen in what the last start said, while there is no Kong to ask. */
async function usedByLog(view: NodeView): Promise<string[]> {
  if (view.facts.running || view.setting('database').value === 'off') return [];
  const findings = await findingsIn((await partedLog(view.node)).now, view.facts.kong);
  return findings.flatMap(({ id, plugin }) => (id === 'plugin-in-use-not-enabled' && plugin !== null ? [plugin] : []));
}

const used: StartStage = async ({ view, uses }) => {
  const list = enabledNames(view.setting('plugins').value);
  const bundled = list.bundled ? bundledPlugins(view.version) : new Map<string, unknown>();
  const names = uses.known ? uses.uses.map((use) => use.name) : await usedByLog(view);
  const missing = [...new Set(names)].filter((name) => !list.names.includes(name) && !bundled.has(name));
  const { declarativePath } = uses;
  const words = (name: string): string =>
    declarativePath === undefined
      ? `${name} plugin is in use but not enabled`
      : `error parsing declarative config file ${declarativePath}:\nin 'plugins':\n    in 'name': plugin '${name}' not enabled; add it to the 'plugins' configuration property`;
  return Promise.all(
    missing.map((plugin) => obstacle(view, { id: 'plugin-in-use-not-enabled', words: {}, plugin, said: words(plugin) })),
  );
};

/** What Kong would say at once, as one obstacle. */
async function obstacle(view: NodeView, first: KnownProblem, ...others: KnownProblem[]): Promise<Obstacle> {
  const { findingsOf } = await import('../../troubleshoot/conclude');
  const findings = findingsOf([first, ...others], view.facts.kong);
  return { plugin: first.plugin ?? undefined, message: first.said, findings, id: findings[0]?.id ?? first.id };
}

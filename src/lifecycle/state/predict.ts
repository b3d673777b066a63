// What a node would say if it started now: its files, settings, database and uses, looked at in the order in which Kong looks.
import { basename } from 'node:path';
import { absoluteFrom } from '../../kong/packagePath';
import { enabledNames } from '../../kong/pluginsSetting';
import type { SettingPlace } from '../../text/problemWords';
import type { Finding } from '../../troubleshoot/finding';
import type { EntryId } from '../../troubleshoot/catalogue';
import type { KnownProblem } from '../../troubleshoot/problem';
import { findingsIn } from '../failure';
import { NO_FILE, type Uses } from './inUse';
import type { InstalledPlugin } from './installed';
import { loaderProblems } from './loaderProblems';
import { bundledPlugins } from '../../kong/bundledPlugins';
import { isAtLeast } from '../../kong/versions';
import { partedLog } from './logOfNow';
import { migrationState } from './migrationState';
import { unreadableFiles } from './readable';
import { inFile, refusedSettings, settingPlace } from './startSettings';
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
  /** What could not be looked at, each as the end of "not looked at: …". */
  unseen: string[];
}

export interface PredictOptions {
  /** Also asks with Kong's own program, which takes a second: what the database wants. */
  thorough?: boolean | undefined;
  signal?: AbortSignal | undefined;
}

export interface PredictionInput {
  view: NodeView;
  plugins: ReadonlyMap<string, InstalledPlugin>;
  uses: Uses;
  options: PredictOptions;
}

/** What a stage found, and what it could not look at. */
export interface Stage {
  obstacles: Obstacle[];
  unseen?: string[];
}

type StartStage = (input: PredictionInput) => Promise<Stage>;

/**
 * Kong's order: settings; then the database and its migrations; then plugins of the list (handlers, schemas); then the declarative file and what
 * is in use but not enabled. Up to 2.2 what is in use comes before the plugins (kong/init.lua, Kong.init of the tags).
 */
export async function predictStart(
  view: NodeView,
  plugins: ReadonlyMap<string, InstalledPlugin>,
  uses: Uses,
  options: PredictOptions = {},
): Promise<Prediction> {
  const usesFirst = !isAtLeast(view.version, '2.3');
  const stages: StartStage[] = usesFirst
    ? [settings, migrations, used, listed, declarative]
    : [settings, migrations, listed, declarative, used];
  const found = await Promise.all(stages.map((stage) => stage({ view, plugins, uses, options })));
  const all = found.flatMap(({ obstacles }) => obstacles);
  return {
    ok: all.length === 0,
    said: found.find(({ obstacles }) => obstacles.length > 0)?.obstacles ?? [],
    all,
    unseen: [...new Set(found.flatMap(({ unseen = [] }) => unseen))],
  };
}

/** Settings that Kong refuses, wherever they stand. */
const settings: StartStage = async ({ view }) => {
  const { recognise } = await import('../../troubleshoot/problem');
  const obstacles = refusedSettings(view).map(async ({ said, setting, line }): Promise<Obstacle> => {
    const told = recognise(said, null);
    if (told === undefined) return { plugin: undefined, message: said, findings: [], id: 'conf-invalid-enum' };
    const { confPath } = view.facts;
    const place =
      setting === undefined ? inFile(view, basename(confPath), confPath, line ?? null) : await settingPlace(view, setting);
    return obstacle(view, place, { ...told, plugin: null, said });
  });
  return { obstacles: [...(await Promise.all(obstacles)), ...(await folderAsPattern(view))] };
};

/** An entry of the search path that is a folder: whatever Lua looks for first it takes from there, and cannot read it. */
async function folderAsPattern(view: NodeView): Promise<Obstacle[]> {
  const { value, from } = view.setting('lua_package_path');
  const entries = from === 'default' ? [] : value.split(';').map((entry) => entry.trim());
  for (const path of entries.filter((entry) => entry !== '' && !entry.includes('?'))) {
    if ((await view.node.stat(absoluteFrom(view.facts.cwd ?? '/', path)))?.type !== 'directory') continue;
    const said = `failed to load the 'resty.core' module (reason: error loading module 'resty.core' from file '${path}':\n\tcannot read ${path}: Is a directory)`;
    const place = await settingPlace(view, 'lua_package_path');
    return [await obstacle(view, place, { id: 'lua-path-without-pattern', words: { path }, plugin: null, said })];
  }
  return [];
}

/** What the database lacks. */
const migrations: StartStage = async ({ view, options }) => {
  if (view.setting('database').value !== 'postgres' || view.setting('role').value === 'data_plane') return { obstacles: [] };
  if (view.node.kind === 'folder' || options.thorough !== true) return { obstacles: [], unseen: ['what the database wants'] };
  const { said, unseen } = await migrationState(view, { signal: options.signal });
  return {
    obstacles: said === undefined ? [] : await obstaclesOf(view, await settingPlace(view, 'database'), said),
    ...(unseen === undefined ? {} : { unseen: [unseen] }),
  };
};

/** Every enabled plugin, loaded as Kong would load it. */
const listed: StartStage = async ({ view, plugins }) => {
  const bundled = bundledPlugins(view.version);
  const names = enabledNames(view.setting('plugins').value).names.filter((name) => !bundled.has(name) || plugins.has(name));
  const files = new Map(names.map((name) => [name, filesOf(plugins.get(name))]));
  const unreadable = await unreadableFiles(view, [...files.values()].flat());
  let known: Promise<SettingPlace> | undefined;
  const place = (): Promise<SettingPlace> => (known ??= settingPlace(view, 'plugins'));
  const stages = names.map(async (name): Promise<Stage> => {
    const refused = files.get(name)?.find((path) => unreadable?.has(path) === true);
    if (refused !== undefined) return { obstacles: [await obstacle(view, await place(), unreadableProblem(name, refused))] };
    const { stops, doubt } = await loaderProblems(view, name, plugins.get(name));
    const [first, ...others] = stops;
    return {
      obstacles: first === undefined ? [] : [await obstacle(view, await place(), first, ...others)],
      unseen: doubt === undefined ? [] : [`whether ${name} loads (${doubt})`],
    };
  });
  const found = await Promise.all(stages);
  const isHidden = unreadable === undefined && view.node.kind !== 'folder' && names.some((name) => plugins.has(name));
  return {
    obstacles: found.flatMap(({ obstacles }) => obstacles),
    unseen: [...found.flatMap(({ unseen = [] }) => unseen), ...(isHidden ? ["whether Kong's user may read the plugins"] : [])],
  };
};

/** The Lua files of a plugin, those first that Kong looks for itself. */
function filesOf(plugin: InstalledPlugin | undefined): string[] {
  if (plugin === undefined) return [];
  const own = [plugin.handler, plugin.schema].filter((path) => path !== undefined);
  const rest = [...plugin.files.keys()].filter((path) => path.endsWith('.lua')).map((path) => `${plugin.dir}/${path}`);
  return [...new Set([...own, ...rest])];
}

/** Kong's loader does not see such a file, and says what it says of one that is missing. */
function unreadableProblem(plugin: string, file: string): KnownProblem {
  const said = /\/schema(?:\/init)?\.lua$/.test(file)
    ? `no configuration schema found for plugin: ${plugin}`
    : /\/handler(?:\/init)?\.lua$/.test(file)
      ? `${plugin} plugin is enabled but not installed;\nno plugin found`
      : `error loading module from ${file}: Permission denied`;
  const words = { plugin, file, reason: 'Permission denied' };
  return { id: 'plugin-file-unreadable', words, plugin, said: `error loading plugin schemas: on plugin '${plugin}': ${said}` };
}

/** What is wrong with the declarative file itself. */
const declarative: StartStage = async (input) => {
  const { view, uses } = input;
  const { declarativePath: path, declarativeText: text } = uses;
  if (path === undefined && text === undefined) return { obstacles: [] };
  const errors = await declarativeErrors(input);
  if (errors.length === 0) return { obstacles: [] };
  const what = path === undefined ? 'string' : `file ${path}`;
  const obstacles = await obstaclesOf(
    view,
    await declarativePlace(view, uses),
    `error parsing declarative config ${what}:\n${errors.join('\n')}`,
  );
  return { obstacles };
};

/** The declarative file, at a line of it; where there is none that can be read, the setting that gives the declaration. */
async function declarativePlace(view: NodeView, uses: Uses, line: number | null = null): Promise<SettingPlace> {
  const { declarativePath: path, declarativeText: text } = uses;
  if (path !== undefined && text !== undefined) return inFile(view, basename(path), path, line);
  return settingPlace(view, path === undefined ? 'declarative_config_string' : 'declarative_config');
}

async function declarativeErrors({ view, uses, plugins }: PredictionInput): Promise<string[]> {
  const { declarativePath: path, declarativeText: text, declarativeError: error } = uses;
  if (path !== undefined && text === undefined) return [`${path}: ${NO_FILE}`];
  if (path !== undefined && (await unreadableFiles(view, [path]))?.has(path) === true) return [`${path}: Permission denied`];
  if (error !== undefined) return [`failed parsing declarative configuration: ${error}`];
  const { readDeclarative } = await import('../../kong/declarative/read');
  const mayHaveMore =
    /^\d+\.\d+\.\d+\.\d|enterprise/.test(view.facts.kong ?? '') ||
    [...plugins.values()].some(({ found }) => found.has('daos.lua'));
  return readDeclarative(text ?? '', { version: view.version, mayHaveMore }).refused;
}

/** What the database uses is seen in what the last start said, while there is no Kong to ask. */
async function usedByLog(view: NodeView): Promise<string[]> {
  if (view.facts.running || view.setting('database').value === 'off') return [];
  const findings = await findingsIn((await partedLog(view.node)).now, view.facts.kong);
  return findings.flatMap(({ id, plugin }) => (id === 'plugin-in-use-not-enabled' && plugin !== null ? [plugin] : []));
}

/** What is in use but not enabled. A start takes a declarative file in place of what the running Kong was sent. */
const used: StartStage = async ({ view, uses }) => {
  const list = enabledNames(view.setting('plugins').value);
  const bundled = bundledPlugins(view.version);
  const isOfFile = uses.declarativeText !== undefined;
  const names = isOfFile ? uses.declared : uses.known ? uses.uses : (await usedByLog(view)).map((name) => ({ name }));
  const missing = [...new Set(names.map(({ name }) => name))].filter(
    (name) => !list.names.includes(name) && !(list.bundled && bundled.has(name)),
  );
  const { declarativePath } = uses;
  const words = (name: string): string =>
    isOfFile
      ? `error parsing declarative config ${declarativePath === undefined ? 'string' : `file ${declarativePath}`}:\nin 'plugins':\n    in 'name': plugin '${name}' not enabled; add it to the 'plugins' configuration property`
      : `${name} plugin is in use but not enabled`;
  const obstacles = missing.map(async (plugin) => {
    const line = uses.declared.find(({ name }) => name === plugin)?.declared?.line;
    const place = isOfFile ? await declarativePlace(view, uses, line ?? null) : await settingPlace(view, 'plugins');
    const id = bundled.has(plugin) && !list.bundled ? 'plugins-without-bundled' : 'plugin-in-use-not-enabled';
    return obstacle(view, place, { id, words: { plugin }, plugin, said: words(plugin) });
  });
  const isKnown =
    isOfFile || uses.known || (view.setting('database').value === 'off' && view.setting('role').value !== 'data_plane');
  return { obstacles: await Promise.all(obstacles), unseen: isKnown ? [] : ['which plugins the configuration uses'] };
};

/** What Kong would say at once, as one obstacle; `setting` leads there. */
async function obstacle(
  view: NodeView,
  setting: SettingPlace,
  first: KnownProblem,
  ...others: KnownProblem[]
): Promise<Obstacle> {
  const { findingsOf } = await import('../../troubleshoot/conclude');
  const findings = findingsOf([first, ...others], view.facts.kong).map((finding) => asPrediction(finding, setting));
  return { plugin: first.plugin ?? undefined, message: first.said, findings, id: findings[0]?.id ?? first.id };
}

/** What Kong would say, read as its log would be. */
async function obstaclesOf(view: NodeView, setting: SettingPlace, said: string): Promise<Obstacle[]> {
  const isWhole = said.startsWith('Error:');
  const findings = await findingsIn(isWhole ? said : `${HEAD}${said}`, view.facts.kong);
  return findings.map((finding) => ({
    plugin: finding.plugin ?? undefined,
    message: said,
    findings: [asPrediction(finding, setting)],
    id: finding.id,
  }));
}

/** How a line of Kong's begins that stops its start: what is read needs it, and nobody is shown it of a start that was not. */
const HEAD = 'nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:731: ';

function asPrediction(finding: Finding, setting: SettingPlace): Finding {
  const evidence = finding.evidence.map(({ line, text }) => ({
    line,
    text: text.startsWith(HEAD) ? text.slice(HEAD.length) : text,
  }));
  return { ...finding, evidence, predicted: true, setting };
}

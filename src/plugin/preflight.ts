// What Kong would say to a plugin if it started now: loads, fails with Kong's own words, or cannot be known without running it.
import { hasKongModule } from '../kong/kongModules';
import { parseKongVersion, type KongVersion } from '../kong/versions';
import type { LuaSource, Place } from '../lua/source';
import { LuaTable } from '../lua/values';
import type { KnownProblem } from '../troubleshoot/problem';
import type { Diagnostic, FileDiagnostics, Range } from '../text/diagnostic';
import { createEnvironment } from './loader/environment';
import { loadEntities } from './loader/entityLoader';
import { finishHandler, loadHandler, loadSchema, type LoadContext, type LoadStep } from './loader/loadFiles';
import { adviseHandler } from './loader/handlerAdvice';
import { checkLater } from './loader/laterFiles';
import type { PluginFile, PluginProblem } from './loader/problem';
import { readPluginCode, type CodeOptions, type PluginCode } from './pluginCode';
import type { LoadVerdict, Plugin, PluginLanguage } from './plugin';

export interface PreflightOptions extends CodeOptions {
  /** What Kong uses for its configuration; it stands in Kong's messages. `postgres` by default, as in kong.conf. */
  database?: string;
  /** The folder of the node that holds `kong/plugins`; it stands in Kong's messages. */
  luaRoot?: string;
}

/** A verdict, and everything wrong with the files, the loader's failures among it. */
export interface Preflight {
  verdict: LoadVerdict;
  /** What Kong would speak of when it fails: the problems of the step at which it stops. */
  stops: KnownProblem[];
  problems: PluginProblem[];
  code: PluginCode;
}

const DEFAULT_LUA_ROOT = '/usr/local/share/lua/5.1';
const SERVERS: Readonly<Record<Exclude<PluginLanguage, 'lua'>, string>> = {
  go: 'Go',
  javascript: 'JavaScript',
  python: 'Python',
};

/** What that Kong would do with a plugin of the workspace. `kong` is a version as after --kong; throws UserError when it is none. */
export async function preflightPlugin(plugin: Plugin, kong: string, options: PreflightOptions = {}): Promise<LoadVerdict> {
  const version = parseKongVersion(kong);
  if (plugin.language !== 'lua') return serverVerdict(plugin.language);
  return preflightCode(await readPluginCode(plugin, options), version, options).verdict;
}

function serverVerdict(language: Exclude<PluginLanguage, 'lua'>): LoadVerdict {
  return {
    verdict: 'unknown',
    message: `a ${SERVERS[language]} plugin runs in a plugin server, which Kong asks for it when it starts`,
  };
}

/** The problems of a plugin's own Lua files for that Kong, on their lines; none for what a plugin server runs. */
export async function checkPluginFiles(plugin: Plugin, kong: string, options: PreflightOptions = {}): Promise<FileDiagnostics[]> {
  const version = parseKongVersion(kong);
  if (plugin.language !== 'lua') return [];
  return diagnosticsOf(plugin, preflightCode(await readPluginCode(plugin, options), version, options));
}

/** Verdict and diagnostics together, for the command line. */
export async function preflight(
  plugin: Plugin,
  version: KongVersion,
  options: PreflightOptions = {},
): Promise<{ verdict: LoadVerdict; files: FileDiagnostics[] }> {
  if (plugin.language !== 'lua') return { verdict: serverVerdict(plugin.language), files: [] };
  const result = preflightCode(await readPluginCode(plugin, options), version, options);
  return { verdict: result.verdict, files: diagnosticsOf(plugin, result) };
}

/** What that Kong would do with code in memory: for files that come from a node or an archive. */
export function preflightCode(code: PluginCode, version: KongVersion, options: PreflightOptions = {}): Preflight {
  const context = loadContext(code, version, options);
  const doubts: string[] = [];
  const assume = (reason: string): void => void doubts.push(reason);
  const handler = loadHandler(context);
  const schema = loadSchema(context, assume);
  const entities = loadEntities(context, assume);
  const finished =
    handler.kind === 'ok' && schema.kind === 'ok' ? finishHandler(context, handler.value, schema.value) : undefined;
  const later = checkLater(context);
  const steps = [handler, schema, entities, ...(finished === undefined ? [] : [finished])];
  const problems = [...steps.flatMap((step) => ('problems' in step ? step.problems : [])), ...later.problems];
  if (handler.kind === 'ok' && handler.value instanceof LuaTable) problems.push(...adviseHandler(handler.value, version));
  // The first step that does not go well speaks, in Kong's order.
  const stop = [...steps, later.step].find(({ kind }) => kind !== 'ok');
  const verdict = verdictOf(context, stop);
  const stops = stop === undefined || !('problems' in stop) ? [] : stop.problems;
  return {
    verdict,
    stops: stops.map(({ id, words, form, named }) => ({ id, words, form, named, plugin: code.name, said: verdict.message })),
    problems: unique(problems),
    code,
  };
}

/** What that Kong's loader works with when it loads code in memory. */
export function loadContext(code: PluginCode, version: KongVersion, options: PreflightOptions = {}): LoadContext {
  const { name, sources } = code;
  const environment = createEnvironment({
    version,
    plugin: name,
    sources,
    mayBeInstalled: (module) => mayComeWith(code.dependencies, module, version),
    luaRoot: options.luaRoot ?? DEFAULT_LUA_ROOT,
  });
  return { environment, name, version, database: options.database ?? 'postgres' };
}

/** How Kong's master says that the loader refuses a plugin (load_plugin_schemas of kong/db/dao/plugins.lua). */
export function refusal(name: string, message: string): string {
  return `error loading plugin schemas: on plugin '${name}': ${message}`;
}

function verdictOf({ name, environment }: LoadContext, stop: LoadStep | undefined): LoadVerdict {
  switch (stop?.kind) {
    case 'refused':
      return { verdict: 'fails', message: refusal(name, stop.message) };
    case 'throws':
      return { verdict: 'fails', message: stop.message };
    case 'unknown':
      return { verdict: 'unknown', message: stop.message };
    default: {
      const [first] = environment.machine.possibleErrors;
      if (first === undefined) return { verdict: 'loads', message: '' };
      return { verdict: 'unknown', message: `may fail, depending on what cannot be known here: ${first.message}` };
    }
  }
}

function unique(problems: readonly PluginProblem[]): PluginProblem[] {
  const seen = new Set<string>();
  return problems.filter(({ id, place, file }) => {
    const key = place === undefined ? `${id} ${file}` : `${id} ${place.source.path ?? ''} ${place.start}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Whether a missing module may come with a rock the rockspec names: by its name, or because the rock is none of Kong's own. */
function mayComeWith(dependencies: readonly string[], module: string, version: KongVersion): boolean {
  const segments = new Set(words(module));
  return dependencies.some((rock) => {
    const own = words(rock);
    if (own.some((word) => segments.has(word))) return true;
    return !module.startsWith('kong.') && own.length > 0 && !isKongRock(own, version);
  });
}

/** The words of a rock's or module's name that tell what it is. */
function words(name: string): string[] {
  return name
    .toLowerCase()
    .split(/[._-]/)
    .filter((word) => !['lua', 'luajit', 'resty', 'kong', 'plugin', 'plugins', 'lib', 'api', 'init', ''].includes(word));
}

function isKongRock(own: readonly string[], version: KongVersion): boolean {
  const name = own.join('.');
  return [name, `resty.${name}`, `resty.${own[0] ?? ''}`, own[0] ?? ''].some((module) => hasKongModule(module, version) === true);
}

function diagnosticsOf(plugin: Plugin, { problems, code }: Preflight): FileDiagnostics[] {
  const byPath = new Map<string, Diagnostic[]>();
  for (const problem of problems) {
    const path = problem.place?.source.path ?? fileOf(plugin, code, problem.file);
    const found = byPath.get(path) ?? [];
    byPath.set(path, found);
    found.push({
      code: `kong/${problem.id}`,
      severity: problem.fails ? 'error' : 'warning',
      message: problem.message,
      range: problem.place === undefined ? START : firstLine(problem.place),
      enforcedBy: problem.fails ? ['kong-load'] : [],
    });
  }
  return [...byPath].map(([path, diagnostics]) => ({ path, diagnostics: diagnostics.sort(byPosition) }));
}

/** The range of a place, of its first line when it has several: what is missing in a table is not the whole table's fault. */
function firstLine({ source, start, end }: Place): Range {
  const lineEnd = source.bytes.slice(start, end).search(/[\r\n]/);
  return source.range({ start, end: lineEnd < 0 ? end : start + lineEnd });
}

const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

function byPosition(a: Diagnostic, b: Diagnostic): number {
  return a.range.start.line - b.range.start.line || a.range.start.character - b.range.start.character;
}

/** The file a problem without a place is told in: its own, or for a file that is missing the handler, the schema or the rockspec. */
function fileOf(plugin: Plugin, { sources, name }: PluginCode, file: PluginFile): string {
  const source: LuaSource | undefined = sources.get(`kong.plugins.${name}.${file}`);
  return source?.path ?? plugin.handler ?? plugin.schema ?? plugin.rockspec ?? plugin.dir;
}

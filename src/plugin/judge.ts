// What Kong would do with a plugin of the workspace, for each way on which it may reach a node, and everything wrong with its files.
import { checkCode } from '../code/check';
import type { Value } from '../lua/values';
import { BY_OLDER_RULES, isAtLeast, parseKongVersion, type KongVersion } from '../kong/versions';
import { mergedFiles, type FileDiagnostics } from '../text/diagnostic';
import type { KnownProblem } from '../troubleshoot/problem';
import type { LoadVerdict, Plugin, PluginLanguage } from './plugin';
import { readFromDisk, readPluginCode, type PluginCode } from './pluginCode';
import { preflightCode, type Preflight, type PreflightOptions } from './preflight';
import { bundledNameDiagnostics, diagnosticsOf } from './problemDiagnostics';
import { rocksInstalledBy } from './travel/installCommands';
import { missingModule, requireDiagnostics, type OnWay } from './travel/requireProblems';
import type { RockCache } from './travel/rock';
import { supplyOf } from './travel/supply';
import { unansweredRequires } from './travel/unanswered';
import { waysOf, type Way, type WayKind } from './travel/ways';

/** The verdict on one way. */
export interface WayVerdict extends LoadVerdict {
  way: WayKind;
}

/** What is known of a plugin for one Kong. */
export interface Judgement {
  /** That of the way it is packed for; where another way ends otherwise, the message tells of all. */
  verdict: LoadVerdict;
  /** Nothing for what a plugin server runs. */
  ways: WayVerdict[];
  files: FileDiagnostics[];
  /** What Kong would speak of on the first way. */
  stops: KnownProblem[];
}

const SERVERS: Readonly<Record<Exclude<PluginLanguage, 'lua'>, string>> = {
  go: 'Go',
  javascript: 'JavaScript',
  python: 'Python',
};

/** What that Kong would do with a plugin of the workspace. `kong` is a version as after --kong; throws UserError when it is none. */
export async function preflightPlugin(plugin: Plugin, kong: string, options: PreflightOptions = {}): Promise<LoadVerdict> {
  return (await judgePlugin(plugin, parseKongVersion(kong), options)).verdict;
}

/**
 * The problems of a plugin's own Lua files for that Kong, on their lines: what the loader says of them, and what the code in them does that goes
 * wrong when it runs. None for what a plugin server runs.
 */
export async function checkPluginFiles(plugin: Plugin, kong: string, options: PreflightOptions = {}): Promise<FileDiagnostics[]> {
  const version = parseKongVersion(kong);
  const { files, code, schema } = await (await openForJudging(plugin, options))(version);
  return code === undefined ? files : mergedFiles([...files, ...codeDiagnostics(plugin, code, schema, version)]);
}

/** Verdict and the loader's diagnostics together. */
export async function judgePlugin(plugin: Plugin, version: KongVersion, options: PreflightOptions = {}): Promise<Judgement> {
  return (await openForJudging(plugin, options))(version);
}

/** A judgement with what it was made from. */
export interface JudgementOfCode extends Judgement {
  code?: PluginCode;
  /** What schema.lua returns. */
  schema?: Value;
}

/** Reads a plugin once, to judge it for any number of versions. */
export async function openForJudging(
  plugin: Plugin,
  options: PreflightOptions = {},
): Promise<(version: KongVersion) => Promise<JudgementOfCode>> {
  if (plugin.language !== 'lua') {
    const message = `a ${SERVERS[plugin.language]} plugin runs in a plugin server, which Kong asks for it when it starts`;
    return () => Promise.resolve({ verdict: { verdict: 'unknown', message }, ways: [], files: [], stops: [] });
  }
  const { read = readFromDisk, siblings = [] } = options;
  const rocks: RockCache = options.rocks ?? new Map<string, never>();
  const code = await readPluginCode(plugin, options);
  const ways = await waysOf(plugin, { read, siblings, rocks });
  let installed: Promise<string[]> | undefined;
  return async (version) => {
    let judged = judgeWays(plugin, code, ways, version, options);
    if (lacksRocks(judged)) {
      const dependencies = await (installed ??= rocksInstalledBy(plugin.root, read, ownRocks(plugin, ways)));
      const more = { ...code, dependencies: [...code.dependencies, ...dependencies] };
      if (dependencies.length > 0) judged = judgeWays(plugin, more, ways, version, options);
    }
    const [first] = judged;
    const loaders = first?.preflight.problems.filter((problem) => missingModule(problem) === undefined) ?? [];
    const files = mergedFiles([
      ...bundledNameDiagnostics(plugin, version),
      ...diagnosticsOf(plugin, code, loaders, version),
      ...(await requireDiagnostics(plugin, code, judged, read)),
    ]);
    return {
      verdict: byRulesOf(version, combined(judged)),
      ways: judged.map(({ way, preflight }) => ({ way: way.kind, ...spoken(way, preflight) })),
      files,
      stops: first?.preflight.stops ?? [],
      code,
      schema: first?.preflight.schema,
    };
  };
}

function judgeWays(
  plugin: Plugin,
  code: PluginCode,
  ways: readonly Way[],
  version: KongVersion,
  options: PreflightOptions,
): OnWay[] {
  const known = new Map<string, Preflight>();
  return ways.map((way) => {
    const sources = new Map([...code.sources].filter(([module, { path }]) => path === undefined || way.brings(module, path)));
    const key = [...sources.keys(), '', ...way.compiled].join('\n');
    const dependencies = [...code.dependencies, ...way.compiled];
    const travelling = { ...code, sources, dependencies };
    const preflight = known.get(key) ?? preflightCode(travelling, version, options);
    known.set(key, preflight);
    const supply = (module: string): ReturnType<typeof supplyOf> => supplyOf(module, plugin.name, dependencies, version);
    const unanswered = unansweredRequires({ plugins: [plugin.name], sources, version, supply });
    return { way, preflight, unanswered };
  });
}

/** The names by which people install the plugin itself. */
function ownRocks({ name }: Plugin, ways: readonly Way[]): string[] {
  return [`kong-plugin-${name}`, ...ways.flatMap(({ rock }) => (rock === undefined ? [] : [rock.name]))].map((own) =>
    own.toLowerCase(),
  );
}

/** Whether something is required that is neither the plugin's nor Kong's and that no dependency brings. */
function lacksRocks(judged: readonly OnWay[]): boolean {
  return judged.some(({ unanswered }) => unanswered.some(({ module }) => !module.startsWith('kong.')));
}

/** One verdict of all ways: the first one's; told apart where they differ. */
function combined(judged: readonly OnWay[]): LoadVerdict {
  const [first, ...others] = judged.map(({ way, preflight }) => ({ way, preflight, ...spoken(way, preflight) }));
  if (first === undefined) return { verdict: 'unknown', message: '' };
  if (others.every(({ verdict }) => verdict === first.verdict)) return { verdict: first.verdict, message: first.message };
  const parts = [first, ...others].map(({ way, preflight, verdict }) => `${way.title}: ${inWords(verdict, preflight)}`);
  return { verdict: first.verdict, message: [parts.join('; '), first.message].filter((line) => line !== '').join('\n') };
}

function inWords(verdict: LoadVerdict['verdict'], { stops }: Preflight): string {
  if (verdict !== 'fails') return verdict === 'loads' ? 'loads' : 'cannot be told';
  const missing = stops.flatMap((stop) => missingModule(stop) ?? [])[0];
  return missing === undefined ? 'fails' : `fails, ${missing} is not in it`;
}

/** A verdict with what it takes for granted. */
function spoken(way: Way, { verdict, assumes }: Preflight): LoadVerdict {
  if (verdict.verdict !== 'loads') return verdict;
  const all = [...assumes, ...way.assumes];
  return { verdict: 'loads', message: all.length === 0 ? '' : `assumes ${all.join(', ')}` };
}

/** What the plugin's own files do that goes wrong when it runs. */
function codeDiagnostics(plugin: Plugin, code: PluginCode, schema: Value, version: KongVersion): FileDiagnostics[] {
  const own = new Set([plugin.handler, plugin.schema, ...plugin.modules.values()]);
  return [...checkCode({ ...code, schema }, version)].flatMap(([path, diagnostics]) =>
    own.has(path) ? [{ path, diagnostics }] : [],
  );
}

/** A verdict for a Kong whose loader is not public says by whose rules it is. */
function byRulesOf({ enterprise }: KongVersion, { verdict, message }: LoadVerdict): LoadVerdict {
  if (enterprise === undefined || !isAtLeast(enterprise, '3.10')) return { verdict, message };
  return { verdict, message: [message, BY_OLDER_RULES].filter((line) => line !== '').join('\n') };
}

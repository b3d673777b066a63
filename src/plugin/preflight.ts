// What Kong would say to a plugin if it started now: loads, fails with Kong's own words, or cannot be known without running it.
import type { KongVersion } from '../kong/versions';
import { LuaTable, type Value } from '../lua/values';
import type { KnownProblem } from '../troubleshoot/problem';
import { createEnvironment, type Environment } from './loader/environment';
import { loadEntities } from './loader/entityLoader';
import { finishHandler, loadHandler, loadSchema, unknownIdentity, type LoadContext, type LoadStep } from './loader/loadFiles';
import { adviseHandler } from './loader/handlerAdvice';
import { checkLater } from './loader/laterFiles';
import type { PluginProblem } from './loader/problem';
import type { CodeOptions, PluginCode } from './pluginCode';
import type { LoadVerdict } from './plugin';
import { supplyOf } from './travel/supply';

export interface PreflightOptions extends CodeOptions {
  /** What Kong uses for its configuration; it stands in Kong's messages. `postgres` by default, as in kong.conf. */
  database?: string;
  /** The folder of the node that holds `kong/plugins`; it stands in Kong's messages. */
  luaRoot?: string;
  /** A variable of the process that loads the plugin: null where there is none, undefined where that is not known. */
  variable?: ((name: string) => string | null | undefined) | undefined;
}

/** A verdict, and everything wrong with the files, the loader's failures among it. */
export interface Preflight {
  verdict: LoadVerdict;
  /** What Kong would speak of when it fails: the problems of the step at which it stops. */
  stops: KnownProblem[];
  problems: PluginProblem[];
  /** What a plugin that loads needs beside what was looked at: `the rock xml2lua`. */
  assumes: string[];
  /** What schema.lua returns; undefined when that is not known. */
  schema: Value;
}

const DEFAULT_LUA_ROOT = '/usr/local/share/lua/5.1';
/** As many as anybody reads. */
const MAX_DOUBTS = 3;

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
  const doubt = handler.kind === 'ok' && handler.value instanceof LuaTable ? unknownIdentity(handler.value, version) : undefined;
  const found = verdictOf(context, stop);
  const verdict: LoadVerdict = found.verdict !== 'fails' && doubt !== undefined ? { verdict: 'unknown', message: doubt } : found;
  const stops = stop === undefined || !('problems' in stop) ? [] : stop.problems;
  return {
    verdict,
    stops: stops.map(({ id, words, form, named }) => ({ id, words, form, named, plugin: code.name, said: verdict.message })),
    problems: unique(problems),
    assumes: [
      ...rocksOf(context.environment),
      ...[...new Set(doubts)].slice(0, MAX_DOUBTS).map((doubt) => `that ${doubt} is right`),
    ],
    schema: schema.kind === 'ok' ? schema.value : undefined,
  };
}

/** What that Kong's loader works with when it loads code in memory. */
export function loadContext(code: PluginCode, version: KongVersion, options: PreflightOptions = {}): LoadContext {
  const { name, sources } = code;
  const environment = createEnvironment({
    version,
    plugin: name,
    sources,
    supply: (module) => supplyOf(module, name, code.dependencies, version),
    luaRoot: options.luaRoot ?? DEFAULT_LUA_ROOT,
    variable: options.variable,
  });
  return { environment, name, version, database: options.database ?? 'postgres' };
}

/** How Kong's master says that the loader refuses a plugin (load_plugin_schemas of kong/db/dao/plugins.lua). */
export function refusal(name: string, message: string): string {
  return `error loading plugin schemas: on plugin '${name}': ${message}`;
}

/** The rocks that bring what was asked for. */
function rocksOf({ supplied }: Environment): string[] {
  const rocks = [...supplied.values()].flatMap((supply) =>
    supply.kind === 'assumed' && supply.rock !== '' ? [supply.rock] : [],
  );
  return [...new Set(rocks)].map((rock) => `the rock ${rock}`);
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
      const [doubtful] = [...environment.supplied].flatMap(([module, supply]) =>
        supply.kind === 'perhaps' ? [{ module, ...supply }] : [],
      );
      if (doubtful !== undefined && !environment.isGuarded(doubtful.module)) {
        const { module, rocks } = doubtful;
        const message = `whether a rock it depends on brings the module ${module} is not known here: ${rocks.join(', ')}`;
        return { verdict: 'unknown', message };
      }
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

// The surroundings in which a plugin's files are evaluated: Kong's globals and a `require` that knows the plugin's own modules, the modules
// of that Kong, and what is missing. Nothing is run; what Kong's own code would answer is unknown.
import { entriesOf } from '../../kong/entryTable';
import { hasKongModule } from '../../kong/kongModules';
import { NULL, schemaModule, typedefs } from '../../kong/typedefs';
import { isAtLeast, type KongVersion } from '../../kong/versions';
import { LuaError, type BudgetExceeded } from '../../lua/errors';
import { asExhausted, createMachine } from '../../lua/evaluate';
import type { LuaSyntaxError } from '../../lua/lexer';
import type { Machine } from '../../lua/machine';
import { installedFile, moduleOfPath } from '../../lua/moduleName';
import { parse } from '../../lua/parser';
import { requireCalls } from '../../lua/requires';
import type { LuaSource, Place } from '../../lua/source';
import { standardGlobals } from '../../lua/library/standardLibrary';
import { hostFunction, LuaString, LuaTable, LuaUnknown, str, type Value } from '../../lua/values';
import type { Supply } from '../travel/supply';
import { basePlugin, classic } from './basePlugin';
import { createOutside, openTable, type Variable } from './outside';

/** What `require` of one module came to. */
export type Loaded =
  | { kind: 'value'; value: Value }
  /** No file of that name. */
  | { kind: 'missing' }
  | {
      kind: 'error';
      error: LuaError;
      /** The file does not parse. */ syntax: { error: LuaSyntaxError; source: LuaSource } | undefined;
    }
  | { kind: 'exhausted'; error: BudgetExceeded };

/** A module that is not there, and where it was asked for. */
export interface MissingModule {
  name: string;
  place: Place | undefined;
}

export interface Environment {
  machine: Machine;
  /** Loads a module as `require` does, once. */
  load: (module: string) => Loaded;
  /** Modules that were asked for and are not there, also those whose absence was caught. */
  missing: readonly MissingModule[];
  /** Modules that were asked for and that a rock brings, or may bring. */
  supplied: ReadonlyMap<string, Supply>;
  /** Whether every require of a module, in the files that were asked for, goes on without it. */
  isGuarded: (module: string) => boolean;
}

export interface EnvironmentOptions {
  version: KongVersion;
  /** The plugin's name: its own modules go before Kong's. */
  plugin: string;
  /** Every module of the workspace that the plugin may require, by name. */
  sources: ReadonlyMap<string, LuaSource>;
  /** What is known of a module that is not there: whether something that is installed with the plugin brings it. */
  supply: (module: string) => Supply;
  /** The folder of the node that holds `kong/plugins`, for messages. */
  luaRoot: string;
  variable?: Variable | undefined;
}

/** Globals of Kong's nginx that answer nothing here. */
const UNKNOWN_GLOBALS = [
  ...['kong', 'ndk', 'jit', 'bit', 'debug', 'collectgarbage', 'print', 'gcinfo', 'newproxy'],
  ...['load', 'loadstring', 'setfenv', 'getfenv', 'module', 'arg', 'rawlen', '_KONG', 'timerng'],
];

const LIBRARIES = ['string', 'table', 'math'];

/** Makes the surroundings for one plugin; every module is evaluated at most once. */
export function createEnvironment(options: EnvironmentOptions): Environment {
  const { version, sources, luaRoot } = options;
  const files = new Map<LuaSource, string>();
  for (const [module, source] of sources) files.set(source, `${luaRoot}/${installedFile(module, source.path ?? '')}`);
  const machine = createMachine({ chunkName: (source) => chunkId(files.get(source) ?? source.path ?? '?') });
  const missing: MissingModule[] = [];
  const supplied = new Map<string, Supply>();
  const loaded = new Map<string, Loaded | 'loading'>();
  const globals = standardGlobals();
  const outside = createOutside(machine, options.variable);

  const load = (written: string): Loaded => {
    // `require "a/b"` finds the file of a.b.
    const module = moduleOfPath(written);
    const known = loaded.get(module);
    if (known === 'loading' || known?.kind === 'error') {
      return failed(() => machine.fail(`loop or previous error loading module '${module}'`));
    }
    if (known !== undefined) return known;
    loaded.set(module, 'loading');
    const result = loadNew(module);
    if (result.kind === 'missing') loaded.delete(module);
    else loaded.set(module, result);
    return result;
  };

  const loadNew = (module: string): Loaded => {
    const source = sources.get(module);
    const own = module.startsWith(`kong.plugins.${options.plugin}.`);
    if (source !== undefined && own) return evaluate(module, source);
    if (LIBRARIES.includes(module) || module === 'ngx') return { kind: 'value', value: globals.get(module) };
    const host = hostModule(module, version, machine);
    if (host !== undefined) return { kind: 'value', value: outside.module(module) ?? host };
    if (source !== undefined) return evaluate(module, source);
    const supply = options.supply(module);
    if (supply.kind === 'absent') return { kind: 'missing' };
    supplied.set(module, supply);
    return { kind: 'value', value: outside.module(module) ?? new LuaUnknown(`module "${module}" of a rock`) };
  };

  const evaluate = (module: string, source: LuaSource): Loaded => {
    const { chunk, error: syntax } = parse(source, 'luajit');
    if (syntax !== undefined) {
      const file = files.get(source) ?? '';
      const message = `${chunkId(file)}:${syntax.line}: ${syntax.message}`;
      const place = { source, ...syntax.span };
      const result = failed(() =>
        machine.raise(str(`error loading module '${module}' from file '${file}':\n\t${message}`), place),
      );
      return result.kind === 'error' ? { ...result, syntax: { error: syntax, source } } : result;
    }
    return failed(() => {
      const [value] = machine.runChunk(chunk.body, source, globals, [str(module)]);
      // A chunk that returns nothing leaves `true` in package.loaded.
      return value ?? true;
    });
  };

  const failed = (run: () => Value): Loaded => {
    try {
      const result = machine.protect(() => [run()]);
      return result instanceof LuaError
        ? { kind: 'error', error: result, syntax: undefined }
        : { kind: 'value', value: result[0] };
    } catch (error) {
      return { kind: 'exhausted', error: asExhausted(error, machine) };
    }
  };

  const require = hostFunction('require', ([name]) => {
    if (!(name instanceof LuaString)) return [machine.unknown('a module whose name is not known')];
    const result = load(name.text);
    if (result.kind === 'value') return [result.value];
    if (result.kind === 'exhausted') throw result.error;
    if (result.kind === 'error') throw result.error;
    missing.push({ name: name.text, place: machine.place });
    return machine.fail(`module '${name.text}' not found:`);
  });

  // LuaJIT's libraries have a little more than Lua 5.1's.
  for (const name of LIBRARIES) {
    const library = globals.get(name);
    if (library instanceof LuaTable) library.open = true;
  }
  for (const name of UNKNOWN_GLOBALS) globals.set(name, new LuaUnknown(`the global "${name}"`));
  globals.set('require', require).set('ngx', nginx(options, machine)).set('package', openTable());
  // Nothing is loaded in a coroutine (luajit, lj_ffh_coroutine_yield).
  const yields = hostFunction('yield', () => machine.raise(str('attempt to yield across C-call boundary')));
  globals.set('coroutine', openTable().set('yield', yields));
  outside.setGlobals(globals);
  const isGuarded = (module: string): boolean =>
    [...sources.values()].every((source) => requireCalls(source).every((call) => call.guarded || call.module !== module));
  return { machine, load, missing, supplied, isGuarded };
}

/** The value of a module of Kong's own; undefined when that Kong does not have it. */
function hostModule(module: string, version: KongVersion, machine: Machine): Value {
  const present = hasKongModule(module, version);
  if (present === false) return undefined;
  if (module === 'kong.db.schema.typedefs') return typedefs(version);
  if (module === 'kong.db.schema') return schemaModule();
  if (module === 'kong.plugins.base_plugin') return basePlugin(version, machine);
  if (module === 'kong.vendor.classic') return classic();
  // Kong's own version: plugins that began as Kong's give it as theirs.
  if (module === 'kong.meta') return openTable().set('version', str(`${version.major}.${version.minor}.0`));
  // Kong takes its own handlers: also as what another plugin returns or inherits from.
  if (/^kong\.plugins\.[^.]+\.handler$/.test(module)) return openTable();
  const entries = module === 'kong' ? entriesOf(version) : undefined;
  if (entries !== undefined) return entryTable(entries);
  if (module === 'cjson' || module === 'cjson.safe') return openTable().set('null', NULL);
  return new LuaUnknown(`require "${module}"`);
}

function entryTable(entries: Iterable<string>): LuaTable {
  const table = new LuaTable();
  for (const name of entries) table.set(name, new LuaUnknown(`Kong's own ${name}`));
  return table;
}

/** The memory that every Kong has (kong/templates/nginx_kong.lua, tags 2.0.5 to 3.9.3). */
const SHARED = [
  ...['kong', 'kong_locks', 'kong_healthchecks', 'kong_cluster_events', 'kong_rate_limiting_counters'],
  ...['kong_core_db_cache', 'kong_core_db_cache_miss', 'kong_db_cache', 'kong_db_cache_miss'],
];

/** The table `ngx` as it is in init_by_lua, where plugins are loaded. */
function nginx({ version, plugin }: EnvironmentOptions, machine: Machine): LuaTable {
  const config = openTable().set('subsystem', str('http'));
  const phase = hostFunction('get_phase', () => [str('init')]);
  const shared = openTable();
  if (isAtLeast(version, '2.0')) for (const name of SHARED) shared.set(name, openTable());
  // That of the plugin prometheus comes with it (kong/conf_loader).
  if (plugin === 'prometheus') shared.set('prometheus_metrics', openTable());
  // Before 3.0 only init_worker had a sleep that blocks (kong/globalpatches.lua); nginx has none in init (ngx_http_lua_sleep.c).
  const sleep = hostFunction('sleep', () => (isAtLeast(version, '3.0') ? [] : machine.raise(str('no request found'))));
  return openTable().set('null', NULL).set('config', config).set('get_phase', phase).set('shared', shared).set('sleep', sleep);
}

/** LUA_IDSIZE of LuaJIT: longer names are cut at the front (lj_debug_shortname). */
const ID_SIZE = 60;

function chunkId(file: string): string {
  return file.length < ID_SIZE ? file : `...${file.slice(-(ID_SIZE - 4))}`;
}

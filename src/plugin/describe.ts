// What a plugin's files say: priority, version and phases of the handler, the fields of the schema, entities, migrations and routes.
import { defaultWords, typeWords } from '../code/fieldWords';
import { DEFAULT_KONG, isAtLeast, parseKongVersion, type KongVersion } from '../kong/versions';
import { LuaSource, type Place } from '../lua/source';
import { LuaFunction, LuaString, LuaTable, type Entry, type Value } from '../lua/values';
import type { Range } from '../text/diagnostic';
import { createEnvironment, type Environment } from './loader/environment';
import { PHASES } from '../kong/pdk/phases';
import { firstField } from './schema/metaschemaChecks';
import { keyName, stringOf } from './schema/validation';
import { readPluginCode, type CodeOptions, type PluginCode } from './pluginCode';
import type { Plugin } from './plugin';

/** Something a file says, and where. The path is that of the file it is written in. */
export interface Said<T> {
  value: T;
  path: string | undefined;
  range: Range | undefined;
}

/** What handler.lua says. A member is undefined when it is not said or cannot be known without running the code. */
export interface HandlerFacts {
  priority: Said<number> | undefined;
  version: Said<string> | undefined;
  /** The phases it implements, in the order Kong runs them. */
  phases: Said<string>[];
}

/** A field of the configuration. */
export interface ConfigField {
  name: string;
  /** `string`, `array of string`, `map of string to integer` …; empty when it cannot be known. */
  type: string;
  required: boolean;
  /** The default as Lua writes it; undefined when there is none. */
  default: string | undefined;
  path: string | undefined;
  range: Range | undefined;
  /** The fields of a record, or of a list of records. */
  fields: ConfigField[];
}

/** What schema.lua says. */
export interface SchemaFacts {
  name: string | undefined;
  config: ConfigField[];
  /** Names of the other fields it sets: `consumer`, `protocols` … */
  scopes: string[];
}

/** Everything a plugin says about itself. */
export interface PluginDescription {
  /** Missing when there is no such file or it does not return a table that can be known. */
  handler: HandlerFacts | undefined;
  schema: SchemaFacts | undefined;
  /** Names of its entities. */
  daos: string[];
  /** Names of its migrations, in order. */
  migrations: string[];
  /** Paths its api.lua adds to the Admin API. */
  routes: string[];
}

/** Reads a plugin of the workspace as that Kong would; throws UserError for a version that is none. A plugin that is not Lua says nothing. */
export async function describePlugin(plugin: Plugin, kong = DEFAULT_KONG, options: CodeOptions = {}): Promise<PluginDescription> {
  const version = parseKongVersion(kong);
  if (plugin.language !== 'lua') return { handler: undefined, schema: undefined, daos: [], migrations: [], routes: [] };
  return describeCode(await readPluginCode(plugin, options), version);
}

/** As describePlugin, for code in memory. */
export function describeCode(code: PluginCode, version: KongVersion): PluginDescription {
  let environment = environmentOf(code, version);
  // A handler of the class that Kong 3.0 removed still says what it says.
  if (!(valueOf(environment, `kong.plugins.${code.name}.handler`) instanceof LuaTable))
    environment = environmentOf(code, LAST_WITH_BASE_PLUGIN);
  const module = (name: string): Value => valueOf(environment, `kong.plugins.${code.name}.${name}`);
  const handler = module('handler');
  const schema = module('schema');
  return {
    handler: handler instanceof LuaTable ? handlerFacts(handler, environment, version) : undefined,
    schema: schema instanceof LuaTable ? schemaFacts(schema) : undefined,
    daos: names(module('daos'), (entity) => (entity instanceof LuaTable ? stringOf(entity.get('name')) : undefined)),
    migrations: names(module('migrations'), stringOf),
    routes: routesOf(module('api')),
  };
}

/** What a plugin's schema.lua returns for that Kong; undefined when that cannot be known. */
export function schemaOf(code: PluginCode, version: KongVersion): Value {
  return valueOf(environmentOf(code, version), `kong.plugins.${code.name}.schema`);
}

/** What the text of a handler.lua says by itself. */
export function readHandler(text: string, path?: string, version = parseKongVersion(DEFAULT_KONG)): HandlerFacts | undefined {
  return describeCode(codeOf('handler', text, path), version).handler;
}

/** What the text of a schema.lua says by itself. */
export function readSchema(text: string, path?: string, version = parseKongVersion(DEFAULT_KONG)): SchemaFacts | undefined {
  return describeCode(codeOf('schema', text, path), version).schema;
}

function codeOf(file: string, text: string, path: string | undefined): PluginCode {
  return { name: 'this', sources: new Map([[`kong.plugins.this.${file}`, new LuaSource(text, path)]]), dependencies: [] };
}

function environmentOf({ name, sources }: PluginCode, version: KongVersion): Environment {
  // What is missing is no obstacle to reading: it is only unknown.
  return createEnvironment({ version, plugin: name, sources, supply: () => ({ kind: 'assumed', rock: '' }), luaRoot: '' });
}

function valueOf(environment: Environment, module: string): Value {
  const loaded = environment.load(module);
  return loaded.kind === 'value' ? loaded.value : undefined;
}

function said<T>(value: T, place: Place | undefined): Said<T> {
  return { value, path: place?.source.path, range: place?.source.range(place) };
}

function handlerFacts(handler: LuaTable, { machine }: Environment, version: KongVersion): HandlerFacts {
  const field = (name: string): Entry | undefined => handler.entry(name);
  const priority = field('PRIORITY');
  const text = field('VERSION');
  return {
    priority: typeof priority?.value === 'number' ? said(priority.value, priority.valuePlace ?? priority.place) : undefined,
    version: text?.value instanceof LuaString ? said(text.value.text, text.valuePlace ?? text.place) : undefined,
    phases: PHASES.filter(({ from }) => isAtLeast(version, from)).flatMap(({ name }) => {
      const entry = field(name);
      if (entry?.value instanceof LuaFunction) return [said(name, entry.keyPlace ?? entry.place)];
      // Inherited from a class of the plugin's own; what BasePlugin inherits is empty.
      const inherited = entry === undefined ? machine.index(handler, new LuaString(name)) : undefined;
      return inherited instanceof LuaFunction && inherited.host === undefined ? [said(name, undefined)] : [];
    }),
  };
}

function schemaFacts(schema: LuaTable): SchemaFacts {
  const fields = listed(schema.get('fields'));
  const config = fields.find((entry) => keyName(entry) === 'config')?.value;
  return {
    name: stringOf(schema.get('name')),
    config: config instanceof LuaTable ? listed(config.get('fields')).map(configField) : [],
    scopes: fields.map(keyName).filter((name) => name !== 'config'),
  };
}

/** The fields of a list of one-field tables. */
function listed(fields: Value): Entry[] {
  return fields instanceof LuaTable ? fields.list().flatMap((item) => firstField(item.value) ?? []) : [];
}

const LAST_WITH_BASE_PLUGIN = parseKongVersion('2.8');
const MAX_DEPTH = 12;

function configField(entry: Entry, depth = 0): ConfigField {
  const place = entry.keyPlace ?? entry.place;
  const definition = entry.value instanceof LuaTable ? entry.value : new LuaTable();
  const elements = definition.get('elements');
  const values = definition.get('values');
  const record = [definition, elements, values].find(
    (part) => part instanceof LuaTable && part.get('fields') instanceof LuaTable,
  );
  return {
    name: keyName(entry),
    type: typeWords(definition),
    required: definition.get('required') === true,
    default: defaultWords(definition),
    path: place?.source.path,
    range: place?.source.range(place),
    fields:
      record instanceof LuaTable && depth < MAX_DEPTH
        ? listed(record.get('fields')).map((inner) => configField(inner, depth + 1))
        : [],
  };
}

/** The names in a list, or in a table by name. */
function names(value: Value, nameOf: (item: Value) => string | undefined): string[] {
  if (!(value instanceof LuaTable)) return [];
  return [...value.fields.values()].flatMap((entry) => nameOf(entry.value) ?? []);
}

function routesOf(api: Value): string[] {
  return api instanceof LuaTable ? [...api.fields.values()].map(keyName).filter((path) => path.startsWith('/')) : [];
}

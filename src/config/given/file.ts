// A configuration as somebody wrote it into a file: only the fields, or the skeletons that `kong-plugin schema` makes (for the Admin API, kong.yml,
// decK and KongPlugin manifests).
import { Lines } from '../../text/lines';
import { UserError } from '../../system/userError';
import { isObject } from '../declarative/entities';
import { readYaml, type Step, type YamlPart } from '../declarative/yamlText';
import type { Json } from '../luaTables';
import type { PluginSchema } from '../pluginSchema';
import { partNamed } from '../fieldOf';
import { ENTITY_FIELDS } from './words';

type Fields = Readonly<Record<string, Json>>;

/** What a file gives. */
export interface GivenFile {
  /** `config`, and what else of the entity it has. */
  entity: Record<string, Json>;
  /** The one-based line of a part of the entity, or of the nearest part around it. */
  lineOf: (path: readonly Step[]) => number;
}

/** What may stand beside `config` in a plugin's entity. */
const ENTITY = ['name', 'config', 'enabled', ...ENTITY_FIELDS];
/** What says where a plugin is applied, or which one it is. */
const ELSEWHERE = ['id', 'service', 'route', 'consumer', 'consumer_group', 'created_at', 'updated_at', 'ws_id'];
const MANIFESTS = ['KongPlugin', 'KongClusterPlugin'];

/** Reads a file's text; `name` is for messages. Throws UserError (usage) for what is no configuration of that plugin, with the line. */
export function readGivenFile(name: string, text: string, plugin: string, schema: PluginSchema | undefined): GivenFile {
  const lines = new Lines(text);
  const refuse = (message: string, offset = 0): UserError => {
    const line = lines.position(offset).line;
    return new UserError(`${name}:${line + 1}: ${message}`, { exitCode: 2, at: { path: name, line } });
  };
  const [part, second] = readYaml(text);
  if (part === undefined) throw refuse('there is no configuration in it.');
  if (second !== undefined) throw refuse('a second document begins here; a configuration is one.', second.start);
  const [problem] = part.problems;
  if (problem !== undefined) throw refuse(problem.message, problem.start);
  if (!isObject(part.data)) throw refuse('a configuration is an object of fields.');
  const at = entityIn(part.data, plugin, schema, (message, path) => refuse(message, part.placeOf(path).value.start));
  const lineOf = (path: readonly Step[]): number =>
    lines.position(startOf(part, [...at.path, ...steps(path, at.isConfig)])).line + 1;
  return { entity: at.entity, lineOf };
}

/** The way to a part in a text that is only the configuration. */
function steps(path: readonly Step[], isConfig: boolean): readonly Step[] {
  return isConfig && path[0] === 'config' ? path.slice(1) : path;
}

function startOf(part: YamlPart, path: readonly Step[]): number {
  const { name, value } = part.placeOf(path);
  return (name ?? value).start;
}

interface Place {
  entity: Record<string, Json>;
  path: readonly Step[];
  /** Whether what stands there is the configuration alone. */
  isConfig: boolean;
}

type Refuse = (message: string, path: readonly Step[]) => UserError;

function entityIn(data: Fields, plugin: string, schema: PluginSchema | undefined, refuse: Refuse): Place {
  const has = (field: string): boolean => schema?.config !== undefined && partNamed(schema.config, field) !== undefined;
  const { kind, plugins } = data;
  if (MANIFESTS.some((one) => one === kind) && !has('kind')) {
    if (data['plugin'] !== plugin) throw refuse(`this is a manifest of ${said(data['plugin'])}, not of ${plugin}.`, ['plugin']);
    const fields = ['config', 'instance_name', 'protocols', 'tags'].filter((field) => data[field] !== undefined);
    return { entity: Object.fromEntries(fields.map((field) => [field, data[field] ?? null])), path: [], isConfig: false };
  }
  if (Array.isArray(plugins) && ('_format_version' in data || !has('plugins'))) {
    const list = plugins as readonly Json[];
    const places = list.flatMap((item, i) => (isObject(item) && item['name'] === plugin ? [i] : []));
    const [place] = places;
    const item = place === undefined ? undefined : list[place];
    if (place === undefined || !isObject(item)) throw refuse(`there is no entry of ${plugin} among these plugins.`, ['plugins']);
    if (places.length > 1)
      throw refuse(`there are ${places.length} entries of ${plugin}: it is not said which is meant.`, ['plugins']);
    return { entity: withoutName(item, plugin, ['plugins', place], refuse), path: ['plugins', place], isConfig: false };
  }
  const looksWhole =
    (data['name'] === plugin && !has('name')) ||
    (isObject(data['config']) && !has('config') && Object.keys(data).every((field) => [...ENTITY, ...ELSEWHERE].includes(field)));
  if (looksWhole) return { entity: withoutName(data, plugin, [], refuse), path: [], isConfig: false };
  return { entity: { config: data }, path: [], isConfig: true };
}

/** What an entry says of the plugin itself. */
function withoutName(item: Fields, plugin: string, path: readonly Step[], refuse: Refuse): Record<string, Json> {
  const fields = Object.entries(item).filter(([, value]) => value !== null);
  for (const [field, value] of fields) {
    if (field === 'name' && value !== plugin)
      throw refuse(`this is a configuration of ${said(value)}, not of ${plugin}.`, [...path, field]);
    if (ELSEWHERE.includes(field))
      throw refuse(`${field} is not said by the file: what it is applied to is said by --on.`, [...path, field]);
  }
  return Object.fromEntries(fields.filter(([field]) => field !== 'name'));
}

const said = (value: Json | undefined): string => (typeof value === 'string' ? `"${value}"` : 'no plugin');

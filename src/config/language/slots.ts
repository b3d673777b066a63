// What may stand where in a configuration: lists of entities, their fields, and the fields of a plugin's configuration by its schema.
import { isMap } from 'yaml';
import { LuaTable } from '../../lua/values';
import { isChildList, PLUGIN_REFERENCES } from '../declarative/entities';
import { DECK_KEYS, isDeckFile, isManifestKind, knownFormats } from '../declarative/forms';
import type { Step } from '../declarative/yamlText';
import { entitySchemas } from '../entitySchemas';
import { fieldOf, type Field } from '../fieldOf';
import type { Schemas } from '../findSchema';
import { luaOf, type Json } from '../luaTables';
import { HEAD, NOT_HERE } from '../given/useDocument';
import { pluginEntity, type PluginSchema } from '../pluginSchema';
import { nameOf, nodeAt, solid, textIn, type Tree } from './tree';
import { COLLECTION_WORDS, FILE_WORDS, HEAD_WORDS, MANIFEST_WORDS } from './words';

/** A place in a configuration and what may stand there. */
export interface Slot {
  /** `name`: that of a plugin; `reference`: a name of an entity in the file. */
  kind: 'file' | 'list' | 'entity' | 'manifest' | 'use' | 'name' | 'reference' | 'field';
  field: Field;
  /** Of lists, entities and references: the list of the file. */
  collection?: string | undefined;
  /** By whose schema it is; `config` is part of the path. */
  schema?: PluginSchema | undefined;
  /** The names that lead to it in the entity. */
  path: readonly string[];
  /** Values that are known to be there, where no schema lists them. */
  known?: readonly string[];
}

/** What is known around the document of one use (`readUseDocument`): of its node, and by the schema that its plugin has there. */
export interface UseAround {
  schema: PluginSchema | undefined;
  nodes: readonly string[];
  plugins: readonly string[];
  /** What the plugin can be applied to there, as the document says it: `service:orders`. */
  scopes: readonly string[];
}

/** A document with what is known around it. */
export interface OpenConfig {
  tree: Tree;
  schemas: Schemas;
  /** Of the document of one use. */
  use?: UseAround | undefined;
}

/** A field that no schema has. */
export function madeField(name: string, definition: Readonly<Record<string, Json>>): Field {
  const table = luaOf(definition);
  return fieldOf(name, table instanceof LuaTable ? table : new LuaTable());
}

const fields = new WeakMap<LuaTable, Field>();

/** The field of a definition, read once. */
function knownField(name: string, definition: LuaTable): Field {
  const known = fields.get(definition) ?? fieldOf(name, definition);
  fields.set(definition, known);
  return known;
}

/** What a document is as a whole; undefined for one that is none of ours. */
export function rootSlot({ tree, use }: OpenConfig): Slot | undefined {
  const root = solid(tree, tree.contents);
  if (root !== undefined && !isMap(root)) return undefined;
  if (use !== undefined) return { kind: 'use', field: madeField('', { type: 'record' }), path: [] };
  if (root !== undefined && isManifestKind(textIn(tree, root, 'kind')))
    return { kind: 'manifest', field: madeField('', { type: 'record' }), path: [] };
  const isOther = root !== undefined && textIn(tree, root, 'apiVersion') !== undefined;
  return isOther ? undefined : { kind: 'file', field: madeField('', { type: 'record' }), path: [] };
}

/** What may stand at the end of a path; undefined where that is not known. */
export async function slotAt(open: OpenConfig, path: readonly Step[]): Promise<Slot | undefined> {
  let slot = rootSlot(open);
  for (const [i, step] of path.entries()) {
    if (slot === undefined) return undefined;
    slot = typeof step === 'number' ? elementOf(slot) : await partNamed(open, slot, path.slice(0, i), step);
  }
  return slot;
}

/** What may stand in a list. */
export function elementOf(slot: Slot): Slot | undefined {
  const { kind, field, collection } = slot;
  if (kind === 'list') return { kind: 'entity', field: madeField(collection ?? '', { type: 'record' }), collection, path: [] };
  const { elements } = field;
  return kind === 'field' && elements !== undefined ? { ...slot, field: { ...elements, name: field.name } } : undefined;
}

async function partNamed(open: OpenConfig, slot: Slot, path: readonly Step[], name: string): Promise<Slot | undefined> {
  const { values } = slot.field;
  if (slot.kind === 'field' && slot.field.type === 'map')
    return values && { ...slot, field: { ...values, name }, path: [...slot.path, name] };
  return (await partsAt(open, slot, path)).find(({ field }) => field.name === name);
}

/** What may stand in the record at a path, in the order to show it. */
export async function partsAt(open: OpenConfig, slot: Slot, path: readonly Step[]): Promise<Slot[]> {
  switch (slot.kind) {
    case 'file':
      return fileParts(open);
    case 'manifest':
      return manifestParts(open);
    case 'use':
      return open.use === undefined ? [] : useParts(open, open.use);
    case 'entity':
      return slot.collection === 'plugins' ? pluginParts(open, path) : entityParts(open, slot.collection ?? '');
    case 'reference':
      return [...(isDeck(open) ? ['name'] : []), 'id'].map((name) => ({ ...slot, field: madeField(name, { type: 'string' }) }));
    case 'field':
      return slot.field.fields.map((field) => ({ ...slot, field, path: [...slot.path, field.name] }));
    default:
      return [];
  }
}

function listSlot(collection: string): Slot {
  const description = COLLECTION_WORDS[collection] ?? null;
  const definition = { type: 'array', ...(description === null ? {} : { description }) };
  return { kind: 'list', field: madeField(collection, definition), collection, path: [] };
}

const plain = (name: string, definition: Readonly<Record<string, Json>>): Slot => ({
  kind: 'field',
  field: madeField(name, definition),
  path: [name],
});

const isDeck = ({ tree }: OpenConfig): boolean => isDeckFile(namesIn(solid(tree, tree.contents)));

function fileParts(open: OpenConfig): Slot[] {
  const { version } = open.schemas;
  const format = plain('_format_version', {
    type: 'string',
    required: true,
    one_of: knownFormats(version.major),
    description: FILE_WORDS['_format_version'] ?? '',
  });
  const others = Object.entries(FILE_WORDS).filter(
    ([name]) => name !== '_format_version' && (!DECK_KEYS.includes(name) || isDeck(open)),
  );
  const lists = ['services', 'routes', 'consumers', 'plugins', 'upstreams'];
  const more = [...entitySchemas(version).keys()].filter((name) => !lists.includes(name)).sort();
  return [
    format,
    ...[...lists, ...more, ...(isDeck(open) ? ['consumer_groups'] : [])].map(listSlot),
    ...others.map(([name, description]) => plain(name, { type: name === '_transform' ? 'boolean' : 'any', description })),
  ];
}

async function manifestParts(open: OpenConfig): Promise<Slot[]> {
  const name = textIn(open.tree, solid(open.tree, open.tree.contents), 'plugin');
  const schema = name === undefined ? undefined : (await open.schemas.find(name))?.schema;
  const entity = schema?.entity ?? pluginEntity(open.schemas.version);
  const own = knownField('', entity).fields.filter((field) => ['config', 'protocols', 'instance_name'].includes(field.name));
  const said = Object.entries(MANIFEST_WORDS).map(([part, definition]): Slot => {
    const slot = plain(part, definition);
    return part === 'plugin' ? { ...slot, kind: 'name' } : slot;
  });
  return [...said, ...own.map((field): Slot => ({ kind: 'field', field, schema, path: [field.name] }))];
}

/** Which use it is, then what an entity of that plugin has beside where it is applied. */
function useParts({ tree, schemas }: OpenConfig, { schema, nodes, plugins, scopes }: UseAround): Slot[] {
  const given = namesIn(solid(tree, tree.contents));
  // A use that is there has its id, one that comes its scope.
  const other = { scope: 'id', id: 'scope' };
  const known = { node: nodes, plugin: plugins, scope: scopes, id: [] };
  const head = HEAD.filter(
    (name) => !(name in other && given.includes(other[name as keyof typeof other])) || given.includes(name),
  );
  const own = knownField('', schema?.entity ?? pluginEntity(schemas.version)).fields;
  return [
    ...head.map((name) => ({
      ...plain(name, { type: 'string', required: name === 'node' || name === 'plugin', description: HEAD_WORDS[name] }),
      known: known[name],
    })),
    ...own
      .filter(({ name, rules }) => name !== 'id' && !NOT_HERE.includes(name) && rules.auto !== true)
      .map((field): Slot => ({ kind: 'field', field, schema, path: [field.name] })),
  ];
}

async function pluginParts(open: OpenConfig, path: readonly Step[]): Promise<Slot[]> {
  const name = textIn(open.tree, nodeAt(open.tree, path), 'name');
  const schema = name === undefined ? undefined : (await open.schemas.find(name))?.schema;
  const entity = schema?.entity ?? pluginEntity(open.schemas.version);
  const order = ['name', 'config', 'enabled', 'service', 'route', 'consumer', 'protocols', 'tags', 'instance_name'];
  const rank = ({ field }: Slot): number => (order.indexOf(field.name) + order.length + 1) % (order.length + 1);
  return knownField('', entity)
    .fields.map((field): Slot => {
      const collection = PLUGIN_REFERENCES.get(field.name);
      if (collection !== undefined) return { kind: 'reference', field, collection, path: [field.name] };
      return { kind: field.name === 'name' ? 'name' : 'field', field, schema, path: [field.name] };
    })
    .sort((a, b) => rank(a) - rank(b));
}

function entityParts({ schemas }: OpenConfig, collection: string): Slot[] {
  const entities = entitySchemas(schemas.version);
  const schema = entities.get(collection);
  if (schema === undefined) return [];
  const own = knownField('', schema.definition).fields.map((field): Slot => {
    const reference = schema.references.get(field.name);
    return reference === undefined
      ? { kind: 'field', field, collection, path: [field.name] }
      : { kind: 'reference', field, collection: reference, path: [field.name] };
  });
  const isAutomatic = ({ field }: Slot): boolean => field.rules.auto === true;
  const children = ['plugins', ...entities.keys()].filter((name) => isChildList(name, collection, entities));
  return [
    ...own.filter(({ field }) => field.name === schema.endpointKey),
    ...own.filter((slot) => slot.field.name !== schema.endpointKey && !isAutomatic(slot)),
    ...children.map(listSlot),
    ...own.filter((slot) => slot.field.name !== schema.endpointKey && isAutomatic(slot)),
  ];
}

/** The field that people tell the entities of a list by. */
export function keyOf(collection: string, { version }: Schemas): string {
  if (collection === 'plugins') return 'name';
  return entitySchemas(version).get(collection)?.endpointKey ?? 'id';
}

/** The names that a map has, without those that merges bring. */
export function namesIn(node: unknown): string[] {
  return isMap(node) ? node.items.flatMap((pair) => nameOf(pair) ?? []) : [];
}

// The entities that a configuration holds, those that stand in others too, and what refers to them: places in the syntax tree.
import { isMap, isScalar, isSeq, type YAMLMap } from 'yaml';
import { isChildList, PLUGIN_REFERENCES } from '../declarative/entities';
import type { Span, Step } from '../declarative/yamlText';
import { entitySchemas } from '../entitySchemas';
import { keyOf, rootSlot, type OpenConfig } from './slots';
import { nameOf, pairNamed, solid, spanOf } from './tree';

/** A name and where it stands. */
export interface NamedPlace {
  text: string;
  span: Span;
}

/** One entity of the file. */
export interface EntityPlace {
  collection: string;
  map: YAMLMap;
  path: Step[];
  /** What people tell it by; undefined when it has none. */
  name: NamedPlace | undefined;
  id: string | undefined;
  /** What it refers to, by list. */
  references: { collection: string; name: NamedPlace }[];
  /** The lists that stand in it, with the entities of each. */
  lists: ListPlace[];
}

/** A list of entities. */
export interface ListPlace {
  collection: string;
  name: Span;
  whole: Span;
  entities: EntityPlace[];
}

/** The lists at the top of a file; none in what is no such file. What an alias stands for is told where it is written, and once. */
export function listsOf(open: OpenConfig): ListPlace[] {
  const root = solid(open.tree, open.tree.contents);
  if (!isMap(root) || rootSlot(open)?.kind !== 'file') return [];
  const known = entitySchemas(open.schemas.version);
  return listsIn(open, root, [], (name) => name === 'plugins' || name === 'consumer_groups' || known.has(name), new Set());
}

/** All entities of a file, outer ones before those in them. */
export function entitiesOf(open: OpenConfig): EntityPlace[] {
  const all = (lists: readonly ListPlace[]): EntityPlace[] =>
    lists.flatMap(({ entities }) => entities.flatMap((entity) => [entity, ...all(entity.lists)]));
  return all(listsOf(open));
}

function listsIn(
  open: OpenConfig,
  map: YAMLMap,
  path: readonly Step[],
  isList: (name: string) => boolean,
  seen: Set<YAMLMap>,
): ListPlace[] {
  const { tree } = open;
  return map.items.flatMap((pair): ListPlace[] => {
    const collection = nameOf(pair);
    const list = solid(tree, pair.value);
    const [name, whole] = [spanOf(pair.key), spanOf(pair.value)];
    if (collection === undefined || !isList(collection) || !isSeq(list) || name === undefined || whole === undefined) return [];
    const items = list.items as readonly unknown[];
    const entities = items.flatMap((item, i): EntityPlace[] => {
      const entity = solid(tree, item);
      if (!isMap(entity) || seen.has(entity)) return [];
      seen.add(entity);
      return [entityPlace(open, collection, entity, [...path, collection, i], seen)];
    });
    return [{ collection, name, whole: { start: name.start, end: whole.end }, entities }];
  });
}

function entityPlace(open: OpenConfig, collection: string, map: YAMLMap, path: Step[], seen: Set<YAMLMap>): EntityPlace {
  const entities = entitySchemas(open.schemas.version);
  const references =
    collection === 'plugins' ? PLUGIN_REFERENCES : (entities.get(collection)?.references ?? new Map<string, string>());
  return {
    collection,
    map,
    path,
    name: placeOf(open, map, keyOf(collection, open.schemas)),
    id: placeOf(open, map, 'id')?.text,
    references: [...references].flatMap(([field, target]) => {
      const name = referenceIn(open, map, field);
      return name === undefined ? [] : [{ collection: target, name }];
    }),
    lists: listsIn(open, map, path, (name) => isChildList(name, collection, entities), seen),
  };
}

/** What a field refers to: a name, or an object with a name or id. */
function referenceIn(open: OpenConfig, map: YAMLMap, field: string): NamedPlace | undefined {
  const value = solid(open.tree, pairNamed(open.tree, map, field)?.value);
  return isMap(value) ? (placeOf(open, value, 'name') ?? placeOf(open, value, 'id')) : placeOf(open, map, field);
}

function placeOf({ tree }: OpenConfig, map: YAMLMap, field: string): NamedPlace | undefined {
  const value = solid(tree, pairNamed(tree, map, field)?.value);
  const span = spanOf(value);
  return isScalar(value) && typeof value.value === 'string' && span !== undefined ? { text: value.value, span } : undefined;
}

/** The names of the entities of a list, each once. */
export function namesOf(open: OpenConfig, collection: string | undefined): string[] {
  const names = entitiesOf(open).flatMap((entity) => (entity.collection === collection ? (entity.name?.text ?? []) : []));
  return [...new Set(names)];
}

/** The entity that a name or id of a list leads to. */
export function entityNamed(entities: readonly EntityPlace[], collection: string, name: string): EntityPlace | undefined {
  return entities.find((entity) => entity.collection === collection && (entity.name?.text === name || entity.id === name));
}

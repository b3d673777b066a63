// The entities that a declarative configuration holds, as far as plugins are applied to them and two configurations are held against each other.
import { isDeepStrictEqual } from 'node:util';
import { asObject, type Json } from '../adminClient';
import { firstDocument } from '../../text/yaml';
import { MAX_ALIASES } from './read';

/** The collections that are looked at, with what names their entities. */
const COLLECTIONS = {
  services: 'name',
  routes: 'name',
  consumers: 'username',
  consumer_groups: 'name',
  plugins: 'name',
} as const;

/** A collection that is looked at. */
export type Collection = keyof typeof COLLECTIONS;

/** One entity of a configuration. */
export interface DeclaredEntity {
  collection: Collection;
  name: string | undefined;
  id: string | undefined;
}

/** Whether two texts say the same; Kong writes the fields of an object in another order each time. */
export function saysTheSame(one: string, other: string): boolean {
  return one === other || isDeepStrictEqual(dataOf(one), dataOf(other));
}

/** Every entity of a text, those that stand in others too; none where it cannot be read. */
export function declaredEntities(text: string): DeclaredEntity[] {
  return entitiesIn(dataOf(text));
}

/** A text as data; null where it cannot be read. */
function dataOf(text: string): Json {
  const document = firstDocument(text);
  if (document.errors.length > 0) return null;
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as Json;
  } catch (error) {
    // More aliases than are followed.
    if (error instanceof ReferenceError) return null;
    throw error;
  }
}

function entitiesIn(value: Json): DeclaredEntity[] {
  const around = asObject(value);
  return (Object.keys(COLLECTIONS) as Collection[]).flatMap((collection) => {
    const list = around[collection];
    return (Array.isArray(list) ? list : []).flatMap((item) => {
      const row = asObject(item);
      const [name, id] = [row[COLLECTIONS[collection]], row['id']];
      const entity = { collection, name: textOf(name), id: textOf(id) };
      return [entity, ...(collection === 'plugins' ? [] : entitiesIn(item))];
    });
  });
}

const textOf = (value: Json | undefined): string | undefined => (typeof value === 'string' ? value : undefined);

/** What one configuration has more of than another, in words: `service orders`, `2 plugins`; entities with names by their names. */
export function entitiesBeyond(one: readonly DeclaredEntity[], other: readonly DeclaredEntity[]): string[] {
  return (Object.keys(COLLECTIONS) as Collection[]).flatMap((collection) => {
    const singular = collection.replace(/s$/, '').replace('_', ' ');
    const of = (list: readonly DeclaredEntity[]): DeclaredEntity[] => list.filter((entity) => entity.collection === collection);
    const [mine, theirs] = [of(one), of(other)];
    const known = new Set(theirs.flatMap(({ name }) => name ?? []));
    const more = mine.flatMap(({ name }) => (name === undefined || known.has(name) ? [] : [`${singular} ${name}`]));
    const count = mine.length - theirs.length - more.length;
    return [...new Set(more), ...(count > 0 ? [`${count} ${singular}${count === 1 ? '' : 's'}`] : [])];
  });
}

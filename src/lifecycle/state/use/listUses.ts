// Every use of plugins on a node, one by one, with the id by which it is changed: rows behind the Admin API and entries of the declarative file.
import type { PluginEntity } from '../../../kong/adminAnswers';
import { asObject, type Json } from '../../../kong/adminClient';
import { idOfNamed, idOfPlugin } from '../../../kong/declarative/ids';
import type { DeclaredPlugin, DeclaredTarget } from '../../../kong/declarative/read';
import { isAtLeast, type KongVersion } from '../../../kong/versions';
import type { Uses } from '../inUse';
import { COLLECTIONS, entityName } from '../usePlaces';
import type { NodeView } from '../view';

/** What a use is applied to. */
export interface UseTarget {
  kind: keyof typeof COLLECTIONS;
  /** As people call it; its id where it has no name. */
  name: string;
}

/** One use of a plugin. */
export interface ListedUse {
  /** Kong's id, also of an entry of a file that names none; where Kong would make one up, the place in the file: `plugins.0`. */
  id: string;
  plugin: string;
  on: UseTarget[];
  enabled: boolean;
  instance: string | undefined;
  config: Record<string, Json>;
  workspace: string | undefined;
  /** The row of the running Kong; undefined where it has none. */
  entity: PluginEntity | undefined;
  /** The entry of the declarative file. */
  declared: DeclaredPlugin | undefined;
}

/** The form of `--on` that names what a use is applied to: `global`, `service:orders`. */
export function scopeWords({ on }: Pick<ListedUse, 'on'>): string {
  return on.length === 0 ? 'global' : on.map(({ kind, name }) => `${kind.replace('_', '-')}:${name}`).join(' and ');
}

/** The uses of one plugin, or of all. A running Kong without a database may have others than its file: both are listed. */
export async function listUses(
  view: NodeView,
  { uses, declared }: Pick<Uses, 'uses' | 'declared'>,
  plugin?: string,
  signal?: AbortSignal,
): Promise<ListedUse[]> {
  const isMeant = ({ name }: { name: string }): boolean => plugin === undefined || name === plugin;
  const names = new Map<string, Promise<string>>();
  const nameOf = (workspace: string | undefined, kind: UseTarget['kind'], id: string): Promise<string> => {
    const key = `${workspace ?? ''}/${kind}/${id}`;
    const known = names.get(key) ?? entityName(view.admin, workspace, kind, id, signal);
    names.set(key, known);
    return known;
  };
  const entities = uses.filter(isMeant).flatMap(({ entity }) => entity ?? []);
  const rows = await Promise.all(
    entities.map(async (entity): Promise<ListedUse> => {
      const on = entity.scopes.map(async ({ kind, id }) => ({ kind, name: await nameOf(entity.workspace, kind, id) }));
      return useOfRow(entity, await Promise.all(on));
    }),
  );
  const entries = declaredUses(
    declared.flatMap((use) => use.declared ?? []),
    view.version,
  ).filter((use) => isMeant({ name: use.plugin }));
  const byId = new Map(rows.map((row) => [row.id, row]));
  const byPlace = new Map(rows.map((row) => [placeOf(row), row]));
  const listed = entries.map((entry) => {
    const row = byId.get(entry.id) ?? byPlace.get(placeOf(entry));
    if (row === undefined || !byId.delete(row.id)) return entry;
    return { ...entry, id: row.id, entity: row.entity };
  });
  return [...listed, ...byId.values()];
}

function useOfRow(entity: PluginEntity, on: UseTarget[]): ListedUse {
  const { id, name, workspace, row } = entity;
  return { id, plugin: name, on, workspace, entity, declared: undefined, ...settingsOf(row) };
}

function settingsOf(row: Readonly<Record<string, Json>>): Pick<ListedUse, 'enabled' | 'instance' | 'config'> {
  const instance = row['instance_name'];
  return {
    enabled: row['enabled'] !== false && !isNo(row['enabled']),
    instance: typeof instance === 'string' ? instance : undefined,
    config: asObject(row['config']),
  };
}

/** Kong reads these words of YAML 1.1 as false. */
const isNo = (value: Json | undefined): boolean => typeof value === 'string' && /^(?:no?|off|false)$/i.test(value);

/** The entries of a declarative file, with the ids that Kong gives them. */
export function declaredUses(entries: readonly DeclaredPlugin[], version: KongVersion): ListedUse[] {
  const known = entries.map((entry) => ({ entry, id: writtenId(entry) ?? derivedId(entry, version) }));
  const times = new Map<string, number>();
  for (const { id } of known) if (id !== undefined) times.set(id, (times.get(id) ?? 0) + 1);
  return known.map(({ entry, id }): ListedUse => ({
    // Of entries with one id Kong refuses all but the first, or takes the last: only their place tells them apart.
    id: id === undefined || (times.get(id) ?? 0) > 1 ? entry.path.join('.') : id,
    plugin: entry.name,
    on: entry.on.flatMap(({ kind, key }) => {
      const target = KINDS.find((one) => one === kind);
      return target === undefined ? [] : [{ kind: target, name: key ?? '' }];
    }),
    workspace: undefined,
    entity: undefined,
    declared: entry,
    ...settingsOf(rowOf(entry)),
  }));
}

const KINDS = Object.keys(COLLECTIONS) as (keyof typeof COLLECTIONS)[];

/** The entry as plain data. */
export function rowOf({ row }: DeclaredPlugin): Record<string, Json> {
  return asObject(row as Json);
}

function writtenId(entry: DeclaredPlugin): string | undefined {
  const { id } = rowOf(entry);
  return typeof id === 'string' ? id : undefined;
}

function derivedId(entry: DeclaredPlugin, version: KongVersion): string | undefined {
  const on: Record<string, string> = {};
  for (const target of entry.on) {
    const id = target.isParent ? parentId(target) : target.key;
    // Kong makes up an id where it cannot make one of what is written.
    if (id === undefined) return undefined;
    on[target.kind] = id;
  }
  const { instance_name: instance } = rowOf(entry);
  if (typeof instance === 'string' && isAtLeast(version, '3.2') && !isAtLeast(version, '3.9'))
    return idOfNamed('plugins', instance);
  return idOfPlugin({ name: entry.name, on }, version);
}

/** The id of the entity that an entry stands in. */
function parentId({ kind, key, id }: DeclaredTarget): string | undefined {
  const collection = KINDS.find((one) => one === kind);
  if (id !== undefined || key === undefined || collection === undefined) return id;
  return idOfNamed(COLLECTIONS[collection], key);
}

/** One plugin in one place: Kong takes one there. */
export function placeOf({ plugin, instance, on }: Pick<ListedUse, 'plugin' | 'instance' | 'on'>): string {
  return JSON.stringify([plugin, instance, scopeWords({ on })]);
}

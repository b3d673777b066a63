// From a configuration to where its parts are defined: a plugin's files, a field in its schema, the entity that is referred to; and all that refers to one.
import { rangeOf } from '../../lua/mend';
import { LuaTable, type Entry } from '../../lua/values';
import { Lines } from '../../text/lines';
import type { Range } from '../../text/diagnostic';
import type { Schemas } from '../findSchema';
import { entitiesOf, entityNamed, type EntityPlace, type NamedPlace } from './entityTree';
import type { ConfigSpot } from './hover';
import { slotAt, type OpenConfig } from './slots';

/** A stretch of a file; `path` is undefined for the configuration itself. */
export interface DefinedPlace {
  path: string | undefined;
  range: Range;
}

const START: Range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };

/** Where what is at a spot is defined, the likeliest first. */
export async function definitionsOf(text: string, spot: ConfigSpot, schemas: Schemas): Promise<DefinedPlace[]> {
  const { slot, tree } = spot;
  const open = { tree, schemas };
  if (slot.kind === 'name' && spot.on === 'value' && spot.text !== undefined) {
    const plugin = schemas.pluginNamed(spot.text);
    return [plugin?.schema, plugin?.handler].flatMap((path) => (path === undefined ? [] : { path, range: START }));
  }
  if (slot.kind === 'reference' && spot.on === 'value' && spot.text !== undefined) {
    const target = entityNamed(entitiesOf(open), slot.collection ?? '', spot.text);
    const span = target?.name?.span;
    return span === undefined ? [] : [{ path: undefined, range: new Lines(text).range(span.start, span.end) }];
  }
  if (slot.kind !== 'field' || slot.schema === undefined) return [];
  const place = await fieldPlace(open, spot.path);
  return place === undefined ? [] : [place];
}

/** Where the schema of a plugin names the field that a path leads to. */
async function fieldPlace(open: OpenConfig, path: ConfigSpot['path']): Promise<DefinedPlace | undefined> {
  const end = path.findLastIndex((step) => typeof step === 'string');
  const name = path[end];
  const record = await slotAt(open, path.slice(0, end));
  if (record === undefined || typeof name !== 'string') return undefined;
  const { definition } = record.field;
  // `config` itself is listed by the whole schema, which is not kept.
  const entry = ['fields', 'shorthand_fields'].flatMap((list) => entryIn(definition.get(list), name))[0];
  const place = entry?.keyPlace ?? entry?.place;
  const file = place?.source.path;
  return place === undefined || file === undefined ? undefined : { path: file, range: rangeOf(place.source, place) };
}

function entryIn(list: ReturnType<LuaTable['get']>, name: string): Entry[] {
  if (!(list instanceof LuaTable)) return [];
  return list.list().flatMap(({ value }) => (value instanceof LuaTable ? (value.entry(name) ?? []) : []));
}

/** Everything that refers to the entity at a spot, which may itself be a reference to it. */
export function referencesOf(text: string, spot: ConfigSpot, schemas: Schemas, withDeclaration: boolean): Range[] {
  const open = { tree: spot.tree, schemas };
  const entities = entitiesOf(open);
  const target = targetOf(spot, entities);
  if (target === undefined) return [];
  const lines = new Lines(text);
  const keys = [target.name?.text, target.id];
  const places: NamedPlace[] = entities.flatMap(({ references }) =>
    references.flatMap(({ collection, name }) => (collection === target.collection && keys.includes(name.text) ? name : [])),
  );
  const all = withDeclaration && target.name !== undefined ? [target.name, ...places] : places;
  return all.map(({ span }) => lines.range(span.start, span.end));
}

function targetOf({ slot, text, path, on }: ConfigSpot, entities: readonly EntityPlace[]): EntityPlace | undefined {
  if (on !== 'value' || text === undefined) return undefined;
  if (slot.kind === 'reference') return entityNamed(entities, slot.collection ?? '', text);
  const around = JSON.stringify(path.slice(0, -1));
  const entity = entities.find((one) => JSON.stringify(one.path) === around);
  return entity !== undefined && (entity.name?.text === text || entity.id === text) && entity.collection !== 'plugins'
    ? entity
    : undefined;
}

// Configurations that a removal takes out of use, as declarative files that `kong config db_import` puts back.
import { asObject, type AdminClient, type Json } from '../../kong/adminClient';
import type { PluginEntity } from '../../kong/adminAnswers';
import { newestFormat } from '../../kong/declarative/read';
import type { KongVersion } from '../../kong/versions';
import { COLLECTIONS } from '../state/usePlaces';
import { own } from '../../text/own';

/** Keeps a text as a file with this extension; returns where. */
export type Keep = (text: string, extension: 'json' | 'yml') => Promise<string>;

type Row = Readonly<Record<string, Json>>;

/** Above this a whole collection is read in pages instead of row by row. */
const FEW = 10;

/** Keeps plugin rows, a file for each workspace; returns where. Throws UserError when the Admin API does not answer. */
export async function keepRows(
  client: AdminClient,
  version: KongVersion,
  entities: readonly PluginEntity[],
  keep: Keep,
  signal: AbortSignal | undefined,
): Promise<string[]> {
  const kept: string[] = [];
  for (const workspace of new Set(entities.map((entity) => entity.workspace))) {
    const plugins = entities.filter((entity) => entity.workspace === workspace).map(({ row }) => row);
    const others = await referred(client, workspace, plugins, signal);
    const file = {
      _format_version: newestFormat(version),
      ...(workspace === undefined ? {} : { _workspace: workspace }),
      ...Object.fromEntries([...others].map(([collection, rows]) => [collection, [...rows.values()].map(portable)])),
      plugins: plugins.map(portable),
    };
    kept.push(await keep(`${JSON.stringify(file, null, 2)}\n`, 'json'));
  }
  return kept;
}

/** What rows refer to, and what that refers to: Kong imports no reference to a row that is not in the file. */
async function referred(
  client: AdminClient,
  workspace: string | undefined,
  rows: readonly Row[],
  signal: AbortSignal | undefined,
): Promise<Map<string, Map<string, Row>>> {
  const base = workspace === undefined ? '' : `/${encodeURIComponent(workspace)}`;
  const found = new Map<string, Map<string, Row>>();
  for (let next = rows; next.length > 0;) {
    const wanted = new Map<string, Set<string>>();
    for (const [field, id] of next.flatMap(references)) {
      const collection = own<string>(COLLECTIONS, field);
      if (collection === undefined || found.get(collection)?.has(id) === true) continue;
      wanted.set(collection, (wanted.get(collection) ?? new Set()).add(id));
    }
    const read = [...wanted].map(async ([collection, ids]): Promise<Row[]> => {
      const path = `${base}/${collection}`;
      const came =
        ids.size > FEW
          ? ((await client.all(path, signal)) ?? [])
          : await Promise.all(
              [...ids].map(async (id) => asObject(await client.get(`${path}/${encodeURIComponent(id)}`, signal))),
            );
      const known = found.get(collection) ?? new Map<string, Row>();
      const fresh: Row[] = [];
      for (const row of came) {
        const { id } = row;
        if (typeof id !== 'string' || !ids.has(id)) continue;
        known.set(id, row);
        fresh.push(row);
      }
      found.set(collection, known);
      return fresh;
    });
    next = (await Promise.all(read)).flat();
  }
  return found;
}

/** The fields of a row that refer to another one, with its id. */
function references(row: Row): [field: string, id: string][] {
  return Object.entries(row).flatMap(([field, value]): [string, string][] => {
    const { id, ...rest } = asObject(value);
    return typeof id === 'string' && Object.keys(rest).length === 0 ? [[field, id]] : [];
  });
}

/** A row as declarative files write it: references by id, no nulls. */
function portable(row: Row): Record<string, Json> {
  const targets = new Map(references(row));
  return Object.fromEntries(
    Object.entries(row).flatMap(([name, value]): [string, Json][] =>
      value === null ? [] : [[name, targets.get(name) ?? value]],
    ),
  );
}

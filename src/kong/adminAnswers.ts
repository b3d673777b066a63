// What the Admin API's answers say about a node: loaded plugins, workers, and every entity that uses a plugin.
import { asObject, type AdminClient, type Json } from './adminClient';

/** What `GET /` tells, in the shapes of 2.8 and of 3.x. */
export interface NodeInfo {
  version: string | undefined;
  /** Plugins the running Kong has loaded, with their VERSION where it is told (3.x). */
  available: ReadonlyMap<string, string | undefined>;
  /** Process ids of the workers; a successful reload changes them. */
  workers: readonly number[];
  /** `off`, `postgres`, `cassandra`. */
  database: string | undefined;
  role: string | undefined;
  /** The `plugins` setting the running Kong was prepared with. */
  plugins: readonly string[] | undefined;
}

/** Reads `GET /`: `plugins.available_on_server` is `{name: true}` in 2.8 and `{name: {version, priority}}` in 3.x. */
export async function nodeInfo(client: AdminClient, signal?: AbortSignal): Promise<NodeInfo> {
  const root = asObject(await client.get('/', signal));
  const configuration = asObject(root['configuration']);
  const available = new Map<string, string | undefined>();
  for (const [name, entry] of Object.entries(asObject(asObject(root['plugins'])['available_on_server']))) {
    if (entry !== false) available.set(name, stringOf(asObject(entry)['version']));
  }
  const workers = asObject(root['pids'])['workers'];
  const plugins = configuration['plugins'];
  return {
    version: stringOf(root['version']),
    available,
    workers: Array.isArray(workers) ? workers.filter((pid) => typeof pid === 'number').sort((a, b) => a - b) : [],
    database: stringOf(configuration['database']),
    role: stringOf(configuration['role']),
    plugins: Array.isArray(plugins) ? plugins.filter((name) => typeof name === 'string') : undefined,
  };
}

/** The kinds of entity a plugin can be applied to. */
export const PLUGIN_SCOPES = ['service', 'route', 'consumer', 'consumer_group'] as const;

/** One row of `/plugins`: a plugin in use. */
export interface PluginEntity {
  id: string;
  name: string;
  /** The workspace it is in; undefined is the default one. */
  workspace: string | undefined;
  /** What it is applied to; empty means global. */
  scopes: { kind: (typeof PLUGIN_SCOPES)[number]; id: string }[];
  /** The row as the Admin API gave it. */
  row: Readonly<Record<string, Json>>;
}

/**
 * Every plugin entity of the cluster, all workspaces and pages. `?name=` is not used because Kong ignores it.
 * Open-source 3.x has no `/workspaces`; open-source 2.8 answers it with the default one only.
 */
export async function pluginEntities(client: AdminClient, signal?: AbortSignal): Promise<PluginEntity[]> {
  const workspaces = ((await client.all('/workspaces', signal)) ?? []).flatMap((row) => stringOf(row['name']) ?? []);
  const others: (string | undefined)[] = workspaces.filter((name) => name !== 'default');
  const found: PluginEntity[] = [];
  for (const workspace of [undefined, ...others]) {
    const rows = await client.all(workspace === undefined ? '/plugins' : `/${encodeURIComponent(workspace)}/plugins`, signal);
    for (const row of rows ?? []) {
      const id = stringOf(row['id']);
      const name = stringOf(row['name']);
      if (id === undefined || name === undefined) continue;
      const scopes = PLUGIN_SCOPES.flatMap((kind) => {
        const target = stringOf(asObject(row[kind])['id']);
        return target === undefined ? [] : [{ kind, id: target }];
      });
      found.push({ id, name, workspace, scopes, row });
    }
  }
  return found;
}

function stringOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

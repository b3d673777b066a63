// What a plugin is applied to, by the names that people gave it.
import { asObject, type AdminClient } from '../../kong/adminClient';
import type { PluginEntity } from '../../kong/adminAnswers';
import { UserError } from '../../system/userError';
import type { PluginUse } from './inUse';

/** Above this a list of uses is cut. */
const LISTED = 10;

/** Where the rows are that a row refers to, by the field (kong/db/schema/entities/*.lua@3.9.1). */
export const COLLECTIONS = {
  client_certificate: 'certificates',
  service: 'services',
  route: 'routes',
  consumer: 'consumers',
  consumer_group: 'consumer_groups',
} as const;
/** The fields that a kind is known by, the best one first. */
const NAMES = ['name', 'username', 'custom_id'] as const;

/** Uses as the end of a sentence, of many the first ones: `service orders, route /pay`. The names are asked of the Admin API; without an answer it is the id. */
export async function namedUses(
  admin: AdminClient | undefined,
  uses: readonly PluginUse[],
  signal?: AbortSignal,
): Promise<string> {
  const asked = new Map<string, Promise<string>>();
  const nameOf = (entity: PluginEntity, kind: keyof typeof COLLECTIONS, id: string): Promise<string> => {
    const key = `${entity.workspace ?? ''}/${kind}/${id}`;
    const known = asked.get(key) ?? entityName(admin, entity.workspace, kind, id, signal);
    asked.set(key, known);
    return known;
  };
  const listed = uses.slice(0, uses.length > LISTED ? LISTED - 1 : LISTED).map(async ({ entity, scope, workspace, declared }) => {
    const scopes =
      entity?.scopes.map(async ({ kind, id }) => `${kind.replace('_', ' ')} ${await nameOf(entity, kind, id)}`) ?? [];
    const named = scopes.length === 0 ? scope : (await Promise.all(scopes)).join(' and ');
    const place = declared === undefined ? '' : ` (line ${declared.line})`;
    return `${named}${place}${workspace === undefined ? '' : ` in workspace ${workspace}`}`;
  });
  const named = await Promise.all(listed);
  return `${named.join(', ')}${named.length < uses.length ? ` and ${uses.length - named.length} more` : ''}`;
}

/** What people call an entity that a row refers to; its id where it has no name or the Admin API does not answer. */
export async function entityName(
  admin: AdminClient | undefined,
  workspace: string | undefined,
  kind: keyof typeof COLLECTIONS,
  id: string,
  signal: AbortSignal | undefined,
): Promise<string> {
  if (admin === undefined) return id;
  try {
    const base = workspace === undefined ? '' : `/${encodeURIComponent(workspace)}`;
    const row = asObject(await admin.get(`${base}/${COLLECTIONS[kind]}/${encodeURIComponent(id)}`, signal));
    const name = NAMES.map((field) => row[field]).find((value) => typeof value === 'string' && value !== '');
    if (typeof name === 'string') return name;
    // A route is often known by its path alone.
    const { paths } = row;
    const [first] = Array.isArray(paths) ? paths : [];
    return typeof first === 'string' ? first : id;
  } catch (error) {
    if (error instanceof UserError) return id;
    throw error;
  }
}

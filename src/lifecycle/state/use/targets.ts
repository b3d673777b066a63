// What a plugin can be applied to on a node: every service, route, consumer and group of consumers that it has.
import { declaredEntities } from '../../../kong/declarative/entities';
import { COLLECTIONS } from '../usePlaces';
import type { UseTarget } from './listUses';
import type { Store } from './store';

/** The kinds of entities that a plugin is applied to. */
const KINDS = ['service', 'route', 'consumer', 'consumer_group'] as const;

/** Something that a plugin can be applied to, and what else tells people which it is. */
export interface Target extends UseTarget {
  hint: string;
}

/** What is there, by kind; an entity without a name by its id. Throws UserError when the Admin API does not answer. */
export async function targetsOn(store: Store, signal: AbortSignal | undefined): Promise<Target[]> {
  if (store.kind === 'text') {
    const all = declaredEntities(store.text);
    return KINDS.flatMap((kind) =>
      all.flatMap(({ collection, name, id }): Target[] => {
        const known = name ?? id;
        return collection === COLLECTIONS[kind] && known !== undefined ? [{ kind, name: known, hint: '' }] : [];
      }),
    );
  }
  const { admin } = store;
  const found = await Promise.all(
    KINDS.map(async (kind): Promise<Target[]> => {
      const rows = (await admin.all(`/${COLLECTIONS[kind]}`, signal)) ?? [];
      return rows.flatMap((row): Target[] => {
        const name = textOf(row[kind === 'consumer' ? 'username' : 'name']) ?? textOf(row['id']);
        const hints = [row['host'], row['custom_id'], ...(Array.isArray(row['paths']) ? row['paths'] : [])].flatMap(
          (hint) => textOf(hint) ?? [],
        );
        return name === undefined ? [] : [{ kind, name, hint: hints.join(', ') }];
      });
    }),
  );
  return found.flat();
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

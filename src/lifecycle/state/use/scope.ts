// What a plugin is applied to, as people write it (`--on service:orders`), and the entity of a node that is meant.
import { asObject, type AdminClient } from '../../../kong/adminClient';
import { declaredEntities } from '../../../kong/declarative/entities';
import { UserError } from '../../../system/userError';
import { Refusal } from '../../failure';
import { COLLECTIONS } from '../usePlaces';
import type { UseTarget } from './listUses';
import type { Store } from './store';

/** Everything, or one entity by its name or id. */
export type Scope = UseTarget | undefined;

const KINDS: Readonly<Record<string, UseTarget['kind']>> = {
  service: 'service',
  route: 'route',
  consumer: 'consumer',
  'consumer-group': 'consumer_group',
};
const FORMS = 'global, service:NAME, route:NAME, consumer:NAME or consumer-group:NAME';
/** Of more names the first ones are told. */
const TOLD = 8;

/** Reads `global`, `service:NAME` … Throws UserError (usage) for anything else. */
export function scopeOf(text: string): Scope {
  if (text === 'global') return undefined;
  const colon = text.indexOf(':');
  const word = text.slice(0, colon).replace('_', '-');
  const kind = Object.hasOwn(KINDS, word) ? KINDS[word] : undefined;
  const name = text.slice(colon + 1);
  if (colon < 0 || kind === undefined || name === '')
    throw new UserError(`"${text}" is nothing that a plugin can be applied to.`, { exitCode: 2, next: `It is ${FORMS}.` });
  return { kind, name };
}

/** The kinds of entity that `--on` names, or that is none where nothing is said; undefined for what is no such word. */
export function kindsOf(text: string | undefined): string[] | undefined {
  if (text === undefined) return [];
  try {
    const scope = scopeOf(text);
    return scope === undefined ? [] : [scope.kind];
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

/** The entity that is meant: its id where rows are kept, and its name. Throws a Refusal where there is none. */
export async function targetIn(store: Store, scope: Scope): Promise<(UseTarget & { id: string | undefined }) | undefined> {
  if (scope === undefined) return undefined;
  if (store.kind === 'rows') return rowTarget(store.admin, scope);
  const collection = COLLECTIONS[scope.kind];
  const all = declaredEntities(store.text).filter((entity) => entity.collection === collection);
  const found = all.find(({ name }) => name === scope.name) ?? all.find(({ id }) => id === scope.name);
  if (found === undefined)
    throw unknown(
      scope,
      all.flatMap(({ name, id }) => name ?? id ?? []),
    );
  return { ...scope, id: found.id };
}

async function rowTarget(admin: AdminClient, scope: UseTarget): Promise<UseTarget & { id: string }> {
  const { kind, name } = scope;
  const path = `/${COLLECTIONS[kind]}`;
  const named = kind === 'consumer' ? 'username' : 'name';
  // A slash in a name is the end of it in an address.
  const direct = name.includes('/') ? undefined : await admin.get(`${path}/${encodeURIComponent(name)}`);
  const nested = asObject(direct)[kind];
  const row = asObject(nested ?? direct);
  if (typeof row['id'] === 'string') return { kind, name: textOf(row[named]) ?? name, id: row['id'] };
  const all = await admin.all(path);
  if (all === undefined)
    throw new Refusal(`This Kong has no ${kind.replace('_', ' ')}s.`, {
      next: kind === 'consumer_group' ? 'They are of Kong Gateway Enterprise.' : 'See what answers at its Admin API.',
    });
  const found = all.find((one) => one[named] === name) ?? all.find((one) => one['id'] === name);
  const id = textOf(found?.['id']);
  if (id === undefined)
    throw unknown(
      scope,
      all.flatMap((one) => textOf(one[named]) ?? textOf(one['id']) ?? []),
    );
  return { kind, name, id };
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value : undefined);

function unknown({ kind, name }: UseTarget, names: readonly string[]): Refusal {
  const words = kind.replace('_', ' ');
  const more = names.length > TOLD ? ` and ${names.length - TOLD} more` : '';
  return new Refusal(`There is no ${words} "${name}" here.`, {
    next: names.length === 0 ? `There is no ${words} at all.` : `There is ${names.slice(0, TOLD).join(', ')}${more}.`,
  });
}

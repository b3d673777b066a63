// A use of a plugin as a text that puts the same to use elsewhere: an entry of kong.yml, or a call of the Admin API.
import { asObject, type Json } from '../../../kong/adminClient';
import { shellWord } from '../../../text/shellWord';
import { writtenDocument } from '../../../text/yaml';
import { COLLECTIONS } from '../usePlaces';
import { rowOf, type ListedUse, type UseTarget } from './listUses';

/** An entity that can be named, or has only an id. */
interface Target extends UseTarget {
  isId: boolean;
}

/** What Kong itself puts into a row, and what says where it is applied. */
const NOT_GIVEN = new Set(['id', 'name', 'created_at', 'updated_at', 'ws_id', ...Object.keys(COLLECTIONS)]);

/** What is given of a use: no ids, no times, no nulls, nothing that is so by itself. */
export function givenOf(use: ListedUse): Record<string, Json> {
  const row = use.entity?.row ?? (use.declared === undefined ? {} : rowOf(use.declared));
  const own = Object.entries(row).filter(([name, value]) => !NOT_GIVEN.has(name) && value !== null && name !== 'config');
  return {
    ...Object.fromEntries(own.filter(([name, value]) => name !== 'enabled' || value === false)),
    config: withoutNulls(use.entity?.row['config'] ?? use.config),
  };
}

function withoutNulls(value: Json): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).flatMap(([name, part]) => (part === null ? [] : [[name, withoutNulls(part)]])));
}

/** The `plugins` list of a kong.yml with this one use, by the names of what it is applied to. */
export function asDeclarative(use: ListedUse): string {
  const on = Object.fromEntries(targetsOf(use).map(({ kind, name }) => [kind, name]));
  const document = writtenDocument({ plugins: [{ name: use.plugin, ...on, ...givenOf(use) }] });
  return document.toString({ lineWidth: 0 });
}

/** A call of curl that creates this use behind an Admin API; its address is for the person to change. */
export function asAdminCall(use: ListedUse, address = 'http://localhost:8001'): string {
  const targets = targetsOf(use);
  const [only, ...more] = targets;
  const collection = only === undefined ? undefined : COLLECTIONS[only.kind];
  // A slash in a name is the end of it in an address.
  const isNested = collection !== undefined && more.length === 0 && !(only?.name ?? '').includes('/');
  const workspace = use.workspace === undefined ? '' : `/${encodeURIComponent(use.workspace)}`;
  const path = isNested ? `/${collection}/${encodeURIComponent(only?.name ?? '')}/plugins` : '/plugins';
  const on = isNested ? {} : Object.fromEntries(targets.map((target) => [target.kind, reference(target)]));
  const body = JSON.stringify({ name: use.plugin, ...on, ...asObject(givenOf(use)) });
  const words = ['-X', 'POST', `${address}${workspace}${path}`, '-H', 'Content-Type: application/json', '-d', body];
  return `curl ${words.map(shellWord).join(' ')}\n`;
}

/** How the Admin API takes what a plugin is applied to, by its name. */
function reference({ kind, name, isId }: Target): Record<string, string> {
  return { [isId ? 'id' : kind === 'consumer' ? 'username' : 'name']: name };
}

/** What a use is applied to. A route without a name is told by its path, which leads to no entity: its id does. */
function targetsOf({ on, entity }: ListedUse): Target[] {
  return on.map((target) => {
    const id = entity?.scopes.find(({ kind }) => kind === target.kind)?.id;
    const isId = id !== undefined && (target.name === id || (target.kind === 'route' && target.name.includes('/')));
    return { ...target, name: isId ? id : target.name, isId };
  });
}

// The ids that Kong gives to entries of a declarative file that have none, so that they stay the same at every start (generate_ids of
// kong/db/schema/others/declarative_config.lua, tags 2.8.5 and 3.9.1).
import { createHash } from 'node:crypto';
import type { KongVersion } from '../versions';

/** The root of all of them. */
const ENTITIES = 'fd02801f-0957-4a15-a55a-c8d9606f30b5';
/** What stands for the workspace that an entry does not name, from 3.0 on. */
const ANY_WORKSPACE = '*';

/** What the id of a plugin's entry is made of. */
export interface PluginKey {
  name: string;
  /** What it is applied to, by kind: as it is written, or the id of the entry that it stands in. */
  on: Readonly<Partial<Record<'route' | 'service' | 'consumer', string>>>;
}

/** The id of an entity by the name that is unique among those of its collection. */
export function idOfNamed(collection: string, name: string): string {
  return named(named(ENTITIES, collection), name);
}

/** The id of a plugin's entry. Between 3.0 and 3.9 some versions make another one. */
export function idOfPlugin({ name, on }: PluginKey, version: KongVersion): string {
  const workspace = version.major < 3 ? [] : [ANY_WORKSPACE];
  const key = ['plugins', ...workspace, name, on.route ?? '', on.service ?? '', on.consumer ?? ''];
  return idOfNamed('plugins', key.join(':'));
}

/** A UUID of version 5: the SHA-1 of a namespace and a name. */
function named(namespace: string, name: string): string {
  const hash = createHash('sha1')
    .update(Buffer.from(namespace.replaceAll('-', ''), 'hex'))
    .update(name)
    .digest()
    .subarray(0, 16);
  hash.writeUInt8((hash.readUInt8(6) & 0x0f) | 0x50, 6);
  hash.writeUInt8((hash.readUInt8(8) & 0x3f) | 0x80, 8);
  return hash.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

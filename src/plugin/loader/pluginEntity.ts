// Kong's own `plugins` entity, which every plugin's schema specialises, by version (kong/db/schema/entities/plugins.lua, tags 1.2.3 to 3.9.3).
import { isAtLeast, type KongVersion } from '../../kong/versions';

/** A field of the `plugins` entity: its type, and that of its elements. */
export interface EntityField {
  type: string;
  elements?: string;
}

const FIELDS: readonly (readonly [name: string, field: EntityField, from?: string, gone?: string])[] = [
  ['id', { type: 'string' }],
  ['name', { type: 'string' }],
  ['instance_name', { type: 'string' }, '3.2'],
  ['created_at', { type: 'integer' }],
  ['updated_at', { type: 'integer' }, '3.3'],
  ['route', { type: 'foreign' }],
  ['service', { type: 'foreign' }],
  ['consumer', { type: 'foreign' }],
  ['config', { type: 'record' }],
  ['run_on', { type: 'string' }, '1.2', '2.0'],
  ['protocols', { type: 'set', elements: 'string' }],
  ['enabled', { type: 'boolean' }],
  ['tags', { type: 'set', elements: 'string' }],
];

function holds(version: KongVersion, from = '1.2', gone?: string): boolean {
  return isAtLeast(version, from) && (gone === undefined || !isAtLeast(version, gone));
}

/** The fields a plugin's schema may specialise. */
export function entityFields(version: KongVersion): Map<string, EntityField> {
  return new Map(FIELDS.filter(([, , from, gone]) => holds(version, from, gone)).map(([name, field]) => [name, field]));
}

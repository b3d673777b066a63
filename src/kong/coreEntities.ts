// The entities of Kong's own core, by version (kong/constants.lua, tags 1.2.3 to 3.9.3).
import { isAtLeast, type KongVersion } from './versions';

const ENTITIES: readonly (readonly [name: string, from: string, gone?: string])[] = [
  ...['consumers', 'services', 'routes', 'certificates', 'snis', 'upstreams', 'targets', 'plugins', 'tags'].map(
    (name) => [name, '1.2'] as const,
  ),
  ['cluster_ca', '1.2', '2.0'],
  ['ca_certificates', '1.3'],
  ['workspaces', '2.1'],
  ['clustering_data_planes', '2.2'],
  ['parameters', '2.3'],
  ['vaults_beta', '2.8', '3.0'],
  ['vaults', '3.0'],
  ['key_sets', '3.1'],
  ['keys', '3.1'],
  ['filter_chains', '3.4'],
];

/** The entities of Kong's core that a foreign field may refer to, in a version. */
export function coreEntities(version: KongVersion): Set<string> {
  return new Set(
    ENTITIES.filter(([, from, gone]) => isAtLeast(version, from) && (gone === undefined || !isAtLeast(version, gone))).map(
      ([name]) => name,
    ),
  );
}

/** Whether any version of Kong has an entity of that name itself. */
export function isCoreEntity(name: string): boolean {
  return ENTITIES.some(([entity]) => entity === name);
}

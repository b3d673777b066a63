// Everything an upgrade knows, as a table: what stands between a plugin and a newer Kong, the edits that mend it or what is to be done.
import { basePlugins, identity, superLeft } from './handlers';
import { contextFields, neighbours, rawPath, redisFields } from './differences';
import { legacySchema } from './legacySchema';
import { movedFunctions, removedModules } from './removedModules';
import { cassandra, daosList, goneEntries, legacyAttributes, schemaName } from './schemaEntries';
import { unknownOfKong } from './pdkNames';
import { isAtLeast } from '../../kong/versions';
import type { UpgradeRule } from './rule';

/** In the order in which they are tried; edits that overlap those of an earlier rule wait for the next step. */
export const UPGRADE_RULES: readonly UpgradeRule[] = [
  { id: 'base-plugin', title: 'BasePlugin', kind: 'stops', run: basePlugins },
  { id: 'super-left', title: 'calls of super', kind: 'stops', run: superLeft },
  {
    id: 'legacy-schema',
    title: 'the schema of before 1.0',
    kind: 'stops',
    run: (context) => (isAtLeast(context.version, '3.0') ? legacySchema(context) : []),
  },
  { id: 'schema-name', title: 'a schema without a name', kind: 'stops', run: schemaName },
  { id: 'gone-entry', title: 'run_on and typedefs that went', kind: 'stops', run: goneEntries },
  { id: 'legacy-attribute', title: 'the attribute legacy', kind: 'stops', run: legacyAttributes },
  { id: 'identity', title: 'PRIORITY and VERSION', kind: 'stops', run: identity },
  { id: 'daos-list', title: 'daos.lua as a map', kind: 'stops', run: daosList },
  { id: 'cassandra', title: 'Cassandra in migrations', kind: 'stops', run: cassandra },
  { id: 'removed-module', title: 'modules of Kong that went', kind: 'stops', run: removedModules },
  { id: 'moved-function', title: 'functions of kong.tools.utils that moved', kind: 'stops', run: movedFunctions },
  { id: 'context-gone', title: 'fields of ngx.ctx that went', kind: 'stops', run: (context) => contextFields(context, 'gone') },
  { id: 'pdk', title: 'names of the PDK', kind: 'stops', run: unknownOfKong },
  { id: 'priority', title: 'PRIORITY among the bundled plugins', kind: 'differs', run: neighbours },
  { id: 'redis', title: 'redis in the configuration', kind: 'differs', run: redisFields },
  {
    id: 'context',
    title: "fields of ngx.ctx that are Kong's own",
    kind: 'differs',
    run: (context) => contextFields(context, 'internal'),
  },
  { id: 'path', title: 'the path of a request', kind: 'differs', run: rawPath },
];

// Where in Kong's own files a plugin that fails to load is reported, by version: the line numbers that stand in Kong's messages
// (the newest tag of each minor version).
import { entryFor, type KongVersion } from '../../kong/versions';

export interface LoaderLines {
  from: string;
  /** `error` in load_module_if_exists. */
  load: string;
  /** The handler is indexed after loading, in load_plugin_schemas (kong/db/dao/plugins.lua). */
  handler: number;
  /** `handler.no_consumer = true` in load_plugin; the lines for route and service follow at distances of 4. Missing where it is never reached. */
  noConsumer?: number;
  /** `expected an input table` (kong/db/schema/init.lua). */
  input: number;
  /** kong/db/schema/plugin_loader.lua: the schema is asked for its name, the fields of an old schema are walked. */
  name?: number;
  oldFields?: number;
}

const LINES: readonly LoaderLines[] = [
  { from: '1.2', load: 'utils.lua:590', handler: 273, input: 1016, name: 189, oldFields: 50 },
  { from: '1.3', load: 'utils.lua:618', handler: 269, input: 1057, name: 189, oldFields: 50 },
  { from: '1.4', load: 'utils.lua:618', handler: 269, input: 1063, name: 189, oldFields: 50 },
  { from: '2.0', load: 'utils.lua:620', handler: 278, input: 1064, name: 194, oldFields: 51 },
  { from: '2.1', load: 'utils.lua:625', handler: 278, input: 1065, name: 194, oldFields: 51 },
  { from: '2.2', load: 'utils.lua:652', handler: 298, noConsumer: 255, input: 1065, name: 194, oldFields: 51 },
  { from: '2.3', load: 'utils.lua:707', handler: 276, noConsumer: 233, input: 1065, name: 194, oldFields: 51 },
  { from: '2.4', load: 'utils.lua:705', handler: 276, noConsumer: 233, input: 1065, name: 196, oldFields: 51 },
  { from: '2.6', load: 'utils.lua:705', handler: 276, noConsumer: 233, input: 1088, name: 196, oldFields: 51 },
  { from: '2.7', load: 'utils.lua:710', handler: 276, noConsumer: 233, input: 1089, name: 245, oldFields: 100 },
  { from: '2.8', load: 'utils.lua:710', handler: 276, noConsumer: 233, input: 1113, name: 245, oldFields: 100 },
  { from: '3.0', load: 'utils.lua:701', handler: 315, noConsumer: 272, input: 1103 },
  { from: '3.1', load: 'utils.lua:699', handler: 315, noConsumer: 272, input: 1104 },
  { from: '3.2', load: 'utils.lua:700', handler: 315, noConsumer: 272, input: 1104 },
  { from: '3.3', load: 'utils.lua:703', handler: 315, noConsumer: 272, input: 1104 },
  { from: '3.4', load: 'utils.lua:786', handler: 315, noConsumer: 272, input: 1104 },
  { from: '3.5', load: 'utils.lua:786', handler: 315, noConsumer: 272, input: 1115 },
  { from: '3.6', load: 'module.lua:27', handler: 318, noConsumer: 275, input: 1116 },
  { from: '3.7', load: 'module.lua:29', handler: 318, noConsumer: 275, input: 1128 },
  { from: '3.8', load: 'module.lua:29', handler: 323, noConsumer: 280, input: 1139 },
  { from: '3.9', load: 'module.lua:29', handler: 331, noConsumer: 288, input: 1196 },
];

const KONG_ROOT = '/usr/local/share/lua/5.1/kong';

/** A message of Kong's own code with its file and line before it, as Lua prints it. */
export function atLoaderLine(
  version: KongVersion,
  where: 'load' | 'handler' | 'input' | 'name' | 'oldFields' | 'daos' | 'noConsumer',
  message: string,
  offset = 0,
): string {
  const lines = entryFor(version, LINES);
  const at = {
    load: `tools/${lines?.load ?? ''}`,
    handler: `db/dao/plugins.lua:${lines?.handler ?? 0}`,
    noConsumer: `db/dao/plugins.lua:${(lines?.noConsumer ?? 0) + offset}`,
    input: `db/schema/init.lua:${lines?.input ?? 0}`,
    name: `db/schema/plugin_loader.lua:${lines?.name ?? 0}`,
    oldFields: `db/schema/plugin_loader.lua:${(lines?.oldFields ?? 0) + offset}`,
    // sort_daos_schemas_topologically, which only Kong 2.7 and 2.8 have
    daos: 'db/schema/plugin_loader.lua:50',
  }[where];
  return `${KONG_ROOT}/${at}: ${message}`;
}

// Plugins written for the purpose, and what real Kong 3.9.1 and 2.8.5 said to configurations of them. The recordings are read, not imported: their
// types alone would take the compiler many seconds.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { schemaOfCode, type PluginSchema } from '../../../src/config/pluginSchema';
import type { Json } from '../../../src/config/luaTables';
import { parseKongVersion } from '../../../src/kong/versions';
import { LuaSource } from '../../../src/lua/source';

/** What Kong answered: an entity it stored, or what it refused. */
export interface Answer {
  config?: Json;
  fields?: Json;
  message?: string;
}

function read(file: string): unknown {
  return JSON.parse(readFileSync(join(import.meta.dirname, file), 'utf8'));
}

const verdicts = read('verdicts.json') as {
  cases: [plugin: string, config: Json, answer: Answer, older?: Answer][];
  schemas: Record<string, string>;
};

/** Plugin, configuration, what 3.9.1 answered, and 2.8.5 where it said something else. */
export const recorded = verdicts.cases;

/** Plugin, version of Kong, configuration, and what it answered. */
export const recordedOfBundled = read('bundledVerdicts.json') as [
  plugin: string,
  kong: string,
  config: Json,
  status: number,
  message: string,
][];

/** The schema.lua of each plugin. */
export const sourcesOfSchemas: Readonly<Record<string, string>> = verdicts.schemas;

const schemas = new Map<string, PluginSchema>();

/** The schema of one of the recorded plugins, from its source. */
export function schemaOf(name: string, kong: string): PluginSchema {
  const known = schemas.get(`${name} ${kong}`);
  if (known !== undefined) return known;
  const source = new LuaSource(sourcesOfSchemas[name] ?? '', 'schema.lua');
  const sources = new Map([[`kong.plugins.${name}.schema`, source]]);
  const outcome = schemaOfCode({ name, sources, dependencies: [] }, parseKongVersion(kong));
  if (outcome.schema === undefined) throw new Error(outcome.reason);
  schemas.set(`${name} ${kong}`, outcome.schema);
  return outcome.schema;
}

// The error catalogue: every problem that a plugin author can meet, one table a stage.
import { CONFIGURE } from './configure';
import { DECLARATIVE } from './declarative';
import { ENABLE } from './enable';
import type { CatalogueEntry } from './entry';
import { EXTERNAL } from './external';
import { HANDLER } from './handler';
import { LIMITS } from './limits';
import { LOAD } from './load';
import { LUA_CODE } from './luaCode';
import { LUAROCKS } from './luarocks';
import { LUAROCKS_BUILD } from './luarocksBuild';
import { MIGRATE } from './migrate';
import { NGINX } from './nginx';
import { POSTED } from './posted';
import { RUNTIME } from './runtime';
import { SCHEMA } from './schema';
import { SCHEMA_MODULE } from './schemaModule';
import { START } from './start';
import { TRAFFIC } from './traffic';
import { UNKNOWN } from './unknown';

const TABLES = {
  ...LOAD,
  ...HANDLER,
  ...SCHEMA,
  ...SCHEMA_MODULE,
  ...ENABLE,
  ...MIGRATE,
  ...START,
  ...NGINX,
  ...RUNTIME,
  ...LUA_CODE,
  ...CONFIGURE,
  ...DECLARATIVE,
  ...POSTED,
  ...EXTERNAL,
  ...LUAROCKS,
  ...LUAROCKS_BUILD,
  ...TRAFFIC,
  ...LIMITS,
  ...UNKNOWN,
};

/** Id of an entry, for example `no-configuration-schema`. */
export type EntryId = keyof typeof TABLES;

export const CATALOGUE: Readonly<Record<EntryId, CatalogueEntry>> = TABLES;

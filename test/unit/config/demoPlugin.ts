// A plugin and its files in memory, and texts that use it: what the tests of the language of configurations share.
import { Schemas } from '../../../src/config/findSchema';
import { parseKongVersion } from '../../../src/kong/versions';
import type { Plugin } from '../../../src/plugin/plugin';

export const SCHEMA = `return {
  name = "demo",
  fields = {
    { config = {
        type = "record",
        fields = {
          { limit = { type = "integer", required = true, between = { 1, 100 }, description = "How many requests a minute may come." } },
          { mode = { type = "string", default = "fast", one_of = { "fast", "slow" } } },
          { quiet = { type = "boolean", default = false } },
          { upstream = { type = "record", required = false, fields = { { host = { type = "string", required = true } }, { port = { type = "integer", default = 80 } } } } },
          { rules = { type = "array", elements = { type = "record", fields = { { path = { type = "string" } }, { kind = { type = "string", one_of = { "deny", "allow" } } } } } } },
          { methods = { type = "set", elements = { type = "string", one_of = { "GET", "PUT" } } } },
          { by_name = { type = "map", keys = { type = "string" }, values = { type = "record", fields = { { weight = { type = "number" } } } } } },
        },
      },
    },
  },
}
`;

export const demo: Plugin = {
  name: 'demo',
  language: 'lua',
  dir: '/w/kong/plugins/demo',
  root: '/w',
  handler: '/w/kong/plugins/demo/handler.lua',
  schema: '/w/kong/plugins/demo/schema.lua',
  rockspec: undefined,
  modules: new Map(),
};
const FILES: Readonly<Record<string, string>> = {
  '/w/kong/plugins/demo/schema.lua': SCHEMA,
  '/w/kong/plugins/demo/handler.lua': 'return { PRIORITY = 42, VERSION = "1.2.3", access = function() end }\n',
};
export const schemasOf = (kong = '3.9', plugins = [demo]): Schemas =>
  new Schemas(plugins, parseKongVersion(kong), { read: (path) => Promise.resolve(FILES[path]) });

/** A use of the demo plugin with these lines in its configuration. */
export const use = (config: string): string => `_format_version: "3.0"\nplugins:\n- name: demo\n  config:\n${config}`;

export const NAMES = `_format_version: "3.0"
services:
- name: orders
  host: example.com
  routes:
  - name: list
    paths: [/a]
- { name: users, host: example.org }
consumers:
- username: ann
`;

// What texts of each kind are made of: the words of its grammar, and whole texts to begin from.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Kind } from './entries';
import { SESSION_WORDS } from './session';

const fixtures = join(import.meta.dirname, '../fixtures');
const LUA =
  'and break do else elseif end false for function if in local nil not or repeat return then true until while goto { } ( ) [ ] [[ ]] [=[ ]=] = == ~= < <= .. ... . : :: ; , + - * / % ^ # " \' \\ -- --[[ \\n \\r \\0 0x1p4 1e308 1e999 0 1 -1 3.0 x self conf'.split(
    ' ',
  );
const PLUGIN =
  'kong ngx require("kong.plugins.demo.x") pcall kong.log kong.response.exit(200) PRIORITY VERSION access header_filter init_worker typedefs.no_consumer name fields config type "record" "string" "array" "map" "set" elements required default one_of between len_min entity_checks at_least_one_of custom_validator constructor __index setmetatable string.rep string.format("%5.3f",1) ("a"):rep(9) table.concat ipairs pairs next select type tostring tonumber'.split(
    ' ',
  );

/** The words of each kind; a text of chance is made of them. */
export const WORDS: Readonly<Record<Kind, readonly string[]>> = {
  rockspec: [
    ...LUA,
    ...'package version source url tag branch dependencies build type builtin modules install lua bin conf copy_directories platforms linux unix description summary license rockspec_format "3.0" "lua >= 5.1" supported_platforms hooks deploy test "kong.plugins.demo.handler" "demo" "1.0.0-1" constructor __proto__ toString'.split(
      ' ',
    ),
  ],
  handler: [...LUA, ...PLUGIN],
  schema: [...LUA, ...PLUGIN],
  conf: 'plugins = bundled,demo , off # ; [section] " \' \\ \\# \n \r \r\n log_level debug database postgres lua_package_path ./?.lua;; /opt/?.lua proxy_listen 0.0.0.0:8000 ssl KONG_ _ : {vault://env/x} 1 0x1 on off custom_plugins constructor \t \u2028 é'.split(
    / /,
  ),
  declarative:
    '_format_version: "3.0" \n services: routes: plugins: consumers: upstreams: targets: - name: demo key-auth config: key_names: [ ] { } , : & * a &a *a << !!str !!binary !t | > >- ? --- ... # \' " tags: service: id: null ~ yes 0x1 1e9 2001-01-01 \t "  "    "  constructor __proto__ apiVersion: kind: KongPlugin metadata:'.split(
      ' ',
    ),
  log: [
    '2026/11/22 09:48:06 [error] 1#0: ',
    '*5 [lua] init.lua:1: ',
    'init_by_lua error: ',
    'error loading plugin schemas: ',
    "on plugin 'demo': ",
    'demo plugin is enabled but not installed;',
    'schema violation (',
    'fields.1: { ',
    ' }',
    "module 'kong.plugins.demo.handler' not found:",
    '\n\tno file ',
    "error loading module '",
    '/kong/plugins/demo/handler.lua:3: ',
    'attempt to index a nil value',
    'stack traceback:\n',
    ', client: 1.1.1.1, server: kong, request: "GET / HTTP/1.1"',
    '{"log":"',
    '","stream":"stderr"}',
    '\\n',
    '\\"',
    'kong-1  | ',
    '\x1b[31m',
    'nginx: [emerg] ',
    'Error: ',
    'password=x ',
    'Bearer abcdefgh',
    '\n',
    '\r\n',
    'Loading plugin: demo',
    '...',
    ': ',
    'é',
    '\0',
    '\ud800',
  ],
  manifest: [
    ...LUA,
    ...'commands dependencies modules repository demo "1-1" ["1-1"] arch "installed" constraints op version string __index constructor "demo/1-1" "a/b/c" ["a.b"] "a/../b.lua"'.split(
      ' ',
    ),
  ],
  answer:
    '{ } [ ] , : "data" "next" null "version" "3.9.1" "pids" "workers" "master" "configuration" "plugins" "available_on_server" "id" "name" "demo" "service" {"id":"1"} true 1 -1 1e999 "__proto__" "constructor" "/plugins?offset=a" "message" "loaded_plugins"'.split(
      ' ',
    ),
  state:
    '{ } [ ] , : "operation" "at" "undo" "step" "files" "path" "content" null "mode" "owner" "newFolders" "rocks" "reload" "entities" "row" "plugin" "via" "path" "rock" "version" "root" "demo" "x" 1 true "2026-11-22T09:48:06Z" "__proto__" ".."'.split(
      ' ',
    ),
  archive: [
    'PK\x03\x04',
    'PK\x01\x02',
    'PK\x05\x06',
    '\x1f\x8b\x08',
    '\0',
    '\xff',
    'kong/plugins/demo/handler.lua',
    '../',
    '\0\0\0\0',
    '\x01',
  ],
  session: [
    ...SESSION_WORDS,
    ...'package_=_"demo"\\n version_=_"1-1" build_=_{ } return_ {PRIORITY=10} function_ kong. kong.response.exit( conf. conf.a fields_=_{ type_=_"string" plugins_= bundled, end é '.split(
      ' ',
    ),
  ],
  phrase:
    '>= <= == ~> ~= < > @ 1.0 -1 scm-1 dev rc1 , . - _ / // \\ : ; ? ?.lua /opt/kong ./ ../ ( ) [ ] { } * + ^ $ %a %d | MIT Apache-2.0 OR AND WITH demo lua bundled off 0.0.0.0:8000 [::1]:80 ssl http2 https:// user:pa@ example.com 127.0.0.1/8 3.9 3.9.1.0-enterprise constructor __proto__ return end function é "  "'.split(
      ' ',
    ),
  text: ['-- kong-plugin: ignore a/b', '\n', '\r', '\u202e', '\x1b', 'é', '\ud800', ' ', 'x'],
};

function filesIn(folder: string, ending: RegExp): string[] {
  return readdirSync(join(fixtures, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => readFileSync(join(fixtures, folder, name), 'utf8'));
}

const ROCKSPEC =
  'rockspec_format = "3.0"\npackage = "demo"\nversion = "1.0.0-1"\nsource = { url = "git+https://x.org/d.git", tag = "1.0.0" }\ndescription = { license = "MIT" }\ndependencies = { "lua >= 5.1", "lua-cjson" }\nbuild = {\n  type = "builtin",\n  modules = { ["kong.plugins.demo.handler"] = "kong/plugins/demo/handler.lua" },\n}\n';
const HANDLER =
  'local BasePlugin = require "kong.plugins.base_plugin"\nlocal Demo = BasePlugin:extend()\nDemo.PRIORITY = 10\nfunction Demo:access(conf)\n  Demo.super.access(self)\n  local list = conf.list or {}\n  for i, v in ipairs(list) do kong.log(v.name, i + conf.n) end\n  if not conf.on then return kong.response.exit(403, { message = "no" }) end\nend\nreturn Demo\n';
const SCHEMA =
  'local typedefs = require "kong.db.schema.typedefs"\nreturn { name = "demo", fields = { { consumer = typedefs.no_consumer }, { config = { type = "record", fields = { { a = { type = "string", default = "x", one_of = { "x", "y" } } }, { l = { type = "array", elements = { type = "integer" }, len_min = 1 } } }, entity_checks = { { at_least_one_of = { "a", "l" } } } } } } }\n';
const lua = filesIn('example', /\.lua$/);

/** Whole texts to change; the fixtures among them. */
export const SEEDS: Readonly<Record<Kind, readonly string[]>> = {
  rockspec: [ROCKSPEC, ...filesIn('example', /\.rockspec$/)],
  handler: [HANDLER, ...lua],
  schema: [SCHEMA, ...lua],
  conf: [
    'plugins = bundled, demo # mine\nlog_level = info\n#database = postgres\nlua_package_path = /opt/?.lua;;\n',
    ...filesIn('example', /\.conf$/),
  ],
  declarative: [
    '_format_version: "3.0"\nservices:\n- name: a\n  url: http://a\n  routes:\n  - name: r\n    paths: [/r]\n  plugins:\n  - name: demo\n    config: { a: 1 }\nplugins:\n- name: key-auth\n  config:\n    key_names: [k]\n',
    '{"_format_version":"3.0","plugins":[{"name":"demo"},{"name":"cors"}]}',
  ],
  log: filesIn('logs/kong/3.9.1', /\.log$/),
  manifest: [
    'commands = {}\ndependencies = { demo = { ["1-1"] = { { name = "lua", constraints = { { op = ">=", version = { 5, 1, string = "5.1" } } } } } } }\nmodules = { ["kong.plugins.demo.handler"] = { "demo/1-1" } }\nrepository = { demo = { ["1-1"] = { { arch = "installed", commands = {}, dependencies = {}, modules = { ["kong.plugins.demo.handler"] = "kong/plugins/demo/handler.lua" } } } } }\n',
  ],
  answer: [
    '{"version":"3.9.1","pids":{"master":1,"workers":[2]},"configuration":{"plugins":["bundled"]},"plugins":{"available_on_server":{"demo":{"version":"1"}}}}',
    '{"data":[{"id":"1","name":"demo","service":{"id":"s"}}],"next":null}',
  ],
  state: [
    '{"operation":"install","at":"2026-11-22T09:48:06Z","undo":[{"step":"x","files":[{"path":"/a","content":null,"mode":420,"newFolders":["/b"]}]}]}',
    '{"plugin":"demo","via":"rock","version":"1-1","rock":"demo","files":["/a"],"root":null}',
  ],
  archive: [],
  session: [
    'handler local_Demo_=_{}\\nfunction_Demo:access(conf)\\n_kong.response.\\nend\\nreturn_Demo 2 15 complete hover fix 1 3 outline schema return_{_name_=_"demo"_} 0 3 complete rockspec package_=_"demo" fix close handler define',
  ],
  phrase: [
    'lua >= 5.1, < 5.4',
    '1.0.0-1',
    'bundled, demo',
    '/opt/?.lua;/opt/?/init.lua;;',
    'MIT OR (Apache-2.0 AND BSD-3-Clause)',
    '0.0.0.0:8000 ssl reuseport',
    'https://user:pass@example.com:80/x?y#z',
  ],
  text: ['local x = 1 -- kong-plugin: ignore kong/pdk-phase, kong/global-write why\nreturn x\n'],
};

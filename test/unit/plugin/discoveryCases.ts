// Workspaces, and which plugins are in them by what name.
import { relative } from 'node:path';
import type { Plugin } from '../../../src/plugin/plugin';
import { type Workspace } from './workspace';

const GO_PDK = 'github.com/Kong/go-pdk v0.11.0';
const GO_PLUGIN =
  'package main\n\nimport "github.com/Kong/go-pdk/server"\n\nfunc New() interface{} { return nil }\nfunc main() { server.StartServer(New, "0.1", 1) }\n';
export const HANDLER = 'return { PRIORITY = 1000, VERSION = "1.0.0", access = function() end }\n';

export const SCHEMA = 'return { name = "x", fields = {} }\n';

export function rockspec(modules: Record<string, string>): string {
  const lines = Object.entries(modules).map(([name, file]) => `    ["${name}"] = "${file}",\n`);
  return `package = "p"\nversion = "1.0-1"\nsource = { url = "https://example.org/p.zip" }\nbuild = {\n  type = "builtin",\n  modules = {\n${lines.join('')}  },\n}\n`;
}

/** What a case expects of one plugin; paths relative to the workspace, with `/`. */
export type Expected = Partial<{
  name: string;
  language: string;
  dir: string;
  root: string;
  rockspec: string;
  handler: string;
  schema: string;
}>;

export interface Case {
  title: string;
  files: Record<string, string>;
  found: Expected[];
}

export const CASES: Case[] = [
  {
    title: 'kong/plugins/<name> without a rockspec',
    files: { 'kong/plugins/a/handler.lua': HANDLER, 'kong/plugins/a/schema.lua': SCHEMA },
    found: [
      {
        name: 'a',
        language: 'lua',
        dir: 'kong/plugins/a',
        root: '',
        handler: 'kong/plugins/a/handler.lua',
        schema: 'kong/plugins/a/schema.lua',
      },
    ],
  },
  {
    title: 'anywhere below the root, several in a monorepo',
    files: {
      'services/x/kong/plugins/a/handler.lua': HANDLER,
      'services/y/kong/plugins/b/handler.lua': HANDLER,
      'lua/kong/plugins/c/handler.lua': HANDLER,
    },
    found: [{ name: 'a' }, { name: 'b', root: 'services/y' }, { name: 'c', root: 'lua' }],
  },
  {
    title: 'once what a rockspec looks for in a folder that is not there',
    files: {
      'p/p-1.0-1.rockspec': rockspec({ 'kong.plugins.x.handler': './p/handler.lua', 'kong.plugins.x.schema': './p/schema.lua' }),
      'p/handler.lua': HANDLER,
      'p/schema.lua': SCHEMA,
    },
    found: [{ name: 'x', dir: 'p', handler: 'p/handler.lua' }],
  },
  {
    title: 'what a rockspec maps with slashes, which LuaRocks installs all the same',
    files: { 'p-1.0-1.rockspec': rockspec({ 'kong/plugins/a/handler': 'src/handler.lua' }), 'src/handler.lua': HANDLER },
    found: [{ name: 'a', dir: 'src' }],
  },
  {
    title: 'but nothing that LuaRocks keeps in a tree',
    files: {
      'tree/lib/luarocks/rocks-5.1/p/1.0-1/p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'src/handler.lua' }),
      'tree/share/lua/5.1/kong/plugins/a/handler.lua': HANDLER,
      'old/lib/luarocks/rocks/p/1.0-1/p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'src/handler.lua' }),
    },
    found: [],
  },
  {
    title: 'a folder whose handler is missing but whose schema is there',
    files: { 'kong/plugins/a/schema.lua': SCHEMA },
    found: [{ name: 'a', handler: '-', schema: 'kong/plugins/a/schema.lua' }],
  },
  {
    title: 'a handler in handler/init.lua, as ?/init.lua finds it',
    files: { 'kong/plugins/a/handler/init.lua': HANDLER, 'kong/plugins/a/schema.lua': SCHEMA },
    found: [{ name: 'a', handler: 'kong/plugins/a/handler/init.lua' }],
  },
  {
    title: 'a rockspec maps another folder to the plugin',
    files: {
      'p-1.0-1.rockspec': rockspec({
        'kong.plugins.my-plugin.handler': 'src/handler.lua',
        'kong.plugins.my-plugin.schema': 'src/schema.lua',
      }),
      'src/handler.lua': HANDLER,
      'src/schema.lua': SCHEMA,
    },
    found: [{ name: 'my-plugin', dir: 'src', root: '', rockspec: 'p-1.0-1.rockspec', schema: 'src/schema.lua' }],
  },
  {
    title: 'a rockspec gives the folder another name',
    files: {
      'p-1.0-1.rockspec': rockspec({ 'kong.plugins.my-plugin.handler': 'kong/plugins/my_plugin/handler.lua' }),
      'kong/plugins/my_plugin/handler.lua': HANDLER,
    },
    found: [{ name: 'my-plugin', dir: 'kong/plugins/my_plugin' }],
  },
  {
    title: 'one rockspec holds several plugins',
    files: {
      'p-1.0-1.rockspec': rockspec({
        'kong.plugins.a.handler': 'a/handler.lua',
        'kong.plugins.b.handler': 'b/handler.lua',
        'kong.plugins.b.util': 'b/util.lua',
      }),
      'a/handler.lua': HANDLER,
      'b/handler.lua': HANDLER,
      'b/util.lua': 'return {}',
    },
    found: [
      { name: 'a', dir: 'a' },
      { name: 'b', dir: 'b' },
    ],
  },
  {
    title: 'a rockspec in rockspec/ speaks of the folder above',
    files: {
      'rockspec/p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua' }),
      'kong/plugins/a/handler.lua': HANDLER,
    },
    found: [{ name: 'a', root: '', rockspec: 'rockspec/p-1.0-1.rockspec' }],
  },
  {
    title: 'the newest rockspec of several',
    files: {
      'p-1.9.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua' }),
      'p-1.10.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua' }),
      'p-dev-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua' }),
      'kong/plugins/a/handler.lua': HANDLER,
    },
    found: [{ name: 'a', rockspec: 'p-1.10.0-1.rockspec' }],
  },
  {
    title: 'the innermost rockspec, not the bundle that maps everything',
    files: {
      'bundle-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'a/kong/plugins/a/handler.lua' }),
      'a/a-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua' }),
      'a/kong/plugins/a/handler.lua': HANDLER,
    },
    found: [{ name: 'a', root: 'a', rockspec: 'a/a-1.0-1.rockspec' }],
  },
  {
    title: 'a rockspec whose handler file is missing',
    files: {
      'p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'src/handler.lua', 'kong.plugins.a.schema': 'src/schema.lua' }),
      'src/schema.lua': SCHEMA,
    },
    found: [{ name: 'a', handler: '-', rockspec: 'p-1.0-1.rockspec' }],
  },
  {
    title: 'names in comments of a rockspec are not plugins',
    files: {
      'p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'a/handler.lua' }).replace(
        '  modules',
        '  -- ["kong.plugins.b.handler"] = "b/handler.lua",\n  modules',
      ),
      'a/handler.lua': HANDLER,
      'b/handler.lua': HANDLER,
    },
    found: [{ name: 'a' }],
  },
  {
    title: 'a rockspec that computes its module names',
    files: {
      'p-1.0-1.rockspec': [
        'local plugin_name = "my-plugin"',
        'package = "kong-plugin-" .. plugin_name',
        'version = "1.0-1"',
        'build = { type = "builtin", modules = {',
        '  ["kong.plugins." .. plugin_name .. ".handler"] = "src/handler.lua",',
        '} }',
      ].join('\n'),
      'src/handler.lua': HANDLER,
    },
    found: [{ name: 'my-plugin', dir: 'src', rockspec: 'p-1.0-1.rockspec' }],
  },
  {
    title: 'a folder outside of kong/plugins with a Kong handler and schema',
    files: { 'plugins/my-auth/handler.lua': HANDLER, 'plugins/my-auth/schema.lua': 'return { fields = {} }' },
    found: [{ name: 'my-auth', dir: 'plugins/my-auth' }],
  },
  {
    title: 'a folder with a handler that has nothing to do with Kong is none',
    files: { 'game/handler.lua': 'return function(event) end', 'game/schema.lua': 'return { fields = {} }' },
    found: [],
  },
  {
    title: 'duplicates are both told',
    files: { 'v1/kong/plugins/a/handler.lua': HANDLER, 'v2/kong/plugins/a/handler.lua': HANDLER },
    found: [
      { name: 'a', dir: 'v1/kong/plugins/a' },
      { name: 'a', dir: 'v2/kong/plugins/a' },
    ],
  },
  {
    title: 'packages, installed trees, fixtures and ignored folders hold none',
    files: {
      'node_modules/x/kong/plugins/a/handler.lua': HANDLER,
      'lua_modules/share/lua/5.1/kong/plugins/a/handler.lua': HANDLER,
      'node/share/lua/5.1/kong/plugins/a/handler.lua': HANDLER,
      '.luarocks/share/lua/5.1/kong/plugins/a/handler.lua': HANDLER,
      'spec/fixtures/custom_plugins/kong/plugins/a/handler.lua': HANDLER,
      'out/kong/plugins/a/handler.lua': HANDLER,
      '.gitignore': '/out\n',
      'sub/.gitignore': 'gen/\n',
      'sub/gen/kong/plugins/a/handler.lua': HANDLER,
      'kong/plugins/b/handler.lua': HANDLER,
    },
    found: [{ name: 'b' }],
  },
  {
    title: 'plugins may be named like a fixture folder',
    files: { 'kong/plugins/test/handler.lua': HANDLER, 'kong/plugins/spec/handler.lua': HANDLER },
    found: [{ name: 'spec' }, { name: 'test' }],
  },
  {
    title: 'Go, JavaScript and Python plugin servers are said to be such',
    files: {
      'go-hello/go.mod': 'module example.org/go-hello\n\nrequire github.com/Kong/go-pdk v0.11.0\n',
      'go-hello/main.go':
        'package main\n\nimport (\n\t"github.com/Kong/go-pdk"\n\t"github.com/Kong/go-pdk/server"\n)\n\nfunc New() interface{} { return nil }\nfunc main() { server.StartServer(New, "0.1", 1) }\n',
      'go-hello/helper.go': 'package main\n\nimport "github.com/Kong/go-pdk"\n\nfunc help(kong *pdk.PDK) {}\n',
      'js/package.json': '{ "dependencies": { "kong-pdk": "^0.6.0" } }',
      'js/js-hello.js': 'class KongPlugin {}\nmodule.exports = { Plugin: KongPlugin, Schema: [], Version: "1" }\n',
      'js/util.js': 'module.exports = {}\n',
      'py/py_hello.py':
        '#!/usr/bin/env python3\nimport kong_pdk.pdk.kong as kong\n\nclass Plugin(object):\n  pass\n\nif __name__ == "__main__":\n    from kong_pdk.cli import start_dedicated_server\n    start_dedicated_server("py-hello", Plugin, "1", 0)\n',
      'py/other.py': 'class Plugin: pass\n',
    },
    found: [
      { name: 'go-hello', language: 'go', dir: 'go-hello' },
      { name: 'js-hello', language: 'javascript' },
      { name: 'py-hello', language: 'python' },
    ],
  },
  {
    title: 'a Go plugin has the name of its binary: as go build makes it of a module or package',
    files: {
      'one/go.mod': `module example.org/teams/go-tea/v2\n\nrequire ${GO_PDK}\n`,
      'one/main.go': GO_PLUGIN,
      'two/go.mod': `module example.org/pots\n\nrequire ${GO_PDK}\n`,
      'two/cmd/go-pot/main.go': GO_PLUGIN,
      'two/cmd/go-lid/main.go': GO_PLUGIN,
    },
    found: [{ name: 'go-lid' }, { name: 'go-pot' }, { name: 'go-tea' }],
  },
  {
    title: 'a Go plugin has the name of its binary: as Makefile, Dockerfile and README build it',
    files: {
      'one/go.mod': `module example.org/one\n\nrequire ${GO_PDK}\n`,
      'one/main.go': GO_PLUGIN,
      'one/Makefile': 'all:\n\tCGO_ENABLED=0 go build -ldflags "-s -w" -trimpath \\\n\t  -o bin/go-tea .\n',
      'two/go.mod': `module example.org/two\n\nrequire ${GO_PDK}\n`,
      'two/pot/pot.go': GO_PLUGIN,
      'two/lid/lid.go': GO_PLUGIN,
      'two/Dockerfile': 'FROM golang\nRUN go build -o /out/go-pot ./pot && go build -o=/out/go-lid lid/lid.go\n',
      'three/go.mod': `module example.org/three\n\nrequire ${GO_PDK}\n`,
      'three/main.go': GO_PLUGIN,
      'three/README.md': '    go build -buildmode plugin -o go-cup.so main.go\n',
      'four/go.mod': `module example.org/go-jug\n\nrequire ${GO_PDK}\n`,
      'four/main.go': GO_PLUGIN,
      'four/Makefile': 'all:\n\tgo build -o $(NAME) .\n',
    },
    found: [{ name: 'go-cup' }, { name: 'go-jug' }, { name: 'go-lid' }, { name: 'go-pot' }, { name: 'go-tea' }],
  },
  {
    title: "a Go plugin has the name of its binary: as Kong's settings start it",
    files: {
      'one/go.mod': `module example.org/one\n\nrequire ${GO_PDK}\n`,
      'one/main.go': GO_PLUGIN,
      'one/kong.conf':
        'pluginserver_names = go\npluginserver_go_start_cmd = /usr/local/bin/go-tea -kong-prefix /usr/local/kong\n',
      'two/go/go.mod': `module example.org/two\n\nrequire ${GO_PDK}\n`,
      'two/go/main.go': GO_PLUGIN,
      'two/docker-compose.yml':
        'environment:\n  KONG_PLUGINSERVER_POT_QUERY_CMD: /opt/go-pot -dump\n  KONG_PLUGINSERVER_PY_START_CMD: python3 x.py\n',
    },
    found: [{ name: 'go-pot' }, { name: 'go-tea' }],
  },
  { title: 'an empty workspace', files: {}, found: [] },
];

export function describePlugin(plugin: Plugin, expected: Expected, { root }: Workspace): Expected {
  const path = (value: string | undefined): string => (value === undefined ? '-' : relative(root, value).split('\\').join('/'));
  const all = {
    ...plugin,
    dir: path(plugin.dir),
    root: path(plugin.root),
    rockspec: path(plugin.rockspec),
    handler: path(plugin.handler),
    schema: path(plugin.schema),
  };
  return Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof Expected]]));
}

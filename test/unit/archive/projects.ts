// Plugin projects of many shapes, as tables: what packing is held against real LuaRocks with.

/** A folder to be written: files by path, empty directories, and symbolic links by path. */
export interface Project {
  shape: string;
  files: Readonly<Record<string, string>>;
  directories?: readonly string[];
  links?: Readonly<Record<string, string>>;
  /** Files that are executable. */
  executable?: readonly string[];
}

const HANDLER = 'return { PRIORITY = 10, VERSION = "1.0", access = function() end }\n';
const schemaOf = (name: string): string =>
  `return { name = "${name}", fields = { { config = { type = "record", fields = {} } } } }\n`;

/** handler.lua and schema.lua of a plugin in a folder. */
export function plugin(name: string, folder = `kong/plugins/${name}`): Record<string, string> {
  return { [`${folder}/handler.lua`]: HANDLER, [`${folder}/schema.lua`]: schemaOf(name) };
}

/** A rockspec with the given build table and extra top-level lines. */
export function rockspec(name: string, build: string, extra = '', version = '1.0-1'): string {
  return `package = "${name}"
version = "${version}"
source = { url = "git+https://github.com/example/${name.toLowerCase()}.git" }
description = { summary = "A plugin", license = "Apache-2.0" }
dependencies = { "lua >= 5.1" }
${extra}
${build === '' ? '' : `build = ${build}`}
`;
}

/** The build table's modules of a plugin in the usual place. */
export function modulesOf(name: string, folder = `kong/plugins/${name}`): string {
  return `["kong.plugins.${name}.handler"] = "${folder}/handler.lua", ["kong.plugins.${name}.schema"] = "${folder}/schema.lua"`;
}

const builtin = (name: string, more = '', folder?: string): string =>
  `{ type = "builtin", modules = { ${modulesOf(name, folder)} }${more} }`;

export const PROJECTS: readonly Project[] = [
  {
    shape: 'the plugin template',
    files: {
      ...plugin('a'),
      'kong-plugin-a-1.0-1.rockspec': rockspec('kong-plugin-a', builtin('a')),
      'README.md': '# a\n',
      LICENSE: 'Apache\n',
      'spec/a/01-unit_spec.lua': 'describe("a", function() end)\n',
      '.luacheckrc': 'std = "ngx_lua"\n',
    },
  },
  {
    shape: 'init.lua under its own and under another name',
    files: {
      ...plugin('b'),
      'kong/plugins/b/init.lua': 'return {}\n',
      'kong/plugins/b/sub/init.lua': 'return {}\n',
      'kong-plugin-b-1.0-1.rockspec': rockspec(
        'kong-plugin-b',
        `{ type = "builtin", modules = { ${modulesOf('b')}, ["kong.plugins.b"] = "kong/plugins/b/init.lua", ["kong.plugins.b.sub.init"] = "kong/plugins/b/sub/init.lua" } }`,
      ),
    },
  },
  {
    shape: 'modules renamed from other folders',
    files: {
      ...plugin('c', 'src'),
      'src/tools.lua': 'return {}\n',
      'kong-plugin-c-1.0-1.rockspec': rockspec(
        'kong-plugin-c',
        `{ type = "builtin", modules = { ${modulesOf('c', 'src')}, ["kong.plugins.c.utils.helpers"] = "src/tools.lua" } }`,
      ),
    },
  },
  {
    shape: 'build.install of every kind',
    files: {
      ...plugin('d'),
      'data/words.json': '[]\n',
      'data/extra.lua': 'return {}\n',
      'data/plain.lua': 'return {}\n',
      'conf/d.conf': 'x = 1\n',
      'tools/with-shebang': '#!/bin/sh\necho hi\n',
      'tools/lua-script': 'print("hi")\n',
      'tools/other.lua': 'print("hi")\n',
      'kong-plugin-d-1.0-1.rockspec': rockspec(
        'kong-plugin-d',
        builtin(
          'd',
          `, install = {
            lua = { "data/plain.lua", ["kong.plugins.d.data"] = "data/words.json", ["kong.plugins.d.extra"] = "data/extra.lua" },
            conf = { "conf/d.conf", ["deep/er/d.conf"] = "conf/d.conf" },
            bin = { "tools/with-shebang", ["d-lua"] = "tools/lua-script", "tools/other.lua" },
          }`,
        ),
      ),
    },
  },
  {
    shape: 'copy_directories with nested, hidden and empty things',
    files: {
      ...plugin('e'),
      'docs/guide/one.md': 'one\n',
      'docs/.hidden': 'h\n',
      'samples/deep/x.yaml': 'x: 1\n',
      'README.md': 'not packed\n',
      'kong-plugin-e-1.0-1.rockspec': rockspec('kong-plugin-e', builtin('e', ', copy_directories = { "docs/", "samples/deep" }')),
    },
    directories: ['docs/empty/inner'],
    executable: ['docs/guide/one.md'],
  },
  {
    shape: 'no copy_directories: readme and licence files of the root, in odd spellings',
    files: {
      ...plugin('f'),
      'readme.txt': 'r\n',
      License: 'l\n',
      'COPYING.LESSER': 'c\n',
      'notes.mdx': 'n\n',
      'changes.md.old': 'm\n',
      'other.txt': 'o\n',
      'kong-plugin-f-1.0-1.rockspec': rockspec('kong-plugin-f', builtin('f', ', copy_directories = {}')),
    },
  },
  {
    shape: 'the default folder doc',
    files: {
      ...plugin('g'),
      'doc/index.html': '<p>\n',
      'README.md': 'not packed\n',
      'kong-plugin-g-1.0-1.rockspec': rockspec('kong-plugin-g', builtin('g')),
    },
  },
  {
    shape: 'format 3.0: modules found from the root',
    files: {
      ...plugin('h'),
      'kong/plugins/h/migrations/init.lua': 'return {}\n',
      'spec/h_spec.lua': 'return\n',
      'test.lua': 'return\n',
      'stray.lua': 'return {}\n',
      'README.md': 'r\n',
      'kong-plugin-h-1.0-1.rockspec': rockspec('kong-plugin-h', '{ type = "builtin" }', 'rockspec_format = "3.0"'),
    },
  },
  {
    shape: 'format 3.0: no build at all, modules in src, programs in src/bin, docs and tests',
    files: {
      ...plugin('i', 'src/kong/plugins/i'),
      'src/bin/i-tool': '#!/usr/bin/env lua\nprint(1)\n',
      'docs/x.md': 'x\n',
      'tests/t.lua': 'return\n',
      'kong-plugin-i-1.0-1.rockspec': rockspec('kong-plugin-i', '', 'rockspec_format = "3.0"'),
    },
  },
  {
    shape: 'format 3.0: modules in lua, which is also copied whole',
    files: {
      ...plugin('j', 'lua/kong/plugins/j'),
      'lua/kong/plugins/j/words.txt': 'w\n',
      'lua/spec/x.lua': 'return {}\n',
      'kong-plugin-j-1.0-1.rockspec': rockspec('kong-plugin-j', '{}', 'rockspec_format = "3.0"'),
    },
  },
  {
    shape: 'format 3.0: modules in lib, a file name with dots',
    files: {
      ...plugin('k', 'lib/kong/plugins/k'),
      'lib/kong/plugins/k/some.thing.lua': 'return {}\n',
      'kong-plugin-k-1.0-1.rockspec': rockspec('kong-plugin-k', '{ type = "builtin" }', 'rockspec_format = "3.0"'),
    },
  },
  {
    shape: 'listed modules and a project folder lua',
    files: {
      ...plugin('l'),
      'lua/extra/module.lua': 'return {}\n',
      'lua/extra/data.json': '{}\n',
      'kong-plugin-l-1.0-1.rockspec': rockspec('kong-plugin-l', builtin('l')),
    },
    directories: ['lua/extra/empty'],
  },
  {
    shape: 'platform overrides',
    files: {
      ...plugin('m'),
      'kong/plugins/m/linux.lua': 'return "linux"\n',
      'kong/plugins/m/other.lua': 'return "other"\n',
      'kong-plugin-m-1.0-1.rockspec': rockspec(
        'kong-plugin-m',
        builtin(
          'm',
          `, platforms = { unix = { modules = { ["kong.plugins.m.os"] = "kong/plugins/m/other.lua" } },
             linux = { modules = { ["kong.plugins.m.os"] = "kong/plugins/m/linux.lua" } },
             windows = { modules = { ["kong.plugins.m.win"] = "no/such/file.lua" } } }`,
        ),
      ),
    },
  },
  {
    shape: 'a rockspec that computes',
    files: {
      ...plugin('n'),
      'kong/plugins/n/one.lua': 'return 1\n',
      'kong/plugins/n/two.lua': 'return 2\n',
      'kong-plugin-n-2.1.0-3.rockspec': `local name = "n"
local v = "2.1.0"
package = ("KONG-PLUGIN-"):lower() .. name
version = v .. "-" .. 3
source = { url = "git+https://github.com/example/n.git", tag = "v" .. v }
description = { license = "MIT" }
build = { type = "builtin", modules = {} }
local i = 0
while i < 4 do
  i = i + 1
  local m = i == 1 and "handler" or i == 2 and "schema" or i == 3 and "one" or "two"
  build.modules["kong.plugins." .. name .. "." .. m] = "kong/plugins/" .. name .. "/" .. m .. ".lua"
end
`,
    },
  },
  {
    shape: 'build.type none with install.lua',
    files: {
      ...plugin('o'),
      'kong-plugin-o-1.0-1.rockspec': rockspec('kong-plugin-o', `{ type = "none", install = { lua = { ${modulesOf('o')} } } }`),
    },
  },
  {
    shape: 'the old name of builtin',
    files: {
      ...plugin('p'),
      'kong-plugin-p-1.0-1.rockspec': rockspec('kong-plugin-p', `{ type = "module", modules = { ${modulesOf('p')} } }`),
    },
  },
  {
    shape: 'two plugins and a library in one rockspec',
    files: {
      ...plugin('q'),
      ...plugin('q-two'),
      'kong/plugins/q/migrations/000_base.lua': 'return {}\n',
      'kong/plugins/q/migrations/init.lua': 'return { "000_base" }\n',
      'kong/plugins/q/daos.lua': 'return {}\n',
      'kong/enterprise/common.lua': 'return {}\n',
      'kong-plugin-q-1.0-1.rockspec': rockspec(
        'kong-plugin-q',
        `{ type = "builtin", modules = { ${modulesOf('q')}, ${modulesOf('q-two')},
          ["kong.plugins.q.migrations"] = "kong/plugins/q/migrations/init.lua",
          ["kong.plugins.q.migrations.000_base"] = "kong/plugins/q/migrations/000_base.lua",
          ["kong.plugins.q.daos"] = "kong/plugins/q/daos.lua", ["kong.enterprise.common"] = "kong/enterprise/common.lua" } }`,
      ),
    },
  },
  {
    shape: 'module names with slashes and paths that are not tidy',
    files: {
      ...plugin('r'),
      'kong-plugin-r-1.0-1.rockspec': rockspec(
        'kong-plugin-r',
        `{ type = "builtin", modules = { ["kong/plugins/r/handler"] = "./kong/plugins/r/handler.lua", ["kong.plugins.r.schema"] = "kong//plugins/../plugins/r/schema.lua" } }`,
      ),
    },
  },
  {
    shape: 'symbolic links to files and folders',
    files: {
      ...plugin('s', 'real'),
      'shared/text.txt': 't\n',
      'docs/own.txt': 'o\n',
      'kong-plugin-s-1.0-1.rockspec': rockspec('kong-plugin-s', builtin('s', ', copy_directories = { "docs" }')),
    },
    links: {
      'kong/plugins/s': '../../real',
      'docs/shared': '../shared',
      'docs/text.txt': '../shared/text.txt',
      'docs/broken': 'nowhere',
    },
  },
  {
    shape: 'symbolic links that stay in the folder they are copied with, and hidden folders',
    files: {
      ...plugin('sl'),
      'docs/own.txt': 'o\n',
      'docs/part/one.txt': '1\n',
      'docs/.part/two.txt': '2\n',
      'docs/part/.three.txt': '3\n',
      'kong-plugin-sl-1.0-1.rockspec': rockspec('kong-plugin-sl', builtin('sl', ', copy_directories = { "docs" }')),
    },
    links: { 'docs/again.txt': 'own.txt', 'docs/part/up.txt': '../own.txt', 'docs/whole': 'part' },
  },
  {
    shape: 'hidden documents of the root, and a hidden file in the folder lua',
    files: {
      ...plugin('hd'),
      '.notes.md': 'n\n',
      'README.md': 'r\n',
      'lua/.keep': 'k\n',
      'lua/extra.lua': 'return {}\n',
      'kong-plugin-hd-1.0-1.rockspec': rockspec('kong-plugin-hd', builtin('hd')),
    },
  },
  {
    shape: 'format 3.0: hidden modules and programs beside others',
    files: {
      ...plugin('hm', 'src/kong/plugins/hm'),
      'src/.odd/module.lua': 'return {}\n',
      'src/bin/tool': '#!/usr/bin/env lua\nprint(1)\n',
      'src/bin/.secret': '#!/usr/bin/env lua\nprint(2)\n',
      'kong-plugin-hm-1.0-1.rockspec': rockspec('kong-plugin-hm', '{ type = "builtin" }', 'rockspec_format = "3.0"'),
    },
  },
  {
    shape: 'capital letters and a development version',
    files: {
      ...plugin('t'),
      'kong-plugin-t-scm-1.rockspec': rockspec('Kong-Plugin-T', builtin('t'), '', 'scm-1'),
    },
  },
  {
    shape: 'the rockspec in a folder of its own',
    files: {
      ...plugin('u'),
      'rockspec/kong-plugin-u-1.0-1.rockspec': rockspec('kong-plugin-u', builtin('u')),
      'README.md': 'r\n',
    },
  },
  {
    shape: 'pinned dependencies',
    files: {
      ...plugin('v'),
      'luarocks.lock': 'return {\n   dependencies = {\n   }\n}\n',
      'kong-plugin-v-1.0-1.rockspec': rockspec('kong-plugin-v', builtin('v')),
    },
  },
  {
    shape: 'file names that need quoting',
    files: {
      ...plugin('w'),
      'doc/end': 'e\n',
      'doc/with space.txt': 's\n',
      'doc/quo"te': 'q\n',
      'doc/ünïcode.md': 'u\n',
      'doc/_ok1': 'o\n',
      'doc/1st': '1\n',
      'doc/empty': '',
      'doc/crlf.txt': 'a\r\nb\r\n',
      'kong-plugin-w-1.0-1.rockspec': rockspec('kong-plugin-w', builtin('w')),
    },
  },
  {
    shape: 'a folder that looks like a licence file',
    files: {
      ...plugin('x'),
      'LICENSES/MIT.txt': 'm\n',
      'README.md': 'r\n',
      'kong-plugin-x-1.0-1.rockspec': rockspec('kong-plugin-x', builtin('x')),
    },
  },
  {
    shape: 'unwrapped scripts and a hook',
    files: {
      ...plugin('y'),
      'bin/y': '#!/bin/sh\ntrue\n',
      'kong-plugin-y-1.0-1.rockspec': rockspec(
        'kong-plugin-y',
        builtin('y', ', install = { bin = { "bin/y" } }'),
        'rockspec_format = "3.0"\ndeploy = { wrap_bin_scripts = false }\nhooks = { post_install = "true" }',
      ),
    },
  },
  {
    shape: 'copy_directories named lua and conf',
    files: {
      ...plugin('z'),
      'lua/z/extra.lua': 'return {}\n',
      'conf/z.conf': 'z\n',
      'kong-plugin-z-1.0-1.rockspec': rockspec('kong-plugin-z', builtin('z', ', copy_directories = { "lua", "conf" }')),
    },
  },
];

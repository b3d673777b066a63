// Every check: a project that shows it, at its place; the clean project that does not; and its fix, which leaves nothing behind.
import assert from 'node:assert/strict';
import { basename } from 'node:path';
import { ROCKSPEC_CHECKS } from '../../../src/rockspec/check';
import { applyChanges, checkProject, CLEAN, CLEAN_FILES, CLEAN_NAME, textAt, type Files } from './project';

/** How a clean project is spoilt, and what must be said about it. */
interface Case {
  code: string;
  /** Pieces of the clean rockspec and what takes their place. */
  change?: [string, string][];
  text?: string;
  file?: string;
  files?: Record<string, string | undefined>;
  kong?: string;
  luarocks?: string;
  /** What the range covers. */
  at: string;
  /** Other codes that belong to it. */
  also?: string[];
  /** The title of the fix that mends it. */
  fix?: string;
  /** True when "fix all" may apply it. */
  safe?: boolean;
}

const FORMAT_1: [string, string] = ['rockspec_format = "3.0"\n', ''];
const HANDLER_LINE = '    ["kong.plugins.x.handler"] = "kong/plugins/x/handler.lua",\n';
const SCHEMA_LINE = '    ["kong.plugins.x.schema"] = "kong/plugins/x/schema.lua",\n';
const dependency = (text: string): [string, string][] => [['"lua-resty-http >= 0.16"', `"${text}"`]];
const url = (text: string): [string, string][] => [['git+https://example.com/x.git', text]];
const license = (text: string): [string, string][] => [['"MIT"', `"${text}"`]];
const build = (text: string): [string, string][] => [['  type = "builtin",\n', `  type = "builtin",\n${text}\n`]];

const CASES: Case[] = [
  { code: 'syntax-error', change: [['"MIT",\n}', '"MIT"\n']], at: 'dependencies' },
  { code: 'syntax-error', change: [['copy_directories = { "docs" },\n}\n', 'copy_directories = { "docs" },\n']], at: ',' },
  { code: 'syntax-error', change: [FORMAT_1, ['package =', 'goto done\n::done::\npackage =']], at: 'done' },
  {
    code: 'byte-order-mark',
    change: [['rockspec_format', '\ufeffrockspec_format']],
    at: '\ufeff',
    fix: 'Remove the byte order mark',
    safe: true,
  },
  { code: 'runtime-error', change: [['package =', 'print("x")\npackage =']], at: 'print("x")', also: ['unknown-variable'] },
  { code: 'runtime-error', change: [['"MIT"', '("x"):nothing()']], at: '("x"):nothing()' },
  { code: 'not-evaluated', change: [['package =', 'while true do end\npackage =']], at: 'while true do end' },
  { code: 'not-evaluated', change: [['"MIT"', '("x"):rep(1e9)']], at: '("x"):rep(1e9)' },
  { code: 'unknown-variable', change: [['"MIT"', 'MIT']], at: 'MIT', also: ['license-missing'] },
  {
    code: 'unknown-variable',
    change: [FORMAT_1, ['"MIT"', 'test or "MIT"']],
    at: 'test',
    fix: 'Set rockspec_format to "3.0"',
    safe: true,
  },
  { code: 'unknown-format', change: [['"3.0"', '"3"']], at: '"3"', fix: 'Write "3.0"', safe: true },
  { code: 'unknown-format', change: [['"3.0"', '3.0']], at: '3.0' },
  { code: 'unknown-format', change: [['"3.0"', '1']], at: '1', fix: 'Write "1.0"', safe: true },
  { code: 'format-unsupported', change: [['"3.0"', '"3.1"']], at: '"3.1"', fix: 'Use format 3.0', safe: true },
  {
    code: 'format-unsupported',
    change: [['"3.0"', '"3.1"']],
    luarocks: '3.12.2',
    at: '"3.1"',
    fix: 'Use format 3.0',
    safe: true,
  },
  {
    code: 'format-too-old',
    change: [FORMAT_1, ['summary = "s"', 'labels = { "kong" }']],
    at: 'labels',
    fix: 'Set rockspec_format to "3.0"',
    safe: true,
  },
  {
    code: 'format-too-old',
    change: [['"3.0"', '"1.1"'], ...dependency('me/rock >= 1')],
    at: '"me/rock >= 1"',
    fix: 'Set rockspec_format to "3.0"',
    safe: true,
  },
  {
    code: 'unknown-field',
    change: [['dependencies =', 'dependancies =']],
    at: 'dependancies',
    fix: 'Rename to dependencies',
    safe: true,
  },
  {
    code: 'unknown-field',
    change: [['license', 'licence']],
    at: 'licence',
    also: ['license-missing'],
    fix: 'Rename to license',
    safe: true,
  },
  { code: 'unknown-field', change: [['summary =', '["sumary"] =']], at: '"sumary"', fix: 'Rename to summary', safe: true },
  { code: 'unknown-field', change: [['summary = "s"', 'summary = "s", sha256 = "x"']], at: 'sha256' },
  { code: 'unknown-field', change: [['summary =', 'sumary = "t", summary =']], at: 'sumary' },
  { code: 'unknown-field', change: [['tag =', 'ref =']], at: 'ref', fix: 'Rename to tag', safe: false },
  { code: 'type-mismatch', change: [['"s"', '1']], at: '1' },
  { code: 'type-mismatch', change: [['"docs"', '1']], at: '1' },
  { code: 'type-mismatch', change: build('  platforms = { unix = "x" },'), at: '"x"' },
  { code: 'missing-field', change: [['package = "kong-plugin-x"\n', '']], at: 'rockspec_format = "3.0"' },
  { code: 'missing-field', change: [['  url = "git+https://example.com/x.git",\n', '']], at: 'source' },
  {
    code: 'version-pattern',
    change: [
      ['"1.2.0-1"', '"1.2.0-rc.1-1"'],
      ['tag = "1.2.0"', 'tag = "v1.2.0-rc.1"'],
    ],
    file: 'kong-plugin-x-1.2.0-rc.1-1.rockspec',
    files: { 'kong/plugins/x/handler.lua': 'return { VERSION = "1.2.0-rc.1" }' },
    at: '"1.2.0-rc.1-1"',
    fix: 'Write "1.2.0rc1-1"',
    safe: false,
  },
  {
    code: 'version-pattern',
    change: [
      ['package =', 'local v = "1.2.0"\npackage ='],
      ['"1.2.0-1"', 'v'],
    ],
    file: 'kong-plugin-x-1.2.0.rockspec',
    at: 'v',
    also: [],
    fix: 'Write "1.2.0-1"',
    safe: false,
  },
  { code: 'package-name', change: [['"kong-plugin-x"', '"kong/x"']], at: '"kong/x"' },
  {
    code: 'package-name',
    change: [['"kong-plugin-x"', '""']],
    file: '-1.2.0-1.rockspec',
    at: '""',
    also: ['package-convention'],
  },
  { code: 'file-name', file: 'plugin.rockspec', at: 'package', fix: `Rename the file to ${CLEAN_NAME}`, safe: false },
  {
    code: 'file-name-mismatch',
    file: 'kong-plugin-x-1.1.0-1.rockspec',
    at: '"1.2.0-1"',
    fix: `Rename the file to ${CLEAN_NAME}`,
    safe: false,
  },
  {
    code: 'file-name-mismatch',
    file: 'kong-plugin-x-1.2.0-2.rockspec',
    at: '"1.2.0-1"',
    fix: 'Change the version to 1.2.0-2',
    safe: false,
  },
  {
    code: 'file-name-mismatch',
    file: 'other-1.2.0-1.rockspec',
    at: '"kong-plugin-x"',
    fix: `Rename the file to ${CLEAN_NAME}`,
    safe: false,
  },
  { code: 'license-missing', change: [['  license = "MIT",\n', '']], at: 'description' },
  { code: 'license-unknown', change: license('Apache 2.0'), at: '"Apache 2.0"', fix: 'Write "Apache-2.0"', safe: true },
  {
    code: 'license-unknown',
    change: [
      ['package =', 'local free = "Apache 2.0"\npackage ='],
      ['"MIT"', 'free'],
    ],
    at: 'free',
    fix: 'Write "Apache-2.0"',
    safe: true,
  },
  { code: 'license-unknown', change: license('BSD'), at: '"BSD"' },
  { code: 'license-unknown', change: license(''), at: '""' },
  {
    code: 'dependency-syntax',
    change: dependency('lua-cjson => 2.1'),
    at: '"lua-cjson => 2.1"',
    fix: 'Write "lua-cjson >= 2.1"',
    safe: true,
  },
  {
    code: 'dependency-syntax',
    change: dependency('lua-cjson ~2.1'),
    at: '"lua-cjson ~2.1"',
    fix: 'Write "lua-cjson ~> 2.1"',
    safe: true,
  },
  { code: 'dependency-syntax', change: dependency('lua-cjson ^2.1'), at: '"lua-cjson ^2.1"' },
  { code: 'dependency-syntax', change: dependency(''), at: '""' },
  {
    code: 'dependency-operator',
    change: dependency('inspect2 3.1'),
    at: '"inspect2 3.1"',
    fix: 'Write "inspect2 == 3.1"',
    safe: true,
  },
  { code: 'dependency-operator', change: dependency('foo bar'), at: '"foo bar"' },
  { code: 'dependency-name', change: dependency('lua5.1'), at: '"lua5.1"', fix: 'Write "lua >= 5.1"', safe: false },
  { code: 'lua-version', change: [['lua >= 5.1', 'lua >= 5.2']], at: '"lua >= 5.2"' },
  { code: 'lua-version', change: dependency('luajit >= 3'), at: '"luajit >= 3"' },
  { code: 'lua-version', change: [FORMAT_1, ...dependency('luajit >= 2')], at: '"luajit >= 2"' },
  { code: 'dependency-bundled', change: dependency('lua-resty-http < 0.10'), at: '"lua-resty-http < 0.10"' },
  { code: 'dependency-ignored', change: [['"lua >= 5.1",', '"lua >= 5.1", nil,']], at: '"lua-resty-http >= 0.16"' },
  {
    code: 'source-url',
    change: url('git@github.com:me/x.git'),
    at: '"git@github.com:me/x.git"',
    fix: 'Write "git+https://github.com/me/x.git"',
    safe: true,
  },
  {
    code: 'source-url',
    change: url('https://github.com/me/x.git'),
    at: '"https://github.com/me/x.git"',
    fix: 'Write "git+https://github.com/me/x.git"',
    safe: true,
  },
  {
    code: 'source-url',
    change: [['"git+https://example.com/x.git"', '"https://" .. "example.com/x.git"']],
    at: '"https://" .. "example.com/x.git"',
    fix: 'Write "git+https://example.com/x.git"',
    safe: true,
  },
  {
    code: 'source-url',
    change: url('https://github.com/me/x'),
    at: '"https://github.com/me/x"',
    fix: 'Write "git+https://github.com/me/x"',
    safe: true,
  },
  {
    code: 'source-url',
    change: url('ssh://git@example.com/x'),
    at: '"ssh://git@example.com/x"',
    fix: 'Write "git+ssh://git@example.com/x"',
    safe: true,
  },
  { code: 'source-url', change: url('foo://example.com/x'), at: '"foo://example.com/x"' },
  {
    code: 'source-url',
    change: url('git://example.com/x'),
    at: '"git://example.com/x"',
    fix: 'Write "git+https://example.com/x"',
    safe: false,
  },
  {
    code: 'source-url',
    change: url('git://github.com/me/x'),
    luarocks: '3.7.0',
    at: '"git://github.com/me/x"',
    fix: 'Write "git+https://github.com/me/x"',
    safe: true,
  },
  { code: 'source-url', change: url('https://example.com/x.tar.xz'), at: '"https://example.com/x.tar.xz"' },
  { code: 'source-local', change: url('./x.tar.gz'), at: '"./x.tar.gz"' },
  { code: 'tag-and-branch', change: [['tag = "1.2.0",', 'tag = "1.2.0", branch = "main",']], at: 'branch' },
  { code: 'branch-is-tag', change: [['tag =', 'branch =']], at: 'branch', fix: 'Rename branch to tag', safe: true },
  { code: 'tag-not-version', change: [['tag = "1.2.0"', 'tag = "v1.1.0"']], at: '"v1.1.0"' },
  { code: 'build-type', change: [['"builtin"', '"buildin"']], at: '"buildin"', fix: 'Write "builtin"', safe: true },
  { code: 'build-type', change: [FORMAT_1, ['  type = "builtin",\n', '']], at: 'build' },
  { code: 'build-type', change: [['"builtin"', '"rust-mlua"']], at: '"rust-mlua"' },
  { code: 'build-type-module', change: [['"builtin"', '"module"']], at: '"module"', fix: 'Write "builtin"', safe: true },
  { code: 'modules-missing', change: [FORMAT_1, ['modules = {', 'moduls = {']], at: 'build', also: ['ignored-field'] },
  {
    code: 'installs-nothing',
    change: [
      [HANDLER_LINE, ''],
      [SCHEMA_LINE, ''],
    ],
    at: 'modules',
  },
  { code: 'installs-nothing', change: [['"builtin"', '"none"']], at: 'type' },
  { code: 'module-shape', change: [['"kong/plugins/x/schema.lua"', 'true']], at: 'true', also: ['module-not-listed'] },
  {
    code: 'module-shape',
    change: [['["kong.plugins.x.schema"] = ', '']],
    at: '"kong/plugins/x/schema.lua"',
    also: ['no-schema', 'module-not-listed'],
  },
  {
    code: 'module-shape',
    change: [['"kong/plugins/x/schema.lua"', '{ libraries = { "m" } }']],
    at: '{ libraries = { "m" } }',
    also: ['module-not-listed'],
  },
  {
    code: 'c-module',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["x.data"] = "data.json",\n`]],
    files: { 'data.json': '' },
    at: '"data.json"',
  },
  {
    code: 'c-module',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["x.core"] = { "core.c" },\n`]],
    files: { 'core.c': '' },
    at: '{ "core.c" }',
  },
  { code: 'runs-code', change: [['build = {', 'hooks = { post_install = "true" }\nbuild = {']], at: 'post_install' },
  {
    code: 'runs-code',
    text: CLEAN.replace(/build = \{[^]*$/, 'build = { type = "command", install_command = "make install" }\n'),
    at: 'install_command',
  },
  { code: 'platform-excluded', change: [['{ "linux" }', '{ "macosx" }']], at: '{ "macosx" }' },
  { code: 'platform-excluded', change: [['"linux"', '"!linux"']], at: '{ "!linux" }' },
  { code: 'platform-unknown', change: [['"linux"', '"linux", "macos_x"']], at: '"macos_x"', fix: 'Write "macosx"', safe: true },
  { code: 'platform-unknown', change: build('  platforms = { linx = {} },'), at: 'linx', fix: 'Rename to linux', safe: true },
  {
    code: 'ignored-field',
    change: [['copy_directories', 'copy_directory']],
    at: 'copy_directory',
    fix: 'Rename to copy_directories',
    safe: true,
  },
  { code: 'ignored-field', change: build('  whatever = 1,'), at: 'whatever' },
  { code: 'unknown-substitution', change: build('  variables = { X = "$(NOTHING)" },'), at: '"$(NOTHING)"' },
  { code: 'file-missing', files: { 'kong/plugins/x/schema.lua': undefined }, at: '"kong/plugins/x/schema.lua"' },
  {
    code: 'file-missing',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["kong.plugins.x.gone"] = "kong/plugins/x/gone.lua",\n`]],
    at: '"kong/plugins/x/gone.lua"',
    fix: 'Remove this line',
    safe: false,
  },
  {
    code: 'file-missing',
    change: [['x/schema.lua', 'x/shcema.lua']],
    at: '"kong/plugins/x/shcema.lua"',
    also: ['module-name', 'module-not-listed'],
    fix: 'Write "kong/plugins/x/schema.lua"',
    safe: true,
  },
  {
    code: 'file-missing',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["kong.plugins.x.tool"] = "kong/plugins/x/toolz.lua",\n`]],
    files: { 'kong/plugins/x/tools.lua': '' },
    at: '"kong/plugins/x/toolz.lua"',
    also: ['module-name', 'module-not-listed'],
    fix: 'Write "kong/plugins/x/tools.lua"',
    safe: false,
  },
  {
    code: 'file-case',
    change: [['x/schema.lua', 'x/Schema.lua']],
    at: '"kong/plugins/x/Schema.lua"',
    also: ['module-name', 'module-not-listed'],
    fix: 'Write "kong/plugins/x/schema.lua"',
    safe: true,
  },
  {
    code: 'path-backslash',
    change: [['kong/plugins/x/schema.lua', 'kong\\\\plugins\\\\x\\\\schema.lua']],
    at: '"kong\\\\plugins\\\\x\\\\schema.lua"',
    also: ['module-not-listed'],
    fix: 'Write "kong/plugins/x/schema.lua"',
    safe: true,
  },
  {
    code: 'path-outside',
    change: [['kong/plugins/x/schema.lua', '../x/schema.lua']],
    files: { '../x/schema.lua': '' },
    at: '"../x/schema.lua"',
    also: ['module-not-listed'],
  },
  {
    code: 'module-not-listed',
    files: { 'kong/plugins/x/daos.lua': '' },
    at: 'modules',
    fix: 'Add kong/plugins/x/daos.lua to build.modules',
    safe: true,
  },
  {
    code: 'module-not-listed',
    change: [[SCHEMA_LINE, '']],
    at: 'modules',
    also: ['no-schema'],
    fix: 'Add kong/plugins/x/schema.lua to build.modules',
    safe: true,
  },
  { code: 'copy-directory', change: [['"docs"', '"doku"']], at: '"doku"' },
  { code: 'copy-directory', change: [['"docs"', '"Docs"']], at: '"Docs"', fix: 'Write "docs"', safe: true },
  { code: 'copy-directory-reserved', change: [['"docs"', '"lib"']], files: { 'lib/x.so': '' }, at: '"lib"' },
  { code: 'copy-directory-reserved', change: [['"docs"', '"."']], at: '"."' },
  { code: 'lua-folder', files: { 'lua/other.lua': '' }, at: 'build' },
  { code: 'newer-beside', files: { 'kong-plugin-x-1.10.0-1.rockspec': '' }, at: 'version' },
  { code: 'no-handler', change: [[HANDLER_LINE, '']], at: 'modules', also: ['module-not-listed'] },
  { code: 'no-schema', change: [[SCHEMA_LINE, '']], files: { 'kong/plugins/x/schema.lua': undefined }, at: 'modules' },
  {
    code: 'module-name',
    change: [['["kong.plugins.x.schema"]', '["kong/plugins/x/schema"]']],
    at: '"kong/plugins/x/schema"',
    fix: 'Write "kong.plugins.x.schema"',
    safe: true,
  },
  {
    code: 'module-name',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["kong.plugins.x.other"] = "kong/plugins/x/daos.lua",\n`]],
    files: { 'kong/plugins/x/daos.lua': '' },
    at: '"kong.plugins.x.other"',
  },
  {
    code: 'duplicate-destination',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["x"] = "a/init.lua",\n    ["x.init"] = "b/init.lua",\n`]],
    files: { 'a/init.lua': '', 'b/init.lua': '' },
    at: '"x.init"',
  },
  {
    code: 'file-of-two-modules',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["x.schema"] = "kong/plugins/x/schema.lua",\n`]],
    at: '"kong/plugins/x/schema.lua"',
    also: ['module-name'],
  },
  { code: 'duplicate-key', change: [[SCHEMA_LINE, SCHEMA_LINE + SCHEMA_LINE]], at: '"kong.plugins.x.schema"' },
  {
    code: 'handler-version',
    files: { 'kong/plugins/x/handler.lua': 'local H = {}\nH.VERSION = "1.1.0"\nreturn H' },
    at: '"1.2.0-1"',
    fix: 'Set VERSION of kong/plugins/x/handler.lua to "1.2.0"',
    safe: true,
  },
  { code: 'package-convention', change: [['"kong-plugin-x"', '"tool"']], file: 'tool-1.2.0-1.rockspec', at: '"tool"' },
  {
    code: 'bundled-plugin',
    text: CLEAN.replaceAll('plugins.x', 'plugins.cors').replaceAll('plugins/x', 'plugins/cors'),
    files: { 'kong/plugins/cors/handler.lua': '', 'kong/plugins/cors/schema.lua': '' },
    at: '"kong.plugins.cors.handler"',
  },
];

function spoilt({ change = [], text, file = CLEAN_NAME, files = {} }: Case): { name: string; text: string; files: Files } {
  let result = text ?? CLEAN;
  for (const [from, to] of change) {
    assert.ok(result.includes(from), `the clean rockspec has no ${from}`);
    result = result.replace(from, () => to);
  }
  const all: Record<string, string | undefined> = { ...CLEAN_FILES, ...files };
  const present = Object.entries(all).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return { name: file, text: result, files: Object.fromEntries(present) };
}

/** What looks like a problem and is none: the rockspec has nothing of that code. */
const NEARLY: Omit<Case, 'at'>[] = [
  { code: 'module-not-listed', change: [['"kong/plugins/x/schema.lua"', '"kong/plugins/../plugins/x//schema.lua"']] },
  { code: 'module-not-listed', change: [['"kong/plugins/x/schema.lua"', '"../plugin/kong/plugins/x/schema.lua"']] },
  { code: 'module-not-listed', files: { 'kong/plugins/x/spec/x_spec.lua': '', 'kong/plugins/x/x_spec.lua': '' } },
  { code: 'path-outside', change: [['"kong/plugins/x/schema.lua"', '"kong/plugins/../plugins/x/schema.lua"']] },
  { code: 'no-handler', change: [['["kong.plugins.x.handler"]', '["kong/plugins/x/handler"]']] },
  { code: 'no-handler', change: [['["kong.plugins.x.handler"]', '["kong.plugins/x.handler"]']] },
  {
    code: 'no-handler',
    change: [[HANDLER_LINE, '    ["kong.plugins.x.handler"] = "kong/plugins/x/handler/init.lua",\n']],
    files: { 'kong/plugins/x/handler/init.lua': '' },
  },
  {
    code: 'duplicate-destination',
    change: [[SCHEMA_LINE, `${SCHEMA_LINE}    ["x"] = "a/init.lua",\n    ["x.a"] = "b/init.lua",\n`]],
    files: { 'a/init.lua': '', 'b/init.lua': '' },
  },
  { code: 'handler-version', files: { 'kong/plugins/x/handler.lua': 'return { VERSION = "1.2.0-1" }' } },
  {
    code: 'handler-version',
    change: [['"1.2.0-1"', '"1.2.0rc1-1"']],
    files: { 'kong/plugins/x/handler.lua': 'return { VERSION = "1.2.0-rc.1" }' },
  },
  { code: 'handler-version', files: { 'kong/plugins/x/handler.lua': 'return { VERSION = require("x").version }' } },
  { code: 'license-unknown', change: license('MIT OR Apache-2.0') },
  { code: 'license-unknown', change: license('LicenseRef-Ours') },
  { code: 'branch-is-tag', change: [['tag = "1.2.0"', 'branch = "main"']] },
  {
    code: 'branch-is-tag',
    change: [
      ['tag = "1.2.0"', 'branch = "master"'],
      ['"1.2.0-1"', '"master-0"'],
    ],
  },
  { code: 'tag-not-version', change: [['tag = "1.2.0"', 'tag = "release-1_2_0"']] },
  { code: 'source-url', change: url('https://example.com/x/archive/v1.2.0.tar.gz') },
  { code: 'dependency-syntax', change: dependency('lua-cjson >=2.1,<3') },
  { code: 'build-type', change: [['  type = "builtin",\n', '']] },
  { code: 'unknown-substitution', change: build('  variables = { X = "$(LUADIR)" },') },
  { code: 'file-missing', change: [['"kong/plugins/x/schema.lua"', '"./kong/plugins/x/schema.lua"']] },
  { code: 'package-convention', change: [['"kong-plugin-x"', '"kong-x"']] },
];

const codesOf = (diagnostics: readonly { code: string }[]): string[] => [...new Set(diagnostics.map(({ code }) => code))].sort();

describe('the checks of a rockspec', () => {
  it('have nothing to say about a clean project', async () => {
    for (const kong of ['2.8', '3.4', '3.9', 'HEAD'])
      assert.deepEqual(await checkProject(CLEAN_NAME, CLEAN, CLEAN_FILES, { kong }), []);
  });

  it('are each shown by a test', () => {
    const shown = new Set(CASES.map(({ code }) => `rockspec/${code}`));
    assert.deepEqual(
      ROCKSPEC_CHECKS.map(({ code }) => code).filter((code) => !shown.has(code)),
      [],
    );
  });

  it('have each a code of their own and a documentation', () => {
    assert.equal(new Set(ROCKSPEC_CHECKS.map(({ code }) => code)).size, ROCKSPEC_CHECKS.length);
    for (const { code, documentation } of ROCKSPEC_CHECKS) assert.match(documentation, /^[^]{30,}\.$/, code);
  });

  for (const example of CASES) {
    const { code, at, also = [], fix, safe } = example;
    const { name, text, files } = spoilt(example);
    const options = { kong: example.kong, luarocks: example.luarocks };
    it(`${code} at ${at}${fix === undefined ? '' : `, mended by "${fix}"`}`, async () => {
      const diagnostics = await checkProject(name, text, files, options);
      const found = diagnostics.filter((diagnostic) => diagnostic.code === `rockspec/${code}`);
      assert.deepEqual(
        found.map(({ range }) => textAt(text, range)),
        [at],
        JSON.stringify(diagnostics),
      );
      assert.deepEqual(codesOf(diagnostics), [code, ...also].map((other) => `rockspec/${other}`).sort());
      const messages = new Set(diagnostics.map(({ message }) => message));
      for (const { message, fixes = [] } of diagnostics) {
        for (const { title, changes } of fixes) {
          const after = applyChanges({ ...files, [name]: text }, changes);
          const rename = changes.find((change) => change.kind === 'rename');
          const newName = rename === undefined ? name : basename(rename.to);
          const left = await checkProject(newName, after[newName] ?? '', after, options);
          assert.ok(!left.some((other) => other.message === message), `"${title}" does not mend: ${message}`);
          const fresh = left.filter((other) => !messages.has(other.message) && !codesOf(diagnostics).includes(other.code));
          assert.deepEqual(fresh, [], `"${title}" brings something new`);
        }
      }
      const offered = found.flatMap(({ fixes = [] }) => fixes).find(({ title }) => title === fix);
      if (fix === undefined) return;
      assert.ok(offered, `offered: ${found.flatMap(({ fixes = [] }) => fixes.map(({ title }) => title)).join(', ')}`);
      assert.equal(offered.safe, safe);
    });
  }

  for (const example of NEARLY) {
    const { name, text, files } = spoilt({ ...example, at: '' });
    it(`${example.code} is not said of ${JSON.stringify(example.change?.map(([, to]) => to) ?? example.files)}`, async () => {
      const diagnostics = await checkProject(name, text, files);
      assert.deepEqual(
        diagnostics.filter(({ code }) => code === `rockspec/${example.code}`),
        [],
      );
    });
  }
});

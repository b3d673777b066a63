// New plugins: they load, pass every check and are never written over what is there; and their names can be changed everywhere.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { checkRockspec } from '../../../src/rockspec/check';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { NEW_PLUGIN_PHASES, newPlugin } from '../../../src/plugin/newPlugin';
import { checkPluginFiles, preflightPlugin } from '../../../src/plugin/judge';
import { renamePlugin } from '../../../src/plugin/renamePlugin';
import { applyChanges } from '../../../src/system/applyChanges';
import { UserError } from '../../../src/system/userError';
import type { Plugin } from '../../../src/plugin/plugin';
import { makeWorkspace, type Workspace } from './workspace';

const KONGS = ['2.8', '3.0', '3.4', '3.9'];

/** Everything anyone says against the plugin, for each Kong. */
async function complaints(plugin: Plugin): Promise<string[]> {
  const found: string[] = [];
  for (const kong of KONGS) {
    const { verdict, message } = await preflightPlugin(plugin, kong);
    if (verdict !== 'loads') found.push(`${kong}: ${verdict} ${message}`);
    for (const { diagnostics } of await checkPluginFiles(plugin, kong))
      found.push(...diagnostics.map(({ code }) => `${kong}: ${code}`));
    if (plugin.rockspec !== undefined) {
      const diagnostics = await checkRockspec(await readFile(plugin.rockspec), plugin.rockspec, { kong });
      found.push(...diagnostics.map(({ code, message: why }) => `${kong}: ${code} ${why}`));
    }
  }
  return found;
}

async function onlyPlugin(root: string): Promise<Plugin> {
  const [plugin, ...others] = await discoverPlugins([root]);
  assert.ok(plugin);
  assert.deepEqual(others, []);
  return plugin;
}

async function filesOf(root: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(root, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile()) files[relative(root, path).split('\\').join('/')] = await readFile(path, 'utf8');
  }
  return files;
}

describe('newPlugin', () => {
  let workspace: Workspace;
  beforeEach(async () => {
    workspace = await makeWorkspace();
  });
  afterEach(() => workspace.remove());

  for (const phases of [['access'], NEW_PLUGIN_PHASES.filter((phase) => phase !== 'response'), ['response', 'log']]) {
    it(`passes every check with ${phases.join(', ')}`, async () => {
      const { changes, rock } = await newPlugin({ name: 'my-plugin', dir: workspace.root, phases, license: 'MIT' });
      await applyChanges(changes);
      const plugin = await onlyPlugin(workspace.root);
      assert.equal(rock, 'kong-plugin-my-plugin');
      assert.equal(plugin.name, 'my-plugin');
      assert.deepEqual(await complaints(plugin), []);
    });
  }

  it('takes the repository from git', async () => {
    await workspace.write({
      '.git/config': '[core]\n\tbare = false\n[remote "origin"]\n\turl = git@github.com:me/kong-plugin-x.git\n\tfetch = +refs\n',
    });
    const { changes, notes } = await newPlugin({ name: 'x', dir: workspace.root });
    await applyChanges(changes);
    assert.match(
      (await filesOf(workspace.root))['kong-plugin-x-0.1.0-1.rockspec'] ?? '',
      /url = "git\+https:\/\/github\.com\/me\/kong-plugin-x\.git"/,
    );
    assert.deepEqual(notes, []);
  });

  it('never overwrites', async () => {
    await workspace.write({ 'README.md': 'mine', 'kong/plugins/x/handler.lua': 'mine' });
    await assert.rejects(newPlugin({ name: 'x', dir: workspace.root }), /already has kong\/plugins\/x\/handler\.lua, README\.md/);
    assert.deepEqual(Object.keys(await filesOf(workspace.root)).sort(), ['README.md', 'kong/plugins/x/handler.lua']);
  });

  const REFUSED: readonly (readonly [string, Partial<Parameters<typeof newPlugin>[0]>, RegExp])[] = [
    ['a name with a dot', { name: 'my.plugin' }, /cannot be a plugin name/],
    ['a name that leads out of the folder', { name: '../x' }, /cannot be a plugin name/],
    ['a name that looks like an option', { name: '-x' }, /cannot be a plugin name/],
    ['an empty name', { name: '' }, /cannot be a plugin name/],
    ['a name with capitals', { name: 'MyPlugin' }, /capital letters/],
    ['the name of a bundled plugin', { name: 'key-auth' }, /ships with Kong/],
    ['the name of a plugin that a later Kong bundles', { name: 'ace' }, /ships with Kong Enterprise 3\.\d+/],
    ['the name of another plugin', { name: 'tea', others: [{ name: 'tea', dir: 'plugins/tea' }] }, /already, in plugins\/tea/],
    ['a word of the plugins setting', { name: 'bundled' }, /meaning of its own/],
    ['an unknown phase', { phases: ['acces'] }, /no phase "acces"/],
    ['response beside header_filter', { phases: ['response', 'header_filter'] }, /together/],
    ['no phase', { phases: [] }, /never run/],
    ['a licence that is none', { license: 'Apache 2.0' }, /not an SPDX licence/],
  ];
  for (const [what, options, message] of REFUSED) {
    it(`refuses ${what}`, async () => {
      await assert.rejects(
        newPlugin({ name: 'x', dir: workspace.root, ...options }),
        (error) => error instanceof UserError && error.exitCode === 2 && message.test(error.message),
      );
    });
  }
});

describe('renamePlugin', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  it('changes the name in every place of a new plugin', async () => {
    workspace = await makeWorkspace();
    await applyChanges((await newPlugin({ name: 'my-plugin', dir: workspace.root })).changes);
    await applyChanges(await renamePlugin(await onlyPlugin(workspace.root), 'other_one'));
    const plugin = await onlyPlugin(workspace.root);
    assert.equal(plugin.name, 'other_one');
    assert.deepEqual(await complaints(plugin), []);
    const files = await filesOf(workspace.root);
    assert.deepEqual(
      Object.keys(files).filter((path) => path.includes('my-plugin')),
      [],
    );
    const left = Object.entries(files).flatMap(([path, text]) =>
      text.split('\n').flatMap((line) => (line.includes('my-plugin') ? [`${path}: ${line.trim()}`] : [])),
    );
    // The repository keeps its address.
    assert.deepEqual(left, [
      'kong-plugin-other_one-0.1.0-1.rockspec: url = "git+https://example.org/kong-plugin-my-plugin.git",',
    ]);
  });

  it('follows a name that is put together, and leaves what only looks like it', async () => {
    workspace = await makeWorkspace({
      'kong-plugin-log-1.0-1.rockspec': [
        'local plugin_name = "log"',
        'package = "kong-plugin-" .. plugin_name',
        'version = "1.0-1"',
        'source = { url = "git+https://github.com/me/kong-plugin-log.git" }',
        'build = { type = "builtin", modules = {',
        '  ["kong.plugins." .. plugin_name .. ".handler"] = "kong/plugins/log/handler.lua",',
        '  ["kong.plugins.log-tools.util"] = "lib/util.lua",',
        '} }',
      ].join('\r\n'),
      'kong/plugins/log/handler.lua':
        'local u = require("kong.plugins.log.util")\nkong.log("log")\nreturn { PRIORITY = 1, VERSION = "1.0", log = function() end }',
      'kong/plugins/log/util.lua': 'return { level = "log" }',
      'kong/plugins/log/schema.lua': 'local NAME = "log"\nreturn { name = NAME, fields = {} }',
      'spec/01_spec.lua': 'local PLUGIN_NAME = "log"\nhelpers.start_kong { plugins = "bundled,log" }\nlocal level = "log"\n',
    });
    await applyChanges(await renamePlugin(await onlyPlugin(workspace.root), 'ledger'));
    const files = await filesOf(workspace.root);
    assert.equal(files['kong-plugin-ledger-1.0-1.rockspec']?.split('\r\n')[0], 'local plugin_name = "ledger"');
    assert.match(files['kong-plugin-ledger-1.0-1.rockspec'], /me\/kong-plugin-log\.git/);
    assert.match(files['kong-plugin-ledger-1.0-1.rockspec'], /kong\.plugins\.log-tools\.util/);
    assert.match(files['kong-plugin-ledger-1.0-1.rockspec'], /"kong\/plugins\/ledger\/handler\.lua"/);
    assert.equal(
      files['kong/plugins/ledger/handler.lua'],
      'local u = require("kong.plugins.ledger.util")\nkong.log("log")\nreturn { PRIORITY = 1, VERSION = "1.0", log = function() end }',
    );
    assert.equal(files['kong/plugins/ledger/util.lua'], 'return { level = "log" }');
    assert.match(files['kong/plugins/ledger/schema.lua'] ?? '', /^local NAME = "ledger"/);
    assert.equal(
      files['spec/01_spec.lua'],
      'local PLUGIN_NAME = "ledger"\nhelpers.start_kong { plugins = "bundled,ledger" }\nlocal level = "log"\n',
    );
    assert.equal((await onlyPlugin(workspace.root)).name, 'ledger');
  });

  it('leaves a folder that is named differently where it is', async () => {
    workspace = await makeWorkspace({
      'p-1.0-1.rockspec':
        'package = "p"\nversion = "1.0-1"\nbuild = { type = "builtin", modules = { ["kong.plugins.a-b.handler"] = "src/handler.lua" } }',
      'src/handler.lua': 'return { PRIORITY = 1, VERSION = "1.0" }',
    });
    await applyChanges(await renamePlugin(await onlyPlugin(workspace.root), 'c-d'));
    const plugin = await onlyPlugin(workspace.root);
    assert.deepEqual([plugin.name, relative(workspace.root, plugin.dir)], ['c-d', 'src']);
  });

  it('follows the name into tests, deployment and the rockspec of a branch, and leaves the past and namesakes alone', async () => {
    const modules = '["kong.plugins.old-one.handler"] = "kong/plugins/old-one/handler.lua"';
    const rockspec = (version: string): string =>
      `package = "kong-plugin-old-one"\nversion = "${version}"\nbuild = { type = "builtin", modules = { ${modules} } }\n`;
    workspace = await makeWorkspace({
      'kong-plugin-old-one-1.0-1.rockspec': rockspec('1.0-1'),
      'kong-plugin-old-one-0.9-1.rockspec': rockspec('0.9-1'),
      'kong-plugin-old-one-scm-1.rockspec': rockspec('scm-1'),
      'kong/plugins/old-one/handler.lua': 'return { PRIORITY = 1, VERSION = "1.0" }',
      'kong/plugins/other/handler.lua': 'local u = require "kong.plugins.old-one.util"\nreturn {}',
      'tests/unit/util_spec.lua': 'local u = require "kong.plugins.old-one.util"\ndescribe("old-one", function() end)',
      'compose.yaml': 'KONG_PLUGINS: bundled,old-one,old-one-b\nv: ./kong/plugins/old-one:/usr/kong/plugins/old-one:ro\n',
      'kong.conf': 'plugins = bundled, old-one\nprefix = /old-one\n',
      'CHANGELOG.md': 'kong/plugins/old-one/handler.lua',
      'node_modules/x/a.lua': 'kong.plugins.old-one.util',
      'copy/kong/plugins/old-one/handler.lua': 'local u = require "kong.plugins.old-one.util"\nreturn {}',
    });
    const siblings = await discoverPlugins([workspace.root]);
    const plugin = siblings.find(({ dir }) => dir === workspace.at('kong/plugins/old-one'));
    assert.ok(plugin);
    const before = await filesOf(workspace.root);
    await applyChanges(await renamePlugin(plugin, 'new-one', { siblings }));
    const files = await filesOf(workspace.root);
    assert.equal(
      files['kong-plugin-new-one-scm-1.rockspec'],
      before['kong-plugin-old-one-scm-1.rockspec']?.replaceAll('old-one', 'new-one'),
    );
    assert.match(files['kong/plugins/other/handler.lua'] ?? '', /"kong\.plugins\.new-one\.util"/);
    assert.equal(files['tests/unit/util_spec.lua'], before['tests/unit/util_spec.lua']?.replaceAll('old-one', 'new-one'));
    assert.equal(
      files['compose.yaml'],
      'KONG_PLUGINS: bundled,new-one,old-one-b\nv: ./kong/plugins/new-one:/usr/kong/plugins/new-one:ro\n',
    );
    assert.equal(files['kong.conf'], 'plugins = bundled, new-one\nprefix = /old-one\n');
    const same = ['kong-plugin-old-one-0.9-1.rockspec', 'CHANGELOG.md', 'node_modules/x/a.lua'];
    for (const path of [...same, 'copy/kong/plugins/old-one/handler.lua']) assert.equal(files[path], before[path], path);
  });

  it('refuses a name that is taken', async () => {
    workspace = await makeWorkspace({ 'kong/plugins/a/handler.lua': 'return {}', 'kong/plugins/b/handler.lua': 'return {}' });
    const [a, b] = await discoverPlugins([workspace.root]);
    assert.ok(a && b);
    await assert.rejects(renamePlugin(a, 'b', { siblings: [a, b] }), /already/);
    await assert.rejects(renamePlugin(a, 'jwt'), /ships with Kong/);
  });
});

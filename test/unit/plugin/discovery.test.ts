// Which plugins are found in a workspace, by what name, and that file events keep the answer true.
import assert from 'node:assert/strict';
import { symlink } from 'node:fs/promises';
import { relative } from 'node:path';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { makeWorkspace, type Workspace } from './workspace';
import { HANDLER, SCHEMA, rockspec, CASES, describePlugin } from './discoveryCases';

describe('discoverPlugins', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  for (const { title, files, found } of CASES) {
    it(title, async () => {
      workspace = await makeWorkspace(files);
      const plugins = await discoverPlugins([workspace.root]);
      assert.deepEqual(
        plugins.map((plugin, i) => describePlugin(plugin, found[i] ?? { name: '', dir: '' }, workspace)),
        found,
      );
    });
  }

  it('gives every module of a plugin by the name Kong requires it with', async () => {
    workspace = await makeWorkspace({
      'p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'kong/plugins/a/handler.lua', 'my.lib': 'lib/my.lua' }),
      'kong/plugins/a/handler.lua': HANDLER,
      'kong/plugins/a/migrations/init.lua': 'return {}',
      'kong/plugins/a/migrations/000_base.lua': 'return {}',
      'lib/my.lua': 'return {}',
    });
    const [plugin] = await discoverPlugins([workspace.root]);
    assert.deepEqual([...(plugin?.modules ?? [])].map(([name, file]) => [name, relative(workspace.root, file)]).sort(), [
      ['kong.plugins.a.handler', 'kong/plugins/a/handler.lua'],
      ['kong.plugins.a.migrations', 'kong/plugins/a/migrations/init.lua'],
      ['kong.plugins.a.migrations.000_base', 'kong/plugins/a/migrations/000_base.lua'],
      ['my.lib', 'lib/my.lua'],
    ]);
  });

  it('does not let a mistyped line of a rockspec hide the file that is there', async () => {
    workspace = await makeWorkspace({
      'p-1.0-1.rockspec': rockspec({
        'kong.plugins.a.handler': 'kong/plugins/a/handler.lua',
        'kong.plugins.a.schema': 'kong/plugins/a/shcema.lua',
        'kong.plugins.a.other': 'kong/plugins/a/gone.lua',
      }),
      'kong/plugins/a/handler.lua': HANDLER,
      'kong/plugins/a/schema.lua': SCHEMA,
    });
    const [plugin] = await discoverPlugins([workspace.root]);
    assert.equal(plugin?.modules.get('kong.plugins.a.schema'), workspace.at('kong/plugins/a/schema.lua'));
    assert.equal(plugin.modules.get('kong.plugins.a.other'), workspace.at('kong/plugins/a/gone.lua'));
  });

  it('ends on links that go in circles, and follows the one that puts a folder where Kong looks', async () => {
    workspace = await makeWorkspace({
      'src/handler.lua': HANDLER,
      'src/schema.lua': 'return { fields = {} }',
      'kong/plugins/README.md': '',
    });
    await symlink('..', workspace.at('kong/loop'));
    await symlink('../../src', workspace.at('kong/plugins/linked'));
    const names = (await discoverPlugins([workspace.root])).map(({ name }) => name);
    assert.ok(names.includes('linked'));
  });

  it('says nothing of folders that do not exist', async () => {
    workspace = await makeWorkspace();
    assert.deepEqual(await discoverPlugins([workspace.at('missing')]), []);
  });

  it('stops when it is cancelled', async () => {
    workspace = await makeWorkspace({ 'kong/plugins/a/handler.lua': HANDLER });
    const stopped = new AbortController();
    stopped.abort(new Error('Stopped.'));
    await assert.rejects(discoverPlugins([workspace.root], { signal: stopped.signal }), /Stopped/);
  });

  it('lists a plugin once when one root holds the other', async () => {
    workspace = await makeWorkspace({ 'sub/kong/plugins/a/handler.lua': HANDLER });
    assert.equal((await discoverPlugins([workspace.root, workspace.at('sub')])).length, 1);
    assert.equal((await discoverPlugins([workspace.at('sub'), workspace.root])).length, 1);
  });
});

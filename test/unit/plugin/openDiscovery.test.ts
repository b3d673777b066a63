// File events keep the answer true to which plugins a workspace holds.
import assert from 'node:assert/strict';
import { mkdir, rename, rm } from 'node:fs/promises';
import { discoverPlugins, openDiscovery } from '../../../src/plugin/discovery';
import type { Plugin } from '../../../src/plugin/plugin';
import { makeWorkspace, type Workspace } from './workspace';
import { HANDLER, rockspec } from './discoveryCases';

describe('openDiscovery', () => {
  let workspace: Workspace;
  afterEach(() => workspace.remove());

  /** After each change the names must be those that a fresh scan finds. */
  async function assertUpToDate(discovery: { plugins: readonly Plugin[] }, names: string[]): Promise<void> {
    assert.deepEqual(
      discovery.plugins.map(({ name }) => name),
      names,
    );
    assert.deepEqual(discovery.plugins, await discoverPlugins([workspace.root]));
  }

  it('follows created, renamed and deleted files and folders', async () => {
    workspace = await makeWorkspace({ 'kong/plugins/a/handler.lua': HANDLER });
    const discovery = await openDiscovery([workspace.root]);
    await assertUpToDate(discovery, ['a']);

    await workspace.write({ 'kong/plugins/b/handler.lua': HANDLER, 'deep/er/kong/plugins/c/handler.lua': HANDLER });
    await discovery.applyChanges([
      workspace.at('kong/plugins/b/handler.lua'),
      workspace.at('deep/er/kong/plugins/c/handler.lua'),
    ]);
    await assertUpToDate(discovery, ['a', 'b', 'c']);

    await rename(workspace.at('kong/plugins/b'), workspace.at('kong/plugins/d'));
    await discovery.applyChanges([workspace.at('kong/plugins/b'), workspace.at('kong/plugins/d')]);
    await assertUpToDate(discovery, ['a', 'c', 'd']);

    await rm(workspace.at('deep'), { recursive: true });
    await discovery.applyChanges([workspace.at('deep')]);
    await assertUpToDate(discovery, ['a', 'd']);
  });

  it('reads a rockspec again when it changes', async () => {
    workspace = await makeWorkspace({
      'p-1.0-1.rockspec': rockspec({ 'kong.plugins.a.handler': 'src/handler.lua' }),
      'src/handler.lua': HANDLER,
    });
    const discovery = await openDiscovery([workspace.root]);
    await assertUpToDate(discovery, ['a']);
    await workspace.write({ 'p-1.0-1.rockspec': rockspec({ 'kong.plugins.b.handler': 'src/handler.lua' }) });
    await discovery.applyChanges([workspace.at('p-1.0-1.rockspec')]);
    await assertUpToDate(discovery, ['b']);
  });

  it('obeys ignore rules that change', async () => {
    workspace = await makeWorkspace({ 'gen/kong/plugins/a/handler.lua': HANDLER, 'kong/plugins/b/handler.lua': HANDLER });
    const discovery = await openDiscovery([workspace.root]);
    await assertUpToDate(discovery, ['a', 'b']);
    await workspace.write({ '.gitignore': 'gen\n' });
    await discovery.applyChanges([workspace.at('.gitignore')]);
    await assertUpToDate(discovery, ['b']);
  });

  it('takes no copy that an installation put below a node for a plugin of its own', async () => {
    const receipt = (root: string): string => JSON.stringify({ plugin: 'a', via: 'path', root });
    workspace = await makeWorkspace({
      'a/kong/plugins/a/handler.lua': HANDLER,
      'node/plugins/a [1]/kong/plugins/a/handler.lua': HANDLER,
      'node/plugins/mine/kong/plugins/mine/handler.lua': HANDLER,
    });
    const discovery = await openDiscovery([workspace.root]);
    await assertUpToDate(discovery, ['a', 'a', 'mine']);
    const notes = 'node/.kong-plugin-workbench/receipts';
    await workspace.write({
      [`${notes}/a.json`]: receipt(workspace.at('node/plugins/a [1]')),
      // a receipt that is broken, of a rock, or about a folder elsewhere hides nothing
      [`${notes}/b.json`]: '{',
      [`${notes}/c.json`]: JSON.stringify({ plugin: 'c', via: 'rock', root: null }),
      [`${notes}/d.json`]: receipt(workspace.at('a')),
      [`${notes}/e.json`]: receipt(workspace.at('node')),
    });
    await discovery.applyChanges([workspace.at(`${notes}/a.json`)]);
    await assertUpToDate(discovery, ['a', 'mine']);
    await rm(workspace.at(`${notes}/a.json`));
    await discovery.applyChanges([workspace.at(`${notes}/a.json`)]);
    await assertUpToDate(discovery, ['a', 'a', 'mine']);
  });

  it('follows a folder that is replaced as a whole, as a branch switch does', async () => {
    workspace = await makeWorkspace({ 'kong/plugins/a/handler.lua': HANDLER });
    const discovery = await openDiscovery([workspace.root]);
    await rm(workspace.at('kong'), { recursive: true });
    await mkdir(workspace.at('kong'));
    await workspace.write({ 'kong/plugins/z/handler.lua': HANDLER });
    await discovery.applyChanges([workspace.at('kong')]);
    await assertUpToDate(discovery, ['z']);
  });

  it('takes no notice of paths outside of its roots', async () => {
    workspace = await makeWorkspace({ 'kong/plugins/a/handler.lua': HANDLER });
    const discovery = await openDiscovery([workspace.at('kong')]);
    await discovery.applyChanges([workspace.root, workspace.at('other')]);
    assert.equal(discovery.plugins.length, 1);
  });
});

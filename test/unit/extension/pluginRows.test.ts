// The rows below a plugin: which, in which order, with ids that stay.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { versionOfRockspec } from '../../../src/extension/rockspecVersion';
import { childrenOf, idOf } from '../../../src/extension/views/pluginRows';
import type { Plugin } from '../../../src/plugin/plugin';

describe('rows of a plugin', () => {
  let root: string;
  let plugin: Plugin;

  before(async () => {
    root = await mkdtemp(path.join(os.tmpdir(), 'kong-plugin-rows-'));
    const dir = path.join(root, 'kong/plugins/x');
    await mkdir(dir, { recursive: true });
    await mkdir(path.join(root, 'dist'));
    const modules = new Map<string, string>();
    for (const name of ['util', 'schema', 'daos', 'handler', 'api', 'migrations.000_base']) {
      modules.set(`kong.plugins.x.${name}`, path.join(dir, `${name.replace('.', '/')}.lua`));
    }
    for (const archive of [
      'kong-plugin-x-0.1.0-1.all.rock',
      'dist/x-0.1.0.tar.gz',
      'kong-plugin-xy-0.1.0-1.all.rock',
      'notes.txt',
    ]) {
      await writeFile(path.join(root, archive), '');
    }
    plugin = {
      name: 'x',
      language: 'lua',
      dir,
      root,
      handler: path.join(dir, 'handler.lua'),
      schema: path.join(dir, 'schema.lua'),
      rockspec: path.join(root, 'kong-plugin-x-0.1.0-1.rockspec'),
      modules,
    };
  });
  after(() => rm(root, { recursive: true }));

  it('puts handler and schema first, then what Kong looks for, the rest, the rockspec and the archives', async () => {
    const rows = await childrenOf(plugin, '3.9');
    assert.deepEqual(
      rows.map((row) => ('file' in row ? path.relative(root, row.file) : '')),
      [
        'kong/plugins/x/handler.lua',
        'kong/plugins/x/schema.lua',
        'kong/plugins/x/daos.lua',
        'kong/plugins/x/migrations/000_base.lua',
        'kong/plugins/x/api.lua',
        'kong/plugins/x/util.lua',
        'kong-plugin-x-0.1.0-1.rockspec',
        'kong-plugin-x-0.1.0-1.all.rock',
        'dist/x-0.1.0.tar.gz',
      ],
    );
  });

  it('gives every row an id of its own that stays the same', async () => {
    const ids = (await childrenOf(plugin, '3.9')).map(idOf);
    assert.equal(new Set(ids).size, ids.length);
    assert.deepEqual((await childrenOf(plugin, '3.9')).map(idOf), ids);
  });

  for (const [file, version] of [
    ['kong-plugin-x-1.2.3-1.rockspec', '1.2.3'],
    ['x-scm-1.rockspec', 'scm'],
    ['x-1.0rc1-12.rockspec', '1.0rc1'],
    ['rockspec', undefined],
    [undefined, undefined],
  ] as const) {
    it(`reads version ${String(version)} from ${String(file)}`, () => assert.equal(versionOfRockspec(file), version));
  }
});

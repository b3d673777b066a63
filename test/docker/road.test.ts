// The whole road on real containers by the command line: install, enable, reload, verify, remove; a broken plugin is undone and explained.
import assert from 'node:assert/strict';
import type { OperationResult } from '../../src/lifecycle/types';
import { loadedPlugins, ready, startTestNode, until, type TestNode } from '../equipment/testNode';
import { isOfGeneration, KONGS } from '../equipment/underTest';
import { operation, statusOf, usesOf } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

const TREE = '/usr/local';

function allDone(result: OperationResult | undefined): void {
  assert.ok(result);
  assert.ok(result.ok, JSON.stringify(result, null, 2));
  assert.ok(!result.steps.some((step) => step.status === 'failed'), JSON.stringify(result.steps));
}

/** Everything below LuaRocks' tree and Kong's conf folder, with content: what an undone operation must leave as it was. */
async function snapshot(node: TestNode): Promise<string> {
  return node.sh(`cd / && find .${TREE}/share/lua .${TREE}/lib/luarocks ./etc/kong -type f -exec md5sum {} + | sort -k2`);
}

describe('the road', function () {
  this.timeout(120_000);
  let good: PluginFolder;
  before(async () => {
    good = await pluginFolder('road');
  });
  after(() => good.remove());

  for (const kong of KONGS) {
    describe(`on Kong ${kong} in a container`, () => {
      let node: TestNode;
      beforeEach(async () => {
        node = await startTestNode({ kong });
        await ready(node);
      });
      afterEach(() => node.remove());

      for (const via of isOfGeneration(kong, 3) ? (['rock', 'source', 'path'] as const) : (['rock'] as const)) {
        it(`install (${via}), status, disable, enable, remove`, async () => {
          const installed = await operation('install', good.dir, '--via', via, '--node', node.id);
          allDone(installed.results[0]);
          assert.equal(installed.status, 0);
          assert.ok((await loadedPlugins(node)).includes('road'));

          const [plugin] = (await statusOf(node.id)).plugins;
          assert.equal(plugin?.name, 'road');
          assert.match(plugin.installed?.version ?? '', /^0\.1\.0(?:-1)?$/);
          assert.equal(plugin.enabled, true);
          assert.equal(plugin.loaded, true);
          assert.equal(plugin.inUse, 0);
          assert.deepEqual(plugin.problems, []);

          allDone((await operation('verify', 'road', '--node', node.id)).results[0]);
          allDone((await operation('disable', 'road', '--node', node.id)).results[0]);
          assert.ok(!(await loadedPlugins(node)).includes('road'));
          allDone((await operation('enable', 'road', '--node', node.id)).results[0]);
          assert.ok((await loadedPlugins(node)).includes('road'));

          if (via === 'rock') {
            // Without a database and a file the whole configuration is sent to /config.
            allDone((await operation('configure', 'road', '--on', 'global', 'says=hi', '--node', node.id)).results[0]);
            const [use] = await usesOf(node.id);
            assert.deepEqual([use?.name, use?.scope, use?.config['says'], use?.running], ['road', 'global', 'hi', true]);
            allDone((await operation('unconfigure', use?.id ?? '', '--node', node.id)).results[0]);
            assert.deepEqual(await usesOf(node.id), []);
          }

          allDone((await operation('remove', 'road', '--node', node.id, '--yes')).results[0]);
          assert.ok(!(await loadedPlugins(node)).includes('road'));
          assert.equal(await node.sh("find / -path '*kong/plugins/road*' -not -path '/proc/*' 2>/dev/null || true"), '');
          assert.deepEqual((await statusOf(node.id)).plugins, []);
        });
      }

      it('a plugin without schema.lua ends failed, undone, with no-configuration-schema', async () => {
        const before = await snapshot(node);
        const broken = await pluginFolder('road', { schema: null });
        try {
          const { status, results } = await operation('install', broken.dir, '--node', node.id);
          assert.equal(status, 1);
          assert.equal(results[0]?.findings[0]?.id, 'no-configuration-schema', JSON.stringify(results[0], null, 2));
          assert.equal(await snapshot(node), before);
        } finally {
          await broken.remove();
        }
      });

      it('a schema.lua that goes from the node is seen before a reload, and named by it', async () => {
        allDone((await operation('install', good.dir, '--node', node.id)).results[0]);
        await node.sh(`rm ${TREE}/share/lua/5.1/kong/plugins/road/schema.lua`, 'root');
        const { predictedStart, plugins } = await statusOf(node.id);
        assert.deepEqual(predictedStart, { ok: false, problems: ['no-configuration-schema'] });
        assert.deepEqual(plugins[0]?.problems, ['no-configuration-schema']);
        const { status, results } = await operation('reload', '--node', node.id);
        assert.equal(status, 1);
        assert.equal(results[0]?.findings[0]?.id, 'no-configuration-schema', JSON.stringify(results[0], null, 2));
        assert.ok((await loadedPlugins(node)).includes('road'), 'the old workers go on serving');
      });

      it('installing a plugin whose schema fails leaves the node as it was, serving, and names the finding', async () => {
        const before = await snapshot(node);
        const broken = await pluginFolder('road', {
          schema: 'return { name = "road", fields = { { config = { type = "recrd" } } } }\n',
        });
        try {
          const { status, results } = await operation('install', broken.dir, '--node', node.id);
          assert.equal(status, 1);
          assert.ok((results[0]?.findings.length ?? 0) > 0, JSON.stringify(results[0], null, 2));
          assert.equal(await snapshot(node), before);
          assert.ok((await loadedPlugins(node)).includes('key-auth'));
        } finally {
          await broken.remove();
        }
      });

      it('installing a plugin whose handler fails at run time of its load is undone after the reload', async () => {
        const before = await snapshot(node);
        const broken = await pluginFolder('road', {
          handler: 'local x = os.getenv("NO_SUCH") .. "x"\nreturn { PRIORITY = 1, VERSION = "0.1.0" }\n',
        });
        try {
          const { status, results } = await operation('install', broken.dir, '--node', node.id);
          assert.equal(status, 1, JSON.stringify(results[0], null, 2));
          assert.equal(results[0]?.findings[0]?.plugin, 'road', JSON.stringify(results[0], null, 2));
          assert.equal(await snapshot(node), before);
          await until('the old plugins', async () => ((await loadedPlugins(node)).includes('key-auth') ? true : undefined));
          assert.deepEqual((await statusOf(node.id)).predictedStart, { ok: true, problems: [] });
        } finally {
          await broken.remove();
        }
      });
    });
  }

  it('three nodes one after the other', async () => {
    const nodes = await Promise.all([startTestNode(), startTestNode({ kong: '2.8.5' }), startTestNode()]);
    try {
      await Promise.all(nodes.map(ready));
      const flags = nodes.flatMap((node) => ['--node', node.id]);
      const { results } = await operation('install', good.dir, ...flags);
      assert.equal(results.length, 3);
      results.forEach(allDone);
      for (const node of nodes) assert.ok((await loadedPlugins(node)).includes('road'));
      const removed = await operation('remove', 'road', '--yes', '--parallel', ...flags);
      removed.results.forEach(allDone);
      for (const node of nodes) assert.ok(!(await loadedPlugins(node)).includes('road'));
    } finally {
      await Promise.all(nodes.map((node) => node.remove()));
    }
  });

  it('a node without a published Admin API', async () => {
    const node = await startTestNode({ env: { KONG_ADMIN_LISTEN: '127.0.0.1:8001' }, publish: false });
    try {
      await until('Kong', async () => ((await statusOf(node.id)).running ? true : undefined));
      allDone((await operation('install', good.dir, '--node', node.id)).results[0]);
      assert.equal((await statusOf(node.id)).plugins[0]?.loaded, true);
    } finally {
      await node.remove();
    }
  });

  it('a plugin in use is shown, and taken out of use only on yes', async () => {
    const node = await startTestNode({ database: 'bootstrapped' });
    try {
      await ready(node);
      allDone((await operation('install', good.dir, '--node', node.id)).results[0]);
      const admin = await node.admin();
      const created = await fetch(`${admin}/services`, {
        method: 'POST',
        body: new URLSearchParams({ name: 'orders', host: 'x' }),
      });
      assert.equal(created.status, 201);
      const wrong = await operation('configure', 'road', '--on', 'service:orders', 'nope=1', '--node', node.id);
      assert.deepEqual([wrong.status, wrong.results[0]?.findings[0]?.details?.['path']], [1, 'config.nope']);
      allDone((await operation('configure', 'road', '--on', 'service:orders', 'says=hi', '--node', node.id)).results[0]);
      const [use] = await usesOf(node.id);
      allDone((await operation('configure', '--edit', use?.id ?? '', 'says=ho', '--disable', '--node', node.id)).results[0]);
      const [changed] = await usesOf(node.id);
      assert.deepEqual(
        [changed?.id, changed?.scope, changed?.config['says'], changed?.enabled],
        [use?.id, 'service:orders', 'ho', false],
      );
      assert.equal((await statusOf(node.id)).plugins[0]?.inUse, 1);
      const refused = await operation('remove', 'road', '--node', node.id);
      assert.equal(refused.status, 1);
      assert.ok((await loadedPlugins(node)).includes('road'));
      allDone((await operation('remove', 'road', '--node', node.id, '--yes')).results[0]);
      assert.ok(!(await loadedPlugins(node)).includes('road'));
    } finally {
      await node.remove();
    }
  });
});

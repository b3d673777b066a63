// The whole road on the Kong of the machine itself: the command line runs inside a container where `kong start` was run, as root and as Kong's user.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { NodeStatus, OperationResult } from '../../src/lifecycle/types';
import { loadedPlugins, ready, startTestNode, type TestNode } from '../equipment/testNode';
import { versionOf } from '../equipment/underTest';
import { bundled } from '../unit/cli/bundled';
import { pluginFolder, type PluginFolder } from './pluginFixture';

const CONF = `# ours
database = off
admin_listen = 0.0.0.0:8001   # all of them
nginx_main_worker_processes = 1
plugins = bundled
`;

describe('the Kong of this machine', function () {
  this.timeout(120_000);
  let built: string;
  let good: PluginFolder;
  let broken: PluginFolder;
  let node: TestNode;

  before(async () => {
    built = await mkdtemp(path.join(os.tmpdir(), 'kpw-cli-'));
    good = await pluginFolder('road');
    broken = await pluginFolder('road', { schema: 'return { name = "road", fields = { { config = { type = "recrd" } } } }\n' });
    await bundled(path.join(built, 'cli.js'));
    for (const dir of [built, good.dir, broken.dir]) await chmod(dir, 0o755);
  });
  after(async () => {
    await Promise.all([good.remove(), broken.remove(), rm(built, { recursive: true, force: true })]);
  });
  afterEach(() => node.remove());

  /** A container in which nothing runs until `kong start`. */
  async function machine(): Promise<void> {
    node = await startTestNode({
      env: { KONG_DATABASE: '', KONG_ADMIN_LISTEN: '', KONG_NGINX_MAIN_WORKER_PROCESSES: '' },
      args: [
        ...['--entrypoint', 'sleep', '--user', 'root'],
        ...['--volume', `${process.execPath}:/usr/local/bin/node:ro`, '--volume', `${built}:/opt/kong-plugin:ro`],
        ...['--volume', `${good.dir}:/home/good:ro`, '--volume', `${broken.dir}:/home/broken:ro`],
      ],
      command: ['infinity'],
    });
    await node.sh(`mkdir -p /etc/kong && printf '${CONF.replaceAll('\n', '\\n')}' > /etc/kong/kong.conf`, 'root');
  }

  async function kongPlugin(user: string, ...args: string[]): Promise<string> {
    const unset = 'unset KONG_DATABASE KONG_ADMIN_LISTEN KONG_NGINX_MAIN_WORKER_PROCESSES';
    return node.sh(
      `cd /home && ${unset} && node /opt/kong-plugin/cli.js ${args.join(' ')} --node local --format json; true`,
      user,
    );
  }
  async function result(user: string, ...args: string[]): Promise<OperationResult> {
    const out = await kongPlugin(user, ...args);
    const [first] = (JSON.parse(out) as { results: OperationResult[] }).results;
    assert.ok(first, out);
    return first;
  }
  async function status(user: string): Promise<NodeStatus> {
    const [first] = (JSON.parse(await kongPlugin(user, 'status')) as { nodes: NodeStatus[] }).nodes;
    assert.ok(first);
    return first;
  }
  const start = (user: string): Promise<string> =>
    node.sh('unset KONG_DATABASE KONG_ADMIN_LISTEN KONG_NGINX_MAIN_WORKER_PROCESSES; kong start', user);

  for (const via of ['rock', 'source', 'path']) {
    it(`install (${via}), status, disable, enable, remove while it runs`, async () => {
      await machine();
      await start('root');
      await ready(node);
      const installed = await result('root', 'install', 'good', '--via', via);
      assert.ok(installed.ok, JSON.stringify(installed, null, 2));
      assert.ok((await loadedPlugins(node)).includes('road'));
      const seen = await status('root');
      assert.equal(seen.running, true);
      assert.equal(seen.kong, versionOf('3.9.1'));
      assert.deepEqual(
        seen.plugins.map(({ name, enabled, loaded, problems }) => ({ name, enabled, loaded, problems })),
        [{ name: 'road', enabled: true, loaded: true, problems: [] }],
      );
      assert.ok((await result('root', 'disable', 'road')).ok);
      assert.ok(!(await loadedPlugins(node)).includes('road'));
      assert.ok((await result('root', 'enable', 'road')).ok);
      assert.ok((await loadedPlugins(node)).includes('road'));
      const removed = await result('root', 'remove', 'road', '--yes');
      assert.ok(removed.ok, JSON.stringify(removed, null, 2));
      assert.ok(!(await loadedPlugins(node)).includes('road'));
      assert.equal((await node.sh('cat /etc/kong/kong.conf')).trim(), CONF.trim());
      assert.equal(
        await node.sh("find / -path '*kong/plugins/road*' -not -path '/proc/*' -not -path '/home/*' 2>/dev/null || true"),
        '',
      );
    });
  }

  it('what Kong would not load is undone, and the running Kong serves on', async () => {
    await machine();
    await start('root');
    await ready(node);
    const before = await node.sh(
      'find /usr/local/share/lua /usr/local/lib/luarocks /etc/kong -type f -exec md5sum {} + | sort -k2',
      'root',
    );
    const failed = await result('root', 'install', 'broken');
    assert.equal(failed.ok, false);
    assert.equal(failed.findings[0]?.plugin, 'road', JSON.stringify(failed, null, 2));
    assert.equal(
      await node.sh('find /usr/local/share/lua /usr/local/lib/luarocks /etc/kong -type f -exec md5sum {} + | sort -k2', 'root'),
      before,
    );
    assert.ok((await loadedPlugins(node)).includes('key-auth'));
  });

  it('a Kong that does not run gets the plugin at its next start', async () => {
    await machine();
    const installed = await result('root', 'install', 'good');
    assert.ok(installed.ok, JSON.stringify(installed, null, 2));
    assert.deepEqual((await status('root')).predictedStart, { ok: true, problems: [] });
    await start('root');
    await ready(node);
    assert.ok((await loadedPlugins(node)).includes('road'));
  });

  it('restart brings what a reload cannot, and loses nothing', async () => {
    await machine();
    await start('root');
    await ready(node);
    assert.ok((await result('root', 'install', 'good')).ok);
    const restarted = await result('root', 'restart');
    assert.ok(restarted.ok, JSON.stringify(restarted, null, 2));
    await ready(node);
    assert.ok((await loadedPlugins(node)).includes('road'));
  });

  it('fix starts a dead Kong again, with what it lacked', async () => {
    await machine();
    assert.ok((await result('root', 'install', 'good')).ok);
    await node.sh('rm /usr/local/share/lua/5.1/kong/plugins/road/schema.lua', 'root');
    assert.equal(
      await start('root').then(
        () => 'started',
        () => 'refused',
      ),
      'refused',
    );
    const fixed = await result('root', 'fix', '/home/good', '--yes');
    assert.ok(fixed.ok, JSON.stringify(fixed, null, 2));
    await ready(node);
    assert.ok((await loadedPlugins(node)).includes('road'));
  });

  it('a user without rights is told so, and nothing has changed', async () => {
    await machine();
    await start('root');
    await ready(node);
    const refused = await result('nobody', 'install', 'good');
    assert.equal(refused.ok, false);
    assert.match(refused.steps.at(-1)?.detail ?? '', /no permission/);
    assert.equal((await node.sh('cat /etc/kong/kong.conf')).trim(), CONF.trim());
    assert.ok(!(await loadedPlugins(node)).includes('road'));
  });
});

// What goes wrong half-way: our process is killed after every change, the container dies, the engine goes, the disk is full, files are
// read-only. Each ends with the node serving what it served, or fully changed; and the command can be run again.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { runProcess } from '../../src/system/process';
import { docker } from '../equipment/image';
import { loadedPlugins, ready, startTestNode, until, type TestNode } from '../equipment/testNode';
import { itUnless, KONG_UID } from '../equipment/underTest';
import { isWholeRun } from '../equipment/wholeRun';
import { bundled } from '../unit/cli/bundled';
import { operation, statusOf } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

const PLUGINS = '/usr/local/share/lua/5.1/kong/plugins';
/** Nodes on which operations are killed side by side: half of the time is waiting. */
const KILLED_AT_ONCE = 3;
const MAX_CHANGES = 60;
/** Every change, or every second one; the unit tests kill after every change of the same operations on a folder. */
const STEP = isWholeRun ? 2 : 1;

/** An engine that disappears: a socket in front of the real one that takes so many messages and then nothing. */
async function mortalEngine(messages: number): Promise<{ host: string; taken: () => number; remove(): Promise<void> }> {
  const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-proxy-'));
  const socketPath = path.join(dir, 'docker.sock');
  const real = (process.env['DOCKER_HOST'] ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
  const open = new Set<Socket>();
  let taken = 0;
  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const behind = connect({ path: real, allowHalfOpen: true });
    for (const each of [socket, behind]) open.add(each.on('error', () => each.destroy()));
    socket.on('data', (chunk) => {
      taken += 1;
      if (taken <= messages) behind.write(chunk);
      else {
        open.forEach((each) => each.destroy());
        server.close();
      }
    });
    socket.on('end', () => behind.end());
    behind.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(socketPath, resolve));
  return {
    host: `unix://${socketPath}`,
    taken: () => taken,
    remove: async () => {
      open.forEach((each) => each.destroy());
      server.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

describe('faults', function () {
  this.timeout(600_000);
  let plugin: PluginFolder;
  let scratch: string;
  let killed: string;
  let tried = 0;
  let wrong = 0;

  before(async () => {
    plugin = await pluginFolder('faulty');
    scratch = await mkdtemp(path.join(os.tmpdir(), 'kpw-faults-'));
    killed = path.join(scratch, 'killed.cjs');
    // It is started dozens of times, and as one file it is there sooner.
    await bundled(killed, 'test/docker/killed.ts');
  });
  after(async () => {
    await plugin.remove();
    await rm(scratch, { recursive: true, force: true });
    console.log(`      faults tried: ${tried}, nodes left wrong: ${wrong}`);
  });

  /** Counts a fault, and a node that does not pass what must hold after it. */
  async function fault(what: string, holds: () => Promise<void>): Promise<void> {
    tried += 1;
    try {
      await holds();
    } catch (error) {
      wrong += 1;
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
    }
  }

  /** The node serves, with the plugin or without it, and would start again. */
  async function serves(node: TestNode, loaded: boolean | undefined): Promise<void> {
    await ready(node);
    const names = await until('the list of plugins', async () => {
      const list = await loadedPlugins(node);
      return list.length > 0 ? list : undefined;
    });
    assert.ok(names.includes('key-auth'));
    if (loaded !== undefined) assert.equal(names.includes('faulty'), loaded);
  }

  async function done(...args: string[]): Promise<void> {
    const { results } = await operation(...args);
    assert.ok(results[0]?.ok, JSON.stringify(results[0], null, 2));
  }

  async function refused(node: TestNode, pattern: RegExp): Promise<void> {
    const { status, results } = await operation('install', plugin.dir, '--node', node.id);
    assert.notEqual(status, 0);
    assert.match(JSON.stringify(results[0]?.steps), pattern);
    await serves(node, false);
    assert.deepEqual((await statusOf(node.id)).predictedStart, { ok: true, problems: [] });
  }

  for (const [verb, argument] of [
    ['install', 'DIR'],
    ['remove', 'faulty'],
  ] as const) {
    it(`SIGKILL after every change of ${verb}, then the same command again`, async () => {
      let [lives, ended] = [0, false];
      await Promise.all(
        Array.from({ length: KILLED_AT_ONCE }, async () => {
          const node = await startTestNode();
          try {
            await ready(node);
            while (!ended) {
              lives += STEP;
              assert.ok(lives <= MAX_CHANGES, 'the operation does not end');
              if (await killedAfter(node, lives, verb, argument === 'DIR' ? plugin.dir : argument)) ended = true;
            }
          } finally {
            await node.remove();
          }
        }),
      );
    });
  }

  /** Kills an operation after so many changes and runs it again; whether it came to its end before. */
  async function killedAfter(node: TestNode, lives: number, verb: 'install' | 'remove', argument: string): Promise<boolean> {
    if (verb === 'remove') await done('install', plugin.dir, '--node', node.id);
    const child = await runProcess({ command: process.execPath, args: [killed, node.name, String(lives), verb, argument] });
    const survived = child.code !== null;
    assert.ok(!survived || child.code === 0, child.stderr.toString());
    await fault(`killed after change ${lives} of ${verb}`, async () => {
      await serves(node, undefined);
      if (verb === 'install') {
        await done('install', plugin.dir, '--node', node.id);
        await serves(node, true);
        await done('remove', 'faulty', '--yes', '--node', node.id);
      } else if (!survived) {
        const again = await operation('remove', 'faulty', '--yes', '--node', node.id);
        assert.notEqual(again.status, 3, JSON.stringify(again.results));
      }
      await serves(node, false);
      assert.deepEqual((await statusOf(node.id)).plugins, []);
    });
    return survived;
  }

  it('a kong.conf that is mounted read-only', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-conf-'));
    await writeFile(path.join(dir, 'kong.conf'), 'plugins = bundled\n');
    const node = await startTestNode({ args: ['--volume', `${dir}/kong.conf:/etc/kong/kong.conf:ro`] });
    try {
      await ready(node);
      await fault('read-only kong.conf', () => refused(node, /Cannot write \/etc\/kong\/kong\.conf/));
    } finally {
      await node.remove();
      await rm(dir, { recursive: true, force: true });
    }
  });

  it('a file system that is read-only', async () => {
    const node = await startTestNode({
      args: [
        '--read-only',
        ...['/usr/local/kong', '/var/log/nginx'].flatMap((dir) => ['--tmpfs', `${dir}:uid=${KONG_UID}`]),
        '--tmpfs',
        '/tmp',
      ],
    });
    try {
      await ready(node);
      await fault('read-only file system', () => refused(node, /[Rr]ead-only file system/));
    } finally {
      await node.remove();
    }
  });

  itUnless('Kong’s own plugins are in the folder that is made so small', 'a disk that is full', async () => {
    const node = await startTestNode({ args: ['--tmpfs', `${PLUGINS}:size=4k,uid=${KONG_UID}`] });
    try {
      await ready(node);
      await node.sh(`head -c 4096 /dev/zero > ${PLUGINS}/filler`);
      await fault('full disk', () => refused(node, /No space left on device/));
    } finally {
      await node.remove();
    }
  });

  it('the container dies during the reload', async () => {
    const node = await startTestNode();
    try {
      await ready(node);
      const murder =
        '#!/bin/sh\\nif [ "$1" = reload ] && [ ! -e /tmp/alive ]; then kill -QUIT 1; sleep 5; fi\\nexec /usr/local/bin/kong.real "$@"\\n';
      await node.sh(
        `mv /usr/local/bin/kong /usr/local/bin/kong.real && printf '${murder}' > /usr/local/bin/kong && chmod 755 /usr/local/bin/kong`,
        'root',
      );
      const { status } = await operation('install', plugin.dir, '--node', node.id);
      assert.notEqual(status, 0);
      await docker('start', node.name);
      await ready(node);
      await fault('dead container', async () => {
        await serves(node, undefined);
        await node.sh('touch /tmp/alive');
        await done('install', plugin.dir, '--node', node.id);
        await serves(node, true);
      });
    } finally {
      await node.remove();
    }
  });

  for (const messages of [3, 8, 15, 22, 29, 36]) {
    it(`the engine goes after ${messages} messages, and comes back`, async () => {
      const node = await startTestNode();
      const engine = await mortalEngine(messages);
      const host = process.env['DOCKER_HOST'];
      try {
        await ready(node);
        process.env['DOCKER_HOST'] = engine.host;
        const { status, results } = await operation('install', plugin.dir, '--node', node.id).finally(() => {
          if (host === undefined) delete process.env['DOCKER_HOST'];
          else process.env['DOCKER_HOST'] = host;
        });
        assert.ok(engine.taken() > messages, 'the engine outlived the operation');
        if (status !== 0) assert.match(JSON.stringify(results), /does not reach its engine|put back|no Kong|failed/i);
        await fault(`no engine after ${messages} messages`, async () => {
          await serves(node, undefined);
          await done('install', plugin.dir, '--node', node.id);
          await serves(node, true);
        });
      } finally {
        await engine.remove();
        await node.remove();
      }
    });
  }

  it('two at one node at once', async () => {
    const node = await startTestNode();
    const other = await pluginFolder('second');
    try {
      await ready(node);
      const both = await Promise.all([plugin, other].map(({ dir }) => operation('install', dir, '--node', node.id)));
      await fault('two at once', async () => {
        assert.ok(
          both.some(({ status }) => status === 0),
          JSON.stringify(both),
        );
        const names = await loadedPlugins(node);
        for (const [index, name] of ['faulty', 'second'].entries())
          assert.equal(names.includes(name), both[index]?.status === 0, name);
      });
    } finally {
      await node.remove();
      await other.remove();
    }
  });
});

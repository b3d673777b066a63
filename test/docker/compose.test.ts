// A compose service with two replicas is two nodes.
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { composeNodes } from '../../src/node/compose';
import { runProcess } from '../../src/system/process';
import { UserError } from '../../src/system/userError';
import { LABEL, testNodeImage } from '../equipment/image';
import { until } from '../equipment/testNode';
import { operation, statusOf } from './commandLine';
import { pluginFolder } from './pluginFixture';

const PROJECT = 'kpwcompose';

async function compose(dir: string, ...args: string[]): Promise<void> {
  const result = await runProcess({ command: 'docker-compose', args: ['--project-name', PROJECT, ...args], cwd: dir });
  if (result.code !== 0) throw new Error(result.stderr.toString());
}

describe('a compose service', function () {
  this.timeout(240_000);
  let dir: string;

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-compose-'));
    const file = {
      version: '3',
      services: {
        kong: {
          image: await testNodeImage('3.9.1'),
          labels: [LABEL],
          environment: { KONG_DATABASE: 'off', KONG_ADMIN_LISTEN: '0.0.0.0:8001' },
        },
        db: { image: await testNodeImage('3.9.1'), labels: [LABEL], command: ['sleep', '600'] },
      },
    };
    await writeFile(path.join(dir, 'docker-compose.yml'), JSON.stringify(file));
    await compose(dir, 'up', '--detach', '--scale', 'kong=2');
  });
  after(async () => {
    await compose(dir, 'down', '--volumes', '--timeout', '1');
    await rm(dir, { recursive: true, force: true });
  });

  it('is its replicas, in order', async () => {
    const nodes = await composeNodes(PROJECT, 'kong', { env: process.env });
    assert.deepEqual(
      nodes.map(({ id, kind }) => [id.replace(/[-_](\d)$/, ' $1'), kind]),
      [
        [`docker:${PROJECT}_kong 1`, 'compose'],
        [`docker:${PROJECT}_kong 2`, 'compose'],
      ],
    );
  });

  it('that does not exist is said', async () => {
    await assert.rejects(composeNodes(PROJECT, 'kon', { env: process.env }), (error: unknown) => {
      assert.ok(error instanceof UserError);
      assert.match(error.message, /The compose project kpwcompose has no container of a service kon/);
      return true;
    });
  });

  it('takes an installation on every replica', async () => {
    const plugin = await pluginFolder('spread');
    try {
      const nodes = await composeNodes(PROJECT, 'kong', { env: process.env });
      for (const { id } of nodes) await until('Kong', async () => ((await statusOf(id)).running ? true : undefined), 30_000);
      const { status, results } = await operation('install', plugin.dir, '--node', `compose:${PROJECT}/kong`);
      assert.equal(status, 0, JSON.stringify(results, null, 2));
      assert.deepEqual(
        results.map((result) => result.node),
        nodes.map(({ id }) => id),
      );
      for (const { id } of nodes) assert.equal((await statusOf(id)).plugins[0]?.loaded, true);
    } finally {
      await plugin.remove();
    }
  });
});

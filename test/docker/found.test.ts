// Containers as nodes: found however they stand, and followed as they come and go.
import assert from 'node:assert/strict';
import { dockerNode, findDockerNodes, followDockerEvents } from '../../src/node/docker';
import { docker, LABEL, useEngine } from '../equipment/image';
import { startTestNode, until } from '../equipment/testNode';

const options = { env: process.env };

describe('a container with a Kong', function () {
  this.timeout(240_000);

  it('is found, and followed', async () => {
    await useEngine();
    const nodes = await findDockerNodes(options);
    assert.ok(nodes.every(({ kind }) => kind === 'docker'));
    const stop = new AbortController();
    let changes = 0;
    const followed = followDockerEvents(options, () => (changes += 1), stop.signal);
    const other = await startTestNode({ publish: false });
    await until('an event', () => Promise.resolve(changes > 0 ? true : undefined));
    assert.ok((await findDockerNodes(options)).some(({ id }) => id === other.id));
    await other.remove();
    stop.abort();
    await followed;
  });

  it('is found when it has died, was only created, or is paused, and tells how it stands', async () => {
    const [died, paused] = await Promise.all([
      startTestNode({ env: { KONG_PLUGINS: 'bundled,nowhere' }, publish: false }),
      startTestNode({ publish: false }),
    ]);
    const created = `${died.name}-created`;
    const migrated = `${died.name}-migrated`;
    const image = await docker('inspect', '--format', '{{.Config.Image}}', paused.name);
    try {
      await docker('pause', paused.name);
      await docker('create', '--name', created, '--label', LABEL, image);
      await docker('create', '--name', migrated, '--label', LABEL, image, 'kong', 'migrations', 'up');
      await until('the end', async () => ((await dockerNode(died.name, options).facts()).running ? undefined : true));
      const ids = (await findDockerNodes(options)).map(({ id }) => id);
      assert.deepEqual(
        [died.id, paused.id, `docker:${created}`, `docker:${migrated}`].map((id) => ids.includes(id)),
        [true, true, true, false],
      );
      const stands = async (name: string): Promise<string | undefined> => (await dockerNode(name, options).facts()).ended?.how;
      assert.match((await stands(died.name)) ?? '', /^stopped \(it exited with \d+\)$/);
      assert.equal(await stands(paused.name), 'paused');
      assert.equal(await stands(created), 'created');
      const ended = (await dockerNode(died.name, options).facts()).ended?.at ?? '';
      assert.ok(Math.abs(Date.now() - new Date(ended).getTime()) < 60_000, ended);
    } finally {
      await docker('rm', '--force', created, migrated);
      await Promise.all([died.remove(), paused.remove()]);
    }
  });
});

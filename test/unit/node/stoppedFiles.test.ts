// What the engine gave of a container that stands still is not asked for again within a moment, but always after a change.
import assert from 'node:assert/strict';
import type { ContainerClient } from '../../../src/node/container/client';
import { containerFiles } from '../../../src/node/container/files';
import { tarOf } from '../../../src/node/container/tar';
import type { ProcessResult } from '../../../src/system/process';

interface Engine {
  client: () => Promise<ContainerClient>;
  /** The paths that were read. */
  read: string[];
  content: string;
}

/** An engine with one file in every place. */
function engine(): Engine {
  const made: Engine = {
    client: () => Promise.resolve(client),
    read: [],
    content: 'old',
  };
  const client: ContainerClient = {
    program: 'docker',
    call: ([, ...words], { onOutput } = {}) => {
      const path = words.find((word) => word.startsWith('kong:'))?.slice('kong:'.length) ?? '';
      const isRead = words.at(-1) === '-';
      if (isRead) made.read.push(path);
      const name = path.slice(path.lastIndexOf('/') + 1);
      const tar = tarOf([{ path: name, type: 'File', mode: 0o644, owner: '0:0', content: Buffer.from(made.content) }]);
      if (isRead) onOutput?.('stdout', tar);
      return Promise.resolve({ code: 0, stdout: isRead ? tar : Buffer.alloc(0), stderr: Buffer.alloc(0), timedOut: false });
    },
    ask: () => Promise.reject<Buffer>(new Error('not asked')),
  };
  return made;
}

const STOPPED = (): Promise<ProcessResult | undefined> => Promise.resolve(undefined);

describe('files of a container that stands still', () => {
  it('are read once by those who ask within a moment', async () => {
    const { client, read } = engine();
    const files = containerFiles({ client, name: 'kong', script: STOPPED });
    for (let turn = 0; turn < 3; turn += 1) assert.equal((await files.read('/etc/kong/kong.conf'))?.toString(), 'old');
    assert.deepEqual(read, ['/etc/kong/kong.conf']);
  });

  it('are read anew after one was written', async () => {
    const made = engine();
    const files = containerFiles({ client: made.client, name: 'kong', script: STOPPED });
    await files.read('/etc/kong/kong.conf');
    await files.write('/etc/kong/other', Buffer.from('x'));
    made.content = 'new';
    assert.equal((await files.read('/etc/kong/kong.conf'))?.toString(), 'new');
  });

  it('are looked for anew before a lock is made of one', async () => {
    const made = engine();
    const files = containerFiles({ client: made.client, name: 'kong', script: STOPPED });
    await files.read('/lock');
    assert.equal(await files.create('/lock', 'x'), false);
    assert.deepEqual(made.read, ['/lock', '/lock']);
  });

  it('are read anew once the container has run', async () => {
    const made = engine();
    let answer: ProcessResult | undefined;
    const files = containerFiles({ client: made.client, name: 'kong', script: () => Promise.resolve(answer) });
    await files.read('/etc/kong/kong.conf');
    answer = { code: 0, stdout: Buffer.from('running'), stderr: Buffer.alloc(0), timedOut: false };
    assert.equal((await files.read('/etc/kong/kong.conf'))?.toString(), 'running');
    answer = undefined;
    made.content = 'new';
    assert.equal((await files.read('/etc/kong/kong.conf'))?.toString(), 'new');
  });
});

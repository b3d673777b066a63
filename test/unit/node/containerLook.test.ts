// Looks at a container are shared by those who ask at the same time; who stops one stops it for nobody else.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { ContainerClient } from '../../../src/node/container/client';
import { containerLook } from '../../../src/node/container/look';
import { containerPrograms } from '../../../src/node/container/programs';

const DESCRIPTION = [{ Id: 'abc', Name: '/kong', State: { Running: false }, Config: { Image: 'kong' } }];

/** An engine whose answer to a call that can be stopped comes only by stopping it. */
function engine(calls: string[]): ContainerClient {
  return {
    program: 'docker',
    call: async ([, verb = ''], { signal } = {}) => {
      calls.push(verb);
      if (signal?.aborted === false) await once(signal, 'abort');
      signal?.throwIfAborted();
      return { code: 0, stdout: Buffer.from(JSON.stringify(DESCRIPTION)), stderr: Buffer.alloc(0), timedOut: false };
    },
    ask: () => Promise.reject<Buffer>(new Error('not asked')),
  };
}

describe('a look at a container', () => {
  it('that the first who asked stops still answers the others', async () => {
    const calls: string[] = [];
    const client = (): Promise<ContainerClient> => Promise.resolve(engine(calls));
    const programs = containerPrograms(client, 'kong', {});
    const look = containerLook({ client, name: 'kong', programs, read: () => Promise.resolve(undefined) });
    const stop = new AbortController();
    const [first, other] = [look.inspect(stop.signal), look.inspect()];
    first.catch(() => undefined);
    stop.abort(new Error('Enough.'));
    await assert.rejects(first, /^Error: Enough\.$/);
    assert.equal((await other).id, 'abc');
    assert.deepEqual(calls, ['inspect', 'inspect']);
  });
});

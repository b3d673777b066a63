// Following a node's log: every piece once, through troubles, until it is stopped.
import assert from 'node:assert/strict';
import { appendFile, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { folderNode } from '../../../src/node/folder';
import { followLog } from '../../../src/node/follow';
import { UserError } from '../../../src/system/userError';

type Log = ReturnType<typeof folderNode>['log'];

/** Follows a scripted log; each look is told its number. */
async function follow(log: (look: number, since: string | undefined) => ReturnType<Log>, looks: number): Promise<string[]> {
  const stop = new AbortController();
  const heard: string[] = [];
  let look = 0;
  const node = {
    ...folderNode('/'),
    log: (since?: string) => {
      look += 1;
      if (look > looks) stop.abort();
      return log(look, since);
    },
  };
  await followLog(node, {
    signal: stop.signal,
    mark: 'm0',
    pause: 1,
    onText: (text, mark) => heard.push(`${text}@${mark}`),
    onTrouble: (trouble) => heard.push(`trouble: ${trouble ?? 'over'}`),
  });
  return heard;
}

describe('following a log', () => {
  it('asks from mark to mark and stops when it is told to', async () => {
    const since: (string | undefined)[] = [];
    const heard = await follow((look, mark) => {
      since.push(mark);
      return Promise.resolve({ text: look === 2 ? '' : `line ${look}`, mark: `m${look}` });
    }, 3);
    assert.deepEqual(heard, ['line 1@m1', '@m2', 'line 3@m3']);
    assert.deepEqual(since, ['m0', 'm1', 'm2', 'm3']);
  });

  it('says once that the log cannot be read, and that it can again', async () => {
    const gone = new UserError('There is no container kong.');
    const heard = await follow(
      (look) => (look === 2 || look === 3 ? Promise.reject(gone) : Promise.resolve({ text: `${look}`, mark: 'm' })),
      4,
    );
    assert.deepEqual(heard, ['1@m', 'trouble: There is no container kong.', 'trouble: over', '4@m']);
  });

  it('lets what is no trouble of the node through', async () => {
    await assert.rejects(
      follow(() => Promise.reject(new TypeError('a bug')), 1),
      TypeError,
    );
  });

  it('reads error.log of a folder as it grows, and from its start when it is replaced', async () => {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'follow-'));
    try {
      const node = folderNode(folder);
      assert.deepEqual(await node.log(), { text: '', mark: '' });
      await mkdir(path.join(folder, 'logs'));
      const file = path.join(folder, 'logs/error.log');
      await writeFile(file, 'one\n');
      const first = await node.log('');
      assert.equal(first.text, 'one\n');
      await appendFile(file, 'two\n');
      const second = await node.log(first.mark);
      assert.equal(second.text, 'two\n');
      await rm(file);
      await writeFile(`${file}.new`, 'other\n');
      await writeFile(file, 'new\n');
      assert.equal((await node.log(second.mark)).text, 'new\n');
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

// What an interrupted operation left: seen everywhere, decided by a person, and no secret of it open to others.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import { hold } from '../../../src/lifecycle/plan/hold';
import { recover } from '../../../src/lifecycle/plan/recover';
import { isLocked, takeLock } from '../../../src/lifecycle/state/lock';
import { statusOf } from '../../../src/lifecycle/state/status';
import { folderNode } from '../../../src/node/folder';
import type { Node } from '../../../src/node/node';
import { thisProcess } from '../../../src/system/processIdentity';
import { commandLine, type Said } from '../cli/commandLine';
import { fakeNode } from './fakeNode';
import { filesIn, withFolder, writeFiles } from './plugins';

const CONF = 'database = off\nplugins = bundled\npg_password = top-secret\n';
const WORK = '.kong-plugin-workbench';

/** An operation that writes one line into kong.conf and then is no more, as when its process is killed. */
async function interrupt(folder: string, title = 'fix it'): Promise<void> {
  const node = folderNode(folder);
  const confPath = join(folder, 'kong.conf');
  const killed: Node = {
    ...node,
    async write(path, ...rest) {
      await node.write(path, ...rest);
      if (path === confPath) throw new Killed();
    },
    remove: () => Promise.reject(new Killed()),
  };
  const operation: Operation = {
    title,
    steps: () =>
      Promise.resolve([
        {
          name: 'write',
          describe: 'write',
          async run(context) {
            await context.edit([{ path: confPath, content: 'half done\n' }]);
            return 'written';
          },
        },
      ]),
  };
  await assert.rejects(runPlan(killed, operation), Killed);
  // Undoing it was impossible too: what it had written is there, and its process holds nothing any more.
  await writeFile(confPath, 'half done\n');
  await writeFile(
    join(folder, WORK, 'lock'),
    JSON.stringify({ ...(await thisProcess()), id: 'gone', operation: title, beat: Date.now() }),
  );
}

class Killed extends Error {}

const cli = (folder: string, ...args: string[]): Promise<Said> => commandLine([...args], { cwd: folder });

const inNode = (test: (folder: string) => Promise<void>) => (): Promise<void> =>
  withFolder(async (folder) => {
    await writeFiles(folder, { 'kong.conf': CONF });
    await interrupt(folder);
    await test(folder);
  });

describe('an interrupted operation', () => {
  it(
    'is told by status, a dry run and every operation, which do nothing',
    inNode(async (folder) => {
      const node = folderNode(folder);
      assert.equal((await statusOf(node)).interrupted?.operation, 'fix it');
      const status = await cli(folder, 'status', '--node', `folder:${folder}`);
      assert.equal(status.status, 1);
      assert.match(status.out, /An interrupted "fix it" of \d\d:\d\d left 1 file half done .*kong\.conf/);
      const before = await filesIn(folder, false);
      for (const args of [['enable', 'x'], ['disable', 'x', '--dry-run'], ['enable', 'x', '--dry-run'], ['fix']]) {
        const said = await cli(folder, ...args, '--node', `folder:${folder}`);
        assert.equal(said.status, 1, args.join(' '));
        assert.match(said.out + said.err, /interrupted "fix it".*kong-plugin recover --node folder:/s, args.join(' '));
        assert.deepEqual(await filesIn(folder, false), before);
      }
    }),
  );

  it(
    'is put back by --undo, with nothing left over',
    inNode(async (folder) => {
      const { status, out } = await cli(folder, 'recover', '--undo', '--node', `folder:${folder}`);
      assert.match(out, /Put back what an interrupted "fix it" had changed/);
      assert.equal(status, 0);
      assert.deepEqual(await filesIn(folder), { 'kong.conf': CONF });
    }),
  );

  it(
    'is forgotten by --forget, which leaves the files',
    inNode(async (folder) => {
      assert.equal((await cli(folder, 'recover', '--forget', '--node', `folder:${folder}`)).status, 0);
      assert.deepEqual(await filesIn(folder), { 'kong.conf': 'half done\n' });
      assert.equal((await statusOf(folderNode(folder))).interrupted, null);
    }),
  );

  it(
    'is only shown by a plain recover with nobody to ask',
    inNode(async (folder) => {
      const { status, out } = await cli(folder, 'recover', '--node', `folder:${folder}`);
      assert.equal(status, 1);
      assert.match(out, /interrupted "fix it"/);
      assert.equal((await filesIn(folder))['kong.conf'], 'half done\n');
    }),
  );

  it(
    'goes on when the same operation is run again',
    inNode(async (folder) => {
      const again = await runPlan(folderNode(folder), { title: 'fix it', steps: () => Promise.resolve([]) });
      assert.deepEqual(
        again.steps.map(({ name, status }) => `${name} ${status}`),
        ['recover done'],
      );
      assert.deepEqual(await filesIn(folder), { 'kong.conf': CONF });
    }),
  );

  it(
    'of somebody else is not put back unasked, nor by running the same again',
    inNode(async (folder) => {
      const path = join(folder, WORK, 'journal.json');
      const journal = (await filesIn(folder))[`${WORK}/journal.json`] ?? '';
      await writeFile(path, journal.replace(/"seal": "[^"]*"/, '"seal": "0"'));
      const node = folderNode(folder);
      assert.equal((await statusOf(node)).interrupted?.ours, false);
      assert.equal((await runPlan(node, { title: 'fix it', steps: () => Promise.resolve([]) })).ok, false);
      const refused = await cli(folder, 'recover', '--undo', '--node', `folder:${folder}`);
      assert.equal(refused.status, 1);
      assert.match(refused.out, /not written by you on this machine/);
      assert.equal((await filesIn(folder))['kong.conf'], 'half done\n');
      assert.equal((await cli(folder, 'recover', '--undo', '--yes', '--node', `folder:${folder}`)).status, 0);
      assert.equal((await filesIn(folder))['kong.conf'], CONF);
    }),
  );

  it(
    'whose journal was changed by somebody is one of somebody else',
    inNode(async (folder) => {
      const path = join(folder, WORK, 'journal.json');
      const journal = (await filesIn(folder))[`${WORK}/journal.json`] ?? '';
      await writeFile(path, journal.replace('"step": "write"', '"step": "other"'));
      assert.equal((await statusOf(folderNode(folder))).interrupted?.ours, false);
    }),
  );

  it(
    'keeps what it kept of kong.conf for its owner alone, and sweeps the drafts of processes that are gone',
    inNode(async (folder) => {
      const mode = async (path: string): Promise<string> => ((await stat(join(folder, path))).mode & 0o777).toString(8);
      assert.deepEqual([await mode(WORK), await mode(`${WORK}/journal.json`)], ['700', '600']);
      await writeFile(join(folder, '.kong-plugin.1.0123456789ab.tmp'), 'half');
      await writeFile(join(folder, WORK, '.kong-plugin.1.0123456789ab.tmp'), 'half');
      await writeFile(join(folder, WORK, 'lock.0123456789abcdef'), 'half');
      await recover(folderNode(folder), { how: 'undo' });
      assert.deepEqual(await readdir(folder), ['kong.conf']);
    }),
  );

  it('is none while an operation is at work', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'kong.conf': CONF });
      const node = folderNode(folder);
      const held = await hold(node, folder, 'work');
      await held.save({ operation: 'work', at: new Date().toISOString(), undo: [] });
      assert.equal((await statusOf(node)).interrupted, null);
      await held.clear();
      await held.release();
    }));
});

describe('modes', () => {
  it('of files that are changed, deleted and put back stay', () =>
    withFolder(async (folder) => {
      await writeFiles(folder, { 'kong.conf': CONF });
      await chmod(join(folder, 'kong.conf'), 0o640);
      const node = folderNode(folder);
      await runPlan(node, disableOperation('nothing'));
      await runPlan(node, enableOperation('nothing'));
      assert.equal((await stat(join(folder, 'kong.conf'))).mode & 0o777, 0o640);
    }));
});

describe('the lock', () => {
  const stale = async (node: Node, prefix: string): Promise<void> => {
    const lock = { ...(await thisProcess()), pid: 2 ** 22 - 1, id: 'stale', operation: 'old', beat: Date.now() };
    assert.ok(await node.create(`${prefix}/${WORK}/lock`, JSON.stringify(lock)));
  };

  for (let turn = 0; turn < 12; turn++) {
    it(`that is stale is taken over by one of two only, when one waits before its ${turn + 1}. act`, async () => {
      const node = fakeNode({ running: false });
      await stale(node, '/p');
      let acts = 0;
      let wait: Promise<void> = Promise.resolve();
      const slow = async <T>(act: () => Promise<T>): Promise<T> => {
        if (acts++ === turn) await wait;
        return act();
      };
      const halting: Node = {
        ...node,
        create: (path, content) => slow(() => node.create(path, content)),
        read: (path) => slow(() => node.read(path)),
        remove: (path) => slow(() => node.remove(path)),
      };
      const other = takeLock(node, '/p', 'b').then(
        () => 1,
        () => 0,
      );
      wait = other.then(() => undefined);
      const first = await takeLock(halting, '/p', 'a').then(
        () => 1,
        () => 0,
      );
      assert.equal(first + (await other), 1);
    });
  }

  it('of a process whose number another one has by now is nobody’s', async () => {
    const node = fakeNode({ running: false });
    const lock = { ...(await thisProcess()), pid: process.ppid, started: '1', id: 'reused', operation: 'old', beat: Date.now() };
    await node.create(`/p/${WORK}/lock`, JSON.stringify(lock));
    assert.equal(await isLocked(node, '/p'), false);
    await (await takeLock(node, '/p', 'new')).release();
    assert.deepEqual([...node.files.keys()], []);
  });

  it('of a process of another machine is kept while it may live, and not for ever', async () => {
    const of = async (beat: number): Promise<boolean> => {
      const node = fakeNode({ running: false });
      await node.create(`/p/${WORK}/lock`, JSON.stringify({ host: 'elsewhere', pid: 1, id: 'x', operation: 'old', beat }));
      return isLocked(node, '/p');
    };
    assert.deepEqual(
      [await of(Date.now()), await of(Date.now() - 3_600_000), await of(Date.now() + 3_600_000)],
      [true, false, false],
    );
  });

  it('that says nothing is nobody’s', async () => {
    await withFolder(async (folder) => {
      await mkdir(join(folder, WORK));
      await writeFile(join(folder, WORK, 'lock'), '{"id": 5');
      await (await takeLock(folderNode(folder), folder, 'new')).release();
    });
  });
});

// Files of this machine as nodes see them, the folder node's facts, and the local Kong found by program, file and prefix.
import assert from 'node:assert/strict';
import { appendFile, chmod, mkdir, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { folderNode } from '../../../src/node/folder';
import { hostFiles, readLogFile } from '../../../src/node/hostFiles';
import { localNode } from '../../../src/node/local';
import { openNodes } from '../../../src/node/registry';
import { kongVersionOf } from '../../../src/node/tree';
import { UserError } from '../../../src/system/userError';
import { withFolder, writeFiles } from '../lifecycle/plugins';

const inFolder = (test: (folder: string) => Promise<void>) => (): Promise<void> => withFolder(test);

describe('files of this machine', () => {
  it(
    'a new file is readable for everybody whatever the umask, in folders everybody can enter',
    inFolder(async (folder) => {
      const umask = process.umask(0o077);
      try {
        await hostFiles.write(join(folder, 'a/b/c.lua'), 'x');
      } finally {
        process.umask(umask);
      }
      assert.equal((await stat(join(folder, 'a/b/c.lua'))).mode & 0o777, 0o644);
      assert.equal((await stat(join(folder, 'a/b'))).mode & 0o777, 0o755);
    }),
  );

  it(
    'a file that was there keeps its mode',
    inFolder(async (folder) => {
      const path = join(folder, 'kong.conf');
      await writeFile(path, 'a');
      await chmod(path, 0o640);
      await hostFiles.write(path, 'b');
      assert.equal((await stat(path)).mode & 0o777, 0o640);
      assert.equal(await readFile(path, 'utf8'), 'b');
      assert.deepEqual(await readdir(folder), ['kong.conf']);
    }),
  );

  it(
    'is created once, however many try at a time',
    inFolder(async (folder) => {
      const path = join(folder, 'x/lock');
      const outcomes = await Promise.all(Array.from({ length: 20 }, (_, i) => hostFiles.create(path, String(i))));
      assert.equal(outcomes.filter(Boolean).length, 1);
      assert.equal(await readFile(path, 'utf8'), String(outcomes.indexOf(true)));
      assert.deepEqual(await readdir(join(folder, 'x')), ['lock']);
    }),
  );

  it(
    'what is not there is undefined, and removing it is no error',
    inFolder(async (folder) => {
      const path = join(folder, 'no/such');
      assert.equal(await hostFiles.read(path), undefined);
      assert.equal(await hostFiles.list(path), undefined);
      assert.equal(await hostFiles.readTree(path), undefined);
      assert.equal(await hostFiles.stat(path), undefined);
      await hostFiles.remove(path);
    }),
  );

  it(
    'a tree with a link to itself is read once',
    inFolder(async (folder) => {
      await writeFiles(folder, { 'a/x.lua': '1', 'b.lua': '2' });
      await symlink(folder, join(folder, 'a/loop'));
      await symlink(join(folder, 'b.lua'), join(folder, 'a/linked.lua'));
      assert.deepEqual([...((await hostFiles.readTree(folder)) ?? new Map<string, Buffer>()).keys()].sort(), [
        'a/linked.lua',
        'a/x.lua',
        'b.lua',
      ]);
    }),
  );

  it(
    'an empty folder is removed, a full one is not',
    inFolder(async (folder) => {
      await writeFiles(folder, { 'full/x': '' });
      await mkdir(join(folder, 'empty'));
      await hostFiles.remove(join(folder, 'empty'));
      await assert.rejects(hostFiles.remove(join(folder, 'full')));
      assert.deepEqual(await readdir(folder), ['full']);
    }),
  );

  it(
    'says what is wrong in one sentence',
    inFolder(async (folder) => {
      await writeFiles(folder, { file: '' });
      await assert.rejects(hostFiles.write(join(folder, 'file/x'), ''), (error: unknown) => {
        assert.ok(error instanceof UserError);
        return error.message.includes('is a file') && error.exitCode === 3;
      });
    }),
  );

  it(
    'a log is read from its mark, and from its start when it was replaced',
    inFolder(async (folder) => {
      const path = join(folder, 'error.log');
      await writeFile(path, 'old\n');
      const { mark } = await readLogFile(path, undefined);
      await appendFile(path, 'new\n');
      assert.equal((await readLogFile(path, mark)).text, 'new\n');
      await rename(path, `${path}.1`);
      await writeFile(path, 'rotated\n');
      assert.equal((await readLogFile(path, mark)).text, 'rotated\n');
    }),
  );
});

describe('a folder node', () => {
  it(
    'knows the version of the Kong in its tree, else what it is told',
    inFolder(async (folder) => {
      assert.equal((await folderNode(folder, { kong: '2.8' }).facts()).kong, '2.8');
      await writeFiles(folder, {
        'share/lua/5.1/kong/meta.lua': 'local version = setmetatable({\n  major = 3,\n  minor = 4,\n  patch = 2,\n})',
      });
      assert.equal((await folderNode(folder, { kong: '2.8' }).facts()).kong, '3.4.2');
    }),
  );
  it('that is not there is wrong usage', async () => {
    await assert.rejects(
      folderNode('/no/such/folder').facts(),
      (error: unknown) => error instanceof UserError && error.exitCode === 2,
    );
  });
  it('reads no version from something else', () => assert.equal(kongVersionOf('return {}'), undefined));
});

describe('naming nodes', () => {
  const options = { cwd: '/', env: {} };
  for (const id of ['nonsense', 'folder:', 'docker:', 'compose:x', 'local:', '']) {
    it(`refuses ${JSON.stringify(id)}`, async () => {
      await assert.rejects(openNodes(id, options), (error: unknown) => error instanceof UserError && error.exitCode === 2);
    });
  }
  it('takes a folder with any name as data', async () => {
    const [node] = await openNodes('folder:/a b/$(id);\'"-x', options);
    assert.equal(node?.id, 'folder:/a b/$(id);\'"-x');
  });
});

describe('the local Kong', () => {
  /** A program named kong in a tree of its own, which notes how it was called. */
  async function kongIn(folder: string): Promise<Record<string, string>> {
    await writeFiles(folder, {
      'tree/share/lua/5.1/kong/meta.lua': 'major = 3, minor = 9, patch = 1',
      'tree/bin/kong': `#!/bin/sh\necho "$@ plugins=$KONG_PLUGINS" >> ${folder}/calls\n`,
      'kong.conf': `prefix = ${folder}/prefix\nplugins = bundled\n`,
    });
    await chmod(join(folder, 'tree/bin/kong'), 0o755);
    return { PATH: `${folder}/tree/bin:/usr/bin:/bin` };
  }

  it(
    'is found by its program, its file and the prefix that file names',
    inFolder(async (folder) => {
      const env = await kongIn(folder);
      const node = localNode({ conf: 'kong.conf', cwd: folder, env });
      const facts = await node.facts();
      assert.equal(facts.kong, '3.9.1');
      assert.equal(facts.tree, join(folder, 'tree'));
      assert.equal(facts.prefix, join(folder, 'prefix'));
      assert.equal(facts.running, false);
      assert.equal(node.id, `local:${join(folder, 'kong.conf')}`);
    }),
  );

  it(
    'runs while the process of its pid file does, and its Admin API is where it was prepared to listen',
    inFolder(async (folder) => {
      const env = await kongIn(folder);
      await writeFiles(folder, {
        'prefix/pids/nginx.pid': `${process.pid}\n`,
        'prefix/.kong_env': 'admin_listen = 127.0.0.1:9\n',
      });
      const node = localNode({ conf: 'kong.conf', cwd: folder, env });
      assert.equal((await node.facts()).running, true);
      const admin = await node.adminApi();
      await assert.rejects(async () => admin?.({ method: 'GET', path: '/' }), /127\.0\.0\.1:9/);
    }),
  );

  it(
    'lets the prefix of the environment win',
    inFolder(async (folder) => {
      const env = await kongIn(folder);
      const node = localNode({ conf: 'kong.conf', cwd: folder, env: { ...env, KONG_PREFIX: join(folder, 'other') } });
      assert.equal((await node.facts()).prefix, join(folder, 'other'));
    }),
  );

  it(
    'runs its kong with arguments and variables as they are',
    inFolder(async (folder) => {
      const env = await kongIn(folder);
      const node = localNode({ conf: 'kong.conf', cwd: folder, env });
      await node.run(['kong', 'reload', '-c', 'a b;$(id)'], { env: { KONG_PLUGINS: 'bundled,x' } });
      assert.equal(await readFile(join(folder, 'calls'), 'utf8'), 'reload -c a b;$(id) plugins=bundled,x\n');
    }),
  );

  it(
    "that is not there is the environment's lack, in one sentence",
    inFolder(async (folder) => {
      await assert.rejects(localNode({ cwd: folder, env: { PATH: folder } }).facts(), (error: unknown) => {
        assert.ok(error instanceof UserError);
        return error.exitCode === 3 && error.next !== undefined;
      });
    }),
  );
});

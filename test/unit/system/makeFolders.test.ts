// Folders with those above them.
import assert from 'node:assert/strict';
import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeFolders } from '../../../src/system/makeFolders';

describe('makeFolders', () => {
  let dir: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-folders-'));
  });

  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('makes what is missing and names the topmost of it', async () => {
    assert.equal(await makeFolders(join(dir, 'a/b/c')), join(dir, 'a'));
    assert.ok((await stat(join(dir, 'a/b/c'))).isDirectory());
    assert.equal(await makeFolders(join(dir, 'a/b/c')), undefined);
    assert.equal(await makeFolders(join(dir, 'a/b/d')), join(dir, 'a/b/d'));
  });

  it('takes it when another one makes the same folders', async () => {
    await Promise.all(Array.from({ length: 8 }, () => makeFolders(join(dir, 'x/y/z'))));
    assert.ok((await stat(join(dir, 'x/y/z'))).isDirectory());
  });

  it('refuses a folder below a file, or in the place of one', async () => {
    await writeFile(join(dir, 'file'), '');
    await assert.rejects(makeFolders(join(dir, 'file/sub')), { code: 'ENOTDIR' });
    await assert.rejects(makeFolders(join(dir, 'file')), { code: 'EEXIST' });
  });

  it('comes to an end where nothing can be made', async () => {
    await assert.rejects(makeFolders('/proc/kong-plugin-none/deeper'));
  });
});

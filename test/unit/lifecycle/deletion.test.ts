// What goes with a plugin that is removed: all of it is in the plan, and nobody's source is part of it.
import assert from 'node:assert/strict';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import type { OperationResult } from '../../../src/lifecycle/types';
import { folderNode } from '../../../src/node/folder';
import { fakeNode } from './fakeNode';
import { filesIn, HANDLER, project, SCHEMA, withFolder, writeFiles } from './plugins';

const keep = (): Promise<string> => Promise.resolve('kept');
const SOURCE = { 'kong/plugins/hello/handler.lua': HANDLER(), 'kong/plugins/hello/schema.lua': SCHEMA('hello') };
const TREE = 'share/lua/5.1';

const remove = (node: string, dryRun = false): Promise<OperationResult> =>
  runPlan(folderNode(node), removeOperation('hello', { yes: true, keep }), { dryRun });

/** A project, a node whose path leads to it, and what is left after a removal that was agreed to. */
const WORKPLACES: Readonly<Record<string, { path: string; files: Record<string, string>; git?: string }>> = {
  'a working copy elsewhere': { path: 'work', files: {} },
  'a working copy in the node’s folder, with Git': { path: 'node/work', files: {}, git: 'node/work/.git' },
  'a node in a Git working tree': { path: `node/${TREE}`, files: {}, git: '.git' },
  'a project of its own': { path: 'node', files: { 'kong-plugin-hello-0.1.0-1.rockspec': 'package = "x"\n' } },
};

describe('a removal', () => {
  for (const [name, { path, files, git }] of Object.entries(WORKPLACES)) {
    it(`leaves the source in ${name}, and takes it off the path`, () =>
      withFolder(async (folder) => {
        const node = join(folder, 'node');
        const paths = path === 'work' || path === 'node/work' ? `lua_package_path = ${folder}/${path}/?.lua;;\n` : '';
        await writeFiles(join(folder, path), { ...SOURCE, ...files });
        await writeFiles(node, { 'kong.conf': `database = off\nplugins = bundled,hello\n${paths}` });
        if (git !== undefined) await mkdir(join(folder, git));
        const result = await remove(node);
        assert.equal(result.ok, true);
        assert.match(result.steps.find((step) => step.name === 'delete')?.detail ?? '', /stays: /);
        const left = await filesIn(folder);
        for (const file of Object.keys(SOURCE)) assert.ok(`${path}/${file}` in left, file);
        assert.doesNotMatch(left['node/kong.conf'] ?? '', /hello|work/);
      }));
  }

  it('leaves what is mounted into a container', async () => {
    const node = fakeNode({ conf: 'plugins = bundled,hello\n' });
    for (const [path, text] of Object.entries(SOURCE)) node.files.set(`/usr/local/${TREE}/${path}`, Buffer.from(text));
    const mounts = `overlay / overlay rw 0 0\n/dev/sda1 /usr/local/${TREE}/kong/plugins/hello ext4 rw 0 0\n`;
    const read = node.read.bind(node);
    node.read = (path) => (path === '/proc/mounts' ? Promise.resolve(Buffer.from(mounts)) : read(path));
    const result = await runPlan(node, removeOperation('hello', { yes: true, keep }));
    assert.match(result.steps.find((step) => step.name === 'delete')?.detail ?? '', /lies in a mount/);
    assert.ok(node.files.has(`/usr/local/${TREE}/kong/plugins/hello/handler.lua`));
  });

  it('of a plugin that came as a rock and by path names every file that goes', () =>
    withFolder(async (folder) => {
      const node = join(folder, 'node');
      const source = join(folder, 'hello');
      await writeFiles(source, project('hello'));
      await writeFiles(node, { 'kong.conf': 'database = off\n' });
      for (const via of ['rock', 'path'] as const) {
        const operation = installOperation(await readInstallSource(source, source, { via }), { via, enable: true });
        assert.equal((await runPlan(folderNode(node), operation)).ok, true);
      }
      const planned = (await remove(node, true)).steps.find((step) => step.name === 'delete')?.detail ?? '';
      const before = await filesIn(node, false);
      assert.equal((await remove(node)).ok, true);
      const after = await filesIn(node, false);
      const gone = Object.keys(before).filter((path) => !(path in after));
      assert.ok(gone.length >= 6);
      for (const path of gone) assert.ok(planned.includes(join(node, path)), path);
      assert.deepEqual(after, { 'kong.conf': 'database = off\n' });
    }));
});

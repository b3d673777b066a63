// Operations on folder nodes: the three ways in, every rung, predicted starts, and nothing left behind.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { filesIn, HANDLER, project, writeFiles } from './plugins';
import { PLUGINS, USED, keep, onFolder, install, onNode } from './folderNode';

describe('a folder node', () => {
  for (const via of ['rock', 'source', 'path'] as const) {
    it(
      `takes a plugin by ${via}, and gives it back`,
      onFolder({ 'kong.conf': 'database = off\r\nplugins = bundled # x\r\n' }, async (place) => {
        const before = await filesIn(place.tree);
        const result = await install(place, via);
        assert.equal(result.ok, true, JSON.stringify(result));
        const rung = await onNode(place.node, 'hello');
        assert.equal(rung?.installed?.via, via);
        assert.equal(rung.enabled, true);
        assert.deepEqual(rung.problems, []);
        assert.equal((await runPlan(place.node, verifyOperation('hello'))).ok, true);
        assert.equal((await runPlan(place.node, removeOperation('hello', { yes: false, keep }))).ok, true);
        assert.deepEqual(await filesIn(place.tree), before);
      }),
    );
  }

  it(
    'takes a plugin by path whose rockspec cannot be packed',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      const rockspec = join(place.folder, 'hello', 'kong-plugin-hello-0.1.0-1.rockspec');
      await writeFile(rockspec, (await readFile(rockspec, 'utf8')).replace('"builtin"', '"cmake"'));
      const source = await readInstallSource(rockspec, place.folder, { via: 'path' });
      const result = await runPlan(place.node, installOperation(source, { via: 'path', enable: true }));
      assert.equal(result.ok, true, JSON.stringify(result));
      assert.equal((await onNode(place.node, 'hello'))?.installed?.via, 'path');
    }),
  );

  it(
    'replaces an older version whole',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      await writeFiles(join(place.folder, 'newer'), project('hello', '0.2.0'));
      await runPlan(
        place.node,
        installOperation(await readInstallSource(join(place.folder, 'newer'), place.folder), { enable: true }),
      );
      assert.equal((await onNode(place.node, 'hello'))?.installed?.version, '0.2.0-1');
      assert.equal(
        Object.keys(await filesIn(place.tree)).some((path) => path.includes('0.1.0-1')),
        false,
      );
    }),
  );

  it(
    'tells drift from the workspace',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      const drift = async (): Promise<boolean | null | undefined> => {
        const workspace = await discoverPlugins([join(place.folder, 'hello')]);
        return (await statusOf(place.node, { workspace })).plugins[0]?.drift;
      };
      assert.equal(await drift(), false);
      await writeFiles(join(place.folder, 'hello'), { 'kong/plugins/hello/handler.lua': HANDLER('0.1.0') + '-- changed\n' });
      assert.equal(await drift(), true);
    }),
  );

  it(
    'tells drift from a workspace whose rockspec names a file that is gone',
    onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      await rm(join(place.folder, 'hello/kong/plugins/hello/schema.lua'));
      const workspace = await discoverPlugins([join(place.folder, 'hello')]);
      assert.equal((await statusOf(place.node, { workspace })).plugins[0]?.drift, true);
    }),
  );

  it(
    'has the variables of its .env win over kong.conf, and edits them there',
    onFolder({ 'kong.conf': 'plugins = bundled\n', '.env': 'KONG_DATABASE=off\nKONG_PLUGINS=bundled\n' }, async (place) => {
      await install(place);
      const files = await filesIn(place.tree);
      assert.equal(files['kong.conf'], 'plugins = bundled\n');
      assert.equal(files['.env'], 'KONG_DATABASE=off\nKONG_PLUGINS=bundled,hello\n');
      assert.equal((await onNode(place.node, 'hello'))?.enabledBy, 'environment');
    }),
  );

  for (const [file, files, operation] of [
    ['kong.conf', { 'kong.conf': 'database = off\n' }, 'install'],
    ['.env', { 'kong.conf': 'database = off\n', '.env': 'KONG_PLUGINS=bundled\n' }, 'install'],
    ['kong.yml', { 'kong.conf': 'database = off\ndeclarative_config = kong.yml\n', 'kong.yml': USED }, 'remove'],
  ] as const) {
    it(
      `leaves a ${file} that is read-only, and says so`,
      onFolder(files, async (place) => {
        const path = join(place.tree, file);
        if (operation === 'remove') await install(place);
        await chmod(path, 0o444);
        const before = await filesIn(place.tree);
        const acting =
          operation === 'install' ? install(place) : runPlan(place.node, removeOperation('hello', { yes: true, keep }));
        const refused = (error: Error): boolean =>
          error.message.includes(`${path}${operation === 'remove' ? ' cannot be written' : ''}: it is read-only (mode 444)`);
        await assert.rejects(acting, refused);
        assert.deepEqual(await filesIn(place.tree), before);
      }),
    );
  }

  it(
    'uses etc/kong/kong.conf where that is its file',
    onFolder({ 'etc/kong/kong.conf': 'database = off\n' }, async (place) => {
      await install(place);
      assert.match((await filesIn(place.tree))['etc/kong/kong.conf'] ?? '', /plugins = bundled,hello/);
    }),
  );

  it(
    'an install that would doom the next start is undone to the byte',
    onFolder({ 'kong.conf': 'database = off\nplugins = bundled', [`${PLUGINS}/other/handler.lua`]: HANDLER() }, async (place) => {
      const before = await filesIn(place.tree);
      await writeFiles(join(place.folder, 'hello'), {
        'kong/plugins/hello/handler.lua': 'return { PRIORITY = "high", VERSION = "1.0.0" }',
      });
      const result = await install(place);
      assert.equal(result.ok, false);
      assert.equal(result.findings[0]?.id, 'handler-bad-priority');
      assert.deepEqual(await filesIn(place.tree), before);
    }),
  );
});

describe('folders that an undone install finds empty, or not at all', () => {
  for (const kept of [[], ['lib/luarocks/rocks-5.1', `${PLUGINS}/other`, 'plugins']]) {
    for (const via of ['rock', 'path'] as const) {
      it(
        `stay, or go again (${via}, ${kept.length} empty ones)`,
        onFolder({ 'kong.conf': 'database = off\n' }, async (place) => {
          for (const folder of kept) await mkdir(join(place.tree, folder), { recursive: true });
          await writeFiles(join(place.folder, 'hello'), { 'kong/plugins/hello/handler.lua': 'return { PRIORITY = "high" }' });
          const before = (await readdir(place.tree, { recursive: true })).sort();
          assert.equal((await install(place, via)).ok, false);
          assert.deepEqual((await readdir(place.tree, { recursive: true })).sort(), before);
        }),
      );
    }
  }
});

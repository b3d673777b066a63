// Up and down the ladder on a running Kong, scripted: enable, disable, verify, and saves that are brought there.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { reloadOperation, restartOperation } from '../../../src/lifecycle/operations/restart';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { operate } from '../../../src/lifecycle/operations/operate';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { syncOperation } from '../../../src/lifecycle/operations/sync';
import { discoverPlugins } from '../../../src/plugin/discovery';
import type { OperationResult } from '../../../src/lifecycle/types';
import { UserError } from '../../../src/system/userError';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { project, writeFiles } from './plugins';
import { installed, projects, installing, statuses } from './runningKong';

describe('enable, disable and verify', () => {
  it('refuses names that Kong could not load, before anything happens', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    for (const name of ['a b', '$(id)', '-x', 'a;b', '../x']) {
      await assert.rejects(
        runPlan(node, enableOperation(name)),
        (error: unknown) => error instanceof UserError && error.exitCode === 2,
      );
    }
    assert.deepEqual(
      node.calls.filter((call) => call.line.startsWith('kong')),
      [],
    );
  });

  it('enabling what is not installed is undone, with the finding', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const before = stateOf(node);
    const result = await runPlan(node, enableOperation('nosuch'));
    assert.equal(result.findings[0]?.id, 'plugin-enabled-not-installed');
    assert.deepEqual(stateOf(node), before);
  });

  it('what is undone is reloaded to the end, so that the next reload is not mistaken for it', async () => {
    const node = fakeNode({ conf: 'database = off\n', reloadTakes: 60 });
    assert.equal((await runPlan(node, enableOperation('nosuch'))).ok, false);
    assert.equal(node.reloading, 0);
  });

  it('disabling what is in use is refused', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres' });
    await installed(node);
    node.rows = [{ id: '1', name: 'hello', service: { id: 's' } }];
    const before = stateOf(node);
    const result = await runPlan(node, disableOperation('hello'));
    assert.deepEqual(statuses(result), ['check-use failed']);
    assert.deepEqual(stateOf(node), before);
  });

  it('disables and sees it gone, enables and sees it loaded', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node);
    assert.equal((await runPlan(node, disableOperation('hello'))).ok, true);
    assert.deepEqual(node.loaded, []);
    assert.equal((await runPlan(node, enableOperation('hello'))).ok, true);
    assert.deepEqual(node.loaded, ['hello']);
  });

  it('verify needs no lock and tells what is not loaded', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', beforeChange: () => assert.fail('verify wrote') });
    const result = await runPlan(node, verifyOperation('hello'));
    assert.equal(result.ok, false);
    assert.match(result.steps[0]?.detail ?? '', /has not loaded hello/);
  });

  it('a plain reload does not lose what only a reload enabled', async () => {
    const node = fakeNode({ env: { KONG_PLUGINS: 'bundled' } });
    await installed(node);
    assert.equal((await runPlan(node, reloadOperation())).ok, true);
    assert.deepEqual(node.loaded, ['hello']);
  });

  it('does not take a bundled plugin out of "bundled", nor let one of its name in', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await assert.rejects(runPlan(node, disableOperation('key-auth')), /comes with Kong/);
    await assert.rejects(runPlan(node, await installing('cors')), /comes with a plugin called cors/);
    assert.equal(node.files.has('/usr/local/kong/.kong-plugin-workbench/lock'), false);
  });

  it('restart is refused in a container', async () => {
    const result = await runPlan(fakeNode(), restartOperation());
    assert.match(result.steps[0]?.detail ?? '', /would end this container/);
  });
});

describe('a save that is brought to a running Kong', () => {
  const synced = async (node: FakeNode): Promise<OperationResult> => {
    const folder = await mkdtemp(join(projects, 'p-'));
    const files = project('hello');
    const handler = 'kong/plugins/hello/handler.lua';
    await writeFiles(folder, { ...files, [handler]: `local words = require "only.here"\n${files[handler] ?? ''}` });
    const [plugin] = await discoverPlugins([folder]);
    assert.ok(plugin);
    return runPlan(node, syncOperation(plugin));
  };

  it('may require what only the node has', async () => {
    const node = fakeNode({ conf: 'database = off\n' });
    await installed(node);
    node.files.set('/usr/local/share/lua/5.1/only/here.lua', Buffer.from('return {}\n'));
    const result = await synced(node);
    assert.deepEqual(statuses(result), ['preflight done', 'copy done', 'reload done', 'verify done']);
  });

  it('is not brought there when it requires what is nowhere', async () => {
    const node = fakeNode({ conf: 'database = off\n' });
    await installed(node);
    const before = stateOf(node);
    const result = await synced(node);
    assert.deepEqual(statuses(result), ['preflight failed']);
    assert.equal(result.findings[0]?.id, 'plugin-module-missing-dependency');
    assert.deepEqual(stateOf(node), before);
  });
});

describe('several nodes', () => {
  const broken = (): FakeNode =>
    fakeNode({
      id: 'docker:broken',
      conf: 'plugins = bundled\n',
      onReload: () => ({ code: 1, stdout: Buffer.alloc(0), stderr: Buffer.from('Error: no\n'), timedOut: false }),
    });

  it('stops at the first failure', async () => {
    const [first, third] = [fakeNode({ id: 'docker:1' }), fakeNode({ id: 'docker:3' })];
    const { results, exitCode } = await operate([first, broken(), third], await installing());
    assert.deepEqual(
      results.map((result) => result.ok),
      [true, false, false],
    );
    assert.equal(results[2]?.steps[0]?.status, 'skipped');
    assert.equal(exitCode, 1);
    assert.deepEqual(third.loaded, []);
  });

  it('goes on with the others in parallel', async () => {
    const [first, third] = [fakeNode({ id: 'docker:1' }), fakeNode({ id: 'docker:3' })];
    const { results } = await operate([first, broken(), third], await installing(), { parallel: true });
    assert.deepEqual(
      results.map((result) => result.ok),
      [true, false, true],
    );
  });

  it('a node that cannot be reached is a result with exit code 3', async () => {
    const node: FakeNode = { ...fakeNode(), facts: () => Promise.reject(new UserError('There is no Docker.', { exitCode: 3 })) };
    const { results, exitCode } = await operate([node], enableOperation('hello'));
    assert.equal(exitCode, 3);
    assert.match(results[0]?.steps[0]?.detail ?? '', /no Docker/);
  });
});

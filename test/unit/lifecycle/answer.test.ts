// Whether a plugin is loaded, asked while a worker of before a reload may still answer the Admin API in place of a new one.
import assert from 'node:assert/strict';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { statusOf } from '../../../src/lifecycle/state/status';
import { fakeNode, type FakeNode, type FakeOptions } from './fakeNode';

const HANDLER = '/usr/local/share/lua/5.1/kong/plugins/hello/handler.lua';

/** A node on which somebody else has just reloaded Kong with a list of plugins. */
async function reloaded(options: FakeOptions, plugins = 'bundled,hello', before?: string): Promise<FakeNode> {
  const node = fakeNode({ conf: 'database = off\n', ...options });
  for (const file of [HANDLER, HANDLER.replace('handler', 'schema')]) node.files.set(file, Buffer.from('return {}\n'));
  if (before !== undefined) await node.run(['kong', 'reload'], { env: { KONG_PLUGINS: before } });
  await node.run(['kong', 'reload'], { env: { KONG_PLUGINS: plugins } });
  return node;
}

async function loaded(node: FakeNode): Promise<boolean | null | undefined> {
  return (await statusOf(node)).plugins.find(({ name }) => name === 'hello')?.loaded;
}

describe('right after a reload', () => {
  for (const oldAnswers of [0, 1, 3]) {
    it(`a plugin is loaded, although an old worker gives the next ${oldAnswers} answers`, async () => {
      assert.equal(await loaded(await reloaded({ oldAnswers })), true);
    });

    it(`a plugin that was taken out is not loaded, although an old worker gives the next ${oldAnswers} answers`, async () => {
      assert.equal(await loaded(await reloaded({ oldAnswers }, 'bundled', 'bundled,hello')), false);
    });

    it(`a verification finds the plugin, although an old worker gives the next ${oldAnswers} answers`, async () => {
      const { ok, steps } = await runPlan(await reloaded({ oldAnswers }), verifyOperation('hello'));
      assert.equal(ok, true, JSON.stringify(steps));
    });
  }

  it('it is not known while old workers do not leave', async () => {
    assert.equal(await loaded(await reloaded({ oldAnswers: Infinity })), null);
  }).timeout(10_000);

  it('it is not known where processes cannot be seen and the answer is not of what was prepared', async () => {
    assert.equal(await loaded(await reloaded({ oldAnswers: 1, proc: false })), null);
    assert.equal(await loaded(await reloaded({ oldAnswers: 0, proc: false })), true);
  });

  it('a reload that failed leaves what was loaded, for certain', async () => {
    const node = await reloaded({ oldAnswers: 1 });
    assert.equal(await loaded(node), true);
    await node.run(['kong', 'reload'], { env: { KONG_PLUGINS: 'bundled,nowhere' } });
    assert.equal(await loaded(node), true);
    const rows = (await statusOf(node)).plugins.map(({ name, loaded: is }) => [name, is]);
    assert.deepEqual(rows, [
      ['hello', true],
      ['nowhere', false],
    ]);
  });
});

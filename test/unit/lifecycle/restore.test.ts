// What a removal kept comes back: rows with what they refer to, or a declarative file; refused where Kong would refuse it.
import assert from 'node:assert/strict';
import { operate } from '../../../src/lifecycle/operations/operate';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { restoreOperation } from '../../../src/lifecycle/operations/restore';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { installed, statuses } from './runningKong';

const ROWS = [
  { id: '1', name: 'hello', service: { id: 's' }, route: null, config: { greeting: 'hi' } },
  { id: '2', name: 'hello', service: null, route: null, config: {} },
];

/** Removes hello; the file that was kept. */
async function removed(node: FakeNode): Promise<string> {
  let kept = '';
  const keep = (text: string): Promise<string> => Promise.resolve(((kept = text), 'kept.json'));
  const result = await runPlan(node, removeOperation('hello', { yes: true, keep }));
  assert.equal(result.ok, true, JSON.stringify(result));
  return kept;
}

describe('restore', () => {
  const withDatabase = async (): Promise<FakeNode> => {
    const node = fakeNode({
      conf: 'plugins = bundled\n',
      database: 'postgres',
      others: { '/services/s': { id: 's', name: 'orders', host: 'x' } },
    });
    await installed(node);
    node.rows = structuredClone(ROWS);
    return node;
  };

  it('puts rows back as they were, and leaves what is there', async () => {
    const node = await withDatabase();
    const text = await removed(node);
    assert.deepEqual(node.rows, []);
    await installed(node);
    const planned = await runPlan(node, restoreOperation({ name: 'kept.json', text }), { dryRun: true });
    assert.equal(planned.steps[0]?.detail, 'Put back the configuration of hello in 2 places.');
    assert.deepEqual(node.rows, []);
    const result = await runPlan(node, restoreOperation({ name: 'kept.json', text }));
    assert.deepEqual(statuses(result), ['put-back done'], JSON.stringify(result));
    assert.deepEqual(node.rows, [
      { id: '1', name: 'hello', service: { id: 's' }, config: { greeting: 'hi' } },
      { id: '2', name: 'hello', config: {} },
    ]);
    assert.deepEqual(statuses(await runPlan(node, restoreOperation({ name: 'kept.json', text }))), ['put-back skipped']);
  });

  it('is undone when one of the rows is refused', async () => {
    const node = await withDatabase();
    const text = await removed(node);
    await installed(node);
    const before = stateOf(node);
    const transport = await node.adminApi();
    assert.ok(transport);
    const refusing: FakeNode = {
      ...node,
      adminApi: () =>
        Promise.resolve((request, signal) =>
          request.method === 'PUT' && request.path === '/plugins/2'
            ? Promise.resolve({ status: 400, headers: {}, body: '{"message":"schema violation"}' })
            : transport(request, signal),
        ),
    };
    const result = await runPlan(refusing, restoreOperation({ name: 'kept.json', text }));
    assert.equal(result.ok, false);
    assert.match(JSON.stringify(result.steps), /schema violation/);
    assert.deepEqual(stateOf(node), before);
  });

  it('puts a declarative file back, unless something else has changed since', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\ndeclarative_config = /etc/kong/kong.yml\n' });
    await installed(node);
    const yml = '_format_version: "3.0"\nplugins:\n- name: hello # x\n- name: cors\n';
    node.files.set('/etc/kong/kong.yml', Buffer.from(yml));
    const text = await removed(node);
    const now = (): string | undefined => node.files.get('/etc/kong/kong.yml')?.toString();
    const left = now() ?? '';
    const file = { name: 'kept.yml', text };
    const refused = await operate([node], restoreOperation(file));
    assert.match(refused.results[0]?.steps[0]?.detail ?? '', /hello is not enabled on this node/);
    await installed(node);
    assert.equal((await runPlan(node, restoreOperation(file))).ok, true);
    assert.equal(now(), yml);
    assert.equal((await runPlan(node, restoreOperation(file))).steps[0]?.status, 'skipped');
    node.files.set('/etc/kong/kong.yml', Buffer.from(`${left}# mine\n`));
    const changed = await operate([node], restoreOperation(file));
    assert.match(changed.results[0]?.steps[0]?.detail ?? '', /is not what the removal left/);
    assert.equal(now(), `${left}# mine\n`);
  });

  it('takes no other file', async () => {
    const node = await withDatabase();
    for (const text of ['', '{}', 'a: b', '{"plugins":[{"name":"hello"}]}'])
      await assert.rejects(
        runPlan(node, restoreOperation({ name: 'x', text })),
        /x is no file that `kong-plugin remove` has kept/,
      );
  });
});

// Removing from a running Kong, scripted: the safe order, what is kept, and whose files are left.
import assert from 'node:assert/strict';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { reloadOperation } from '../../../src/lifecycle/operations/restart';
import { operate } from '../../../src/lifecycle/operations/operate';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import { UserError } from '../../../src/system/userError';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { installed, proofOf, statuses, keep } from './runningKong';

describe('remove', () => {
  const row = { id: '1', name: 'hello', service: { id: 's' }, route: null, config: { greeting: 'hi' } };

  it('shows the uses and does nothing without a yes', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres' });
    await installed(node);
    node.rows = [row];
    const before = stateOf(node);
    const result = await runPlan(node, removeOperation('hello', { yes: false, keep }));
    assert.deepEqual(statuses(result), ['out-of-use failed']);
    assert.match(result.steps[0]?.detail ?? '', /service s/);
    assert.deepEqual(stateOf(node), before);
  });

  it('takes out of use, keeps what it deleted, disables, reloads, and only then deletes files', async () => {
    const others = { '/services/s': { id: 's', host: 'x', client_certificate: null, ca_certificates: ['c'] } };
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', others });
    await installed(node);
    node.rows = [row];
    const kept: string[] = [];
    const result = await runPlan(
      node,
      removeOperation('hello', { yes: true, keep: (text) => Promise.resolve(String(kept.push(text))) }),
    );
    assert.deepEqual(statuses(result), [
      'out-of-use done',
      'disable done',
      'reload done',
      'verify done',
      'delete done',
      'next-start done',
    ]);
    assert.deepEqual(JSON.parse(kept[0] ?? ''), {
      _format_version: '3.0',
      services: [{ id: 's', host: 'x', ca_certificates: ['c'] }],
      plugins: [{ id: '1', name: 'hello', service: 's', config: { greeting: 'hi' } }],
    });
    assert.deepEqual(node.rows, []);
    assert.deepEqual(
      [...node.files.keys()].filter((path) => path.includes('hello') || path.includes('workbench')),
      [],
    );
    assert.equal(node.files.get('/etc/kong/kong.conf')?.toString(), 'plugins = bundled\n');
  });

  it('what a database uses is known from the last start of a Kong that has ended', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', running: false });
    const said = (plugin: string): string =>
      `2026/11/23 09:00:00 [error] 1#1: init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:743: error building initial plugins: ${plugin} plugin is in use but not enabled\n`;
    node.logText = `${said('older')}2026/11/23 09:00:00 [notice] 1#1: start worker processes\n${said('hello')}`;
    const predicted = async (): Promise<string[]> => (await statusOf(node)).predictedStart.problems;
    assert.deepEqual(await predicted(), ['plugin-in-use-not-enabled']);
    assert.deepEqual(
      (await statusOf(node)).plugins.map(({ name, inUse }) => [name, inUse]),
      [['hello', null]],
    );
    node.files.set('/etc/kong/kong.conf', Buffer.from('plugins = bundled,hello\n'));
    assert.deepEqual(await predicted(), ['plugin-enabled-not-installed']);
  });

  it('keeps what the rows refer to, and that what it refers to, also where there are many', async () => {
    const services = Array.from({ length: 30 }, (_, i) => [`/services/s${i}`, { id: `s${i}`, host: 'x' }] as const);
    const others = { ...Object.fromEntries(services), '/routes/r': { id: 'r', service: { id: 's29' }, paths: ['/'] } };
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', others });
    await installed(node);
    node.rows = [
      ...services.slice(0, 20).map(([, { id }]) => ({ id: `p${id}`, name: 'hello', service: { id } })),
      { id: 'pr', name: 'hello', route: { id: 'r' } },
    ];
    let kept = '';
    const keeping = (text: string): Promise<string> => Promise.resolve((kept = text).slice(0, 0));
    const result = await runPlan(node, removeOperation('hello', { yes: true, keep: keeping }));
    assert.equal(result.ok, true, JSON.stringify(result));
    const file = JSON.parse(kept) as Record<string, { id: string; service?: string }[]>;
    assert.deepEqual(
      file['services']?.map(({ id }) => id),
      [...services.slice(0, 20), ...services.slice(29)].map(([, { id }]) => id),
    );
    assert.deepEqual(file['routes'], [{ id: 'r', service: 's29', paths: ['/'] }]);
    assert.match(result.steps[0]?.detail ?? '', /service s8 and 12 more/);
  });

  it('puts rows, list and files back when Kong does not come back without it', async () => {
    let failing = false;
    const node = fakeNode({
      conf: 'plugins = bundled\n',
      database: 'postgres',
      onReload: (fake) => {
        if (!failing) return undefined;
        failing = false;
        fake.logText += '[error] 1#1: init_by_lua error: something else broke\n';
        return { code: 0, stdout: Buffer.from('Kong reloaded\n'), stderr: Buffer.alloc(0), timedOut: false };
      },
    });
    await installed(node);
    node.rows = [row];
    const before = stateOf(node);
    failing = true;
    const result = await runPlan(node, removeOperation('hello', { yes: true, keep }));
    assert.equal(result.ok, false);
    assert.deepEqual(stateOf(node), before);
  });

  it('edits the declarative file of a Kong without a database', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\ndeclarative_config = /etc/kong/kong.yml\n' });
    await installed(node);
    node.files.set('/etc/kong/kong.yml', Buffer.from('_format_version: "3.0"\nplugins:\n- name: hello # x\n- name: cors\n'));
    const refused = await runPlan(node, removeOperation('hello', { yes: false, keep }));
    assert.match(refused.steps[0]?.detail ?? '', /global \(line 3\)/);
    const before = node.files.get('/etc/kong/kong.yml')?.toString();
    const kept: string[] = [];
    const keeping = (...file: string[]): Promise<string> => Promise.resolve(String(kept.push(...file)));
    assert.equal((await runPlan(node, removeOperation('hello', { yes: true, keep: keeping }))).ok, true);
    assert.equal(node.files.get('/etc/kong/kong.yml')?.toString(), '_format_version: "3.0"\nplugins:\n- name: cors\n');
    assert.deepEqual(kept, [before, 'yml']);
  });

  it('names what uses it as people named it', async () => {
    const others = {
      '/services/s': { id: 's', name: 'orders' },
      '/routes/r': { id: 'r', name: null, paths: ['/pay'] },
      '/consumers/c': { id: 'c', username: 'ann' },
    };
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', others });
    await installed(node);
    node.rows = [row, { id: '2', name: 'hello', route: { id: 'r' }, consumer: { id: 'c' } }, { id: '3', name: 'hello' }];
    const named = /service orders, route \/pay and consumer ann, global/;
    const planned = await runPlan(node, removeOperation('hello', { yes: false, keep }), { dryRun: true });
    assert.match(planned.steps[0]?.detail ?? '', named);
    assert.match(planned.steps[0]?.detail ?? '', /in 3 places.*needs --yes/);
    assert.match((await runPlan(node, disableOperation('hello'))).steps[0]?.detail ?? '', named);
    const done = await runPlan(node, removeOperation('hello', { yes: true, keep }));
    assert.match(done.steps[0]?.detail ?? '', /^Deleted the configuration of hello: service orders, /);
    assert.match(done.steps[0]?.detail ?? '', /kong-plugin restore kept\.json --node docker:fake/);
  });

  it('of a Kong without a database whose file cannot be written is refused before anything is asked, also in a dry run', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled\ndeclarative_config = /etc/kong/kong.yml\n',
      readOnly: (path) => path === '/etc/kong/kong.yml',
    });
    await installed(node);
    node.files.set('/etc/kong/kong.yml', Buffer.from('_format_version: "3.0"\nplugins:\n- name: hello\n'));
    for (const options of [{ dryRun: true }, {}]) {
      const { results, exitCode } = await operate([node], removeOperation('hello', { yes: false, keep }), options);
      assert.equal(exitCode, 3);
      assert.deepEqual(results.flatMap(statuses), ['plan failed']);
      assert.match(results[0]?.steps[0]?.detail ?? '', /global \(line 3\).*kong\.yml cannot be written: .*read-only/);
    }
  });

  it('of a Kong that was sent its configuration is refused the same way', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node);
    node.rows = [{ id: '1', name: 'hello' }];
    for (const options of [{ dryRun: true }, {}]) {
      const { results } = await operate([node], removeOperation('hello', { yes: false, keep }), options);
      assert.match(results[0]?.steps[0]?.detail ?? '', /has no database.*sent to \/config/);
    }
  });

  it('leaves files that others put there, unless told', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const path = '/usr/local/share/lua/5.1/kong/plugins/hello/handler.lua';
    node.files.set(path, Buffer.from('return {}'));
    node.files.set(path.replace('handler', 'schema'), Buffer.from('return {}'));
    await runPlan(node, removeOperation('hello', { yes: false, keep }));
    assert.equal(node.files.has(path), true);
    await runPlan(node, removeOperation('hello', { yes: true, keep }));
    assert.equal(node.files.has(path), false);
  });

  it('a second removal has nothing to do', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node);
    await runPlan(node, removeOperation('hello', { yes: true, keep }));
    const result = await runPlan(node, removeOperation('hello', { yes: true, keep }));
    assert.equal(result.ok, true);
    assert.ok(result.steps.every((step) => step.status === 'skipped' || step.name === 'verify' || step.name === 'next-start'));
  });
});

describe('receipts that may not be read', () => {
  const closed = (node: FakeNode): FakeNode => ({
    ...node,
    readTree: (path) =>
      path.endsWith('/receipts')
        ? Promise.reject(new UserError(`Cannot read ${path}: no permission.`, { exitCode: 3 }))
        : node.readTree(path),
  });

  it('stop a removal, which would take our own files for those of somebody else', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node);
    const before = stateOf(node);
    const { results, exitCode } = await operate([closed(node)], removeOperation('hello', { yes: true, keep }));
    assert.equal(exitCode, 3);
    assert.match(results[0]?.steps[0]?.detail ?? '', /Cannot read .*receipts: no permission/);
    assert.deepEqual(stateOf(node), before);
  });

  it('do not stop a look at the node', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node);
    assert.equal((await statusOf(closed(node))).plugins[0]?.loaded, true);
  });
});

describe('a paused Kong', () => {
  const paused = (): FakeNode => {
    const node = fakeNode({ conf: 'plugins = bundled\n', running: false });
    return { ...node, facts: async () => ({ ...(await node.facts()), paused: 'Let it go on: `docker unpause x`.' }) };
  };

  it('is not changed, because it would go on without the change', async () => {
    const node = paused();
    const { results, exitCode } = await operate([node], enableOperation('hello'));
    assert.equal(exitCode, 3);
    assert.match(results[0]?.steps[0]?.detail ?? '', /paused.*docker unpause x/);
    assert.deepEqual([...node.files.keys()], ['/etc/kong/kong.conf']);
  });

  it('shows its plan', async () => {
    assert.equal((await runPlan(paused(), reloadOperation(), { dryRun: true })).ok, true);
  });
});

describe('an Admin API that refuses us', () => {
  const refusing = (): FakeNode => fakeNode({ conf: 'plugins = bundled\n', adminStatus: () => 401 });
  const REFUSED = /The Admin API refuses us \(401: Unauthorized\)\. Give the token of an administrator/;

  it('is named by the verification, which has only the workers to go by', async () => {
    const result = await installed(refusing());
    assert.equal(result.ok, true, JSON.stringify(result, null, 2));
    assert.match(proofOf(result), REFUSED);
  });

  it('stops a removal, and says what to give', async () => {
    const node = refusing();
    await installed(node);
    const before = stateOf(node);
    const result = await runPlan(node, removeOperation('hello', { yes: false, keep }));
    assert.match(result.steps[0]?.detail ?? '', REFUSED);
    assert.deepEqual(stateOf(node), before);
  });
});

// A plugin put to use on a Kong that runs, scripted: rows of a database, a declarative file that is sent to /config, a configuration in memory.
import assert from 'node:assert/strict';
import type { AdminTransport, Json } from '../../../src/kong/adminClient';
import { idOfNamed } from '../../../src/kong/declarative/ids';
import { readDeclarative } from '../../../src/kong/declarative/read';
import { parseKongVersion } from '../../../src/kong/versions';
import { configureOperation, editOperation } from '../../../src/lifecycle/operations/configure';
import { operate } from '../../../src/lifecycle/operations/operate';
import { restoreOperation } from '../../../src/lifecycle/operations/restore';
import { unconfigureOperation } from '../../../src/lifecycle/operations/unconfigure';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { declaredUses } from '../../../src/lifecycle/state/use/listUses';
import { scopeOf } from '../../../src/lifecycle/state/use/scope';
import { UserError } from '../../../src/system/userError';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { installed, statuses } from './runningKong';

const given = (...words: string[]): { words: string[] } => ({ words });
const idOf = (row: Record<string, Json> | undefined): string => {
  const id = row?.['id'];
  assert.ok(typeof id === 'string');
  return id;
};
const ORDERS = { id: 's', name: 'orders' };

describe('configure on a database', () => {
  const withDatabase = async (): Promise<FakeNode> => {
    const others = { '/services/s': ORDERS, '/services/orders': ORDERS, '/consumers/c': { id: 'c', username: 'a/b' } };
    const node = fakeNode({ conf: 'plugins = bundled\n', database: 'postgres', others });
    await installed(node);
    return node;
  };
  /** The same node, whose Admin API answers some requests otherwise. */
  const answering = (
    node: FakeNode,
    answer: (request: Parameters<AdminTransport>[0]) => Json | undefined,
    status = 400,
  ): FakeNode => ({
    ...node,
    adminApi: async () => {
      const transport = await node.adminApi();
      assert.ok(transport);
      return (request, signal) => {
        const json = answer(request);
        return json === undefined
          ? transport(request, signal)
          : Promise.resolve({ status, headers: {}, body: JSON.stringify(json) });
      };
    },
  });

  it('puts a row there, changes it, switches it off, and takes it away; each as the rows tell', async () => {
    const node = await withDatabase();
    const operation = configureOperation('hello', scopeOf('service:orders'), given('greeting=hi'));
    const result = await runPlan(node, operation);
    assert.deepEqual(statuses(result), ['check done', 'configure done', 'verify done'], JSON.stringify(result));
    const [row] = node.rows;
    const id = idOf(row);
    assert.deepEqual(node.rows, [{ id, name: 'hello', service: { id: 's' }, config: { greeting: 'hi' } }]);
    assert.match(result.steps[1]?.detail ?? '', /Every Kong on this database/);
    assert.ok(result.steps[2]?.detail.includes(id));
    assert.match(result.steps[2]?.detail ?? '', /Requests meet the change within 5 s \(worker_state_update_frequency\)\.$/);
    assert.deepEqual(statuses(await runPlan(node, operation)), ['check done', 'configure skipped']);
    const edited = await runPlan(node, editOperation(id, undefined, { words: ['greeting=ho'], enabled: false }));
    assert.deepEqual(statuses(edited), ['check done', 'configure done', 'verify done'], JSON.stringify(edited));
    assert.deepEqual(node.rows, [{ id, name: 'hello', service: { id: 's' }, config: { greeting: 'ho' }, enabled: false }]);
    let kept = '';
    const gone = await runPlan(
      node,
      unconfigureOperation(id, (text) => Promise.resolve(((kept = text), 'kept.json'))),
    );
    assert.deepEqual(statuses(gone), ['unconfigure done', 'verify done'], JSON.stringify(gone));
    assert.deepEqual(node.rows, []);
    assert.equal((await runPlan(node, restoreOperation({ name: 'kept.json', text: kept }))).ok, true);
    assert.ok(JSON.stringify(node.rows).includes(id));
  });

  it('is one change for nodes that share the database', async () => {
    const node = await withDatabase();
    const twin = { ...node, id: 'docker:twin' };
    const operation = configureOperation('hello', scopeOf('global'), given());
    const { results } = await operate([node, twin], operation);
    assert.deepEqual(results.map(statuses), [
      ['check done', 'configure done', 'verify done'],
      ['check done', 'configure skipped'],
    ]);
    const id = idOf(node.rows[0]);
    const gone = await operate([node, { ...node, id: 'docker:twin' }], unconfigureOperation(id));
    assert.deepEqual(gone.results.map(statuses), [['unconfigure done', 'verify done'], ['unconfigure skipped']]);
  });

  it('finds an entity whose name has a slash, and names those that there are for one that is not there', async () => {
    const node = await withDatabase();
    assert.equal((await runPlan(node, configureOperation('hello', scopeOf('consumer:a/b'), given()))).ok, true);
    assert.deepEqual(node.rows[0]?.['consumer'], { id: 'c' });
    const { results } = await operate([node], configureOperation('hello', scopeOf('service:nosuch'), given()));
    assert.match(results[0]?.steps[0]?.detail ?? '', /There is no service "nosuch" here\. There is orders/);
    const groups = await operate([node], configureOperation('hello', scopeOf('consumer-group:x'), given()));
    assert.match(groups.results[0]?.steps[0]?.detail ?? '', /has no consumer groups.*Enterprise/);
  });

  it('tells what Kong refuses on the field, without secrets, and leaves nothing behind', async () => {
    const node = await withDatabase();
    const before = stateOf(node);
    const refusing = answering(node, ({ method }) =>
      method === 'PUT'
        ? {
            message: 'schema violation',
            fields: { config: { greeting: 'no "hi" here' }, '@entity': ['at least one'], service: null },
          }
        : undefined,
    );
    const { results, exitCode } = await operate([refusing], configureOperation('hello', undefined, given('greeting=hi')));
    assert.equal(exitCode, 1);
    assert.match(results[0]?.steps[1]?.detail ?? '', /config\.greeting: no "hi" here; at least one/);
    assert.deepEqual(
      results[0]?.findings.map(({ details }) => details?.['path']),
      ['config.greeting', ''],
    );
    assert.deepEqual(stateOf(node), before);
  });

  it('does not write over a change that somebody else made after the look', async () => {
    const node = await withDatabase();
    node.rows = [{ id: '1', name: 'hello', config: { greeting: 'hi' } }];
    let looks = 0;
    const changing = answering(node, ({ method, path }) => {
      // The plan looks, then the step does.
      if (method === 'GET' && path.startsWith('/plugins?') && ++looks === 2)
        node.rows = [{ id: '1', name: 'hello', config: { greeting: 'theirs' } }];
      return undefined;
    });
    const { results } = await operate([changing], editOperation('1', undefined, given('greeting=mine')));
    assert.match(JSON.stringify(results), /changed by somebody else just now; nothing was written/);
    assert.deepEqual(node.rows, [{ id: '1', name: 'hello', config: { greeting: 'theirs' } }]);
  });

  it('goes back when the proof fails', async () => {
    const node = await withDatabase();
    node.rows = [{ id: '1', name: 'hello', config: { greeting: 'hi' } }];
    const before = stateOf(node);
    const lying = answering(node, ({ method }) => (method === 'PATCH' ? {} : undefined), 200);
    const stop = new AbortController();
    const result = runPlan(lying, editOperation('1', undefined, given('greeting=ho')), {
      signal: stop.signal,
      begin: (_, step) => {
        if (step === 'verify') stop.abort(new Error('Stopped.'));
      },
    });
    assert.equal((await result).ok, false);
    assert.deepEqual(stateOf(node), before);
  });
});

const YML = '_format_version: "3.0"\nservices:\n- name: orders # kept\n  url: http://x\n';
const PATH = '/etc/kong/kong.yml';
const ID = idOfNamed('services', 'orders');

/** A Kong without a database that has what it was sent; `refuse` says why it does not take a text. */
async function dbless(
  conf: string,
  options: { refuse?: (text: string) => Json | undefined; text?: string } = {},
): Promise<{ node: FakeNode; sent: string[]; loaded: () => string }> {
  const orders = { id: ID, name: 'orders' };
  const inner = fakeNode({ conf, others: { [`/services/${ID}`]: orders } });
  const sent: string[] = [];
  let now = options.text ?? YML;
  const node: FakeNode = {
    ...inner,
    adminApi: async () => {
      const transport = await inner.adminApi();
      assert.ok(transport);
      return (request, signal) => {
        const answer = (json: Json, status = 200): ReturnType<AdminTransport> =>
          Promise.resolve({ status, headers: {}, body: JSON.stringify(json) });
        if (request.path !== '/config') return transport(request, signal);
        if (request.method === 'GET') return answer({ config: now });
        const { config } = JSON.parse(request.body ?? '') as { config: string };
        const refused = options.refuse?.(config);
        if (refused !== undefined) return answer(refused, 400);
        sent.push(config);
        now = config;
        inner.rows.splice(0, inner.rows.length, ...rowsOf(config));
        return answer({}, 201);
      };
    },
  };
  inner.files.set(PATH, Buffer.from(YML));
  await installed(node);
  return { node, sent, loaded: () => now };
}

function rowsOf(text: string): Record<string, Json>[] {
  return declaredUses(readDeclarative(text).plugins, parseKongVersion('3.9.1')).map(({ id, plugin, on, enabled, config }) => ({
    id,
    name: plugin,
    enabled,
    config,
    ...Object.fromEntries(on.map(({ kind }) => [kind, { id: ID }])),
  }));
}

describe('configure without a database', () => {
  const FILE_CONF = `plugins = bundled\ndeclarative_config = ${PATH}\n`;
  const file = (node: FakeNode): string => node.files.get(PATH)?.toString() ?? '';
  const added = `${YML}plugins:\n- name: hello\n  service: orders\n  config:\n    greeting: hi\n`;

  it('writes the file, sends it, and sees it there; and back again', async () => {
    const { node, sent } = await dbless(FILE_CONF);
    const result = await runPlan(node, configureOperation('hello', scopeOf('service:orders'), given('greeting=hi')));
    assert.deepEqual(
      statuses(result),
      ['check done', 'configure done', 'load done', 'verify done', 'next-start done'],
      JSON.stringify(result),
    );
    assert.equal(file(node), added);
    assert.deepEqual(sent, [added]);
    const id = idOf(node.rows[0]);
    assert.ok(result.steps[3]?.detail.includes(id));
    assert.equal((await runPlan(node, editOperation(id, 'hello', { words: [], enabled: false }))).ok, true);
    assert.equal(node.rows[0]?.['enabled'], false);
    const switchedOff = file(node);
    let text = '';
    const gone = await runPlan(
      node,
      unconfigureOperation(id, (kept) => Promise.resolve(((text = kept), 'kept.yml'))),
    );
    assert.equal(gone.ok, true, JSON.stringify(gone));
    assert.equal(file(node), YML);
    assert.equal(sent.at(-1), YML);
    const restored = await runPlan(node, restoreOperation({ name: 'kept.yml', text }));
    assert.equal(restored.ok, true, JSON.stringify(restored));
    assert.equal(file(node), switchedOff);
  });

  it('puts the file back when Kong refuses it, with the field', async () => {
    const fields = { plugins: [{ config: { greeting: 'too short' } }] };
    const { node } = await dbless(FILE_CONF, { refuse: (text) => (text === YML ? undefined : { message: 'invalid', fields }) });
    const before = stateOf(node);
    const { results } = await operate([node], configureOperation('hello', scopeOf('service:orders'), given('greeting=hi')));
    assert.deepEqual(results.map(statuses), [['check done', 'configure undone', 'load failed']]);
    assert.deepEqual(
      results[0]?.findings.map(({ details }) => details?.['path']),
      ['config.greeting'],
    );
    assert.deepEqual(stateOf(node), before);
  });

  it('tells what Kong refuses of a use among others on its field, and what is wrong elsewhere not as that of the use', async () => {
    const text = `${YML}plugins:\n- name: hello\n  config: { greeting: first }\n`;
    const host = { host: 'no host' };
    for (const plugins of [[null, { config: { greeting: 'too short' } }], { 2: { config: { greeting: 'too short' } } }]) {
      const fields = { plugins, services: [host] } as unknown as Json;
      const { node } = await dbless(FILE_CONF, {
        text,
        refuse: (sent) => (sent === text ? undefined : { message: 'invalid', fields }),
      });
      node.files.set(PATH, Buffer.from(text));
      const file = {
        name: 'c.yml',
        read: () => ({ entity: { config: { greeting: 'hi' } }, lineOf: (path: readonly unknown[]) => path.length }),
      };
      const { results } = await operate([node], configureOperation('hello', scopeOf('service:orders'), { words: [], file }));
      const told = results[0]?.findings.map(({ file: of, line, details }) => [of, line, details?.['path'], details?.['error']]);
      assert.deepEqual(
        told,
        [
          ['c.yml', 2, 'config.greeting', 'too short'],
          [null, null, 'services.0.host', 'no host'],
        ],
        JSON.stringify(results),
      );
    }
  });

  it('sends back what Kong had when a later step fails', async () => {
    const { node, sent, loaded } = await dbless(FILE_CONF);
    const before = stateOf(node);
    const begin = (_: string, step: string): void => {
      if (step === 'verify') throw new UserError('The engine went away.');
    };
    const result = await runPlan(node, configureOperation('hello', scopeOf('global'), given()), { begin });
    assert.deepEqual(statuses(result), ['check done', 'configure undone', 'load undone', 'verify failed']);
    assert.equal(sent.length, 2);
    assert.equal(loaded(), YML);
    assert.deepEqual(stateOf(node), before);
  });

  it('does not send a file over another configuration', async () => {
    const text = `${YML}consumers:\n- username: ann\n`;
    const { node, sent } = await dbless(FILE_CONF, { text });
    const { results } = await operate([node], configureOperation('hello', scopeOf('global'), given()));
    assert.match(JSON.stringify(results), /another configuration than .*it has consumer ann, which the file lacks/);
    assert.deepEqual(sent, []);
    assert.equal(file(node), YML);
  });

  it('does not write over a file that somebody else changed after the look', async () => {
    const { node, sent } = await dbless(FILE_CONF);
    const begin = (_: string, step: string): void => {
      if (step === 'configure') node.files.set(PATH, Buffer.from(`${YML}# theirs\n`));
    };
    const result = await runPlan(node, configureOperation('hello', scopeOf('global'), given()), { begin });
    assert.equal(result.ok, false);
    assert.match(JSON.stringify(result.steps), /changed by somebody else just now; nothing was written/);
    assert.equal(file(node), `${YML}# theirs\n`);
    assert.deepEqual(sent, []);
  });

  it('changes what only the running Kong has, and says so', async () => {
    const { node, loaded } = await dbless('plugins = bundled\n');
    const result = await runPlan(node, configureOperation('hello', scopeOf('service:orders'), given('greeting=hi')));
    assert.deepEqual(statuses(result), ['check done', 'configure done', 'load done', 'verify done'], JSON.stringify(result));
    assert.match(result.steps[2]?.detail ?? '', /no file/);
    assert.equal(loaded(), added);
    assert.equal((await runPlan(node, unconfigureOperation(idOf(node.rows[0])))).ok, true);
    assert.equal(loaded(), YML);
  });

  it('refuses a file that cannot be written, a text in the settings, and a data plane', async () => {
    const cases: readonly [node: FakeNode, says: RegExp][] = [
      [
        fakeNode({ conf: `${FILE_CONF}plugins = bundled\n`, readOnly: (path) => path === PATH }),
        /Cannot write .*kong\.yml: it is on a read-only/,
      ],
      [
        fakeNode({ conf: 'plugins = bundled\ndeclarative_config_string = {"_format_version":"3.0"}\n' }),
        /declarative_config_string/,
      ],
      [fakeNode({ conf: 'plugins = bundled\nrole = data_plane\n' }), /data plane/],
    ];
    for (const [node, says] of cases) {
      node.files.set(PATH, Buffer.from(YML));
      const { results } = await operate([node], configureOperation('cors', scopeOf('global'), given()));
      assert.match(JSON.stringify(results), says);
    }
  });
});

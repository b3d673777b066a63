// Operations on a running Kong, scripted: what is run, what is believed, and that a failure leaves the node as it was.
import assert from 'node:assert/strict';
import { mkdtemp } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { operate } from '../../../src/lifecycle/operations/operate';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import type { OperationResult } from '../../../src/lifecycle/types';
import { messageOf, UserError } from '../../../src/system/userError';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { project, writeFiles } from './plugins';
import { installed, projects, installing, proofOf, statuses, keep } from './runningKong';

describe('install on a running Kong', () => {
  it('names each step when it begins, before it is done', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const told: string[] = [];
    const result = await runPlan(node, await installing(), {
      begin: (_, step) => told.push(`${step} …`),
      progress: (_, { name, status }) => told.push(`${name} ${status}`),
    });
    assert.deepEqual(
      told,
      result.steps.flatMap(({ name, status }) => [`${name} …`, `${name} ${status}`]),
    );
    assert.ok(told.length > 0);
  });

  it("places, enables in kong.conf, reloads as Kong's user with the file, and sees it loaded", async () => {
    const node = fakeNode({ conf: 'database = off\nplugins = bundled # all\n' });
    const result = await installed(node);
    assert.deepEqual(statuses(result), ['install done', 'enable done', 'reload done', 'verify done', 'next-start done']);
    assert.deepEqual(node.loaded, ['hello']);
    assert.equal(node.files.get('/etc/kong/kong.conf')?.toString(), 'database = off\nplugins = bundled,hello # all\n');
    const [reload] = node.calls.filter((call) => call.line.startsWith('kong reload'));
    assert.equal(reload?.line, 'kong reload -p /usr/local/kong -c /etc/kong/kong.conf');
    assert.equal(reload.as, 'kong');
    assert.equal(reload.env['KONG_PLUGINS'], 'bundled,hello');
  });

  it('uses the reload alone where KONG_PLUGINS of the container decides, and says what a restart does', async () => {
    const node = fakeNode({ env: { KONG_PLUGINS: 'bundled' }, conf: 'plugins = bundled\n' });
    const result = await installed(node);
    assert.equal(result.ok, true);
    assert.equal(node.files.get('/etc/kong/kong.conf')?.toString(), 'plugins = bundled\n');
    assert.equal(node.calls.find((call) => call.line.startsWith('kong reload'))?.env['KONG_PLUGINS'], 'bundled,hello');
    assert.match(result.steps.find((step) => step.name === 'enable')?.detail ?? '', /restart forgets/);
    assert.equal((await statusOf(node)).plugins.find((plugin) => plugin.name === 'hello')?.enabledBy, 'reload');
  });

  for (const [what, path, readOnly] of [
    ['the tree', '/usr/local/share/lua/5.1', (at: string) => at.startsWith('/usr/local/share')],
    ['the folder of kong.conf', '/etc/kong/kong.conf', (at: string) => at.startsWith('/etc')],
  ] as const) {
    it(`is refused where ${what} cannot be written, before anything is changed, also in a dry run`, async () => {
      const node = fakeNode({ conf: 'plugins = bundled\n', readOnly });
      const folder = await mkdtemp(join(projects, 'p-'));
      await writeFiles(folder, project('hello'));
      const operation = installOperation(await readInstallSource(folder, folder), { enable: true });
      const before = stateOf(node);
      for (const options of [{ dryRun: true }, {}]) {
        const { results, exitCode } = await operate([node], operation, options);
        assert.equal(exitCode, 3);
        assert.deepEqual(results.flatMap(statuses), ['plan failed']);
        assert.ok(results[0]?.steps[0]?.detail.startsWith(`Cannot write ${path}: it is on`), JSON.stringify(results));
      }
      assert.deepEqual(stateOf(node), before);
    });
  }

  it('keeps what an earlier reload enabled when a second plugin comes', async () => {
    const node = fakeNode({ env: { KONG_PLUGINS: 'bundled' } });
    await installed(node, 'one');
    await installed(node, 'two');
    assert.deepEqual(node.loaded, ['one', 'two']);
  });

  it('does not believe exit code 0: a plugin without a schema is undone and named', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    await installed(node, 'good');
    const before = stateOf(node);
    const result = await installed(node, 'hello', { without: ['schema'] });
    assert.equal(result.ok, false);
    assert.deepEqual(statuses(result), ['install undone', 'path undone', 'enable undone', 'reload failed']);
    assert.equal(result.findings[0]?.id, 'no-configuration-schema');
    assert.equal(result.findings[0].plugin, 'hello');
    assert.deepEqual(stateOf(node), before);
  });

  it('is proved by new workers where there is no Admin API', async () => {
    const node = fakeNode({ admin: false, conf: 'plugins = bundled\n' });
    const result = await installed(node);
    assert.equal(result.ok, true, JSON.stringify(result));
    assert.match(proofOf(result), /New workers serve/);
  });

  it('is proved by new workers where the Admin API wants a token', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n', adminStatus: () => 401 });
    const result = await installed(node);
    assert.equal(result.ok, true, JSON.stringify(result));
    assert.match(proofOf(result), /New workers serve/);
  });

  it('is undone when the plugin breaks the whole Admin API', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled\n',
      adminStatus: (fake) => (fake.loaded.includes('hello') ? 500 : undefined),
    });
    const before = stateOf(node);
    const result = await installed(node);
    assert.equal(result.ok, false);
    assert.match(result.steps.find((step) => step.status === 'failed')?.detail ?? '', /500 with a page/);
    assert.deepEqual(stateOf(node), before);
  });

  it('says what was seen of it, and what cannot be', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    assert.equal(
      proofOf(await installed(node)),
      'Loaded (VERSION 0.1.0): the Admin API lists hello. Its workers have initialised, and the log names no error of hello since.',
    );
    const deaf = fakeNode({ conf: 'plugins = bundled\nlog_level = crit\n' });
    assert.match(proofOf(await installed(deaf)), /cannot be seen: log_level = crit keeps errors out/);
  });

  const raises = (phase: string, plugin: string): string =>
    ({
      init_worker: `*1 [lua] init.lua:987: init_worker(): worker initialization error: failed to execute the "init_worker" handler for plugin "${plugin}": /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:2: no row; this node must be restarted, context: init_worker_by_lua*`,
      access: `*5 [kong] init.lua:406 [${plugin}] /usr/local/share/lua/5.1/kong/plugins/${plugin}/handler.lua:4: attempt to index local 't' (a nil value), client: 127.0.0.1, server: kong`,
    })[phase] ?? '';

  for (const [phase, level] of [
    ['init_worker', 'crit'],
    ['access', 'error'],
  ] as const) {
    it(`is undone when ${phase} raises, with the finding and its line`, async () => {
      const node = fakeNode({
        conf: 'plugins = bundled\n',
        workerSays: ({ loaded }) => (loaded.includes('hello') ? [[level, raises(phase, 'hello')]] : []),
      });
      const before = stateOf(node);
      const result = await installed(node);
      assert.deepEqual(statuses(result), ['install undone', 'enable undone', 'reload undone', 'verify failed']);
      assert.match(result.steps.at(-1)?.detail ?? '', /has loaded hello, and it fails/);
      assert.equal(result.findings[0]?.file, 'kong/plugins/hello/handler.lua');
      assert.equal(result.findings[0].line, phase === 'access' ? 4 : 2);
      assert.deepEqual(stateOf(node), before);
    });
  }

  it('tells of the fault of another plugin, and is not undone for it', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled,other\n',
      workerSays: ({ loaded }) => (loaded.includes('other') ? [['crit', raises('init_worker', 'other')]] : []),
    });
    node.files.set('/usr/local/share/lua/5.1/kong/plugins/other/handler.lua', Buffer.from('return {}\n'));
    node.files.set('/usr/local/share/lua/5.1/kong/plugins/other/schema.lua', Buffer.from('return {}\n'));
    const result = await installed(node);
    assert.equal(result.ok, true, JSON.stringify(result));
    const said = result.steps.find(({ name }) => name === 'verify')?.detail ?? '';
    assert.match(said, /Not of it, in the same log: init_worker of a plugin throws \(other\)/);
    assert.doesNotMatch(said, /have initialised/);
  });

  it('waits for the first run of its timers', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const folder = await mkdtemp(join(projects, 'p-'));
    await writeFiles(folder, {
      ...project('hello'),
      'kong/plugins/hello/handler.lua':
        'local H = { PRIORITY = 1, VERSION = "0.1.0" }\nfunction H:init_worker()\n  ngx.timer.every(0.4, function() error("no row") end)\nend\nreturn H\n',
    });
    const reading = node.log.bind(node);
    const loaded = (): number => node.logText.lastIndexOf('start worker process ');
    let since: number | undefined;
    node.log = (mark) => {
      if (node.loaded.includes('hello') && loaded() > 0) since ??= Date.now();
      if (since !== undefined && Date.now() - since > 400 && !node.logText.includes('timer-ng'))
        node.logText += `2026/11/23 09:00:00 [error] ${node.workers[0]}#0: *9 [lua] job.lua:290: execute(): [timer-ng] failed to run timer x: /usr/local/share/lua/5.1/kong/plugins/hello/handler.lua:3: no row, context: ngx.timer\n`;
      return reading(mark);
    };
    const result = await runPlan(node, installOperation(await readInstallSource(folder, folder), { enable: true }));
    assert.equal(result.ok, false, JSON.stringify(result));
    assert.equal(result.findings[0]?.line, 3);
  });

  it('ends with the next start, and tells what was wrong with it before', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    // Since Kong runs, a name of nobody came into its file.
    node.files.set('/etc/kong/kong.conf', Buffer.from('plugins = bundled,ghost\n'));
    const planned = await runPlan(node, await installing(), { dryRun: true });
    assert.match(planned.steps.at(-1)?.detail ?? '', /With these changes it would fail: .*\(ghost\)/);
    const result = await runPlan(node, await installing());
    assert.equal(result.ok, true, JSON.stringify(result));
    const last = result.steps.at(-1);
    assert.equal(last?.name, 'next-start');
    assert.equal(last.warning, true);
    assert.match(last.detail, /would fail, and not because of hello: Plugin is enabled but not installed \(ghost\)/);
    assert.deepEqual(
      result.findings.map(({ id, plugin }) => [id, plugin]),
      [['plugin-enabled-not-installed', 'ghost']],
    );
  });

  it('predicts in a dry run what the files that come would do to a start', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const planned = await runPlan(node, await installing('hello', { without: ['schema'] }), { dryRun: true });
    assert.match(planned.steps.at(-1)?.detail ?? '', /With these changes it would fail: .*\(hello\)/);
    const good = await runPlan(node, await installing(), { dryRun: true });
    assert.match(good.steps.at(-1)?.detail ?? '', /would succeed, as it would with these changes/);
  });

  it('writes nothing in a dry run', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const before = [...node.files.keys()];
    const result = await runPlan(node, await installing(), { dryRun: true });
    assert.ok(result.steps.every((step) => step.status === 'planned' && step.detail !== ''));
    assert.deepEqual([...node.files.keys()], before);
    assert.deepEqual(
      node.calls.filter((call) => call.line.includes('reload')),
      [],
    );
  });
});

describe('faults during an install', () => {
  const undone = async (node: FakeNode, operation: Operation, signal?: AbortSignal): Promise<OperationResult> => {
    const before = stateOf(node);
    const result = await runPlan(node, operation, { signal });
    assert.equal(result.ok, false);
    assert.deepEqual(stateOf(node), before);
    assert.equal(
      [...node.files.keys()].some((path) => path.endsWith('/lock') || path.endsWith('/journal.json')),
      false,
    );
    return result;
  };

  for (const at of [1, 2, 3, 4, 5, 6, 7, 8, 9]) {
    it(`a full disk at change ${at} leaves the node as it was`, async () => {
      const node = fakeNode({
        conf: 'plugins = bundled\n',
        beforeChange: (path, changes) => {
          if (changes === at && !path.endsWith('/lock'))
            throw new UserError(`Cannot write ${path}: the disk is full.`, { exitCode: 3 });
        },
      });
      const result = await undone(node, await installing());
      assert.match(result.steps.find((step) => step.status === 'failed')?.detail ?? '', /disk is full/);
    });
  }

  it('Kong stopping during the reload is said, and the files go back', async () => {
    const node = fakeNode({
      conf: 'plugins = bundled\n',
      onReload: (fake) => {
        fake.running = false;
        fake.logText += '[alert] worker process exited on signal 9\n[emerg] 1#1: out of memory\n';
        return {
          code: 1,
          stdout: Buffer.alloc(0),
          stderr: Buffer.from('Error: nginx not running in prefix: /usr/local/kong\n'),
          timedOut: false,
        };
      },
    });
    const result = await undone(node, await installing());
    assert.match(result.steps.find((step) => step.status === 'failed')?.detail ?? '', /not running/);
  });

  it('a stop asked for by the person is undone too', async () => {
    const stop = new AbortController();
    const node = fakeNode({
      conf: 'plugins = bundled\n',
      beforeChange: (path) => {
        if (path === '/etc/kong/kong.conf') stop.abort(new Error('Stopped.'));
      },
    });
    const result = await undone(node, await installing(), stop.signal);
    assert.equal(result.steps.find((step) => step.status === 'failed')?.detail, 'Stopped.');
  });

  it('a kong.conf that somebody else changes in between is not overwritten', async () => {
    const node: FakeNode = fakeNode({ conf: 'plugins = bundled\n' });
    const read = node.read.bind(node);
    let reads = 0;
    node.read = (path) => {
      if (path === '/etc/kong/kong.conf' && ++reads === 2)
        node.files.set(path, Buffer.from('plugins = bundled\nlog_level = debug\n'));
      return read(path);
    };
    const result = await runPlan(node, enableOperation('hello'));
    assert.equal(result.ok, false);
    assert.match(result.steps.find((step) => step.status === 'failed')?.detail ?? '', /changed by somebody else/);
    assert.match(node.files.get('/etc/kong/kong.conf')?.toString() ?? '', /^plugins = bundled\nlog_level = debug\n$/);
  });

  it('a second operation on the same node is turned away', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const operations = [await installing(), await installing('other')];
    const [first, second] = await Promise.allSettled(operations.map((operation) => runPlan(node, operation)));
    assert.deepEqual([first?.status, second?.status], ['fulfilled', 'rejected']);
    assert.match(second?.status === 'rejected' ? messageOf(second.reason) : '', /Another operation is at work/);
    assert.equal(node.loaded.length, 1);
  });

  it('a lock of a process that is gone holds nobody up', async () => {
    const node = fakeNode({ conf: 'plugins = bundled\n' });
    const lock = {
      id: 'x',
      host: hostname(),
      pid: 2 ** 22 - 3,
      operation: 'install x',
      beat: Date.now(),
    };
    node.files.set('/usr/local/kong/.kong-plugin-workbench/lock', Buffer.from(JSON.stringify(lock)));
    assert.equal((await installed(node)).ok, true);
  });
});

it('a removal says that a variable of the container still names the plugin', async () => {
  const node = fakeNode({ env: { KONG_PLUGINS: 'bundled,hello' }, running: false });
  node.running = true;
  await installed(node);
  const result = await runPlan(node, removeOperation('hello', { yes: true, keep }));
  assert.equal(result.ok, true, JSON.stringify(result, null, 2));
  const deleted = result.steps.find(({ name }) => name === 'delete')?.detail ?? '';
  assert.match(deleted, /next start of this Kong fails unless KONG_PLUGINS no longer names hello/);
  assert.equal(result.steps.at(-1)?.warning, true);
  assert.equal(result.findings[0]?.id, 'plugin-enabled-not-installed');
});

it('an operation that cannot take the lock leaves no folder of its own', async () => {
  const node = fakeNode({ conf: 'plugins = bundled\n' });
  const removed: string[] = [];
  const full: FakeNode = {
    ...node,
    create: (path) => Promise.reject(new UserError(`Cannot create ${path}: the disk is full.`, { exitCode: 3 })),
    remove: (path) => {
      removed.push(path);
      return Promise.resolve();
    },
  };
  const { exitCode } = await operate([full], enableOperation('hello'));
  assert.equal(exitCode, 3);
  assert.deepEqual(removed, ['/usr/local/kong/.kong-plugin-workbench']);
});

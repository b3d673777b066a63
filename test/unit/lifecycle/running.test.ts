// Operations on a running Kong, scripted: what is run, what is believed, and that a failure leaves the node as it was.
import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { reloadOperation, restartOperation } from '../../../src/lifecycle/operations/restart';
import { verifyOperation } from '../../../src/lifecycle/operations/verify';
import { operate } from '../../../src/lifecycle/operations/operate';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import { statusOf } from '../../../src/lifecycle/state/status';
import { syncOperation } from '../../../src/lifecycle/operations/sync';
import { discoverPlugins } from '../../../src/plugin/discovery';
import type { OperationResult } from '../../../src/lifecycle/types';
import { messageOf, UserError } from '../../../src/system/userError';
import { fakeNode, stateOf, type FakeNode } from './fakeNode';
import { project, writeFiles } from './plugins';

async function installed(node: FakeNode, name = 'hello', options: { without?: string[] } = {}): Promise<OperationResult> {
  return runPlan(node, await installing(name, options));
}

let projects = '';
before(async () => {
  projects = await mkdtemp(join(tmpdir(), 'kpw-running-'));
});
after(() => rm(projects, { recursive: true, force: true }));

/** A project without some module has no rockspec either, because such a rock cannot be packed: it is installed by path. */
async function installing(name = 'hello', { without = [] }: { without?: string[] } = {}): Promise<Operation> {
  const folder = await mkdtemp(join(projects, 'p-'));
  const files = Object.entries(project(name, '0.1.0', without));
  await writeFiles(folder, Object.fromEntries(files.filter(([path]) => without.length === 0 || !path.endsWith('.rockspec'))));
  return installOperation(await readInstallSource(folder, folder), { enable: true });
}

/** What the verification said. */
const proofOf = (result: OperationResult): string => result.steps.find(({ name }) => name === 'verify')?.detail ?? '';

const statuses = (result: OperationResult): string[] => result.steps.map((step) => `${step.name} ${step.status}`);
const keep = (): Promise<string> => Promise.resolve('kept.json');

describe('install on a running Kong', () => {
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

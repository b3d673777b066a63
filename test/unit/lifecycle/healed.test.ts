// What a remedy claims: only what would change something is offered, and healed is what was looked for again and is gone.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { allowedValue } from '../../../src/lifecycle/remedies/correct';
import { provedOperation } from '../../../src/lifecycle/remedies/healed';
import { remediesFor } from '../../../src/lifecycle/remedies';
import { failedRequest } from '../../../src/lifecycle/remedies/request';
import { tellApart } from '../../../src/lifecycle/state/ambiguous';
import { StepFailure } from '../../../src/lifecycle/failure';
import { reloadOperation } from '../../../src/lifecycle/operations/restart';
import { runPlan, type Operation, type Step } from '../../../src/lifecycle/plan/plan';
import { wasSeenHealed, whyNotSeen } from '../../../src/lifecycle/seen';
import { discoverPlugins } from '../../../src/plugin/discovery';
import type { Plugin } from '../../../src/plugin/plugin';
import { applyChanges } from '../../../src/system/applyChanges';
import { CATALOGUE, type EntryId } from '../../../src/troubleshoot/catalogue';
import { diagnose } from '../../../src/troubleshoot/diagnose';
import type { Finding } from '../../../src/troubleshoot/finding';
import { fakeNode, type FakeNode, type FakeOptions } from './fakeNode';

const HERE = '/usr/local/share/lua/5.1/kong/plugins/mine';
const HANDLER = 'local H = { PRIORITY = 1, VERSION = "1.0.0" }\nfunction H:access(conf)\n  kong.log(conf.x.y)\nend\nreturn H\n';
const SCHEMA = 'return { name = "mine", fields = { { config = { type = "record", fields = {} } } } }\n';
/** What nginx logs of a request that fails in line 3. */
const FAILED = (request: string, server = 'kong'): string =>
  `[kong] init.lua:405 [mine] ${HERE}/handler.lua:3: attempt to index field 'x' (a nil value), client: 127.0.0.1, server: ${server}, request: "${request} HTTP/1.1", host: "example.com"`;

const finding = (id: EntryId, more: Partial<Finding> = {}): Finding => ({
  id,
  plugin: 'mine',
  module: null,
  file: 'kong/plugins/mine/handler.lua',
  line: 3,
  title: CATALOGUE[id].title,
  cause: '',
  steps: [],
  evidence: [],
  fixes: [...(CATALOGUE[id].fixes ?? [])],
  ...more,
});
const EXCEPTION = finding('runtime-exception-in-phase');

/** A node that has the plugin, enabled; `lines` are what its workers log once they serve. */
function nodeWith(handler: string, options: FakeOptions = {}): FakeNode {
  const node = fakeNode({ conf: 'plugins = bundled,mine\n', ...options });
  node.files.set(`${HERE}/handler.lua`, Buffer.from(handler));
  node.files.set(`${HERE}/schema.lua`, Buffer.from(SCHEMA));
  return node;
}

describe('healed', () => {
  let dir: string;
  let plugins: Plugin[];
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-healed-'));
    const code = path.join(dir, 'kong/plugins/mine');
    await mkdir(code, { recursive: true });
    await writeFile(path.join(code, 'handler.lua'), HANDLER);
    await writeFile(path.join(code, 'schema.lua'), SCHEMA);
    plugins = await discoverPlugins([dir]);
  });
  after(() => rm(dir, { recursive: true }));

  describe('is only what was looked for again', () => {
    it('and is gone from what the Kong that runs now says', async () => {
      const node = nodeWith(HANDLER);
      const result = await runPlan(node, provedOperation(reloadOperation(), finding('init-worker-handler-failed')));
      assert.ok(result.ok, JSON.stringify(result));
      assert.ok(wasSeenHealed([result]), JSON.stringify(result));
    });

    it('and not what it says again: that is a failure', async () => {
      const said = `failed to execute the "init_worker" handler for plugin "mine": ${HERE}/handler.lua:3: no row`;
      const node = nodeWith(HANDLER, {
        workerSays: () => [['crit', `worker initialization error: ${said}; this node must be restarted`]],
      });
      const result = await runPlan(node, provedOperation(reloadOperation(), finding('init-worker-handler-failed')));
      assert.equal(result.ok, false);
      assert.match(result.steps.at(-1)?.detail ?? '', /says the same again/);
      assert.ok(!wasSeenHealed([result]));
    });

    it('and not what only requests would show', async () => {
      const result = await runPlan(nodeWith(HANDLER), provedOperation(reloadOperation(), EXCEPTION));
      assert.ok(result.ok);
      assert.ok(!wasSeenHealed([result]));
      assert.match(whyNotSeen([result]) ?? '', /^Applied, not yet seen: only requests/);
    });

    it('and not where no Kong runs', async () => {
      const node = nodeWith(HANDLER, { running: false });
      const result = await runPlan(node, provedOperation(reloadOperation(), finding('no-configuration-schema')));
      assert.match(
        whyNotSeen([result]) ?? '',
        /^Applied, not yet seen: no Kong runs here\. Its next start would no longer say it/,
      );
    });

    for (const [what, ghost] of [
      ['and stays done where Kong does not start for what was wrong besides', 'ghost'],
      ['and is undone where Kong does not start for what nobody knew of', 'other'],
    ] as const) {
      it(what, async () => {
        const node = nodeWith(HANDLER, { running: false, conf: 'plugins = bundled,mine,ghost\n' });
        const left = finding('plugin-enabled-not-installed', { plugin: ghost, file: null, line: null });
        const start: Step = {
          name: 'start',
          describe: '',
          run: () => Promise.reject(new StepFailure('Kong did not start.', [left])),
        };
        const operation: Operation = { title: 'mend', steps: () => Promise.resolve([start]) };
        const result = await runPlan(node, provedOperation(operation, finding('no-configuration-schema')));
        assert.equal(result.ok, ghost === 'ghost', JSON.stringify(result));
        assert.ok(!wasSeenHealed([result]));
        assert.deepEqual(
          result.findings.map(({ plugin }) => plugin),
          [ghost],
        );
        if (result.ok) assert.match(whyNotSeen([result]) ?? '', /its next start would fail for another reason: .*\(ghost\)/);
      });
    }

    for (const [what, cured] of [
      ['is gone when the request that failed no longer does', true],
      ['is there when it still does', false],
    ] as const) {
      it(what, async () => {
        const node = nodeWith(HANDLER);
        const asked: string[] = [];
        let fails = true;
        node.logText += `2026/11/23 09:00:00 [error] 101#101: ${FAILED('GET /orders?page=2')}\n`;
        node.proxy = () =>
          Promise.resolve((request) => {
            asked.push(`${request.method} ${request.path} ${request.headers?.['host'] ?? ''}`);
            if (fails)
              node.logText += `2026/11/23 09:00:01 [error] ${node.workers[0] ?? 0}#0: ${FAILED(`GET ${request.path}`)}\n`;
            return Promise.resolve({ status: fails ? 500 : 200, headers: {}, body: '' });
          });
        const reload = reloadOperation();
        const mend: Step = {
          name: 'mend',
          describe: '',
          run() {
            fails = !cured;
            return Promise.resolve('Mended.');
          },
        };
        const operation: Operation = { ...reload, steps: async (view) => [...(await reload.steps(view)), mend] };
        const result = await runPlan(node, provedOperation(operation, EXCEPTION));
        assert.deepEqual(asked, ['GET /orders?page=2 example.com', 'GET /orders?page=2 example.com']);
        assert.equal(result.ok, cured, JSON.stringify(result));
        assert.equal(wasSeenHealed([result]), cured);
      });
    }
  });

  it('sends nothing again that may change something, nor what the Admin API was asked', async () => {
    const node = nodeWith(HANDLER);
    node.proxy = () => Promise.resolve(undefined);
    for (const [request, server, says] of [
      ['POST /orders', 'kong', undefined],
      ['GET /plugins', 'kong_admin', undefined],
      ['GET /orders', 'kong', 'GET /orders'],
    ] as const) {
      node.logText = `2026/11/23 09:00:00 [error] 101#101: ${FAILED(request, server)}\n`;
      assert.equal((await failedRequest(node, EXCEPTION))?.says, says);
    }
  });

  describe('a remedy that changes nothing is not offered', () => {
    for (const [what, id, node, offered] of [
      ['an exception in code that the node has from the workspace', 'runtime-exception-in-phase', nodeWith(HANDLER), []],
      ['one in code that the workspace has mended', 'runtime-exception-in-phase', nodeWith(`${HANDLER}-- old\n`), ['reinstall']],
      ['files that were mended where they lie', 'plugin-module-syntax-error', nodeWith(HANDLER), ['reload']],
      ['files that were mended in a dead node', 'plugin-module-syntax-error', nodeWith(HANDLER, { running: false }), ['restart']],
    ] as const) {
      it(what, async () => assert.deepEqual(await remediesFor(finding(id), plugins, { node }), offered));
    }

    it('nor for a mistake that both have', async () => {
      const broken = path.join(dir, 'kong/plugins/mine/handler.lua');
      await writeFile(broken, 'return {\n');
      try {
        assert.deepEqual(await remediesFor(finding('plugin-module-syntax-error'), plugins, { node: nodeWith('return {\n') }), []);
      } finally {
        await writeFile(broken, HANDLER);
      }
    });
  });

  it('the list is corrected where it names the plugin in another way', async () => {
    for (const [named, fixes] of [
      ['mi-ne', ['use-plugin-name', 'disable-on-node']],
      ['Mine', ['use-plugin-name', 'disable-on-node']],
      ['other', ['repair-lua-package-path', 'make-readable', 'disable-on-node']],
    ] as const) {
      const about = finding('plugin-enabled-not-installed', { plugin: named, file: null, line: null });
      assert.deepEqual(await remediesFor(about, plugins), fixes, named);
    }
  });

  it('whose handler returns nothing is told by the files of the node', async () => {
    const log =
      "nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/db/dao/plugins.lua:200: attempt to index local 'handler' (a boolean value)";
    const node = nodeWith('local H = { PRIORITY = 1, VERSION = "1.0.0" }\n', { running: false });
    const [named] = await tellApart(node, await diagnose(log));
    assert.equal(named?.id, 'handler-returned-nothing');
    assert.equal(named.plugin, 'mine');
    assert.deepEqual(await remediesFor(named, plugins, { node }), ['add-return']);
  });

  it('_format_version is set where that is what is wrong', async () => {
    const head =
      'nginx: [error] init_by_lua error: /usr/local/share/lua/5.1/kong/init.lua:600: error parsing declarative config file /k.yml:\n';
    for (const [said, fixes] of [
      ["in '_format_version': expected one of: 1.1, 2.1, 3.0", ['set-format-version']],
      ["in '_format_version': required field missing", ['set-format-version']],
      ['failed parsing declarative configuration: 3:1: did not find expected key', undefined],
      ['/k.yml: No such file or directory', undefined],
      ["in 'servces': unknown field", undefined],
    ] as const) {
      const [found] = await diagnose(head + said);
      assert.deepEqual(found?.fixes, fixes, said);
    }
  });

  it('changes of the workspace can be put back', async () => {
    const [file, other] = [path.join(dir, 'a.lua'), path.join(dir, 'b.lua')];
    await writeFile(file, 'one\n');
    const putBack = await applyChanges([
      {
        kind: 'edit',
        path: file,
        edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } }, newText: 'two' }],
      },
      { kind: 'create', path: other, text: 'new' },
    ]);
    assert.equal(await readFile(file, 'utf8'), 'two\n');
    assert.equal(await putBack(), '');
    assert.equal(await readFile(file, 'utf8'), 'one\n');
    await assert.rejects(readFile(other), { code: 'ENOENT' });
  });
});

describe('the value that was meant', () => {
  for (const [setting, value, meant] of [
    ['log_level', 'warning', 'warn'],
    ['log_level', 'WARN', 'warn'],
    ['log_level', 'critical', 'crit'],
    ['log_level', 'eror', 'error'],
    ['log_level', 'loud', 'notice'],
    ['database', 'none', 'off'],
    ['database', 'postgresql', 'postgres'],
    ['role', 'controlplane', 'control_plane'],
    ['anonymous_reports', 'yes', 'on'],
    ['anonymous_reports', 'no', 'off'],
    ['admin_listen', '8001', '127.0.0.1:8001'],
    ['proxy_listen', '8000, 8443 ssl', '0.0.0.0:8000, 0.0.0.0:8443 ssl'],
    ['proxy_listen', 'http://0.0.0.0:8000', '0.0.0.0:8000'],
    ['proxy_listen', '0.0.0.0:8000; 0.0.0.0:8443 ssl', '0.0.0.0:8000, 0.0.0.0:8443 ssl'],
    ['status_listen', '127.0.0.1:99999', '127.0.0.1:8007 reuseport backlog=16384'],
  ] as const) {
    it(`${setting} = ${value}: ${meant}`, () => assert.equal(allowedValue(setting, value), meant));
  }
});

// "Loaded" means that it works: faults that only workers, timers and requests show undo an install, fail a verification, and end a watch's good sign.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Readable } from 'node:stream';
import { run } from '../../src/cli/program';
import type { TrialResult } from '../../src/lifecycle/trial/types';
import type { Round } from '../../src/lifecycle/operations/watch';
import { loadedPlugins, ready, startTestNode, until, type TestNode } from '../equipment/testNode';
import { CWD, kongPlugin, operation } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

const NAME = 'works';
const handler = (method: string, body: string): string =>
  `local H = { PRIORITY = 1000, VERSION = "0.1.0" }\n\nfunction H:${method}(conf)\n  ${body}\nend\n\nreturn H\n`;
const GOOD = handler('access', 'kong.response.set_header("x-works", "yes")');
const INIT_WORKER = handler('init_worker', 'local row = nil; return row.id');
const TIMER = handler('init_worker', 'ngx.timer.every(1, function() error("no row") end)');
const LATE_TIMER = handler('init_worker', 'ngx.timer.at(3, function() error("no row") end)');
const ACCESS = handler('access', 'local row = nil; return row.id');

describe('a plugin that is loaded', function () {
  this.timeout(60_000);
  let node: TestNode;
  let plugin: PluginFolder;
  before(async () => {
    node = await startTestNode();
    await ready(node);
  });
  after(() => node.remove());
  beforeEach(async () => {
    plugin = await pluginFolder(NAME, { handler: GOOD });
  });
  afterEach(() => plugin.remove());
  const write = (text: string): Promise<void> => writeFile(path.join(plugin.dir, 'kong/plugins', NAME, 'handler.lua'), text);

  for (const [what, text, id] of [
    ['init_worker', INIT_WORKER, 'init-worker-handler-failed'],
    ['timers', TIMER, 'runtime-exception-in-phase'],
  ] as const) {
    it(`and fails in its ${what} is undone, with the line`, async () => {
      await write(text);
      const { status, results } = await operation('install', plugin.dir, '--node', node.id);
      const said = JSON.stringify(results, null, 2);
      assert.equal(status, 1, said);
      assert.equal(results[0]?.findings[0]?.id, id, said);
      assert.equal(results[0].findings[0].line, 4, said);
      assert.ok(!(await loadedPlugins(node)).includes(NAME));
    });
  }

  it('and answers requests with 500 is not verified, until it is mended', async () => {
    await operation('install', plugin.dir, '--node', node.id);
    await node.sh(
      `printf '%s' '${ACCESS.replaceAll("'", '"')}' > /usr/local/share/lua/5.1/kong/plugins/${NAME}/handler.lua && printf '%s' '{"_format_version":"3.0","services":[{"name":"s","url":"http://127.0.0.1:8001/status","routes":[{"name":"r","paths":["/"],"plugins":[{"name":"${NAME}"}]}]}]}' > /tmp/kong.json`,
    );
    const admin = await node.admin();
    await operation('reload', '--node', node.id);
    const config = JSON.parse(await node.sh('cat /tmp/kong.json')) as unknown;
    const posted = await fetch(`${admin}/config`, {
      method: 'POST',
      body: JSON.stringify(config),
      headers: { 'content-type': 'application/json' },
    });
    assert.equal(posted.status, 201);
    const good = await kongPlugin('verify', NAME, '--node', node.id);
    assert.equal(good.status, 0, good.out);
    assert.match(good.out, /workers have initialised, and the log names no error/);
    const tried = await kongPlugin('try', '--node', node.id, '-H', 'Authorization: Bearer s3cr3tToken42', '--format', 'json');
    assert.equal(tried.status, 1, tried.out + tried.err);
    const result = JSON.parse(tried.out) as TrialResult;
    assert.deepEqual(Object.keys(result), ['request', 'response', 'upstream', 'plugins', 'log', 'findings']);
    assert.equal(result.response.status, 500);
    assert.equal(result.findings[0]?.id, 'runtime-exception-in-phase');
    assert.equal(result.findings[0].line, 4);
    assert.match(result.log[0]?.text ?? '', /^\[kong\] init\.lua:\d+ \[works\] .*handler\.lua:4: /);
    assert.ok(!tried.out.includes('s3cr3tToken42'), tried.out);
    const bad = await operation('verify', NAME, '--node', node.id);
    assert.equal(bad.status, 1, JSON.stringify(bad));
    assert.equal(bad.results[0]?.findings[0]?.id, 'runtime-exception-in-phase');
    assert.equal(bad.results[0].findings[0].line, 4);
    // The same files once more are no cure, and nothing is done that looks like one.
    await write(ACCESS);
    const same = await kongPlugin('fix', plugin.dir, '--node', node.id, '--fix', 'reinstall', '--yes');
    assert.notEqual(same.status, 0, same.out);
    assert.match(
      `${same.out}${same.err}`,
      /no remedy called reinstall that would change anything[\s\S]*Open .*handler\.lua at line 4/,
    );
    await write(GOOD);
    const cured = await kongPlugin('fix', plugin.dir, '--node', node.id, '--fix', 'reinstall', '--yes');
    assert.equal(cured.status, 0, cured.out);
    // The request that failed is sent before and after.
    assert.match(cured.out, /✓ reproduce: GET \/ was answered with 500/);
    assert.match(cured.out, /✓ look-again: GET \/, which failed before, is answered with 200/);
    const mended = await operation('install', plugin.dir, '--node', node.id);
    assert.equal(mended.status, 0, JSON.stringify(mended));
    assert.equal((await fetch(await node.proxy())).headers.get('x-works'), 'yes');
    assert.equal((await operation('verify', NAME, '--node', node.id)).status, 0);
  });

  it('and fails later is told of by watch', async () => {
    const stop = new AbortController();
    const rounds: Round[] = [];
    const ended = run(['watch', plugin.dir, '--node', node.id, '--format', 'json'], {
      cwd: CWD,
      env: process.env,
      out: (text) => rounds.push(JSON.parse(text) as Round),
      err: () => undefined,
      stdin: Readable.from([]),
      interactive: false,
      signal: stop.signal,
    });
    const round = (at: number): Promise<Round> => until(`round ${at}`, () => Promise.resolve(rounds[at]), 30_000);
    try {
      assert.equal((await round(0)).results[0]?.ok, true, JSON.stringify(rounds));
      await write(LATE_TIMER);
      assert.equal((await round(1)).results[0]?.ok, true, JSON.stringify(rounds));
      const { results } = await round(2);
      assert.equal(results[0]?.ok, false);
      assert.equal(results[0].steps[0]?.name, 'follow');
      assert.equal(results[0].findings[0]?.line, 4);
      await write(GOOD);
      assert.equal((await round(3)).results[0]?.ok, true, JSON.stringify(rounds));
    } finally {
      stop.abort(new Error('Stopped.'));
      await ended;
    }
  });
});

// A container whose Kong ran, was started again and died of that: everybody who reads its log tells of the start, not of the life before it.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LiveLog } from '../../../src/extension/panel/liveLog';
import { lookAt } from '../../../src/lifecycle/state/findings';
import { partedLog } from '../../../src/lifecycle/state/logOfNow';
import { dockerNode } from '../../../src/node/docker';
import type { Node } from '../../../src/node/node';
import { commandLine } from '../cli/commandLine';

const LIFE = [
  '2026/11/23 08:00:00 [notice] 1#0: start worker processes',
  '2026/11/23 08:30:00 [error] 1#0: init_by_lua error: no configuration schema found for plugin: old',
];
const START = ["2026/11/23 09:00:01 [error] 1#0: init_by_lua error: on plugin 'acme': acme plugin is enabled but not installed;"];

/** A docker program with one container, which wrote these lines before and after it was started last. */
async function programWith(dir: string, before: readonly string[], after: readonly string[], startedAt: string): Promise<string> {
  const state = { Running: false, Status: 'exited', ExitCode: 1, StartedAt: startedAt };
  const inspected = [{ Id: 'a'.repeat(64), Name: '/kong', Config: { Env: ['KONG_PREFIX=/usr/local/kong'] }, State: state }];
  const stamped = [
    ...before.map((text, i) => `2026-11-23T08:00:0${i}.100000000Z ${text}`),
    ...after.map((text, i) => `2026-11-23T09:00:0${i}.200000000Z ${text}`),
  ];
  await writeFile(join(dir, 'inspected'), JSON.stringify(inspected));
  await writeFile(join(dir, 'logged'), `${stamped.join('\n')}\n`);
  const program = join(dir, 'docker');
  await writeFile(
    program,
    `#!/bin/sh\ncase $1 in\ncontainer) cat '${dir}/inspected' ;;\nlogs) cat '${dir}/logged' ;;\n` +
      "cp) echo 'Error response from daemon: Could not find the file in container kong' >&2; exit 1 ;;\n" +
      "exec) echo 'Error response from daemon: container kong is not running' >&2; exit 1 ;;\n*) exit 1 ;;\nesac\n",
  );
  await chmod(program, 0o755);
  return program;
}

const READERS: Readonly<Record<string, (node: Node, program: string) => Promise<string[]>>> = {
  'the command line': async (_, program) => {
    const args = ['diagnose', '--node', 'docker:kong', '--format', 'json'];
    const { out, err } = await commandLine(args, { env: { KONG_PLUGIN_DOCKER: program } });
    assert.notEqual(out, '', err);
    return (JSON.parse(out) as { findings: { id: string }[] }).findings.map(({ id }) => id);
  },
  'the remedies': async (node) => (await lookAt(node, [])).map(({ id }) => id),
  'the panel': async (node) => {
    const live = new LiveLog(
      [node],
      { kong: null, plugins: [] },
      { onLines: () => Promise.resolve(), onTrouble: () => undefined, onError: (error) => assert.fail(String(error)) },
    );
    await live.read();
    assert.equal(live.lines, LIFE.length + START.length, 'all of the log is shown');
    return (await live.findings()).map(({ id }) => id);
  },
};

describe('a container that died at its start', function () {
  if (process.platform === 'win32') return;
  let dir: string;
  let program: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kpw-died-'));
    program = await programWith(dir, LIFE, START, '2026-11-23T09:00:00.1Z');
  });
  after(() => rm(dir, { recursive: true, force: true }));
  const opened = (): Node => dockerNode('kong', { env: process.env, containerProgram: program });

  it('said of it what came after it was told to start', async () => {
    const { before, now, mark } = await partedLog(opened());
    assert.deepEqual([before.split('\n'), now.split('\n')], [[...LIFE, ''], START]);
    assert.equal(mark, '2026-11-23T09:00:00.200000000Z|');
  });

  it('started in whatever zone the engine writes its times', async () => {
    await programWith(dir, LIFE, START, '2026-11-23T11:00:00.1+02:00');
    assert.equal((await partedLog(opened())).now, START.join('\n'));
  });

  for (const [reader, read] of Object.entries(READERS)) {
    it(`is told by ${reader} with the error of that start alone`, async () => {
      assert.deepEqual(await read(opened(), program), ['plugin-enabled-not-installed']);
    });
  }
});

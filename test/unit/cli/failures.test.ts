// What the command line says when it cannot do what was asked: a sentence, the right exit code, and one JSON document when that is awaited.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandLine, type Said } from './commandLine';

describe('a command that cannot be carried out', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kong-plugin-failures-'));
    await mkdir(join(dir, 'node'));
    await writeFile(join(dir, 'notes.txt'), 'no plugin');
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const runs = (args: readonly string[], env: Readonly<Record<string, string>> = {}, signal?: AbortSignal): Promise<Said> =>
    commandLine(args, { cwd: dir, env: { PATH: '', HOME: dir, ...env }, ...(signal === undefined ? {} : { signal }) });

  const USAGE: readonly (readonly string[])[] = [
    ['check', 'missing'],
    ['check', 'notes.txt/below'],
    ['check', 'notes.txt'],
    ['check', '--kong', 'new'],
    ['check', '--nothing'],
    ['preflight', 'missing'],
    ['preflight', 'node'],
    ['pack', 'missing'],
    ['pack', '--kind', 'zip'],
    ['inspect'],
    ['inspect', 'missing'],
    ['diagnose', 'missing'],
    ['diagnose', 'node'],
    ['status'],
    ['status', '--node', 'somewhere'],
    ['status', '--node', 'folder:missing'],
    ['install', 'missing', '--node', 'folder:node'],
    ['install', 'notes.txt', '--node', 'folder:node'],
    ['enable', '$(id)', '--node', 'folder:node'],
    ['disable', '--node', 'folder:node'],
    ['verify', 'a', 'b', '--node', 'folder:node'],
    ['remove', 'two words', '--node', 'folder:node'],
    ['reload'],
    ['restart', 'x', '--node', 'folder:node'],
  ];
  const MISSING: readonly (readonly string[])[] = [
    ['status', '--node', 'local'],
    ['status', '--node', 'docker:kong'],
    ['diagnose', '--node', 'docker:kong'],
    ['enable', 'acme', '--node', 'docker:kong'],
    ['preflight', 'n'.repeat(300)],
    ['pack', 'n'.repeat(300)],
    ['inspect', 'n'.repeat(300)],
    ['diagnose', 'n'.repeat(300)],
    ['install', 'n'.repeat(300), '--node', 'folder:node'],
    ['new', 'mine', 'n'.repeat(300)],
  ];
  for (const [cases, status] of [
    [USAGE, 2],
    [MISSING, 3],
  ] as const) {
    for (const args of cases) {
      it(`exits ${status}: ${args.join(' ').slice(0, 50)}`, async () => {
        const result = await runs([...args, '--format', 'json']);
        assert.equal(result.status, status, result.err);
        assert.doesNotMatch(result.err, /internal error/);
        const { error, results } = JSON.parse(result.out) as { error?: { message: string }; results?: { ok: boolean }[] };
        if (results === undefined) assert.ok(error !== undefined && result.err.includes(error.message), result.err);
        else
          assert.deepEqual(
            results.map(({ ok }) => ok),
            [false],
          );
      });
    }
  }

  it('exits 130 when it is stopped', async () => {
    const { status, out, err } = await runs(['check', '--format', 'json'], {}, AbortSignal.abort(new Error('Stopped.')));
    assert.deepEqual([status, err], [130, 'kong-plugin: Stopped.\n']);
    assert.deepEqual(JSON.parse(out), { error: { message: 'Stopped.', next: null } });
  });

  it('prints nothing to standard output for people', async () => {
    assert.deepEqual(await runs(['check', 'missing']), {
      status: 2,
      out: '',
      err: 'kong-plugin: There is no file or folder missing.\n',
    });
  });

  describe('nodes', () => {
    const STOPPED = 'Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?';
    let programs: string;
    before(async () => {
      programs = join(dir, 'programs');
      await mkdir(programs);
      await writeFile(join(programs, 'docker'), `#!/bin/sh\necho '${STOPPED}' >&2\nexit 1\n`, { mode: 0o755 });
      await writeFile(join(programs, 'kong'), '#!/bin/sh\necho 3.9.1\n', { mode: 0o755 });
    });

    it('without a docker program is quiet', async () => {
      assert.deepEqual(await runs(['nodes', '--format', 'json']), { status: 0, out: '{\n  "nodes": []\n}\n', err: '' });
    });

    it('says that Docker could not be asked, and why', async () => {
      const { status, out, err } = await runs(['nodes', '--format', 'json'], { KONG_PLUGIN_DOCKER: join(programs, 'docker') });
      assert.equal(status, 3);
      assert.deepEqual(JSON.parse(out), { nodes: [] });
      assert.match(err, /does not reach its engine: Cannot connect to the Docker daemon.* Start Docker/);
    });

    it('says so too beside other nodes, and ends well', async () => {
      const { status, out, err } = await runs(['nodes', '--format', 'json'], {
        PATH: `${programs}:/usr/bin:/bin`,
        KONG_PREFIX: dir,
      });
      assert.equal(status, 0, err);
      assert.deepEqual(
        (JSON.parse(out) as { nodes: { id: string }[] }).nodes.map(({ id }) => id),
        ['local'],
      );
      assert.match(err, /does not reach its engine/);
    });
  });
});

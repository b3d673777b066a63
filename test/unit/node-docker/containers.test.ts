// Containers without an engine: which hold a Kong, names, tar streams, and what a docker program says when things are missing.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { containerClient } from '../../../src/node/container/client';
import { isReadOnly } from '../../../src/node/container/files';
import { tarEntries, tarOf } from '../../../src/node/container/tar';
import { checkContainerName, isStillKong, looksLikeKong, type Container } from '../../../src/node/container/containers';
import { dockerNode } from '../../../src/node/docker';
import { findNodes, openNodes } from '../../../src/node/registry';
import { UserError } from '../../../src/system/userError';

const PLAIN: Container = {
  id: 'a'.repeat(64),
  name: 'x',
  image: 'debian:bookworm',
  running: true,
  paused: false,
  state: 'running',
  endedAt: undefined,
  env: {},
  user: '',
  cwd: '/',
  command: ['sleep', '1'],
  labels: {},
  ports: {},
  hostNetwork: false,
  networks: ['bridge'],
  startedAt: undefined,
  readOnly: false,
};

describe('which containers that do not run are nodes all the same', () => {
  const entrypoint = '/docker-entrypoint.sh';
  const CASES: readonly [Partial<Container>, boolean][] = [
    [{ image: 'kong:3.9.1', command: [entrypoint, 'kong', 'docker-start'] }, true],
    [{ image: 'acme/gateway:7', command: ['kong', 'start', '-c', '/etc/kong/kong.conf'] }, true],
    [{ image: 'kong:3.9.1', command: ['sh', '-c', 'kong migrations bootstrap && kong start'] }, true],
    [{ image: 'acme/gateway:7', command: ['/start.sh'], env: { KONG_DATABASE: 'off' } }, true],
    [{ image: 'kong:3.9.1', command: [entrypoint, 'kong', 'migrations', 'bootstrap'] }, false],
    [{ image: 'kong:3.9.1', command: [entrypoint, 'kong', '-v', 'version'] }, false],
    [
      { image: 'kong:3.9.1', command: [entrypoint, 'kong', 'docker-start'], labels: { 'com.docker.compose.oneoff': 'True' } },
      false,
    ],
    [{ image: 'postgres:16', command: ['docker-entrypoint.sh', 'postgres'], env: { POSTGRES_DB: 'kong' } }, false],
  ];
  for (const [one, expected] of CASES) {
    it(`${expected ? 'yes' : 'no'}: ${JSON.stringify(one)}`, () => assert.equal(isStillKong({ ...PLAIN, ...one }), expected));
  }
});

describe('which containers hold a Kong', () => {
  const YES: readonly Partial<Container>[] = [
    { image: 'kong' },
    { image: 'kong:3.9.1' },
    { image: 'kong/kong:3.9' },
    { image: 'kong/kong-gateway:3.9.0.0' },
    { image: 'registry.example:5000/team/kong:latest' },
    { image: 'kong@sha256:0123' },
    { image: 'acme/gateway:7', env: { KONG_DATABASE: 'off' } },
    { image: 'acme/gateway:7', command: ['/docker-entrypoint.sh', 'kong', 'docker-start'] },
    { image: 'acme/gateway:7', command: ['/usr/local/bin/kong', 'start'] },
  ];
  const NO: readonly Partial<Container>[] = [
    {},
    { image: 'postgres:16', env: { POSTGRES_DB: 'kong' } },
    { image: 'kong/deck:latest' },
    { image: 'kong/kubernetes-ingress-controller:3.1' },
    { image: 'pantsel/konga' },
    { image: 'acme/kong-dashboard' },
    { image: 'acme/hongkong' },
    { image: 'app', env: { KONG_ADMIN_URL: 'http://kong:8001' } },
  ];
  for (const [expected, list] of [
    [true, YES],
    [false, NO],
  ] as const) {
    for (const one of list) {
      it(`${expected ? 'yes' : 'no'}: ${JSON.stringify(one)}`, () => assert.equal(looksLikeKong({ ...PLAIN, ...one }), expected));
    }
  }
});

describe('names of containers', () => {
  for (const name of ['kong', 'kong-1', 'a.b_c', '0123abcd']) it(`takes ${name}`, () => checkContainerName(name));
  for (const name of ['', '-f', '--help', 'a b', 'a/b', '$(id)', "a'b", 'ü', 'a\nb']) {
    it(`refuses ${JSON.stringify(name)}`, () =>
      assert.throws(
        () => checkContainerName(name),
        (error: unknown) => error instanceof UserError && error.exitCode === 2,
      ));
  }
});

describe('the mount that a path is on', () => {
  const mounts = [
    'overlay / overlay ro,relatime 0 0',
    'tmpfs /usr/local/kong tmpfs rw 0 0',
    '/dev/a /my\\040plugins ext4 ro,relatime 0 0',
    '/dev/b /etc/kong ext4 ro 0 0',
    '/dev/c /etc/kong ext4 rw 0 0',
  ].join('\n');
  for (const [file, expected] of [
    ['/usr/local/share/lua/5.1/x.lua', true],
    ['/usr/local/kong/logs', false],
    ['/usr/local/kongfu', true],
    ['/my plugins/x', true],
    ['/etc/kong/kong.conf', false],
  ] as const) {
    it(`is ${expected ? 'read-only' : 'writable'} for ${file}`, () => assert.equal(isReadOnly(mounts, file), expected));
  }
});

describe('tar streams', () => {
  for (const size of [0, 1, 511, 512, 513, 70_000]) {
    it(`carry a file of ${size} bytes out and in`, async () => {
      const content = Buffer.alloc(size, 'x');
      const [entry, ...more] = await tarEntries(
        tarOf([{ path: 'a file', type: 'File', mode: 0o640, owner: '12:34', content }]),
        'a file',
      );
      assert.deepEqual(
        { ...entry, content: entry?.content.length },
        { path: '', type: 'file', mode: 0o640, owner: '12:34', content: size, target: undefined },
      );
      assert.ok(entry?.content.equals(content));
      assert.deepEqual(more, []);
    });
  }
});

describe('a docker program', function () {
  if (process.platform === 'win32') return;
  let dir: string;
  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-docker-'));
  });
  after(() => rm(dir, { recursive: true, force: true }));

  /** A program that says something and ends so. */
  async function program(name: string, says: string, code: number): Promise<string> {
    const file = path.join(dir, name);
    await writeFile(file, `#!/bin/sh\ncat >&2 <<'EOF'\n${says}\nEOF\nexit ${code}\n`);
    await chmod(file, 0o755);
    return file;
  }

  const FAILURES: readonly (readonly [string, string, RegExp])[] = [
    [
      'no engine',
      'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?',
      /does not reach its engine/,
    ],
    [
      'a remote engine that is gone',
      'error during connect: Get "http://host:2375/v1.24/info": dial tcp: lookup host: no such host',
      /does not reach its engine/,
    ],
    [
      'no permission',
      'permission denied while trying to connect to the Docker daemon socket at unix:///var/run/docker.sock',
      /does not reach its engine/,
    ],
    ['an unknown context', 'current context "nowhere" is not found on the file system', /does not reach its engine/],
    ['podman without machine', 'Error: unable to connect to Podman socket: connection refused', /does not reach its engine/],
    ['no such container', 'Error response from daemon: No such container: kong', /There is no container kong/],
  ];
  for (const [what, says, pattern] of FAILURES) {
    it(`says ${what} in one sentence and ends with 3`, async () => {
      const containerProgram = await program('failing', says, 1);
      const node = dockerNode('kong', { env: process.env, containerProgram });
      await assert.rejects(node.facts(), (error: unknown) => {
        assert.ok(error instanceof UserError, String(error));
        assert.match(error.message, pattern);
        assert.equal(error.exitCode, 3);
        assert.ok(error.next !== undefined);
        return true;
      });
    });
  }

  it('says that a container has no shell, and reads its log all the same', async () => {
    const inspected = JSON.stringify([{ Id: 'a'.repeat(64), Name: '/kong', State: { Running: true, Status: 'running' } }]);
    const file = path.join(dir, 'distroless');
    const refused =
      'OCI runtime exec failed: exec failed: unable to start container process: exec: "sh": executable file not found in $PATH';
    await writeFile(
      file,
      `#!/bin/sh\ncase $1 in\ncontainer) echo '${inspected}' ;;\nexec) echo '${refused}' >&2; exit 126 ;;\nlogs) echo '2026-11-23T10:00:00.000000000Z said by Kong' ;;\n*) exit 0 ;;\nesac\n`,
    );
    await chmod(file, 0o755);
    const node = dockerNode('kong', { env: process.env, containerProgram: file });
    await assert.rejects(
      node.facts(),
      (error: unknown) => error instanceof UserError && error.exitCode === 3 && error.message.includes('has no shell'),
    );
    assert.match((await node.log()).text, /said by Kong/);
  });

  it('that could begin nothing in a container that ends tells that it has ended', async () => {
    const state = { Running: false, Status: 'exited', ExitCode: 7 };
    const inspected = JSON.stringify([{ Id: 'a'.repeat(64), Name: '/kong', State: state }]);
    const file = path.join(dir, 'ending');
    await writeFile(file, `#!/bin/sh\ncase $1 in\ncontainer) echo '${inspected}' ;;\nexec) exit 126 ;;\n*) exit 0 ;;\nesac\n`, {
      mode: 0o755,
    });
    await assert.rejects(
      dockerNode('kong', { env: process.env, containerProgram: file }).run(['kong', 'reload']),
      /The container kong is stopped \(it exited with 7\)/,
    );
  });

  it('leaves what a program itself ends with as it is', async () => {
    const file = path.join(dir, 'refusing');
    const said = 'OCI runtime exec failed: exec failed: unable to start container process: exec: "/x": permission denied';
    await writeFile(file, `#!/bin/sh\ncase $1 in\nexec) echo '${said}' >&2; exit 126 ;;\n*) exit 9 ;;\nesac\n`, { mode: 0o755 });
    assert.equal((await dockerNode('kong', { env: process.env, containerProgram: file }).run(['/x']))?.code, 126);
  });

  it('is podman where docker is not', async () => {
    await program('podman', '', 0);
    assert.equal((await containerClient({ env: { PATH: dir } })).program, path.join(dir, 'podman'));
  });

  it('can be named by a variable', async () => {
    const file = await program('nerdctl', '', 0);
    assert.equal((await containerClient({ env: { PATH: '/nowhere', KONG_PLUGIN_DOCKER: file } })).program, file);
  });

  it('never sees a secret among its arguments', async () => {
    const file = path.join(dir, 'echoing');
    await writeFile(file, `#!/bin/sh\nprintf '%s\\n' "$@"\nprintf 'and %s' "$KONG_PG_PASSWORD"\n`);
    await chmod(file, 0o755);
    const node = dockerNode('kong', { env: process.env, containerProgram: file });
    const result = await node.run(['kong', 'reload'], { env: { KONG_PG_PASSWORD: 'secret' } });
    assert.deepEqual(result?.stdout.toString().split('\n'), [
      'exec',
      '--env',
      'KONG_PG_PASSWORD',
      'kong',
      'kong',
      'reload',
      'and secret',
    ]);
  });

  it('that is missing costs a search for nodes nothing', async () => {
    const found = await findNodes({ cwd: dir, env: { PATH: '/nowhere' } });
    assert.deepEqual(found, { nodes: [], troubles: [] });
  });

  it('whose engine does not run is told of by a search for nodes', async () => {
    const docker = path.join(dir, 'stopped-docker');
    await writeFile(
      docker,
      '#!/bin/sh\necho "Cannot connect to the Docker daemon at unix:///x. Is the docker daemon running?" >&2\nexit 1\n',
      {
        mode: 0o755,
      },
    );
    const { nodes, troubles } = await findNodes({ cwd: dir, env: { PATH: '/nowhere', KONG_PLUGIN_DOCKER: docker } });
    assert.deepEqual(nodes, []);
    assert.match(troubles[0]?.message ?? '', /does not reach its engine: Cannot connect to the Docker daemon/);
  });
});

describe('node arguments', () => {
  const options = { cwd: '/', env: {} };
  it('open a container', async () =>
    assert.deepEqual(
      (await openNodes('docker:kong', options)).map(({ id, kind }) => [id, kind]),
      [['docker:kong', 'docker']],
    ));
  for (const id of ['docker:', 'docker:-f', 'docker:a b', 'compose:project', 'compose:/']) {
    it(`refuse ${id}`, async () => {
      await assert.rejects(openNodes(id, options), (error: unknown) => error instanceof UserError && error.exitCode === 2);
    });
  }
});

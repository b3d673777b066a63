// Looking at containers again and again costs no process: counted by a program that stands for docker and runs the shells here.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { statusOf } from '../../../src/lifecycle/state/status';
import { changedContainer } from '../../../src/node/container/events';
import { containerPool, MOST_OPEN } from '../../../src/node/container/pool';
import { findNodes, openNodes, type NodeOptions } from '../../../src/node/registry';

const CONTAINERS = 30;

describe('looking at containers again and again', function () {
  if (process.platform === 'win32') return;
  this.timeout(120_000);
  let dir: string;
  let options: NodeOptions;

  before(async () => {
    dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-pool-'));
    const names = Array.from({ length: CONTAINERS }, (_, i) => `kong-${i}`);
    await mkdir(path.join(dir, 'inspected'));
    for (const name of names) {
      await mkdir(path.join(dir, name, 'pids'), { recursive: true });
      await writeFile(path.join(dir, name, 'pids/nginx.pid'), `${process.pid}\n`);
      const env = [`KONG_PREFIX=${path.join(dir, name)}`, 'KONG_DATABASE=off', 'KONG_ADMIN_LISTEN=off', 'KONG_VERSION=3.9.1'];
      const described = { Id: name, Name: `/${name}`, State: { Running: true, StartedAt: '2026-01-01T00:00:00Z' } };
      await writeFile(path.join(dir, 'inspected', name), JSON.stringify({ ...described, Config: { Image: 'kong', Env: env } }));
    }
    const docker = path.join(dir, 'docker');
    // The last name before a shell is the container's; every call is a line of the log.
    await writeFile(
      docker,
      `#!/bin/sh
echo "$*" | head -n 1 >> ${dir}/calls
case $1 in
ps) printf '%s\\n' ${names.join(' ')} ;;
container)
  shift 2
  printf '['; comma=
  for name; do printf '%s' "$comma"; cat "${dir}/inspected/$name"; comma=,; done
  printf ']' ;;
exec)
  while [ "$1" != sh ]; do shift; done
  echo $$ >> ${dir}/shells
  exec "$@" ;;
esac
`,
      { mode: 0o755 },
    );
    options = { cwd: dir, env: { ...process.env, PATH: process.env['PATH'], KONG_PLUGIN_DOCKER: docker }, pool: containerPool() };
  });
  after(async () => {
    options.pool?.rest();
    await rm(dir, { recursive: true, force: true });
  });

  const calls = async (): Promise<string[]> => (await readFile(path.join(dir, 'calls'), 'utf8')).trim().split('\n');
  const shells = async (): Promise<number> => (await calls()).filter((line) => line.startsWith('exec ')).length;

  /** What a view does at each poll: nodes are found and opened anew, and each is looked at. */
  async function poll(): Promise<void> {
    const { nodes } = await findNodes(options);
    assert.equal(nodes.filter(({ kind }) => kind === 'docker').length, CONTAINERS);
    for (const { id, kind } of nodes) {
      if (kind !== 'docker') continue;
      const [node] = await openNodes(id, options);
      assert.ok(node);
      assert.equal((await statusOf(node)).running, true, id);
    }
  }

  it('opens at most one pair of shells for each of 30, whatever the number of looks', async () => {
    await poll();
    const first = await shells();
    assert.ok(first <= 2 * CONTAINERS, `${first} shells`);
    const before = (await calls()).length;
    await poll();
    await poll();
    assert.equal(await shells(), first);
    // A search asks the engine which containers there are, and what they are; a look asks for nothing more.
    const more = (await calls()).slice(before);
    assert.equal(more.filter((line) => line.startsWith('ps ')).length, 2);
    assert.deepEqual(
      more.filter((line) => !line.startsWith('ps ') && !line.startsWith('container inspect ')),
      [],
    );
  });

  it('leaves no shell open once nobody looks', async () => {
    options.pool?.rest();
    const pids = (await readFile(path.join(dir, 'shells'), 'utf8')).trim().split('\n').map(Number);
    const alive = (): number[] => pids.filter((pid) => lives(pid));
    while (alive().length > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  });

  it('keeps a bounded number of containers open', () => {
    let open = 0;
    const pool = containerPool();
    const rested = new Set<string>();
    for (let i = 0; i < MOST_OPEN + 10; i += 1) {
      open += 1;
      const name = `c${i}`;
      const programs = { rest: () => void rested.add(name) };
      pool.container(name, () => ({ access: { programs } }) as never);
    }
    assert.equal(open - rested.size, MOST_OPEN);
    assert.ok(rested.has('c0') && !rested.has(`c${MOST_OPEN}`));
  });
});

/** Whether a process runs and was not only left behind. */
function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('an event of the engine', () => {
  for (const [what, line, expected] of [
    [
      'of docker',
      '{"status":"die","id":"ab","from":"kong","Type":"container","Action":"die","Actor":{"ID":"ab","Attributes":{"exitCode":"1","image":"kong","name":"gateway"}},"scope":"local","time":1}',
      { name: 'gateway', service: undefined },
    ],
    [
      'of docker, with labels of compose',
      '{"Action":"start","Actor":{"ID":"ab","Attributes":{"com.docker.compose.project":"shop","com.docker.compose.service":"kong","name":"shop-kong-1"}}}',
      { name: 'shop-kong-1', service: { project: 'shop', service: 'kong' } },
    ],
    [
      'of podman',
      '{"ID":"ab","Image":"kong","Name":"gateway","Status":"died","Type":"container","Attributes":{"containerExitCode":"1"}}',
      { name: 'gateway', service: undefined },
    ],
    ['of another name', '{"Action":"rename","Actor":{"Attributes":{"name":"new","oldName":"/old"}}}', undefined],
    ['that tells nothing', '{"Action":"die"}', undefined],
    ['that is no JSON', 'ab', undefined],
  ] as const) {
    it(`${what} is about the container it names`, () => assert.deepEqual(changedContainer(line), expected));
  }
});

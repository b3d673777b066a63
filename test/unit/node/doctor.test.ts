// The doctor: found, broken, missing and not known are told apart, and nothing secret is shown.
import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { examineMachine, examineNode, reportOf, surroundings, type Diagnosis } from '../../../src/node/doctor';
import { openNodes } from '../../../src/node/registry';

const PROGRAMS: Readonly<Record<string, string>> = {
  docker:
    'case $1 in --version) echo "Docker version 28.2.2, build 1";; version) echo "permission denied" >&2; exit 1;; *) exit 1;; esac',
  luarocks: 'echo "/usr/bin/luarocks 3.8.0"',
};

describe('the doctor', () => {
  let dir: string;
  before(async () => {
    dir = await mkdtemp(join(tmpdir(), 'kpw-doctor-'));
    for (const [name, text] of Object.entries(PROGRAMS)) {
      await writeFile(join(dir, name), `#!/bin/sh\n${text}\n`);
      await chmod(join(dir, name), 0o755);
    }
  });
  after(() => rm(dir, { recursive: true, force: true }));

  const look = async (): Promise<Map<string, Diagnosis>> =>
    new Map((await examineMachine({ PATH: dir }, new AbortController().signal)).map((each) => [each.name, each]));

  it('tells what is there, with its version', async () => {
    const found = await look();
    assert.deepEqual([found.get('LuaRocks')?.state, found.get('LuaRocks')?.says], ['found', '3.8.0']);
    assert.deepEqual([found.get('Docker or Podman')?.state, found.get('Docker or Podman')?.says], ['found', '28.2.2']);
  });

  it('tells what is there and does not work, in its own words', async () => {
    const engine = (await look()).get('Container engine');
    assert.deepEqual([engine?.state, engine?.says], ['broken', 'permission denied']);
  });

  it('tells of what is missing what it is for and how to get it', async () => {
    const kong = (await look()).get('Kong') ?? assert.fail();
    assert.equal(kong.state, 'missing');
    assert.equal(reportOf('Here', [kong]), `Here\n  – Kong\n      ${kong.use}\n      ${kong.get}\n`);
  });

  it('says of a folder that nothing can be run there, and whether it has a tree', async () => {
    const [node] = await openNodes(`folder:${dir}`, { cwd: dir, env: {} });
    const found = await examineNode(node ?? assert.fail(), new AbortController().signal);
    assert.deepEqual(new Set(found.map(({ state }) => state)), new Set(['unknown', 'missing']));
  });

  it('shows no secret of the environment', () => {
    const env = {
      HTTPS_PROXY: 'http://me:hidden@proxy:3128/',
      KONG_ADMIN_TOKEN: 'hidden',
      KONG_PG_PASSWORD: 'hidden',
      HOME: '/home/me',
    };
    assert.deepEqual(surroundings(env), [
      { name: 'HTTPS_PROXY', value: 'http://***@proxy:3128/' },
      { name: 'KONG_ADMIN_TOKEN', value: '(set)' },
      { name: 'KONG_PG_PASSWORD', value: '(set)' },
    ]);
  });
});

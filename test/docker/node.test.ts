// The docker node against a real engine: facts, files, programs, log, Admin API, and what it says when something is missing.
import assert from 'node:assert/strict';
import { adminClient, asObject } from '../../src/kong/adminClient';
import { dockerNode } from '../../src/node/docker';
import type { Node } from '../../src/node/node';
import { UserError } from '../../src/system/userError';
import { docker, testNodeImage } from '../equipment/image';
import { ready, startTestNode, until, type TestNode } from '../equipment/testNode';
import { KONG_USER, versionOf } from '../equipment/underTest';

const options = { env: process.env };
const TREE = '/usr/local/share/lua/5.1/kong/plugins';

function isUserError(exitCode: number, pattern: RegExp): (error: unknown) => boolean {
  return (error) => {
    assert.ok(error instanceof UserError, String(error));
    assert.match(error.message, pattern);
    assert.equal(error.exitCode, exitCode);
    return true;
  };
}

describe('a docker node', function () {
  this.timeout(240_000);
  let container: TestNode;
  let node: Node;
  /** User and group that Kong's files belong to, and its prefix. */
  let owner: string;
  let prefixOwner: string;

  before(async () => {
    container = await startTestNode({ env: { KONG_PLUGINS: 'bundled', KONG_LOG_LEVEL: 'notice' } });
    node = dockerNode(container.name, options);
    await ready(container);
    owner = await container.sh('echo "$(id -u):$(id -g)"');
    prefixOwner = await container.sh('stat -c %u:%g /usr/local/kong');
  });
  after(() => container.remove());

  it('tells version, prefix, tree, LuaRocks, user and KONG_ variables', async () => {
    const { variable, life, ...facts } = await node.facts();
    assert.match(life ?? '', /^[0-9a-f]{64} \d{4}-/);
    assert.equal(variable?.('KONG_PLUGINS'), 'bundled');
    assert.deepEqual(
      { ...facts, env: facts.env['KONG_PLUGINS'] },
      {
        kong: versionOf('3.9.1'),
        running: true,
        prefix: '/usr/local/kong',
        confPath: '/etc/kong/kong.conf',
        tree: '/usr/local',
        luarocks: '/usr/local/bin/luarocks',
        env: 'bundled',
        cwd: '/',
        origin: { image: await testNodeImage('3.9.1'), service: undefined },
        user: KONG_USER,
        canBeRoot: true,
      },
    );
    assert.equal(facts.env['PATH'], undefined);
  });

  it('writes a file that Kong can read, with its folders, and reads it back', async () => {
    const path = `${TREE}/a plugin/$(id); "x"/handler.lua`;
    await node.write(path, 'return {}\n');
    assert.equal((await node.read(path))?.toString(), 'return {}\n');
    assert.equal(await container.sh('cat "$(find /usr/local/share/lua -name handler.lua -path "*a plugin*")"'), 'return {}');
    assert.deepEqual(await node.stat(path), { type: 'file', size: 10, mode: 0o644, owner });
    assert.equal((await node.stat(`${TREE}/a plugin`))?.mode, 0o755);
  });

  it('replaces a file and keeps its mode and owner', async () => {
    await container.sh(`mkdir -p /tmp/k && echo old > /tmp/k/f && chmod 640 /tmp/k/f && chown ${owner} /tmp/k/f`, 'root');
    await node.write('/tmp/k/f', 'new');
    assert.deepEqual(await node.stat('/tmp/k/f'), { type: 'file', size: 3, mode: 0o640, owner });
    assert.deepEqual(await node.list('/tmp/k'), ['f']);
  });

  it('writes bytes as they are, also many', async () => {
    const data = Buffer.alloc(
      3 * 1024 * 1024,
      Uint8Array.from({ length: 256 }, (_, i) => i),
    );
    await node.write('/tmp/k/bytes', data);
    assert.ok((await node.read('/tmp/k/bytes'))?.equals(data));
  });

  it('writes through a symbolic link', async () => {
    await container.sh('mkdir -p /tmp/l && echo old > /tmp/l/real && ln -s real /tmp/l/link && chown -R kong /tmp/l', 'root');
    await node.write('/tmp/l/link', 'new');
    assert.equal((await node.stat('/tmp/l/link'))?.type, 'link');
    assert.equal((await node.read('/tmp/l/real'))?.toString(), 'new');
  });

  it('creates a file only once', async () => {
    assert.equal(await node.create('/tmp/lock/me', 'first'), true);
    assert.equal(await node.create('/tmp/lock/me', 'second'), false);
    assert.equal((await node.read('/tmp/lock/me'))?.toString(), 'first');
    assert.deepEqual(await node.list('/tmp/lock'), ['me']);
  });

  it('says that what is not there is not there', async () => {
    assert.equal(await node.read('/no/such'), undefined);
    assert.equal(await node.stat('/no/such'), undefined);
    assert.equal(await node.list('/no/such'), undefined);
    assert.equal(await node.readTree('/no/such'), undefined);
    await node.remove('/no/such');
  });

  it('lists hidden names and names with spaces', async () => {
    await container.sh('mkdir -p "/tmp/names/.hidden" && touch "/tmp/names/a b" /tmp/names/-f');
    assert.deepEqual(await node.list('/tmp/names'), ['-f', '.hidden', 'a b']);
  });

  it('reads a whole tree, linked files included', async () => {
    await container.sh(
      'mkdir -p /tmp/tree/sub && echo 1 > /tmp/tree/a && echo 2 > /tmp/tree/sub/b && ln -s a /tmp/tree/l && ln -s . /tmp/tree/circle',
    );
    const tree = await node.readTree('/tmp/tree');
    assert.deepEqual(
      [...(tree ?? new Map<string, Buffer>())].map(([path, content]) => `${path}=${content.toString().trim()}`).sort(),
      ['a=1', 'l=1', 'sub/b=2'],
    );
  });

  it('removes files and empty folders, and refuses full ones', async () => {
    await container.sh('mkdir -p /tmp/r/d /tmp/r/full && touch /tmp/r/f /tmp/r/full/x');
    await node.remove('/tmp/r/f');
    await node.remove('/tmp/r/d');
    await assert.rejects(node.remove('/tmp/r/full'), isUserError(3, /Cannot remove \/tmp\/r\/full in the container .*not empty/));
    assert.deepEqual(await node.list('/tmp/r'), ['full']);
  });

  it('overwrites a file that is mounted by itself', async () => {
    const mounted = await startTestNode({ args: ['--mount', 'type=volume,source=kpw-conf,target=/v'], publish: false });
    try {
      await mounted.sh('echo before > /v/kong.conf && chown kong /v/kong.conf', 'root');
      const source = await docker('volume', 'inspect', '--format', '{{.Mountpoint}}', 'kpw-conf');
      const second = await startTestNode({ args: ['--volume', `${source}/kong.conf:/etc/kong/kong.conf`], publish: false });
      try {
        await dockerNode(second.name, options).write('/etc/kong/kong.conf', 'log_level = debug\n');
        assert.equal(await mounted.sh('cat /v/kong.conf'), 'log_level = debug');
      } finally {
        await second.remove();
      }
    } finally {
      await mounted.remove();
      await docker('volume', 'rm', 'kpw-conf');
    }
  });

  it('runs programs as Kong by default and as root on request, with variables that no process list shows', async () => {
    assert.equal((await node.run(['id', '-un']))?.stdout.toString().trim(), KONG_USER);
    assert.equal((await node.run(['id', '-un'], { as: 'root' }))?.stdout.toString().trim(), 'root');
    const seen = await node.run(['sh', '-c', 'printf %s "$KONG_X"'], { env: { KONG_X: 'a b\n$(id) "q"' } });
    assert.equal(seen?.stdout.toString(), 'a b\n$(id) "q"');
    const echoed = await node.run(['cat'], { input: 'in' });
    assert.equal(echoed?.stdout.toString(), 'in');
    assert.equal((await node.run(['sh', '-c', 'exit 7']))?.code, 7);
  });

  for (const value of ['bundled,x', `a "b" 'c' $(id) \\n \`id\` ;`, ' spaces ', '', 'ä', 'two\nlines'])
    it(`runs a quick program as any other, with ${JSON.stringify(value)} in its variable`, async () => {
      const args = [
        'sh',
        '-c',
        'id -un; pwd; echo "$HOME|$KONG_TEST|$*"; cat; echo wrong >&2; exit 3',
        '-',
        'a b',
        '$(id)',
        '-n',
      ] as const;
      const run = async (quick: boolean): Promise<unknown> => {
        const result = await node.run([...args], { as: 'kong', env: { KONG_TEST: value }, quick });
        return [result?.code, result?.stdout.toString(), result?.stderr.toString()];
      };
      assert.deepEqual(await run(true), await run(false));
    });

  it('gives a quick program up when it is told to, and when its time is over', async () => {
    const stop = new AbortController();
    const stopped = node.run(['sleep', '20'], { quick: true, signal: stop.signal, timeout: 20_000 });
    setTimeout(() => stop.abort(new Error('Enough.')), 300);
    await assert.rejects(stopped, /^Error: Enough\.$/);
    await assert.rejects(node.run(['sleep', '20'], { quick: true, timeout: 300 }), isUserError(3, /did not end within 0\.3 s/));
    assert.equal((await node.run(['id', '-un'], { quick: true, timeout: 20_000 }))?.stdout.toString(), `${KONG_USER}\n`);
  });

  it('looks anew at a container that was paused, or ended, since it was seen last', async () => {
    const restless = await startTestNode();
    try {
      await ready(restless);
      const itself = dockerNode(restless.name, options);
      const running = async (): Promise<boolean> => (await itself.facts()).running;
      const id = async (): Promise<string | undefined> => (await itself.run(['id', '-un'], { quick: true }))?.stdout.toString();
      // often enough to know it by its shell alone
      for (let look = 0; look < 4; look++) assert.equal(await running(), true);
      assert.equal(await id(), `${KONG_USER}\n`);
      await docker('pause', restless.name);
      assert.equal(await running(), false);
      await assert.rejects(id(), isUserError(3, /is paused/));
      await docker('unpause', restless.name);
      await until('Kong', async () => ((await running()) ? true : undefined));
      for (let look = 0; look < 4; look++) assert.equal(await running(), true);
      await docker('stop', restless.name);
      assert.equal(await running(), false);
      await docker('start', restless.name);
      await ready(restless);
      await until('Kong', async () => ((await running()) ? true : undefined));
      assert.equal(await id(), `${KONG_USER}\n`);
    } finally {
      await restless.remove();
    }
  });

  it('says that a program is not there', async () => {
    await assert.rejects(node.run(['no-such-program']), isUserError(3, /There is no program no-such-program in the container/));
  });

  for (const end of ['log', 'logEnd'] as const)
    it(`reads what was logged since a mark of ${end}, each line once`, async () => {
      const mark = end === 'log' ? (await node.log()).mark : await node.logEnd();
      assert.equal((await node.log(mark)).text, '');
      await node.run(['kong', 'reload'], { env: { KONG_PLUGINS: 'bundled,nowhere' } });
      const text = await until('the error', async () => {
        const news = await node.log(mark);
        return news.text.includes('nowhere') ? news.text : undefined;
      });
      assert.match(text, /init_by_lua error: .*nowhere plugin is enabled but not installed;\nno plugin found\nstack traceback:/);
      assert.equal(text.match(/enabled but not installed/g)?.length, 1);
    });

  it('reads an error.log that is a file', async () => {
    const plain = await startTestNode({ command: ['sh', '-c', 'kong start && exec sleep 600'] });
    try {
      await ready(plain);
      const itself = dockerNode(plain.name, options);
      const { mark, text } = await itself.log();
      assert.match(text, /start worker process/);
      await plain.sh('KONG_PLUGINS=bundled,nowhere kong reload');
      await until('the error', async () =>
        (await itself.log(mark)).text.includes('nowhere plugin is enabled') ? true : undefined,
      );
      assert.ok(!(await itself.log(mark)).text.includes('getrlimit'));
      assert.equal((await itself.facts()).running, true);
    } finally {
      await plain.remove();
    }
  });

  it('reaches a published Admin API', async () => {
    const transport = await node.adminApi();
    assert.ok(transport);
    const root = asObject(await adminClient(transport).get('/'));
    assert.equal(root['version'], versionOf('3.9.1'));
  });

  for (const listen of ['127.0.0.1:8001', '0.0.0.0:9001']) {
    it(`reaches an Admin API that is not published, from inside (${listen})`, async () => {
      const hidden = await startTestNode({ env: { KONG_ADMIN_LISTEN: listen } });
      try {
        const inside = dockerNode(hidden.name, options);
        const root = await until('the Admin API', async () => {
          const transport = await inside.adminApi();
          const client = transport && adminClient(transport);
          return client?.get('/').catch(() => undefined);
        });
        assert.equal(asObject(root)['version'], versionOf('3.9.1'));
        const transport = await inside.adminApi();
        assert.ok(transport);
        const refused = await transport({
          method: 'POST',
          path: '/plugins',
          headers: { 'content-type': 'application/json' },
          body: '{"name":"x"}',
        });
        assert.equal(refused.status, 400);
        assert.match(refused.body, /plugin 'x' not enabled/);
      } finally {
        await hidden.remove();
      }
    });
  }

  it('has files and facts, and no programs, when it is stopped', async () => {
    const broken = await startTestNode({ env: { KONG_PLUGINS: 'bundled,nowhere' } });
    try {
      const state = (): Promise<string> => docker('inspect', '--format', '{{.State.Status}}', broken.name);
      await until('the end', async () => ((await state()) === 'exited' ? true : undefined));
      const stopped = dockerNode(broken.name, options);
      assert.equal((await stopped.facts()).running, false);
      assert.equal((await stopped.facts()).kong, versionOf('3.9.1'));
      assert.match((await stopped.log()).text, /nowhere plugin is enabled but not installed/);
      assert.equal(await stopped.adminApi(), undefined);
      assert.equal(await stopped.read('/no/such'), undefined);
      assert.ok((await stopped.list('/usr/local/share/lua/5.1/kong'))?.includes('meta.lua'));
      await stopped.write('/etc/kong/kong.conf', 'plugins = bundled\n');
      assert.equal((await stopped.read('/etc/kong/kong.conf'))?.toString(), 'plugins = bundled\n');
      assert.deepEqual(await stopped.stat('/etc/kong/kong.conf'), { type: 'file', size: 18, mode: 0o644, owner });
      assert.equal(await stopped.create('/etc/kong/kong.conf', 'x'), false);
      const inCopy = await stopped.run(['sh', '-c', 'cat /etc/kong/kong.conf; id -un; touch /tmp/x; exit 3'], { inCopy: true });
      assert.equal(inCopy?.stdout.toString(), `plugins = bundled\n${KONG_USER}\n`);
      assert.equal(inCopy.code, 3);
      await assert.rejects(stopped.run(['kong', 'reload']), isUserError(3, /is stopped \(it exited with 1\)/));
      await stopped.remove('/etc/kong/kong.conf');
      assert.equal(await stopped.read('/etc/kong/kong.conf'), undefined);
      assert.equal(await stopped.stat('/etc/kong/kong.conf'), undefined);
      assert.deepEqual(
        (await stopped.list('/etc/kong'))?.filter((name) => name !== 'kong.conf.default'),
        [],
      );
      assert.equal(await stopped.create('/etc/kong/kong.conf', 'plugins = bundled\n'), true);
      assert.equal(await stopped.create('/usr/local/kong/new/folder/lock', 'x'), true);
      assert.equal((await stopped.read('/usr/local/kong/new/folder/lock'))?.toString(), 'x');
      assert.equal((await stopped.stat('/usr/local/kong/new/folder'))?.owner, prefixOwner);
      await stopped.chmod('/usr/local/kong/new', 0o700);
      assert.equal((await stopped.stat('/usr/local/kong/new'))?.mode, 0o700);
      assert.ok((await stopped.readTree('/usr/local/share/lua/5.1/kong'))?.has('db/dao/plugins.lua'));
    } finally {
      await broken.remove();
    }
  });

  it('refuses names that are no container names', () => {
    for (const name of ['-f', '--privileged', 'a b', '$(id)', 'a;b', '', 'ü']) {
      assert.throws(() => dockerNode(name, options), isUserError(2, /is not the name of a container/), name);
    }
  });

  it('says that there is no such container', async () => {
    const nobody = dockerNode('kpw-nobody', options);
    await assert.rejects(nobody.facts(), isUserError(3, /There is no container kpw-nobody/));
    await assert.rejects(nobody.read('/x'), isUserError(3, /There is no container kpw-nobody/));
    await assert.rejects(nobody.log(), isUserError(3, /There is no container kpw-nobody/));
  });

  it('says that there is no engine', async () => {
    const dead = dockerNode(container.name, { env: { ...process.env, DOCKER_HOST: 'unix:///nowhere/docker.sock' } });
    await assert.rejects(dead.facts(), isUserError(3, /does not reach its engine/));
  });

  it('says that there is no program', async () => {
    const none = dockerNode(container.name, { env: { PATH: '/nowhere' } });
    await assert.rejects(none.facts(), isUserError(3, /no docker and no podman program on the PATH/));
  });

  it('says that the container ended under a program', async () => {
    const doomed = await startTestNode({ publish: false });
    const itself = dockerNode(doomed.name, options);
    const running = itself.run(['sleep', '60']);
    await until('the program', async () => ((await docker('top', doomed.name)).includes('sleep 60') ? true : undefined));
    await Promise.all([assert.rejects(running, isUserError(3, /(?:ended while|is stopped)/)), docker('kill', doomed.name)]);
    await doomed.remove();
  });

  it('ends at its time limit', async () => {
    await assert.rejects(node.run(['sleep', '60'], { timeout: 300 }), isUserError(3, /did not end within 0.3 s/));
  });
});

// The test node is held against recordings of real Kong 3.9.1 and 2.8.5: what `kong` says and how it ends, mistake by mistake.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import cases from '../fixtures/test-node/cases.json';
import { docker, type KongVersion } from '../equipment/image';
import { itUnless, otherImage } from '../equipment/underTest';
import { getJson, loadedPlugins, ready, startTestNode, until, type TestNode } from '../equipment/testNode';

interface Outcome {
  exit: number;
  says: string;
}

interface Case {
  name: string;
  plugin: string;
  commands: string[][];
  files: Record<string, string | undefined>;
  env: Record<string, string | null | undefined>;
  conf?: string;
  yml?: string;
  expected: Partial<Record<'3.9.1' | '2.8.5', (Outcome | null)[]>>;
}

/** Where the test node is kinder than Kong, or words something otherwise, and does not claim to be the same. */
const KINDER: Readonly<Record<string, string>> = {
  i6_schema_is_list: 'Kong crashes while it sorts the errors of such a schema; which line says so differs',
  p1_daos_map: 'Kong 2.8.5 crashes over a daos.lua without arrays; the test node takes it',
};

const SEPARATOR = '\u0001';

/** Tracebacks, also those that nginx cuts off in the middle after 2 KB, and searched paths. */
const NOISE =
  /^(?:$|stack traceback|\[C\]|no f(?:ield|ile)|init_by_lua\(|prefix directory|Run with --v|\/usr\/local\/|kong\/db\/[\w/.]*(?::|$))|: in (?:function|main)/;

/** The same text whatever the place of a file, the line in Kong's own code, the order of a set. */
function normalised(text: string): string {
  const lines = text
    .replaceAll('/usr/local/share/lua/5.1/', '')
    .replace(/\/usr\/local\/kong\b/g, '/case/prefix')
    .replace(/(?:\.\.\.|\/)[^\s':]*?kong\/plugins\//g, 'kong/plugins/')
    .replace(/^(kong\/(?!plugins\/)[\w/]+\.lua):\d+:/gm, '$1:')
    .replace(/(kong\/(?!plugins\/)[\w/]+\.lua):\d+:/g, '$1:')
    .replace(/(nginx-kong|nginx)\.conf:\d+/g, '$1.conf')
    .replace(/No LuaRocks module found for \S+/g, '')
    .replace(/\d{4}\/\d\d\/\d\d \d\d:\d\d:\d\d /g, '')
    .replace(/(expected one of: )([^"\n]+)/g, (_, head: string, list: string) => head + list.split(', ').sort().join(', '))
    .replace(/(must be non-empty: )([^"\n]+)/g, (_, head: string, list: string) => head + list.split(', ').sort().join(', '))
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => !NOISE.test(line));
  // several plugins' errors are joined in random order, and two streams have no order
  return lines
    .flatMap((line) => line.split(/; (?=on plugin)|(?<=schemas: )/))
    .map((line) => line.trim())
    .sort()
    .join('\n');
}

/** The files of every case below one folder: `NAME/plug/kong/plugins/PLUGIN/…`. */
async function layOut(all: readonly Case[], kong: KongVersion): Promise<string> {
  const root = await mkdtemp(path.join(os.tmpdir(), 'kpw-cases-'));
  for (const one of all) {
    const dir = path.join(root, one.name);
    await mkdir(dir, { recursive: true });
    for (const [name, text] of Object.entries(one.files)) {
      const file = path.join(dir, 'plug/kong/plugins', one.plugin, name);
      await mkdir(path.dirname(file), { recursive: true });
      await writeFile(file, text ?? '');
    }
    if (one.conf !== undefined) await writeFile(path.join(dir, 'kong.conf'), one.conf);
    // recorded with the newest format that each Kong knows
    if (one.yml !== undefined)
      await writeFile(path.join(dir, 'kong.yml'), one.yml.replace("'3.0'", kong === '2.8.5' ? "'2.1'" : "'3.0'"));
  }
  return root;
}

/** Runs the commands of a case in a container and returns how each ended. */
async function play(node: TestNode, one: Case): Promise<Outcome[]> {
  const settings: Record<string, string | null | undefined> = {
    KONG_ADMIN_LISTEN: '127.0.0.1:8001',
    KONG_PROXY_LISTEN: '127.0.0.1:8000',
    KONG_DATABASE: 'off',
    KONG_LUA_PACKAGE_PATH: '/case/plug/?.lua;/case/plug/?/init.lua;;',
    ...(one.conf === undefined ? { KONG_NGINX_MAIN_WORKER_PROCESSES: '1' } : {}),
    KONG_PLUGINS: `bundled,${one.plugin}`,
    KONG_PREFIX: '/case/prefix',
    ...(one.yml === undefined ? {} : { KONG_DECLARATIVE_CONFIG: '/case/kong.yml' }),
    ...one.env,
  };
  const env = Object.entries(settings).flatMap(([name, value]) => (typeof value === 'string' ? [`${name}=${value}`] : []));
  const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
  const script = [
    `rm -rf /case /cases/run; cp -r /cases/${one.name} /cases/run; ln -s /cases/run /case; cd /`,
    ...one.commands.map(
      (command) => `env -i PATH="$PATH" ${[...env, ...command].map(quote).join(' ')} 2>&1; printf '%s${SEPARATOR}' $?`,
    ),
    // a signal that comes too early is lost on nginx
    'for i in $(seq 200); do kill -TERM "$(cat /case/prefix/pids/nginx.pid 2>&1)" 2>&1 || exit 0; sleep 0.05; done',
  ].join('\n');
  const output = await node.sh(script, 'root');
  return output
    .split(SEPARATOR)
    .slice(0, one.commands.length)
    .map((text) => ({ exit: Number(/(\d+)$/.exec(text)?.[1]), says: text.replace(/\d+$/, '') }));
}

const HANDLER = 'local H = { PRIORITY = 1000, VERSION = "1.2.0" }\nfunction H:access(conf) end\nreturn H\n';

describe('the test node', function () {
  this.timeout(240_000);
  if (otherImage !== undefined)
    itUnless('they hold the test node to what a real Kong said', 'against recordings', () => Promise.resolve());
  for (const kong of otherImage === undefined ? (['3.9.1', '2.8.5'] as const) : []) {
    describe(`as Kong ${kong}, against its recordings`, () => {
      let node: TestNode;
      before(async () => {
        node = await startTestNode({ kong, command: ['sleep', '3600'], publish: false });
        const files = await layOut(cases, kong);
        await docker('cp', files, `${node.name}:/cases`);
        await rm(files, { recursive: true });
      });
      after(() => node.remove());

      for (const one of cases as Case[]) {
        const expected = one.expected[kong];
        if (expected === undefined || KINDER[one.name] !== undefined) continue;
        it(one.name, async () => {
          const outcomes = await play(node, one);
          for (const [index, outcome] of expected.entries()) {
            if (outcome === null) continue;
            const command = one.commands[index]?.join(' ');
            assert.equal(normalised(outcomes[index]?.says ?? ''), normalised(outcome.says), command);
            assert.equal(outcomes[index]?.exit, outcome.exit, command);
          }
        });
      }
    });
  }

  describe('as a container', () => {
    let node: TestNode;
    before(async () => {
      node = await startTestNode();
      await ready(node);
    });
    after(() => node.remove());

    it('serves the Admin API with the bundled plugins', async () => {
      assert.ok((await loadedPlugins(node)).includes('key-auth'));
    });

    it('keeps serving the old plugins after a reload that fails, and exits 0', async () => {
      const dir = '/usr/local/share/lua/5.1/kong/plugins/broken';
      await node.sh(`mkdir -p ${dir} && printf '%s' '${HANDLER}' > ${dir}/handler.lua`);
      assert.equal(await node.sh('KONG_PLUGINS=bundled,broken kong reload'), 'Kong reloaded');
      await until('the error', async () =>
        (await node.logs()).includes('no configuration schema found for plugin: broken') ? true : undefined,
      );
      assert.ok(!(await loadedPlugins(node)).includes('broken'));
      const root = await getJson<{ pids: { workers: number[] } }>(`${await node.admin()}/`);
      assert.equal(root?.pids.workers.length, 1);
    });

    it('is broken for its own user by a reload as root, and repaired by chown', async () => {
      await node.sh('KONG_PLUGINS=bundled kong reload', 'root');
      await assert.rejects(node.sh('kong health'), /could not load config file: .*\.kong_env: Permission denied/);
      await node.sh('chown -R kong:0 /usr/local/kong', 'root');
      assert.match(await node.sh('kong health'), /Kong is healthy/);
    });

    it('serves on when init_worker, configure or a timer raises, and says what Kong says', async () => {
      const dir = '/usr/local/share/lua/5.1/kong/plugins/raises';
      const lua =
        'local H = { PRIORITY = 1, VERSION = "1.0.0" } function H:init_worker() ngx.timer.at(0, function() error("late") end) error("early") end function H:configure() error("set") end return H';
      const schema = 'return { name = "raises", fields = { { config = { type = "record", fields = {} } } } }';
      await node.sh(
        `mkdir -p ${dir} && printf '%s' '${lua}' > ${dir}/handler.lua && printf '%s' '${schema}' > ${dir}/schema.lua && KONG_PLUGINS=bundled,raises kong reload`,
      );
      // The words of recordings of 3.9.1: y_init_worker_runtime_error, y_configure_runtime_error, timer-callback-error.
      for (const said of [
        /\[crit\] .*worker initialization error: failed to execute the "init_worker" handler for plugin "raises": \S+handler\.lua:1: early; this node must be restarted, context: init_worker_by_lua\*/,
        /\[error\] .*\[kong\] plugins_iterator\.lua:455 failed to execute plugin 'raises:configure \(\S+handler\.lua:1: set\)/,
        /\[error\] .*\[timer-ng\] failed to run timer unix_timestamp=[\d.]+;counter=\d+:meta=debug off: \S+handler\.lua:1: late, context: ngx\.timer/,
        /\[alert\] .*unsafe request processing due to earlier initialization errors; this node must be restarted \(failed to execute/,
      ]) {
        await until(String(said), async () => {
          await loadedPlugins(node);
          return said.test(await node.logs()) ? true : undefined;
        });
      }
    });

    it('says an error of its start twice in its log and ends', async () => {
      const broken = await startTestNode({ env: { KONG_PLUGINS: 'bundled,nowhere' }, publish: false });
      await until('the end', async () =>
        (await docker('inspect', '--format', '{{.State.Status}}', broken.name)) === 'exited' ? true : undefined,
      );
      assert.equal((await broken.logs()).match(/nowhere plugin is enabled but not installed/g)?.length, 2);
      await broken.remove();
    });
  });

  describe('with a database', () => {
    it('refuses a start while a plugin is in use but not enabled', async () => {
      const dir = '/usr/local/share/lua/5.1/kong/plugins/used';
      const schema =
        'return { name = "used", fields = { { config = { type = "record", fields = { { a = { type = "string" } } } } } } }';
      const node = await startTestNode({
        command: ['sleep', '3600'],
        database: 'empty',
        env: { KONG_PLUGINS: 'bundled,used' },
      });
      await node.sh(
        `mkdir -p ${dir} && printf '%s' '${HANDLER}' > ${dir}/handler.lua && printf '%s' '${schema}' > ${dir}/schema.lua`,
      );
      await assert.rejects(node.sh('kong start'), /Database needs bootstrapping/);
      await node.sh('kong migrations bootstrap && kong start');
      const created = await fetch(`${await node.admin()}/plugins`, {
        method: 'POST',
        body: new URLSearchParams({ name: 'used' }),
      });
      assert.equal(created.status, 201);
      await node.sh('kong stop');
      await assert.rejects(
        node.sh('KONG_PLUGINS=bundled kong start'),
        /error building initial plugins: used plugin is in use but not enabled/,
      );
      await node.remove();
    });
  });
});

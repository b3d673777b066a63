// The development node: started with the plugin's own folder mounted, replaced, stopped; what does not start is explained and gone.
import assert from 'node:assert/strict';
import { chmod, mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { DEVELOPMENT_PREFIX } from '../../src/contributions/names';
import type { Finding } from '../../src/troubleshoot/finding';
import type { Changes } from '../../src/lifecycle/trial/compare';
import type { TrialResult } from '../../src/lifecycle/trial/types';
import type { DevelopmentNode } from '../../src/lifecycle/operations/development';
import { runProcess } from '../../src/system/process';
import { docker, LABEL, testNodeImage } from '../equipment/image';
import { POSTGRES_IMAGE } from '../equipment/database';
import { getJson } from '../equipment/testNode';
import { FORMAT, isOfGeneration, KONGS, otherImage, versionOf } from '../equipment/underTest';
import { kongPlugin, operation, statusOf } from './commandLine';
import { pluginFolder, type PluginFolder } from './pluginFixture';

/** Changes a header each way, and logs. */
const CHANGING = `local H = { PRIORITY = 1000, VERSION = "0.1.0" }

function H:access(conf)
  kong.service.request.set_header("x-added", "on the way")
  kong.response.set_header("x-road", conf.says)
  kong.log.notice("seen")
end

return H
`;

const SAVED = `### greets
# expect status 200
# expect header x-road: hello
GET /hi

### fails
# expect header x-road: bye
GET /hi
`;

async function dev(...args: string[]): Promise<{ status: number; started: DevelopmentNode; err: string }> {
  const { status, out, err } = await kongPlugin('dev', ...args, '--format', 'json');
  return { status, started: (out === '' ? {} : JSON.parse(out)) as DevelopmentNode, err };
}

async function containersOf(folder: string): Promise<string[]> {
  const names = await docker(
    'ps',
    '--all',
    '--filter',
    `label=kong-plugin-workbench.development=${folder}`,
    '--format',
    '{{.Names}}',
  );
  return names.split('\n').filter(Boolean);
}

/** An image that looks like Postgres as far as starting it goes: it stays up, and pg_isready says yes. A real Kong needs the real one. */
async function postgresImage(base: string): Promise<string> {
  if (otherImage !== undefined) return POSTGRES_IMAGE;
  const name = 'kong-plugin-workbench/test-postgres';
  const text = `FROM ${base}\nUSER root\nRUN printf '#!/bin/sh\\nexit 0\\n' > /usr/bin/pg_isready && chmod 755 /usr/bin/pg_isready\nENTRYPOINT ["sleep", "600"]\nCMD []\n`;
  const args = ['build', '--label', LABEL, '--tag', name, '-'];
  const built = await runProcess({ command: 'docker', args, input: text, env: { DOCKER_BUILDKIT: '0' } });
  assert.equal(built.code, 0, built.stderr.toString());
  return name;
}

describe('a development node', function () {
  this.timeout(120_000);
  let image: string;
  let plugin: PluginFolder;

  before(async () => {
    image = await testNodeImage('3.9.1');
  });
  beforeEach(async () => {
    plugin = await pluginFolder('devel');
  });
  afterEach(async () => {
    await kongPlugin('dev', '--stop', plugin.dir);
    await plugin.remove();
  });

  it('has the plugin loaded from its own folder, at addresses of this machine, and is gone when stopped', async () => {
    const { status, started, err } = await dev(plugin.dir, '--image', image);
    assert.equal(status, 0, err);
    assert.deepEqual(started.plugins, ['devel']);
    assert.ok(started.node.startsWith(`docker:${DEVELOPMENT_PREFIX}`), started.node);
    assert.match(started.proxy ?? '', /^http:\/\/127\.0\.0\.1:\d+$/);
    const enabled = await getJson<{ enabled_plugins: string[] }>(`${started.admin ?? ''}/plugins/enabled`);
    assert.ok(enabled?.enabled_plugins.includes('devel'));

    const { plugins, database } = await statusOf(started.node);
    assert.equal(database, 'off');
    assert.equal(plugins[0]?.installed?.via, 'path');
    assert.equal(plugins[0].loaded, true);

    const stopped = await kongPlugin('dev', '--stop', plugin.dir);
    assert.match(stopped.out, /Removed kong-dev-/);
    assert.deepEqual(await containersOf(plugin.dir), []);
    assert.match((await kongPlugin('dev', '--stop', plugin.dir)).out, /No development node/);
  });

  for (const kong of KONGS) {
    it(`is reached through an echo upstream, which shows what the plugin changes (Kong ${kong})`, async () => {
      const handler = path.join(plugin.dir, 'kong/plugins/devel/handler.lua');
      await writeFile(handler, CHANGING);
      await writeFile(path.join(plugin.dir, 'requests.http'), SAVED);
      const { status, started, err } = await dev(plugin.dir, '--image', await testNodeImage(kong));
      assert.equal(status, 0, err);
      const declared = await docker('exec', started.node.replace('docker:', ''), 'cat', '/opt/kong-declarative.yml');
      const used = declared.replace('  routes:\n  - name: echo\n', '  plugins:\n  - name: devel\n  routes:\n  - name: echo\n');
      assert.notEqual(used, declared);
      const posted = await fetch(`${started.admin ?? ''}/config`, {
        method: 'POST',
        body: new URLSearchParams({ config: used }),
      });
      assert.equal(posted.status, 201, await posted.text());

      const tried = await kongPlugin(
        'try',
        'POST',
        '/hello?a=1',
        '--node',
        started.node,
        '-d',
        'x=1',
        '--compare',
        '--format',
        'json',
      );
      assert.equal(tried.status, 0, tried.out + tried.err);
      const { upstream, plugins, log, changes } = JSON.parse(tried.out) as TrialResult & { changes: Changes };
      assert.deepEqual([upstream?.method, upstream?.path, upstream?.body], ['POST', '/hello?a=1', 'x=1']);
      assert.equal(upstream?.headers['x-added'], 'on the way');
      assert.deepEqual(changes.upstream, [{ what: 'header x-added', without: null, with: 'on the way' }]);
      assert.deepEqual(changes.response, [{ what: 'header x-road', without: null, with: 'hello' }]);
      assert.deepEqual(
        log.map(({ level, text }) => [level, text]),
        [['notice', '[kong] handler.lua:6 [devel] seen']],
      );
      if (isOfGeneration(versionOf(kong), 3))
        assert.deepEqual(
          plugins?.map(({ name }) => name),
          ['devel'],
        );
      else assert.equal(plugins, null);

      const all = await kongPlugin('try', '--all', plugin.dir, '--node', started.node);
      assert.equal(all.status, 1, all.out + all.err);
      assert.match(
        all.out,
        /✓ greets .*: GET \/hi → 200\n✗ fails [\s\S]*expected header x-road: bye, but it is hello[\s\S]*1 passed, 1 failed/,
      );
    });
  }

  it('reads a change of the folder at a reload', async () => {
    const { started } = await dev(plugin.dir, '--image', image);
    const handler = path.join(plugin.dir, 'kong/plugins/devel/handler.lua');
    await writeFile(handler, 'return { PRIORITY = 1, VERSION = "7.7.7" }\n');
    const { results } = await operation('reload', '--node', started.node);
    assert.ok(results[0]?.ok, JSON.stringify(results));
    const verified = await operation('verify', 'devel', '--node', started.node);
    assert.match(verified.results[0]?.steps.find(({ name }) => name === 'verify')?.detail ?? '', /VERSION 7\.7\.7/);
  });

  it('takes the place of the one that the folder had', async () => {
    await dev(plugin.dir, '--image', image);
    const { status } = await dev(plugin.dir, '--image', image, '--env', 'KONG_LOG_LEVEL=debug');
    assert.equal(status, 0);
    const [name = '', ...others] = await containersOf(plugin.dir);
    assert.deepEqual(others, []);
    assert.match(await docker('inspect', name, '--format', '{{.Config.Env}}'), /KONG_LOG_LEVEL=debug/);
  });

  it('starts with a declarative configuration', async () => {
    const config = path.join(plugin.dir, 'kong.yml');
    await writeFile(config, `_format_version: "${FORMAT}"\nplugins:\n- name: devel\n`);
    const { status, started, err } = await dev(plugin.dir, '--image', image, '--config', config);
    assert.equal(status, 0, err);
    assert.equal((await statusOf(started.node)).plugins[0]?.inUse, 1);
  });

  it('has a database when asked for, migrated before it starts', async () => {
    const { status, started, err } = await dev(plugin.dir, '--image', image, '--postgres', await postgresImage(image));
    assert.equal(status, 0, err);
    assert.equal(started.database, 'postgres');
    assert.equal((await containersOf(plugin.dir)).length, 2);
    const created = await fetch(`${started.admin ?? ''}/plugins`, {
      method: 'POST',
      body: new URLSearchParams({ name: 'devel' }),
    });
    assert.equal(created.status, 201);
    const tried = await kongPlugin('try', '/hello', '--node', started.node, '--format', 'json');
    assert.equal(tried.status, 0, tried.out + tried.err);
    assert.equal((JSON.parse(tried.out) as TrialResult).upstream?.path, '/hello');
    await kongPlugin('dev', '--stop', plugin.dir);
    assert.deepEqual(await containersOf(plugin.dir), []);
    assert.equal(
      await docker('network', 'ls', '--quiet', '--filter', `label=kong-plugin-workbench.development=${plugin.dir}`),
      '',
    );
  });

  it('that does not start is explained and leaves nothing behind', async () => {
    await rm(path.join(plugin.dir, 'kong/plugins/devel/schema.lua'));
    const { out, status } = await kongPlugin('dev', plugin.dir, '--image', image, '--format', 'json');
    assert.equal(status, 1);
    const { findings } = JSON.parse(out) as { findings: Finding[] };
    assert.equal(findings[0]?.id, 'no-configuration-schema', out);
    assert.deepEqual(await containersOf(plugin.dir), []);
  });

  it('says which image it cannot get', async () => {
    const { status, err } = await kongPlugin('dev', plugin.dir, '--image', 'localhost:1/no/such:image');
    assert.equal(status, 3);
    assert.match(err, /The image localhost:1\/no\/such:image cannot be pulled/);
  });

  it('takes modules from wherever the rockspec finds them, in folders with commas and spaces', async () => {
    const odd = path.join(plugin.dir, 'odd, folder');
    await mkdir(path.join(odd, 'src'), { recursive: true });
    await mkdir(path.join(odd, 'lib/acme'), { recursive: true });
    await writeFile(
      path.join(odd, 'src/handler.lua'),
      'local h = require "acme.words"\nreturn { PRIORITY = 1, VERSION = h.version }\n',
    );
    await writeFile(
      path.join(odd, 'src/conf.lua'),
      'return { name = "odd", fields = { { config = { type = "record", fields = {} } } } }\n',
    );
    await writeFile(path.join(odd, 'lib/acme/words.lua'), 'return { version = "3.2.1" }\n');
    await writeFile(
      path.join(odd, 'kong-plugin-odd-0.1.0-1.rockspec'),
      `package = "kong-plugin-odd"
version = "0.1.0-1"
source = { url = "git+https://example.com/odd.git" }
build = { type = "builtin", modules = {
  ["kong.plugins.odd.handler"] = "src/handler.lua",
  ["kong.plugins.odd.schema"] = "src/conf.lua",
  ["acme.words"] = "lib/acme/words.lua",
} }
`,
    );
    try {
      const { status, started, err } = await dev(odd, '--image', image);
      assert.equal(status, 0, err || JSON.stringify(started));
      const verified = await operation('verify', 'odd', '--node', started.node);
      assert.match(verified.results[0]?.steps.find(({ name }) => name === 'verify')?.detail ?? '', /VERSION 3\.2\.1/);
    } finally {
      await kongPlugin('dev', '--stop', odd);
    }
  });

  it('refuses files that Kong in the container could not read', async () => {
    const handler = path.join(plugin.dir, 'kong/plugins/devel/handler.lua');
    await writeFile(handler, 'return { PRIORITY = 1, VERSION = "1.0.0" }\n');
    await chmod(handler, 0o600);
    const { status, err } = await kongPlugin('dev', plugin.dir, '--image', image);
    assert.equal(status, 1);
    assert.match(err, /cannot be read by other users[\s\S]*chmod -R o\+rX/);
  });
});

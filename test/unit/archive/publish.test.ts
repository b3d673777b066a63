// Publishing: what the dry run finds, with a real git, a rocks server and a stand-in for luarocks that writes down how it was called.
import assert from 'node:assert/strict';
import { chmod, mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { publish } from '../../../src/archive/publish';
import { planPublish } from '../../../src/archive/publishPlan';
import type { PublishOptions, PublishPlan } from '../../../src/archive/publishPlan';
import { runProcess } from '../../../src/system/process';
import { withFolder, writeProject } from './luarocks';
import { modulesOf, plugin } from './projects';

const RECORDER = `#!/bin/sh
if [ "$1" = config ]; then echo "$HOME_OF_LUAROCKS/config-5.1.lua"; exit 0; fi
echo "$@" > "$HOME_OF_LUAROCKS/arguments"
pwd > "$HOME_OF_LUAROCKS/folder"
env > "$HOME_OF_LUAROCKS/environment"
cat "$(dirname "$LUAROCKS_CONFIG")/upload_config.lua" > "$HOME_OF_LUAROCKS/key" 2>/dev/null
echo "Sending with key s3cret ..."
[ -e "$HOME_OF_LUAROCKS/fail" ] && { echo "Error: Invalid key s3cret" >&2; exit 1; }
exit 0
`;

interface Scene {
  project: string;
  home: string;
  server: string;
  /** Paths the server was asked for. */
  asked: string[];
  options: PublishOptions;
  git: (...args: string[]) => Promise<void>;
}

async function scene(body: (scene: Scene) => Promise<void>, inUse = false): Promise<void> {
  await withFolder(async (folder) => {
    const asked: string[] = [];
    const http = createServer((request, response) => {
      asked.push(`${request.method ?? ''} ${request.url ?? ''}`);
      response.writeHead(inUse ? 200 : 404).end();
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    try {
      const home = join(folder, 'home');
      await mkdir(join(folder, 'bin'));
      await mkdir(home);
      await writeFile(join(folder, 'bin/luarocks'), RECORDER);
      await chmod(join(folder, 'bin/luarocks'), 0o755);
      const env = {
        PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH'] ?? ''}`,
        HOME_OF_LUAROCKS: home,
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_CONFIG_NOSYSTEM: '1',
      };
      const server = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
      const project = join(folder, 'project');
      const git = async (...args: string[]): Promise<void> => {
        const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.com', '-c', 'init.defaultBranch=main'];
        const { code, stderr } = await runProcess({ command: 'git', args: [...identity, ...args], cwd: project, env });
        assert.equal(code, 0, stderr.toString());
      };
      const remote = join(folder, 'remote.git');
      await writeProject(project, {
        files: {
          ...plugin('x'),
          'kong-plugin-x-1.0-1.rockspec': `package = "kong-plugin-x"
version = "1.0-1"
source = { url = "git+file://${remote}", tag = "1.0" }
description = { license = "MIT" }
dependencies = { "lua >= 5.1" }
build = { type = "builtin", modules = { ${modulesOf('x')} } }
`,
        },
      });
      await git('init', '--quiet');
      await git('init', '--quiet', '--bare', remote);
      await git('add', '.');
      await git('commit', '--quiet', '-m', 'one');
      await body({ project, home, server, asked, options: { server, apiKey: 's3cret', env }, git });
    } finally {
      http.closeAllConnections();
      http.close();
    }
  });
}

/** Codes of what planning finds that only publishing looks for. */
const codes = (plan: PublishPlan): string[] =>
  plan.problems.map(({ code }) => code).filter((code) => code.startsWith('publish/'));

describe('publishing', function () {
  this.timeout(60_000);

  it('is ready when the tag is pushed, the version free, and key and LuaRocks are there', () =>
    scene(async ({ project, options, git, asked, server }) => {
      await git('tag', '-m', 'annotated', '1.0');
      await git('push', '--quiet', join(project, '../remote.git'), '1.0');
      const plan = await planPublish(project, options);
      assert.deepEqual(codes(plan), []);
      assert.deepEqual([plan.name, plan.version, plan.server], ['kong-plugin-x', '1.0-1', server]);
      assert.deepEqual(asked, ['HEAD /kong-plugin-x-1.0-1.rockspec']);
    }));

  it('names a tag that does not exist, is not pushed, is another commit there, or is not what the folder holds', () =>
    scene(async ({ project, options, git }) => {
      const remote = join(project, '../remote.git');
      assert.deepEqual(codes(await planPublish(project, options)), ['publish/tag-missing', 'publish/tag-not-pushed']);
      await git('tag', '1.0');
      assert.deepEqual(codes(await planPublish(project, options)), ['publish/tag-not-pushed']);
      await git('push', '--quiet', remote, '1.0');
      assert.deepEqual(codes(await planPublish(project, options)), []);
      await writeFile(join(project, 'kong/plugins/x/handler.lua'), 'return {}\n');
      assert.deepEqual(codes(await planPublish(project, options)), ['publish/differs']);
      await git('commit', '--quiet', '-a', '-m', 'two');
      await git('tag', '-f', '1.0');
      assert.deepEqual(codes(await planPublish(project, options)), ['publish/tag-differs']);
    }));

  it('names a version that is in use, and a server that cannot be asked', async () => {
    await scene(async ({ project, options }) => {
      assert.ok(codes(await planPublish(project, options)).includes('publish/version-in-use'));
    }, true);
    await scene(async ({ project, options }) => {
      assert.ok(codes(await planPublish(project, { ...options, server: 'http://127.0.0.1:1' })).includes('publish/server'));
    });
  });

  it('names a missing key; one that LuaRocks keeps is good for its own server only', () =>
    scene(async ({ project, options, home, server }) => {
      const keyless = { server, ...(options.env && { env: options.env }) };
      assert.ok(codes(await planPublish(project, keyless)).includes('publish/no-api-key'));
      await writeFile(join(home, 'upload_config.lua'), `key = "kept"\nserver = "${server}"\n`);
      assert.ok(!codes(await planPublish(project, keyless)).includes('publish/no-api-key'));
      await writeFile(join(home, 'upload_config.lua'), 'key = "kept"\n');
      assert.ok(codes(await planPublish(project, keyless)).includes('publish/no-api-key'));
    }));

  it('explains when there is no LuaRocks', () =>
    scene(async ({ project, options }) => {
      const plan = await planPublish(project, { ...options, env: { PATH: '/nowhere' } });
      assert.ok(codes(plan).includes('publish/no-luarocks'));
      await assert.rejects(publish({ ...plan, problems: [] }, { ...options, env: { PATH: '/nowhere' } }), {
        name: 'UserError',
        exitCode: 3,
      });
    }));

  it('hands the key to LuaRocks in a private file: not in arguments, environment or what is printed', () =>
    scene(async ({ project, options, home, server }) => {
      const said = await publish(
        {
          name: 'kong-plugin-x',
          version: '1.0-1',
          rockspec: join(project, 'kong-plugin-x-1.0-1.rockspec'),
          server,
          problems: [],
        },
        options,
      );
      const read = (name: string): Promise<string> => readFile(join(home, name), 'utf8');
      assert.equal((await read('arguments')).trim(), 'upload kong-plugin-x-1.0-1.rockspec');
      assert.equal(await read('key'), `key = "s3cret"\nserver = "${server}"\n`);
      assert.ok(!(await read('environment')).includes('s3cret'));
      assert.equal(said, 'Sending with key *** ...');
      const config = /^LUAROCKS_CONFIG=(.*)$/m.exec(await read('environment'))?.[1] ?? '';
      await assert.rejects(readFile(config), { code: 'ENOENT' });
    }));

  it('says what LuaRocks said when it fails, without the key, and sends nothing while there are errors', () =>
    scene(async ({ project, options, home, server }) => {
      const plan = {
        name: 'kong-plugin-x',
        version: '1.0-1',
        rockspec: join(project, 'kong-plugin-x-1.0-1.rockspec'),
        server,
        problems: [],
      };
      await writeFile(join(home, 'fail'), '');
      await assert.rejects(
        publish(plan, options),
        (error: Error) => error.message.includes('Invalid key ***') && !error.message.includes('s3cret'),
      );
      await writeFile(join(home, 'arguments'), '');
      const refused = { ...plan, problems: [{ code: 'x', severity: 'error' as const, message: 'no' }] };
      await assert.rejects(publish(refused, options), { name: 'UserError' });
      assert.equal(await readFile(join(home, 'arguments'), 'utf8'), '');
    }));
});

// What an `install` argument may be, and what is said of everything else.
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { packProject } from '../../../src/archive/pack';
import { StepFailure } from '../../../src/lifecycle/failure';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { folderNode } from '../../../src/node/folder';
import { UserError } from '../../../src/system/userError';
import { commandLine } from '../cli/commandLine';
import { filesIn, project, withFolder, writeFiles } from './plugins';

const inFolder = (test: (folder: string) => Promise<void>) => (): Promise<void> => withFolder(test);

async function packed(folder: string): Promise<string> {
  await writeFiles(join(folder, 'hello'), project('hello'));
  const [archive] = await packProject(join(folder, 'hello'), { kind: 'rock', out: folder });
  assert.ok(archive);
  return archive.path;
}

describe('what can be installed', () => {
  it(
    'a .rock file',
    inFolder(async (folder) => {
      const source = await readInstallSource(await packed(folder), folder);
      assert.deepEqual(source.plugins, ['hello']);
      await writeFiles(join(folder, 'node'), { 'kong.conf': 'database = off\n' });
      assert.equal((await runPlan(folderNode(join(folder, 'node')), installOperation(source, { enable: true }))).ok, true);
      assert.ok('share/lua/5.1/kong/plugins/hello/handler.lua' in (await filesIn(join(folder, 'node'))));
    }),
  );

  it(
    'the address of one, asked for once',
    inFolder(async (folder) => {
      const bytes = await readFile(await packed(folder));
      let asked = 0;
      const server = createServer((request, response) => {
        asked++;
        if (request.url === '/kong-plugin-hello-0.1.0-1.all.rock') response.end(bytes);
        else response.writeHead(404).end();
      });
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      try {
        const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
        assert.deepEqual((await readInstallSource(`${base}/kong-plugin-hello-0.1.0-1.all.rock`, folder)).plugins, ['hello']);
        assert.equal(asked, 1);
        await assert.rejects(readInstallSource(`${base}/other-1.0-1.all.rock`, folder), /answers 404/);
      } finally {
        server.closeAllConnections();
        await new Promise((resolve) => server.close(resolve));
      }
    }),
  );

  it(
    'a folder with plugins and no rockspec, by path',
    inFolder(async (folder) => {
      await writeFiles(folder, Object.fromEntries(Object.entries(project('hello')).filter(([path]) => path.endsWith('.lua'))));
      const source = await readInstallSource(folder, folder);
      assert.equal(source.rock, undefined);
      assert.deepEqual(source.plugins, ['hello']);
    }),
  );

  it(
    'no folder without a rockspec as a rock or from its source: it is not silently brought another way',
    inFolder(async (folder) => {
      const lua = ([path]: [string, string]): boolean => path.endsWith('.lua');
      for (const name of ['one', 'two'])
        await writeFiles(join(folder, 'bare'), Object.fromEntries(Object.entries(project(name)).filter(lua)));
      for (const name of ['one', 'two']) await writeFiles(join(folder, 'both', name), project(name));
      for (const via of ['rock', 'source'] as const) {
        await assert.rejects(readInstallSource(join(folder, 'bare'), folder, { via }), (error: unknown) => {
          assert.ok(error instanceof UserError);
          assert.match(error.message, /bare has no rockspec of its own/);
          assert.equal(error.exitCode, 2);
          return error.next?.includes('--via path') === true;
        });
        await assert.rejects(readInstallSource(join(folder, 'both'), folder, { via }), (error: unknown) =>
          /one.*\.rockspec, .*two.*\.rockspec/.test(error instanceof UserError ? (error.next ?? '') : ''),
        );
      }
      assert.deepEqual((await readInstallSource(join(folder, 'bare'), folder, { via: 'path' })).plugins, ['one', 'two']);
    }),
  );

  it(
    'no rock from its source',
    inFolder(async (folder) => {
      await assert.rejects(readInstallSource(await packed(folder), folder, { via: 'source' }), /is a rock, and holds no source/);
    }),
  );

  it(
    'not a project that cannot be packed: what Kong would say comes with it',
    inFolder(async (folder) => {
      const { 'kong/plugins/hello/schema.lua': gone, ...files } = project('hello');
      assert.ok(gone);
      await writeFiles(folder, files);
      await assert.rejects(readInstallSource(folder, folder), (error: unknown) => {
        assert.ok(error instanceof StepFailure);
        return error.findings[0]?.id === 'no-configuration-schema';
      });
    }),
  );

  const REFUSED: readonly (readonly [string, Record<string, string>, string, RegExp])[] = [
    ['what is not there', {}, 'nothing', /no file or folder/],
    ['a file of another kind', { 'a.txt': '' }, 'a.txt', /neither a plugin folder nor a \.rock/],
    ['a text called .rock', { 'x-1.0-1.all.rock': 'hello' }, 'x-1.0-1.all.rock', /cannot be installed/],
    ['a folder without plugins', { 'p/readme': '' }, 'p', /no Kong plugin/],
  ];
  for (const [what, files, argument, expected] of REFUSED) {
    it(
      `not ${what}`,
      inFolder(async (folder) => {
        await writeFiles(folder, files);
        await assert.rejects(
          readInstallSource(argument, folder),
          (error: unknown) => error instanceof UserError && expected.test(error.message),
        );
      }),
    );
  }
});

describe('a rock that must be built', () => {
  const rockspec = (folder: string): string => `package = "kong-plugin-hello"
version = "0.1.0-1"
source = { url = "git+https://github.com/example/kong-plugin-hello.git", tag = "0.1.0" }
description = { summary = "Says hello", license = "Apache-2.0" }
dependencies = { "lua >= 5.1" }
build = {
  type = "command",
  build_command = "touch ${folder}/ran",
  install_command = "touch ${folder}/ran",
  install = { lua = {
    ["kong.plugins.hello.handler"] = "kong/plugins/hello/handler.lua",
    ["kong.plugins.hello.schema"] = "kong/plugins/hello/schema.lua",
  } },
}
`;

  it(
    'runs nothing in a preview, which says that programs are run, and is refused with --no-build',
    inFolder(async (folder) => {
      const source = join(folder, 'hello');
      await writeFiles(source, { ...project('hello'), 'kong-plugin-hello-0.1.0-1.rockspec': rockspec(folder) });
      await writeFiles(join(folder, 'node'), { 'kong.conf': 'database = off\n' });
      const node = `folder:${join(folder, 'node')}`;
      const preview = await commandLine(['install', source, '--node', node, '--dry-run']);
      assert.equal(preview.status, 0, preview.err);
      assert.match(preview.out, /· build: LuaRocks builds the rock on this machine, which runs programs/);
      const refused = await commandLine(['install', source, '--node', node, '--no-build']);
      assert.equal(refused.status, 1);
      assert.match(refused.err, /cannot be packed by copying files/);
      assert.deepEqual((await readdir(folder)).sort(), ['hello', 'node']);
      assert.deepEqual(await filesIn(join(folder, 'node')), { 'kong.conf': 'database = off\n' });
    }),
  );
});

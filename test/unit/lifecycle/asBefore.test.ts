// What is installed and removed again leaves kong.conf as it was, to the byte, whatever it looked like and in whatever order it is done.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { readFile, writeFile } from 'node:fs/promises';
import fc from 'fast-check';
import { disableOperation, enableOperation } from '../../../src/lifecycle/operations/enable';
import { installOperation } from '../../../src/lifecycle/operations/install';
import { readInstallSource } from '../../../src/lifecycle/operations/installSource';
import { removeOperation } from '../../../src/lifecycle/operations/remove';
import { runPlan, type Operation } from '../../../src/lifecycle/plan/plan';
import type { OperationResult } from '../../../src/lifecycle/types';
import { folderNode } from '../../../src/node/folder';
import { fakeNode } from './fakeNode';
import { filesIn, project, withFolder, writeFiles } from './plugins';

const NAMES = ['one', 'two', 'three'] as const;
const remove = (name: string): Operation => removeOperation(name, { yes: true, keep: () => Promise.resolve('kept') });

/** A folder node with this kong.conf (undefined: none), and plugins to install; `does` runs an operation that must end well. */
async function onNode(
  conf: string | undefined,
  test: (place: {
    tree: string;
    install: (name: string, via?: 'path') => Promise<Operation>;
    does: (operation: Operation) => Promise<OperationResult>;
    plans: (operation: Operation) => Promise<string[]>;
    files: () => Promise<Record<string, string>>;
  }) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    const tree = join(folder, 'node');
    await writeFiles(tree, { 'kept.txt': 'kept' });
    if (conf !== undefined) await writeFile(join(tree, 'kong.conf'), conf, 'latin1');
    for (const name of NAMES) await writeFiles(join(folder, name), project(name));
    const node = folderNode(tree);
    await test({
      tree,
      install: async (name, via) =>
        installOperation(await readInstallSource(join(folder, name), folder, { via }), { via, enable: true }),
      does: async (operation) => {
        const result = await runPlan(node, operation);
        assert.equal(result.ok, true, JSON.stringify(result, null, 2));
        return result;
      },
      plans: async (operation) => (await runPlan(node, operation, { dryRun: true })).steps.map(({ detail }) => detail),
      files: () => filesIn(tree),
    });
  });
}

/** Files that already mean what they will mean again. */
const CONFS: readonly (readonly [string, string | undefined])[] = [
  ['no file', undefined],
  ['an empty file', ''],
  ['neither setting', 'database = off\n'],
  ['no last line break', 'database = off'],
  ['CRLF', 'database = off\r\nplugins = bundled\r\n'],
  ['CRLF without a last line break', 'database = off\r\n# end'],
  ['the defaults commented out', '#plugins = bundled  # all\n#lua_package_path = ./?.lua;./?/init.lua;\ndatabase = off\n'],
  ['plugins twice', 'plugins = nosuch\ndatabase = off\nplugins = bundled\n'],
  ['an empty value', 'plugins=\ndatabase = off\n'],
  ['an empty value with blanks and a comment', 'plugins =   # none\ndatabase = off\n'],
  ['off', 'plugins = off\n'],
  ['off first of several', 'plugins = off, bundled\n'],
  ['tabs', '\tplugins\t=\tbundled\t# x\n'],
  ['blanks between the names', 'plugins = bundled ,key-auth,   cors  \n'],
  ['a comma at the end', 'plugins = bundled,\n'],
  ['8-bit bytes', '# caf\xe9 \xff\nplugins = bundled # \xe4\nlog_level = info # \xb5'],
  ['a continued line', 'plugins = bundled,\\\n  key-auth\ndatabase = off\n'],
  ['a path of its own', 'lua_package_path = /opt/x/?.lua\n'],
  ['a path with odd ends', 'lua_package_path = ;/opt/x/?.lua; ;; # x\n'],
  ['a bare built-in path', 'lua_package_path = ;;\nplugins = bundled\n'],
  ['a section', 'database = off\n[kong]\n'],
  ['a dangling backslash', 'database = off \\\n'],
];

describe('kong.conf as it was', function () {
  this.timeout(30_000);
  for (const [what, conf] of CONFS) {
    it(`after install and remove: ${what}`, () =>
      onNode(conf, async ({ install, does, files }) => {
        const before = await files();
        for (const via of [undefined, 'path'] as const) {
          await does(await install('one', via));
          assert.notDeepEqual(await files(), before);
          await does(remove('one'));
          assert.deepEqual(await files(), before);
        }
      }));
  }

  it('after any order of several plugins', async () => {
    const step = fc.record({ name: fc.constantFrom(...NAMES), act: fc.constantFrom('rock', 'path', 'remove', 'toggle') });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...CONFS), fc.array(step, { maxLength: 6 }), ([, conf], steps) =>
        onNode(conf, async ({ install, does, files }) => {
          const before = await files();
          const here = new Set<string>();
          for (const { name, act } of steps) {
            if (act === 'rock' || act === 'path') {
              if (here.has(name)) continue;
              await does(await install(name, act === 'path' ? act : undefined));
              here.add(name);
            } else if (act === 'remove') {
              await does(remove(name));
              here.delete(name);
            } else if (here.has(name)) {
              await does(disableOperation(name));
              await does(enableOperation(name));
            }
          }
          for (const name of here) await does(remove(name));
          assert.deepEqual(await files(), before);
        }),
      ),
      { numRuns: 25 },
    );
  });

  it("a user's own line stays, whatever it says", () =>
    onNode('plugins = bundled\nlua_package_path = ;;\n', async ({ install, does, files }) => {
      await does(await install('one', 'path'));
      await does(remove('one'));
      assert.equal((await files())['kong.conf'], 'plugins = bundled\nlua_package_path = ;;\n');
    }));

  it('a line that was ours stays once somebody else has changed it', () =>
    onNode('database = off\n', async ({ tree, install, does, files }) => {
      await does(await install('one'));
      await writeFile(join(tree, 'kong.conf'), 'database = off\nplugins = one, bundled # mine\n');
      await does(remove('one'));
      assert.deepEqual(await files(), { 'kept.txt': 'kept', 'kong.conf': 'database = off\nplugins = bundled # mine\n' });
    }));

  it('a file that was ours stays when somebody wrote into it', () =>
    onNode(undefined, async ({ tree, install, does, files }) => {
      await does(await install('one'));
      await writeFile(join(tree, 'kong.conf'), `${await readFile(join(tree, 'kong.conf'), 'utf8')}log_level = info\n`);
      await does(remove('one'));
      assert.deepEqual(await files(), { 'kept.txt': 'kept', 'kong.conf': 'log_level = info\n' });
    }));

  it('a comment behind a line that was ours is kept, and the line with it', () =>
    onNode('database = off\n', async ({ tree, install, does, files }) => {
      await does(await install('one'));
      await writeFile(join(tree, 'kong.conf'), 'database = off\nplugins = bundled,one # mine\n');
      await does(remove('one'));
      assert.equal((await files())['kong.conf'], 'database = off\nplugins = bundled # mine\n');
    }));

  it("a user's plugin that is disabled leaves no note behind", () =>
    onNode('plugins = bundled,one\n', async ({ does, files }) => {
      await does(disableOperation('one'));
      assert.deepEqual(await files(), { 'kept.txt': 'kept', 'kong.conf': 'plugins = bundled\n' });
    }));

  it('a mistaken list is repaired for good', () =>
    onNode('plugins = "bundled,key-auth"\n', async ({ install, does, files }) => {
      await does(await install('one'));
      await does(remove('one'));
      assert.deepEqual(await files(), { 'kept.txt': 'kept', 'kong.conf': 'plugins = bundled,key-auth\n' });
    }));

  it('the plan says what goes out of the file', () =>
    onNode(undefined, async ({ tree, install, does, plans }) => {
      await does(await install('one'));
      assert.deepEqual(
        (await plans(remove('one'))).filter((detail) => detail.includes('kong.conf')),
        [
          `Take the line plugins out of ${join(tree, 'kong.conf')} again, which kong-plugin put there, and the file too when nothing else is in it.`,
        ],
      );
    }));

  it('the running Kong gets the defaults when our lines are gone', async () => {
    const node = fakeNode();
    await withFolder(async (folder) => {
      await writeFiles(folder, project('one'));
      const source = await readInstallSource(folder, folder, { via: 'path' });
      const installed = await runPlan(node, installOperation(source, { via: 'path', enable: true }));
      assert.equal(installed.ok, true, JSON.stringify(installed, null, 2));
    });
    const removed = await runPlan(node, remove('one'));
    assert.equal(removed.ok, true, JSON.stringify(removed, null, 2));
    assert.deepEqual(node.calls.at(-1)?.env, { KONG_PLUGINS: 'bundled', KONG_LUA_PACKAGE_PATH: './?.lua;./?/init.lua;' });
    assert.deepEqual([...node.files.keys()], ['/usr/local/kong/.kong_env']);
  });
});

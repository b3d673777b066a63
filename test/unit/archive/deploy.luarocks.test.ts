// A tree after our plans is the tree after `luarocks install` and `luarocks remove`, its manifest byte for byte.
import assert from 'node:assert/strict';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { planInstall, planRemoval } from '../../../src/luarocks/deploy';
import type { TreePlan } from '../../../src/luarocks/deploy';
import { packProject } from '../../../src/archive/pack';
import { readRock } from '../../../src/archive/readRock';
import { TREE_MANIFEST } from '../../../src/luarocks/treeManifest';
import type { TreePlace } from '../../../src/luarocks/scripts';
import { runProcess } from '../../../src/system/process';
import { filesBelow, LUAROCKS, luarocks, useLuarocks, withFolder, writeProject } from './luarocks';
import { plugin, PROJECTS, rockspec, modulesOf } from './projects';
import type { Project } from './projects';

async function read(path: string): Promise<Buffer | undefined> {
  return readFile(path).catch(() => undefined);
}

/** Does what a plan says to a folder, as a node would. */
async function apply(tree: string, plan: TreePlan): Promise<void> {
  for (const path of plan.removeFiles) await rm(join(tree, path), { force: true });
  for (const path of plan.removeFolders) await rm(join(tree, path), { recursive: true, force: true });
  for (const { from, to } of plan.renames) {
    await mkdir(dirname(join(tree, to)), { recursive: true });
    await rename(join(tree, from), join(tree, to));
  }
  for (const { path, content } of plan.write) {
    await mkdir(dirname(join(tree, path)), { recursive: true });
    await writeFile(join(tree, path), content);
  }
}

/** The Lua and the configuration of the LuaRocks of this machine. */
let place: Omit<TreePlace, 'tree'>;

/** Puts a rock into a tree our way. */
async function install(tree: string, rock: string): Promise<void> {
  await apply(tree, planInstall(await read(join(tree, TREE_MANIFEST)), await readRock(rock), { tree, ...place }));
}

/** The files of a tree, wherever it is. */
async function filesOf(tree: string): Promise<Map<string, string>> {
  return new Map([...(await filesBelow(tree))].map(([path, content]) => [path, content.replaceAll(tree, 'TREE')]));
}

async function packed(folder: string, name: string, project: Omit<Project, 'shape'>): Promise<string> {
  await writeProject(join(folder, name), project);
  const archive = (await packProject(join(folder, name), { out: join(folder, 'rocks') }))[0];
  assert.ok(archive);
  assert.notEqual(archive.sha256, null, JSON.stringify(archive.problems));
  return archive.path;
}

function library(name: string, version: string, extra = '', module = 'shared.thing'): { files: Record<string, string> } {
  return {
    files: {
      ...plugin(name),
      'thing.lua': `return "${name} ${version}"\n`,
      'data.json': '{}\n',
      [`kong-plugin-${name}-${version}.rockspec`]: rockspec(
        `kong-plugin-${name}`,
        `{ type = "builtin", modules = { ${modulesOf(name)}, ["${module}"] = "thing.lua" },
           install = { lua = { ["${module}.data"] = "data.json" } }, copy_directories = {} }`,
        extra,
        version,
      ),
    },
  };
}

for (const which of LUAROCKS) {
  describe(`a tree without LuaRocks, and one of ${which.title}`, function () {
    this.timeout(60_000);
    useLuarocks(which);

    before(async () => {
      const [bindir, interpreter, sysconfdir] = await Promise.all(
        ['variables.LUA_BINDIR', 'lua_interpreter', 'sysconfdir'].map(async (key) => (await luarocks('.', 'config', key)).trim()),
      );
      place = { lua: `${bindir ?? ''}/${interpreter ?? ''}`, sysconfdir: sysconfdir ?? '' };
    });

    for (const project of PROJECTS.filter(({ files }) => Object.keys(files).some((path) => /(?:bin|tools)\//.test(path)))) {
      it(`has the programs that LuaRocks puts there: ${project.shape}`, () =>
        withFolder(async (folder) => {
          const [ours, theirs] = [join(folder, 'ours'), join(folder, 'theirs')];
          const rock = await packed(folder, 'project', project);
          await install(ours, rock);
          await luarocks(folder, 'install', '--tree', theirs, rock);
          assert.deepEqual(await filesOf(ours), await filesOf(theirs));
          assert.ok([...(await filesOf(ours)).keys()].some((path) => path.startsWith('bin/')));
        }));
    }

    it('has programs that run, also where there is no LuaRocks and paths have quotes', () =>
      withFolder(async (folder) => {
        const ours = join(folder, `it's "ours"`);
        const rock = await packed(folder, 'p', {
          files: {
            ...plugin('p'),
            'tool.lua': '#!/usr/bin/env lua\nprint(require("kong.plugins.p.schema").name, ...)\n',
            'kong-plugin-p-1.0-1.rockspec': rockspec(
              'kong-plugin-p',
              `{ type = "builtin", modules = { ${modulesOf('p')} }, install = { bin = { ["p-tool"] = "tool.lua" } } }`,
            ),
          },
        });
        await apply(ours, planInstall(undefined, await readRock(rock), { tree: ours, lua: place.lua }));
        const { stdout } = await runProcess({ command: '/bin/sh', args: [join(ours, 'bin/p-tool'), 'a b', '$c'] });
        assert.equal(stdout.toString(), 'p\ta b\t$c\n');
      }));

    it('goes through installs, conflicts, an upgrade, a downgrade and removals as with LuaRocks', () =>
      withFolder(async (folder) => {
        const ours = join(folder, 'ours');
        const theirs = join(folder, 'theirs');
        const dependencies =
          'dependencies = { "lua >= 5.1", "lua < 5.5, > 5.0", "kong-plugin-a ~> 1.0-1", "kong-plugin-zz == 2.0beta1" }';
        const rocks = {
          b1: await packed(folder, 'b1', library('b', '1.0-1')),
          a1: await packed(folder, 'a1', library('a', '1.0-1')),
          a2: await packed(folder, 'a2', library('a', '1.1-1')),
          c1: await packed(folder, 'c1', library('c', '1.0-1', dependencies)),
          d1: await packed(folder, 'd1', library('d', 'scm-1', 'dependencies = { "kong-plugin-c @>= 1" }', 'end.1st')),
        };
        const compare = async (step: string): Promise<void> => {
          assert.deepEqual(await filesBelow(ours), await filesBelow(theirs), step);
        };
        for (const [step, rock] of Object.entries({ ...rocks, 'a1 again': rocks.a1, 'a1 once more': rocks.a1 })) {
          await install(ours, rock);
          await luarocks(folder, 'install', '--force', '--deps-mode', 'none', '--tree', theirs, rock);
          await compare(step);
        }
        for (const name of ['kong-plugin-a', 'kong-plugin-d', 'kong-plugin-b']) {
          const plan = planRemoval(await read(join(ours, TREE_MANIFEST)), name);
          assert.ok(plan);
          await apply(ours, plan);
          await luarocks(folder, 'remove', '--force', '--tree', theirs, name);
          await compare(`remove ${name}`);
        }
        assert.equal(planRemoval(await read(join(ours, TREE_MANIFEST)), 'kong-plugin-a'), undefined);
      }));

    it('is one that luarocks list, show and remove work on', () =>
      withFolder(async (folder) => {
        const ours = join(folder, 'ours');
        const rock = await packed(folder, 'a', library('a', '1.0-1'));
        await install(ours, rock);
        const listed = await luarocks(folder, 'list', '--porcelain', '--tree', ours);
        assert.equal(listed.split('\t').slice(0, 3).join(' '), 'kong-plugin-a 1.0-1 installed');
        assert.match(await luarocks(folder, 'show', '--tree', ours, '--modules', 'kong-plugin-a'), /kong\.plugins\.a\.handler/);
        await luarocks(folder, 'remove', '--tree', ours, 'kong-plugin-a');
        assert.deepEqual([...(await filesBelow(ours)).keys()], [TREE_MANIFEST]);
      }));

    it('takes a rock as luarocks pack wrote it', () =>
      withFolder(async (folder) => {
        await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
        await luarocks(join(folder, 'project'), 'make', '--tree', join(folder, 'theirs'));
        await luarocks(folder, 'pack', '--tree', join(folder, 'theirs'), 'kong-plugin-a');
        await install(join(folder, 'ours'), join(folder, 'kong-plugin-a-1.0-1.all.rock'));
        assert.deepEqual(await filesBelow(join(folder, 'ours')), await filesBelow(join(folder, 'theirs')));
      }));
  });
}

// Archives that packing makes, held against the real LuaRocks: the rock has the same members and installs the same tree, the .tar.gz can be built,
// C is compiled.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Archive } from '../../../src/archive/archive';
import { inspectArchive } from '../../../src/archive/inspect';
import { layoutRock, type Layout } from '../../../src/luarocks/layout';
import { packProject } from '../../../src/archive/pack';
import { assembleRock, emptyDirectories, readPlanned } from '../../../src/archive/writeRock';
import { rockSourceOf } from '../../../src/rockspec/rockSourceOf';
import { ROCK_MANIFEST } from '../../../src/luarocks/rockManifest';
import type { RockSource } from '../../../src/luarocks/rockSource';
import { readRockspec } from '../../../src/rockspec/read';
import { runProcess } from '../../../src/system/process';
import {
  filesBelow,
  LUAROCKS,
  luarocks,
  useLuarocks,
  membersOf,
  packTree,
  packWithLuarocks,
  withFolder,
  writeProject,
} from './luarocks';
import { modulesOf, plugin, PROJECTS, rockspec } from './projects';
import type { Project } from './projects';

const errors = (archive: Archive): unknown[] => archive.problems.filter(({ severity }) => severity === 'error');

/** Packs the project in a folder. */
async function packed(folder: string, kind: 'rock' | 'tar'): Promise<Archive> {
  const archive = (await packProject(join(folder, 'project'), { out: join(folder, 'out'), kind }))[0];
  assert.ok(archive);
  assert.deepEqual(errors(archive), []);
  return archive;
}

async function pack(folder: string, project: Omit<Project, 'shape'>): Promise<Archive> {
  await writeProject(join(folder, 'project'), project);
  return packed(folder, 'rock');
}

/** Installed files but for the rock's own list and the dates of wrappers: what Kong and people get. */
async function installed(tree: string): Promise<Map<string, string>> {
  const files = await filesBelow(tree);
  // A wrapper script names the tree it is in.
  return new Map([...files].map(([path, content]) => [path, content.replaceAll(tree, 'TREE')]));
}

/** Files without some of them, and without what is in a folder of such a name. */
function omit(files: Map<string, string>, paths: readonly string[]): Map<string, string> {
  return new Map([...files].filter(([file]) => !paths.some((path) => file === path || file.startsWith(`${path}/`))));
}

for (const which of LUAROCKS) {
  describe(`archives in the hands of ${which.title}`, function () {
    this.timeout(120_000);
    useLuarocks(which);

    for (const project of PROJECTS) {
      describe(project.shape, () => {
        let folder: string;
        let theirs: string;
        let source: RockSource;
        let layout: Layout;

        before(async () => {
          folder = await mkdtemp(join(tmpdir(), 'kong-plugin-archive-'));
          theirs = join(folder, 'theirs');
          const root = join(folder, 'project');
          await writeProject(root, project);
          await luarocks(root, 'make', '--tree', theirs);
          const file = join(root, Object.keys(project.files).find((path) => path.endsWith('.rockspec')) ?? '');
          const read = rockSourceOf(readRockspec(await readFile(file), file));
          assert.ok(read);
          source = read;
          layout = await layoutRock(root, source);
        });
        after(() => rm(folder, { recursive: true, force: true }));

        /** What LuaRocks without lfs makes of the source lacks these, and its lists name links as folders. */
        const unseen = (): string[] => (which.lfs ? [] : [ROCK_MANIFEST, ...layout.onlyWithLfs.keys()]);

        it('is laid out as luarocks pack does it: same members, same rock_manifest', async () => {
          assert.deepEqual(layout.needsLuarocks, []);
          assert.deepEqual(
            layout.problems.filter((problem) => problem.severity === 'error'),
            [],
          );
          const ours = assembleRock(await readPlanned(layout), emptyDirectories(layout)).bytes;
          const rock = await packTree(theirs, join(folder, 'rocks'), source.name, source.version);
          const ignored = which.lfs ? [] : [ROCK_MANIFEST];
          assert.deepEqual(omit(await membersOf(ours), unseen()), omit(await membersOf(rock), ignored));
        });

        it('is installed as from its source', async () => {
          const { path } = await packed(folder, 'rock');
          const { problems } = await inspectArchive(path);
          assert.deepEqual(
            problems.filter(({ code }) => code !== 'inspect/hook'),
            [],
          );
          await luarocks(folder, 'install', '--tree', join(folder, 'ours'), path);
          const rocks = 'lib/luarocks/rocks-5.1';
          const places = [`${rocks}/${source.name}/${source.version}/`, 'share/', ''];
          const without = unseen().flatMap((path) => places.map((place) => place + path.replace(/^lua\//, 'lua/5.1/')));
          const listsDiffer = unseen().some((path) => /^(?:lua|bin)\//.test(path));
          const ignored = which.lfs ? [] : [`${places[0]}${ROCK_MANIFEST}`, ...(listsDiffer ? [`${rocks}/manifest`] : [])];
          const [got, expected] = [await installed(join(folder, 'ours')), await installed(theirs)];
          assert.deepEqual(omit(got, [...without, ...ignored]), omit(expected, ignored));
        });

        it('makes the same modules from its .tar.gz', async () => {
          const { path } = await packed(folder, 'tar');
          assert.deepEqual(errors(await inspectArchive(path)), []);
          await mkdir(join(folder, 'unpacked'));
          const tar = await runProcess({ command: 'tar', args: ['-xzf', path], cwd: join(folder, 'unpacked') });
          assert.deepEqual([tar.code, tar.stderr.toString()], [0, '']);
          const [top = ''] = await readdir(join(folder, 'unpacked'));
          const unpacked = join(folder, 'unpacked', top);
          await luarocks(unpacked, 'make', '--tree', join(folder, 'from-tar'));
          const modules = await filesBelow(join(theirs, 'share'));
          assert.deepEqual(await filesBelow(join(folder, 'from-tar', 'share')), modules);
          // With the folder in lua_package_path, every module is where `?.lua` and `?/init.lua` look.
          const found = await filesBelow(unpacked);
          for (const [file, content] of modules) assert.equal(found.get(file.slice('lua/5.1/'.length)), content, file);
        });
      });
    }

    it('lets LuaRocks compile C, and names the machine', () =>
      withFolder(async (folder) => {
        const project = {
          files: {
            ...plugin('cc'),
            'docs/.hidden': 'h\n',
            'src/cc.c': '#include <lua.h>\nint luaopen_kong_plugins_cc_fast(lua_State *L) { lua_newtable(L); return 1; }\n',
            'kong-plugin-cc-1.0-1.rockspec': rockspec(
              'kong-plugin-cc',
              `{ type = "builtin", modules = { ${modulesOf('cc')}, ["kong.plugins.cc.fast"] = { sources = { "src/cc.c" } } },
               copy_directories = { "docs" } }`,
            ),
            'shared/text.txt': 't\n',
          },
          links: { 'docs/text.txt': '../shared/text.txt' },
        };
        const archive = await pack(folder, project);
        assert.match(archive.path, /kong-plugin-cc-1\.0-1\.linux-[a-z0-9_]+\.rock$/);
        const paths = archive.files.map(({ path }) => path);
        for (const path of ['lib/kong/plugins/cc/fast.so', 'docs/.hidden', 'docs/text.txt'])
          assert.ok(paths.includes(path), path);
        assert.deepEqual(errors(await inspectArchive(archive.path)), []);
        await luarocks(folder, 'install', '--tree', join(folder, 'ours'), archive.path);
      }));

    it('lets LuaRocks run a command build and apply patches, in a copy, without the hooks', () =>
      withFolder(async (folder) => {
        const project = {
          files: {
            ...plugin('cmd'),
            'kong-plugin-cmd-1.0-1.rockspec': rockspec(
              'kong-plugin-cmd',
              `{ type = "command", build_command = "echo 'return 1' > made.lua",
               install_command = "mkdir -p $(LUADIR)/kong/plugins/cmd && cp made.lua kong/plugins/cmd/*.lua $(LUADIR)/kong/plugins/cmd/",
               extra_files = { ["extra.txt"] = "x" } }`,
              `hooks = { post_install = "touch ${folder}/hook-ran" }`,
            ),
          },
        };
        const archive = await pack(folder, project);
        assert.match(archive.path, /\.all\.rock$/);
        assert.ok(archive.files.some(({ path }) => path === 'lua/kong/plugins/cmd/made.lua'));
        assert.deepEqual((await readdir(folder)).sort(), ['out', 'project']);
        assert.deepEqual((await readdir(join(folder, 'project'))).sort(), ['kong', 'kong-plugin-cmd-1.0-1.rockspec']);
        // The rockspec in the rock is the author's own, byte for byte.
        assert.deepEqual(errors(await inspectArchive(archive.path)), []);
      }));

    it('says what LuaRocks said when a build fails', () =>
      withFolder(async (folder) => {
        const files = {
          ...plugin('bad'),
          'kong-plugin-bad-1.0-1.rockspec': rockspec(
            'kong-plugin-bad',
            '{ type = "command", build_command = "echo no-luck >&2; exit 3" }',
          ),
        };
        await writeProject(join(folder, 'project'), { files });
        await assert.rejects(
          packProject(join(folder, 'project'), { out: folder }),
          /LuaRocks could not build[^]*Failed building/,
        );
        await assert.rejects(
          packProject(join(folder, 'project'), { out: folder, build: false }),
          /cannot be packed by copying files/,
        );
      }));

    it('reads a rock of luarocks pack without a problem', () =>
      withFolder(async (folder) => {
        await writeProject(join(folder, 'project'), PROJECTS[3] ?? { files: {} });
        await packWithLuarocks(join(folder, 'project'), folder, 'kong-plugin-d', '1.0-1');
        const name = (await readdir(folder)).find((file) => file.endsWith('.rock')) ?? '';
        assert.deepEqual((await inspectArchive(join(folder, name))).problems, []);
      }));
  });
}

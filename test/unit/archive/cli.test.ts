// `kong-plugin pack`, `inspect` and `publish` on the command line: the JSON of the design, the exit codes, paths from the working directory.
import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, type Said } from '../cli/commandLine';
import { withFolder, writeProject } from './luarocks';
import { plugin, PROJECTS, rockspec } from './projects';

const kongPlugin = (cwd: string, ...args: string[]): Promise<Said> => commandLine(args, { cwd, env: { PATH: '/nowhere' } });

const template = PROJECTS[0] ?? { files: {} };

interface Answer {
  archives: {
    path: string;
    kind: string;
    sha256: string | null;
    files: { path: string; size: number }[];
    problems: { code: string }[];
  }[];
}

describe('kong-plugin pack and inspect', () => {
  it('pack the current folder and read it back', () =>
    withFolder(async (folder) => {
      await writeProject(folder, template);
      const packed = await kongPlugin(folder, 'pack', '--format', 'json');
      assert.deepEqual([packed.status, packed.err], [0, '']);
      const { archives } = JSON.parse(packed.out) as Answer;
      assert.deepEqual(
        archives.map(({ path, kind, problems }) => ({ path, kind, problems })),
        [{ path: 'kong-plugin-a-1.0-1.all.rock', kind: 'rock', problems: [] }],
      );
      assert.match(archives[0]?.sha256 ?? '', /^[0-9a-f]{64}$/);
      const inspected = await kongPlugin(folder, 'inspect', archives[0]?.path ?? '', '--format', 'json');
      assert.equal(inspected.status, 0);
      const again = (JSON.parse(inspected.out) as Answer).archives[0];
      assert.equal(again?.sha256, archives[0]?.sha256);
      assert.deepEqual(
        again?.files.map(({ path, size }) => ({ path, size })),
        archives[0]?.files,
      );
    }));

  it('write where --out says and name it from the working directory', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'a plugin'), template);
      const { status, out } = await kongPlugin(folder, 'pack', 'a plugin', '--kind', 'tar', '--out', 'dist', '--format', 'json');
      assert.equal(status, 0);
      assert.deepEqual(
        (JSON.parse(out) as Answer).archives.map(({ path, kind }) => [path, kind]),
        [['dist/kong-plugin-a-1.0-1.tar.gz', 'tar']],
      );
      assert.deepEqual(await readdir(join(folder, 'dist')), ['kong-plugin-a-1.0-1.tar.gz', 'kong-plugin-a-1.0-1.tar.gz.sha256']);
    }));

  it('end with 1 when an archive is refused or bad, and say why', () =>
    withFolder(async (folder) => {
      await writeProject(folder, {
        files: {
          ...plugin('x'),
          'kong-plugin-x-1.0-1.rockspec': rockspec('kong-plugin-x', '{ type = "builtin", modules = {} }'),
        },
      });
      const refused = await kongPlugin(folder, 'pack', '--format', 'json');
      assert.equal(refused.status, 1);
      const [archive] = (JSON.parse(refused.out) as Answer).archives;
      assert.equal(archive?.sha256, null);
      assert.ok(archive.problems.some(({ code }) => code === 'pack/installs-nothing'));
      const text = await kongPlugin(folder, 'pack');
      assert.match(text.out, /error: The archive would install nothing/);
      await writeFile(join(folder, 'bad.rock'), 'no');
      assert.equal((await kongPlugin(folder, 'inspect', 'bad.rock')).status, 1);
    }));

  it('end with 2 for wrong usage and 3 when LuaRocks is needed and missing', () =>
    withFolder(async (folder) => {
      assert.equal((await kongPlugin(folder, 'pack', 'nowhere')).status, 2);
      assert.equal((await kongPlugin(folder, 'inspect', 'nowhere.rock')).status, 2);
      assert.equal((await kongPlugin(folder, 'pack', '--kind', 'zip')).status, 2);
      await writeProject(folder, { files: { 'kong-plugin-x-1.0-1.rockspec': rockspec('kong-plugin-x', '{ type = "make" }') } });
      const path = process.env['PATH'];
      process.env['PATH'] = '/nowhere';
      try {
        const { status, err } = await kongPlugin(folder, 'pack');
        assert.equal(status, 3);
        assert.match(err, /build\.type = "make" runs programs.*takes LuaRocks/);
      } finally {
        process.env['PATH'] = path;
      }
    }));

  it('publish nothing without a yes', () =>
    withFolder(async (folder) => {
      await writeProject(folder, template);
      const { status, out } = await kongPlugin(folder, 'publish', '--server', 'http://127.0.0.1:1', '--format', 'json');
      assert.equal(status, 1);
      const { publish } = JSON.parse(out) as { publish: { published: boolean; problems: { code: string }[] } };
      assert.equal(publish.published, false);
      assert.ok(publish.problems.some(({ code }) => code === 'publish/no-luarocks'));
    }));
});

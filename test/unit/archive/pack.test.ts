// Packing itself: one sha256 wherever it is done, refusals with their reason, nothing overwritten unasked, plugins without a rockspec.
import assert from 'node:assert/strict';
import { chmod, mkdir, readdir, readFile, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Archive } from '../../../src/archive/archive';
import { ARCHIVE_LIMITS } from '../../../src/archive/entries';
import { inspectArchive } from '../../../src/archive/inspect';
import { packProject } from '../../../src/archive/pack';
import type { PackOptions } from '../../../src/archive/pack';
import { readTarGz } from '../../../src/archive/tarball';
import { filesBelow, withFolder, writeProject } from './luarocks';
import { modulesOf, plugin, PROJECTS, rockspec } from './projects';
import type { Project } from './projects';

async function packOne(folder: string, options: Partial<PackOptions> = {}): Promise<Archive> {
  const archives = await packProject(join(folder, 'project'), { out: join(folder, 'out'), ...options });
  assert.equal(archives.length, 1);
  assert.ok(archives[0]);
  return archives[0];
}

/** The codes of the errors that packing these files ends with. */
async function refusal(files: Project['files'], options: Partial<PackOptions> = {}): Promise<string[]> {
  return withFolder(async (folder) => {
    await writeProject(join(folder, 'project'), { files });
    const archive = await packOne(folder, options);
    assert.equal(archive.sha256, null);
    await assert.rejects(readdir(join(folder, 'out')), { code: 'ENOENT' });
    return archive.problems.filter(({ severity }) => severity === 'error').map(({ code }) => code);
  });
}

/** A project whose build table has more than the two modules of plugin `x`. */
function withBuild(build: string, files: Record<string, string> = {}, extra = ''): Record<string, string> {
  return { ...plugin('x'), 'kong-plugin-x-1.0-1.rockspec': rockspec('kong-plugin-x', build, extra), ...files };
}

const builtin = (more: string): string => `{ type = "builtin", modules = { ${modulesOf('x')}${more} }`;

describe('packing', () => {
  it('refuses more than a plugin can be, without reading it', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), {
        files: withBuild(`${builtin('')}, copy_directories = { "data" } }`, { 'data/x': '' }),
      });
      // More than a buffer can hold: reading it would end in another error.
      await truncate(join(folder, 'project/data/x'), 2 ** 42);
      await assert.rejects(packOne(folder), /more than 256 MB/);
    }));

  for (const kind of ['rock', 'tar'] as const) {
    it(`gives one sha256 in two folders with other dates and modes: ${kind}`, () =>
      withFolder(async (folder) => {
        for (const project of PROJECTS) {
          const sums: (string | null)[] = [];
          for (const name of ['one', 'two']) {
            const base = join(folder, project.shape.replaceAll('/', ' '), name);
            const mask = process.umask(name === 'one' ? 0o022 : 0o077);
            try {
              await writeProject(join(base, 'project'), project);
              for (const path of Object.keys(project.files)) {
                await utimes(join(base, 'project', path), name === 'one' ? 1 : 2e9, name === 'one' ? 1 : 2e9);
              }
              sums.push((await packOne(base, { kind })).sha256);
            } finally {
              process.umask(mask);
            }
          }
          assert.notEqual(sums[0], null, project.shape);
          assert.equal(sums[0], sums[1], project.shape);
        }
      }));
  }

  it('has the same sha256 in every time zone', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      const zone = process.env['TZ'];
      const sums = new Set<string | null>();
      for (const tz of ['UTC', 'Asia/Tokyo', 'America/Los_Angeles']) {
        process.env['TZ'] = tz;
        for (const kind of ['rock', 'tar'] as const) sums.add((await packOne(folder, { kind })).sha256);
      }
      if (zone === undefined) delete process.env['TZ'];
      else process.env['TZ'] = zone;
      assert.equal(sums.size, 2);
    }));

  it('writes the sha256 beside the archive as sha256sum -c reads it', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      const { sha256, path } = await packOne(folder);
      assert.equal(await readFile(`${path}.sha256`, 'utf8'), `${sha256 ?? ''}  kong-plugin-a-1.0-1.all.rock\n`);
      assert.equal((await inspectArchive(path)).sha256, sha256);
      assert.deepEqual((await readdir(join(folder, 'out'))).length, 2);
    }));

  it('leaves an equal archive alone, refuses to replace a different one, and replaces it when told', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), { files: plugin('x') });
      await writeProject(join(folder, 'project'), { files: withBuild(`${builtin('')} }`) });
      const { path, sha256 } = await packOne(folder);
      assert.equal((await packOne(folder)).sha256, sha256);
      await writeFile(join(folder, 'project/kong/plugins/x/handler.lua'), 'return { PRIORITY = 1, VERSION = "1.0" }\n');
      const refused = await packOne(folder);
      assert.deepEqual([refused.sha256, refused.problems.at(-1)?.code], [null, 'pack/exists']);
      assert.equal((await inspectArchive(path)).sha256, sha256);
      const asked: string[] = [];
      const replaced = await packOne(folder, { mayReplace: (name) => Promise.resolve(asked.push(name) > 0) });
      assert.deepEqual(asked, [path]);
      assert.equal((await inspectArchive(path)).sha256, replaced.sha256);
      assert.notEqual(replaced.sha256, sha256);
    }));

  it('stops when it is told to, with nothing written', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      const stop = new AbortController();
      const told: string[] = [];
      const packing = packOne(folder, {
        signal: stop.signal,
        onProgress: (message) => {
          told.push(message);
          stop.abort(new Error('enough'));
        },
      });
      await assert.rejects(packing, /enough/);
      assert.ok(told.length > 0);
      await assert.rejects(readdir(join(folder, 'out')), { code: 'ENOENT' });
    }));

  const refusals: [reason: string, files: Record<string, string>, codes: string[]][] = [
    ['a rockspec that does not parse', withBuild('{ type = '), ['rockspec/syntax-error']],
    ['a missing file', withBuild(`${builtin(', ["kong.plugins.x.y"] = "no/such.lua"')} }`), ['pack/missing-file']],
    ['nothing to install', withBuild('{ type = "builtin", modules = {} }'), ['pack/installs-nothing']],
    [
      'modules that LuaRocks would drop without a word',
      withBuild(`${builtin(', ["kong.plugins.x.y"] = 1')} }`),
      ['pack/module-value'],
    ],
    [
      'a module it requires and does not pack',
      withBuild(`${builtin('')} }`, { 'kong/plugins/x/handler.lua': 'local y = require "kong.plugins.x.y"\nreturn {}\n' }),
      ['pack/missing-module'],
    ],
    ['a handler that is no Lua', withBuild(`${builtin('')} }`, { 'kong/plugins/x/handler.lua': 'return {\n' }), ['pack/syntax']],
    [
      'half a plugin',
      withBuild('{ type = "builtin", modules = { ["kong.plugins.x.handler"] = "kong/plugins/x/handler.lua" } }'),
      ['pack/no-schema'],
    ],
    [
      'two files for one place',
      withBuild(`${builtin(', ["kong.plugins.x.y"] = "y/init.lua", ["kong.plugins.x.y.init"] = "z.lua"')} }`, {
        'y/init.lua': 'return 1\n',
        'z.lua': 'return 2\n',
      }),
      ['pack/two-files-one-place'],
    ],
    ['a file outside the folder', withBuild(`${builtin(', ["kong.plugins.x.y"] = "../y.lua"')} }`), ['pack/outside']],
    ['a directory that is not there', withBuild(`${builtin('')}, copy_directories = { "docs" } }`), ['pack/copy-directories']],
    [
      'a directory that breaks the rock',
      withBuild(`${builtin('')}, copy_directories = { "rock_manifest" } }`, { 'rock_manifest/x': '' }),
      ['pack/copy-directories'],
    ],
    ['no module list before format 3.0', withBuild('{ type = "builtin" }'), ['pack/no-modules']],
  ];
  for (const [reason, files, codes] of refusals) {
    it(`refuses ${reason}`, async () => {
      const found = await refusal(files);
      // The rockspec's own checks may name it too.
      for (const code of codes)
        assert.ok(found.includes(code) || found.some((other) => other.startsWith('rockspec/')), found.join());
      assert.ok(found.length > 0);
    });
  }

  it('packs with a warning what only publishing would stumble over', () =>
    withFolder(async (folder) => {
      const files = withBuild(`${builtin('')} }`);
      const name = 'kong-plugin-x-1.0-1.rockspec';
      files[name] = (files[name] ?? '').replace('git+https://', 'https://').replace(', license = "Apache-2.0"', '');
      await writeProject(join(folder, 'project'), { files });
      const { sha256, problems } = await packOne(folder);
      assert.notEqual(sha256, null);
      assert.deepEqual(problems.map(({ code, severity }) => `${severity} ${code}`).sort(), [
        'warning rockspec/license-missing',
        'warning rockspec/source-url',
      ]);
    }));

  it('takes a require under pcall for optional, and one in a comment for none', () =>
    withFolder(async (folder) => {
      const handler = `-- require "kong.plugins.x.gone"
local ok, extra = pcall(require, "kong.plugins.x.extra")
local also = pcall(function() return require("kong.plugins.x.other") end)
local s = [[ require "kong.plugins.x.text" ]]
return { PRIORITY = 1, VERSION = "1.0" }
`;
      await writeProject(join(folder, 'project'), {
        files: withBuild(`${builtin('')} }`, { 'kong/plugins/x/handler.lua': handler }),
      });
      assert.notEqual((await packOne(folder)).sha256, null);
    }));

  it('warns of hidden files that LuaRocks may leave out when it builds from the .tar.gz, which a rock does not need', () =>
    withFolder(async (folder) => {
      const files = withBuild(`${builtin('')} }`, { 'doc/.hidden': 'h', 'doc/part/.deeper': 'd', 'doc/seen': 's' });
      await writeProject(join(folder, 'project'), { files });
      const warnings = async (kind: 'rock' | 'tar'): Promise<unknown[]> => {
        const [archive] = await packProject(join(folder, 'project'), { out: folder, kind });
        assert.ok(archive);
        assert.ok(archive.files.some(({ path }) => path.endsWith('doc/.hidden')));
        return archive.problems.flatMap(({ code, path }) => (code === 'pack/needs-lfs' ? [path] : []));
      };
      assert.deepEqual(await warnings('tar'), ['doc/.hidden']);
      assert.deepEqual(await warnings('rock'), []);
    }));

  it('warns of a link that leads out of the folder', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), { files: withBuild(`${builtin('')} }`) });
      await mkdir(join(folder, 'project/doc'));
      await writeFile(join(folder, 'secret'), 's');
      await symlink('../../secret', join(folder, 'project/doc/link'));
      const { problems } = await packOne(folder);
      assert.deepEqual(
        problems.map(({ code }) => code).filter((code) => code.startsWith('pack/')),
        ['pack/link-outside'],
      );
    }));

  it('refuses a folder that links to itself instead of following it for ever', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), {
        files: withBuild(`${builtin('')} }`, { 'doc/a': 'a' }),
        links: { 'doc/up': '..' },
      });
      const { problems, sha256 } = await packOne(folder);
      assert.equal(sha256, null);
      assert.ok(problems.some(({ code }) => code === 'pack/link-cycle'));
    }));

  it('does not walk the whole disk through a link', function () {
    this.timeout(60_000);
    return withFolder(async (folder) => {
      const files = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`many/${i}`, '']));
      await writeProject(folder, { files });
      const links = Object.fromEntries(Array.from({ length: 150 }, (_, i) => [`doc/${i}`, '../../many']));
      await writeProject(join(folder, 'project'), { files: withBuild(`${builtin('')} }`), links });
      const { problems, sha256 } = await packOne(folder);
      assert.equal(sha256, null);
      assert.ok(problems.some(({ code }) => code === 'pack/too-many-files'));
    });
  });

  it('takes the newest rockspec of one package, and asks which of several packages', () =>
    withFolder(async (folder) => {
      const build = `{ type = "builtin", modules = { ${modulesOf('x')} } }`;
      const files: Record<string, string> = { ...plugin('x') };
      for (const version of ['1.9-1', '1.10-1', '1.2-1']) {
        files[`kong-plugin-x-${version}.rockspec`] = rockspec('kong-plugin-x', build, '', version);
      }
      await writeProject(join(folder, 'project'), { files });
      assert.match((await packOne(folder)).path, /kong-plugin-x-1\.10-1\.all\.rock$/);
      await writeProject(join(folder, 'project'), { files: { 'other-1.0-1.rockspec': rockspec('other', build) } });
      await assert.rejects(packOne(folder), { name: 'UserError', exitCode: 2, message: /other-1\.0-1\.rockspec/ });
      const named = await packProject(join(folder, 'project/other-1.0-1.rockspec'), { out: join(folder, 'out') });
      assert.match(named[0]?.path ?? '', /other-1\.0-1\.all\.rock$/);
    }));

  it('packs a plugin without a rockspec as kong/plugins/<name>', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), {
        files: { ...plugin('bare'), 'README.md': '# bare\n', LICENSE: 'MIT\n', 'spec/x.lua': '' },
      });
      const archive = await packOne(folder);
      assert.match(archive.path, /bare-1\.0\.tar\.gz$/);
      assert.deepEqual(
        archive.files.map(({ path }) => path),
        [
          'bare/INSTALL.txt',
          'bare/LICENSE',
          'bare/README.md',
          'bare/kong/plugins/bare/handler.lua',
          'bare/kong/plugins/bare/schema.lua',
        ],
      );
      await assert.rejects(packOne(folder, { kind: 'rock' }), { name: 'UserError', exitCode: 1, message: /no rockspec/ });
    }));

  it('tells in INSTALL.txt how to install this very plugin', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[2] ?? { files: {} });
      const { path } = await packOne(folder, { kind: 'tar' });
      const bytes = await readFile(path);
      const { entries } = await readTarGz(bytes, bytes.length, (name) => name === 'c/INSTALL.txt', ARCHIVE_LIMITS);
      const text = entries.find((entry) => entry.path === 'c/INSTALL.txt')?.content?.toString() ?? '';
      for (const words of [
        'luarocks install --force kong-plugin-c-1.0-1.all.rock',
        'tar -xzf kong-plugin-c-1.0-1.tar.gz',
        'cd c\n',
        'luarocks make',
        'lua_package_path = /opt/kong-plugins/c/?.lua;;',
        'plugins = bundled,c',
        'luarocks remove kong-plugin-c',
      ]) {
        assert.ok(text.includes(words), words);
      }
      const paths = entries.map((entry) => entry.path);
      for (const wanted of [
        'c/README.md',
        'c/kong-plugin-c-1.0-1.rockspec',
        'c/src/handler.lua',
        'c/kong/plugins/c/handler.lua',
      ]) {
        assert.ok(paths.includes(wanted), wanted);
      }
    }));

  it('says that a folder does not exist, holds no plugin, or cannot be written to', async () => {
    await withFolder(async (folder) => {
      await assert.rejects(packProject(join(folder, 'none'), { out: folder }), { name: 'UserError', exitCode: 2 });
      await assert.rejects(packProject(folder, { out: folder }), { name: 'UserError', message: /No plugin found/ });
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      await writeFile(join(folder, 'out'), 'a file');
      await assert.rejects(packOne(folder), { name: 'UserError', exitCode: 3, message: /Cannot write/ });
      assert.deepEqual((await filesBelow(folder)).get('out'), 'a file');
    });
  });

  it('takes away what a killed one left half written', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      await mkdir(join(folder, 'out'));
      // No process has a number as high as this.
      const [ofDead, ofUs] = [99_999_999, process.ppid].map((pid) => `.kong-plugin.${pid}.0123456789ab.tmp`);
      for (const draft of [ofDead, ofUs]) await writeFile(join(folder, 'out', draft ?? ''), 'half');
      await packOne(folder);
      const left = (await readdir(join(folder, 'out'))).filter((name) => name.endsWith('.tmp'));
      assert.deepEqual(left, [ofUs]);
    }));

  it('packs files that only the owner may read', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[0] ?? { files: {} });
      await chmod(join(folder, 'project/kong/plugins/a/handler.lua'), 0o400);
      assert.notEqual((await packOne(folder)).sha256, null);
    }));
});

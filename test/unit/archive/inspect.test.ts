// Inspecting archives that people make by mistake or on purpose: what is wrong is named, nothing is written, nothing hangs.
import assert from 'node:assert/strict';
import { ARCHIVE_LIMITS } from '../../../src/archive/entries';
import { inspectArchive } from '../../../src/archive/inspect';
import { zipOf } from './hostile';
import type { ZipMember } from './hostile';
import { withFolder } from './luarocks';
import { rockspec } from './projects';
import { inspect, codes, NAME, SPEC, HANDLER, GOOD, members, rock } from './inspected';

describe('inspecting a rock', () => {
  it('says what is inside and where each file goes', async () => {
    const archive = await inspect(`${NAME}.all.rock`, rock({ ...GOOD, 'doc/README.md': 'r', 'bin/tool': '#!/bin/sh\n' }));
    assert.deepEqual(archive.problems, []);
    const places = Object.fromEntries(archive.files.map(({ path, deploysTo }) => [path, deploysTo]));
    assert.deepEqual(places, {
      [`${NAME}.rockspec`]: `lib/luarocks/rocks-5.1/kong-plugin-x/1.0-1/${NAME}.rockspec`,
      'bin/tool': 'bin/tool',
      'doc/README.md': 'lib/luarocks/rocks-5.1/kong-plugin-x/1.0-1/doc/README.md',
      'lua/kong/plugins/x/handler.lua': 'share/lua/5.1/kong/plugins/x/handler.lua',
      'lua/kong/plugins/x/schema.lua': 'share/lua/5.1/kong/plugins/x/schema.lua',
      rock_manifest: 'lib/luarocks/rocks-5.1/kong-plugin-x/1.0-1/rock_manifest',
    });
  });

  const manifestOf = (lua: string): ZipMember => ({ path: 'rock_manifest', content: lua });
  const cases: [what: string, name: string, bytes: Buffer, expected: string[]][] = [
    [
      'a wrong checksum',
      `${NAME}.all.rock`,
      zipOf([...members(GOOD).map((m) => (m.path === 'lua/kong/plugins/x/handler.lua' ? { ...m, content: 'evil' } : m))]),
      ['inspect/checksum'],
    ],
    [
      'a module that is not listed',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'lua/kong/plugins/x/more.lua', content: 'x' }),
      ['inspect/unlisted'],
    ],
    [
      'a file listed but absent',
      `${NAME}.all.rock`,
      zipOf(members(GOOD).filter(({ path }) => path !== 'lua/kong/plugins/x/schema.lua')),
      ['inspect/absent'],
    ],
    ['no rock_manifest', `${NAME}.all.rock`, zipOf(members(GOOD, false)), ['inspect/no-rock-manifest']],
    [
      'an empty rock_manifest',
      `${NAME}.all.rock`,
      zipOf([...members(GOOD, false), manifestOf('rock_manifest = {}')]),
      ['inspect/unlisted', 'inspect/unlisted', 'inspect/unlisted', 'inspect/installs-nothing'],
    ],
    [
      'a broken rock_manifest',
      `${NAME}.all.rock`,
      zipOf([...members(GOOD, false), manifestOf('rock_manifest = {')]),
      ['inspect/rock-manifest', 'inspect/unlisted', 'inspect/unlisted', 'inspect/unlisted', 'inspect/installs-nothing'],
    ],
    [
      'no rockspec',
      `${NAME}.all.rock`,
      rock({ 'lua/kong/plugins/x/handler.lua': HANDLER, 'lua/kong/plugins/x/schema.lua': HANDLER }),
      ['inspect/no-rockspec'],
    ],
    [
      'a rockspec by another name',
      `${NAME}.all.rock`,
      rock({ ...GOOD, [`${NAME}.rockspec`]: '', 'other-1.0-1.rockspec': SPEC }),
      ['inspect/rockspec'],
    ],
    [
      'a file name of another version',
      'kong-plugin-x-1.1-1.all.rock',
      rock(GOOD),
      ['inspect/rockspec-name', 'inspect/name-mismatch'],
    ],
    ['a file name in capitals', 'Kong-Plugin-X-1.0-1.all.rock', rock(GOOD), ['inspect/rockspec-name', 'inspect/name-mismatch']],
    ['a file name without an architecture', 'plugin-x.rock', rock(GOOD), ['inspect/file-name']],
    ['an architecture that is none', `${NAME}.any.rock`, rock(GOOD), ['inspect/architecture']],
    ['another machine', `${NAME}.macosx-aarch64.rock`, rock(GOOD), ['inspect/architecture']],
    [
      'compiled modules in an all.rock',
      `${NAME}.all.rock`,
      rock({ ...GOOD, 'lib/kong/plugins/x/c.so': 'ELF' }),
      ['inspect/architecture'],
    ],
    [
      'a hook',
      `${NAME}.all.rock`,
      rock({ ...GOOD, [`${NAME}.rockspec`]: `${SPEC}hooks = { post_install = "rm -rf /" }\n` }),
      ['inspect/hook'],
    ],
    [
      'files at the root',
      `${NAME}.all.rock`,
      rock({ [`${NAME}.rockspec`]: SPEC, 'kong/plugins/x/handler.lua': HANDLER }),
      ['inspect/installs-nothing', 'inspect/misplaced'],
    ],
    [
      'a source rock that runs make',
      `${NAME}.src.rock`,
      zipOf([{ path: `${NAME}.rockspec`, content: rockspec('kong-plugin-x', '{ type = "make" }') }]),
      ['inspect/runs-programs'],
    ],
    [
      'a path that leads out',
      `${NAME}.all.rock`,
      rock(GOOD, { path: '../../etc/cron.d/x', content: 'x' }),
      ['inspect/path-traversal', 'inspect/unlisted'],
    ],
    [
      'an absolute path',
      `${NAME}.all.rock`,
      rock(GOOD, { path: '/etc/passwd', content: 'x' }),
      ['inspect/path-traversal', 'inspect/unlisted'],
    ],
    [
      'a path with backslashes that leads out',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc\\..\\..\\x', content: 'x' }),
      ['inspect/path-traversal', 'inspect/unlisted'],
    ],
    ['a drive', `${NAME}.all.rock`, rock(GOOD, { path: 'C:/x', content: 'x' }), ['inspect/path-traversal', 'inspect/unlisted']],
    [
      'control characters',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/a\nb', content: 'x' }),
      ['inspect/odd-name', 'inspect/unlisted'],
    ],
    [
      'a name that turns its direction',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/a\u202ecod.exe', content: 'x' }),
      ['inspect/misleading-name', 'inspect/unlisted'],
    ],
    [
      'a name with a sign that is not seen',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/a\u200bb', content: 'x' }),
      ['inspect/misleading-name', 'inspect/unlisted'],
    ],
    [
      'files that only capitals tell apart',
      `${NAME}.all.rock`,
      rock({ ...GOOD, 'doc/A.md': 'x' }, { path: 'doc/a.md', content: 'y' }),
      ['inspect/colliding-names', 'inspect/unlisted'],
    ],
    [
      'folders that only capitals tell apart',
      `${NAME}.all.rock`,
      rock({ ...GOOD, 'doc/A/x': 'x' }, { path: 'doc/a/x', content: 'y' }),
      ['inspect/colliding-names', 'inspect/unlisted'],
    ],
    [
      'one accent written in two ways',
      `${NAME}.all.rock`,
      rock({ ...GOOD, 'doc/\u00e9': 'x' }, { path: 'doc/e\u0301', content: 'y' }),
      ['inspect/colliding-names', 'inspect/unlisted'],
    ],
    ['a link', `${NAME}.all.rock`, rock(GOOD, { path: 'doc/l', content: '/etc/shadow', mode: 0o120777 }), ['inspect/link']],
    ['a device', `${NAME}.all.rock`, rock(GOOD, { path: 'doc/d', mode: 0o020666 }), ['inspect/special-file']],
    [
      'a file that wants another user',
      `${NAME}.all.rock`,
      rock({ ...GOOD, 'bin/t': '#!\n' }, { path: 'bin/s', content: '', mode: 0o104755 }),
      ['inspect/mode', 'inspect/unlisted'],
    ],
    [
      'a file twice',
      `${NAME}.all.rock`,
      rock(GOOD, { path: './lua/kong/plugins/x/handler.lua', content: 'other' }),
      ['inspect/duplicate', 'inspect/unlisted'],
    ],
    [
      'a file that is also a folder',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'lua/kong', content: 'x' }),
      ['inspect/duplicate', 'inspect/unlisted'],
    ],
    [
      'encryption',
      `${NAME}.all.rock`,
      rock({ ...GOOD }, { path: 'doc/e', content: 'x'.repeat(13), flags: 1, size: 1 }),
      ['inspect/encrypted', 'inspect/unlisted'],
    ],
    [
      'a compression nobody has',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/c', content: 'x', method: 99 }),
      ['inspect/compression', 'inspect/unlisted'],
    ],
    [
      'a damaged file',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/c', content: 'x', crc: 7 }),
      ['inspect/corrupt', 'inspect/unlisted'],
    ],
    [
      'a size that lies',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/c', content: 'x'.repeat(1000), deflate: true, size: 10 }),
      ['inspect/corrupt', 'inspect/unlisted'],
    ],
    [
      'two names for one file',
      `${NAME}.all.rock`,
      rock(GOOD, { path: 'doc/a', localPath: 'doc/b', content: 'x' }),
      ['inspect/two-names', 'inspect/unlisted'],
    ],
    [
      'no zip at all',
      `${NAME}.all.rock`,
      Buffer.from('hello'),
      ['inspect/corrupt', 'inspect/no-rockspec', 'inspect/no-rock-manifest', 'inspect/installs-nothing'],
    ],
    [
      'an empty file',
      `${NAME}.all.rock`,
      Buffer.alloc(0),
      ['inspect/corrupt', 'inspect/no-rockspec', 'inspect/no-rock-manifest', 'inspect/installs-nothing'],
    ],
  ];
  for (const [what, name, bytes, expected] of cases) {
    it(`names ${what}`, async () => {
      assert.deepEqual(codes(await inspect(name, bytes)).sort(), [...expected].sort());
    });
  }

  it('does not read a rockspec that loops for ever, or a manifest that grows without end', async () => {
    const loops = await inspect(`${NAME}.all.rock`, rock({ ...GOOD, [`${NAME}.rockspec`]: 'while true do end' }));
    assert.ok(codes(loops).includes('inspect/rockspec'));
    const bomb = `local t = {} for i = 1, 40 do t = { t, t, t, t } end rock_manifest = t`;
    const grows = await inspect(`${NAME}.all.rock`, zipOf([...members(GOOD, false), manifestOf(bomb)]));
    assert.ok(codes(grows).includes('inspect/unlisted'));
  });

  it('stops at too many entries, too much content, too good a compression', async () => {
    const many = Array.from({ length: 200 }, (_, i) => ({ path: `doc/${i}`, content: 'x' }));
    assert.ok(
      codes(await inspect(`${NAME}.all.rock`, zipOf(many), { ...ARCHIVE_LIMITS, entries: 100 })).includes('inspect/size-bomb'),
    );
    const large = [{ path: 'doc/large', content: Buffer.alloc(3_000_000), deflate: true }];
    assert.ok(
      codes(await inspect(`${NAME}.all.rock`, zipOf(large), { ...ARCHIVE_LIMITS, total: 1_000_000 })).includes(
        'inspect/size-bomb',
      ),
    );
    assert.ok(
      codes(await inspect(`${NAME}.all.rock`, zipOf(large), { ...ARCHIVE_LIMITS, ratioFrom: 100_000 })).includes(
        'inspect/size-bomb',
      ),
    );
    const claims = [{ path: 'doc/claims', content: 'x', deflate: true, size: 4_000_000_000 }];
    assert.ok(codes(await inspect(`${NAME}.all.rock`, zipOf(claims))).includes('inspect/size-bomb'));
  });

  it('does not lose itself in paths without end', async () => {
    const deep = Array.from({ length: 300 }, (_, i) => ({ path: `${'a/'.repeat(30_000)}${i}`, content: 'x' }));
    assert.ok(codes(await inspect(`${NAME}.all.rock`, zipOf(deep))).includes('inspect/odd-name'));
  });

  it('names at most a hundred bad entries', async () => {
    const many = Array.from({ length: 500 }, (_, i) => ({ path: `../${i}`, content: 'x' }));
    assert.equal(
      codes(await inspect(`${NAME}.all.rock`, zipOf(many))).filter((code) => code === 'inspect/path-traversal').length,
      100,
    );
  });

  it('says that there is no such file, or that it is a folder', async () => {
    await assert.rejects(inspectArchive('/no/such.rock'), { name: 'UserError', exitCode: 2 });
    await withFolder((folder) => assert.rejects(inspectArchive(folder), { name: 'UserError', exitCode: 2 }));
  });
});

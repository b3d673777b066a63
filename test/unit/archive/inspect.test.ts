// Inspecting archives that people make by mistake or on purpose: what is wrong is named, nothing is written, nothing hangs.
import assert from 'node:assert/strict';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import type { Archive } from '../../../src/archive/archive';
import { ARCHIVE_LIMITS } from '../../../src/archive/entries';
import { inspectArchive } from '../../../src/archive/inspect';
import { packProject } from '../../../src/archive/pack';
import { md5, writeRockManifest } from '../../../src/luarocks/rockManifest';
import { readRock } from '../../../src/archive/readRock';
import { tarOf, zipOf } from './hostile';
import type { ZipMember } from './hostile';
import { withFolder, writeProject } from './luarocks';
import { modulesOf, plugin, PROJECTS, rockspec } from './projects';

async function inspect(name: string, bytes: Buffer, limits = ARCHIVE_LIMITS): Promise<Archive> {
  return withFolder(async (folder) => {
    await writeFile(join(folder, name), bytes);
    const archive = await inspectArchive(join(folder, name), { limits });
    assert.deepEqual(await readdir(folder), [name]);
    return archive;
  });
}

const codes = ({ problems }: Archive): string[] => problems.map(({ code }) => code);

const NAME = 'kong-plugin-x-1.0-1';
const SPEC = rockspec('kong-plugin-x', `{ type = "builtin", modules = { ${modulesOf('x')} } }`);
const HANDLER = 'return {}\n';
const GOOD: Record<string, string> = {
  [`${NAME}.rockspec`]: SPEC,
  'lua/kong/plugins/x/handler.lua': HANDLER,
  'lua/kong/plugins/x/schema.lua': HANDLER,
};

function members(files: Record<string, string>, manifest = true): ZipMember[] {
  const contents = Object.entries(files).map(([path, text]) => ({ path, content: Buffer.from(text), mode: 0o644 }));
  const list = manifest ? [{ path: 'rock_manifest', content: writeRockManifest(contents) }] : [];
  return [...contents.map(({ path, content }) => ({ path, content })), ...list];
}

const rock = (files: Record<string, string>, ...more: ZipMember[]): Buffer => zipOf([...members(files), ...more]);

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

describe('inspecting a .tar.gz', () => {
  const top = (files: Record<string, string>): { path: string; content: string }[] =>
    Object.entries(files).map(([path, content]) => ({ path: `x/${path}`, content }));
  const good = { 'kong/plugins/x/handler.lua': HANDLER, 'kong/plugins/x/schema.lua': HANDLER, [`${NAME}.rockspec`]: SPEC };

  it('says where luarocks make puts the modules', async () => {
    const archive = await inspect('x.tar.gz', tarOf(top(good)));
    assert.deepEqual(archive.problems, []);
    assert.equal(archive.files[0]?.deploysTo, 'share/lua/5.1/kong/plugins/x/handler.lua');
  });

  const cases: [what: string, bytes: Buffer, expected: string[]][] = [
    ['no plugin', tarOf(top({ 'README.md': 'r' })), ['inspect/no-plugin']],
    ['a plugin without schema', tarOf(top({ 'kong/plugins/x/handler.lua': HANDLER })), ['inspect/no-schema']],
    ['a schema without handler', tarOf(top({ 'kong/plugins/x/schema.lua': HANDLER })), ['inspect/no-handler']],
    ['no folder of its own', tarOf([...top(good), { path: 'y', content: '' }]), ['inspect/many-tops']],
    [
      'a rockspec under a wrong name',
      tarOf(top({ ...good, [`${NAME}.rockspec`]: SPEC.replace('1.0-1', '1.1-1') })),
      ['inspect/rockspec-name'],
    ],
    ['a broken rockspec', tarOf(top({ ...good, [`${NAME}.rockspec`]: 'build = ' })), ['inspect/rockspec']],
    ['a hook', tarOf(top({ ...good, [`${NAME}.rockspec`]: `${SPEC}hooks = { post_install = "true" }\n` })), ['inspect/hook']],
    [
      'a path that leads out',
      tarOf([...top(good), { path: 'x/../../y', content: '' }]),
      ['inspect/many-tops', 'inspect/path-traversal'],
    ],
    ['a symbolic link', tarOf([...top(good), { path: 'x/l', type: 'SymbolicLink', linkpath: '/etc' }]), ['inspect/link']],
    ['a hard link', tarOf([...top(good), { path: 'x/l', type: 'Link', linkpath: '../../etc/passwd' }]), ['inspect/link']],
    ['a device', tarOf([...top(good), { path: 'x/d', type: 'CharacterDevice' }]), ['inspect/special-file']],
    ['a pipe', tarOf([...top(good), { path: 'x/p', type: 'FIFO' }]), ['inspect/special-file']],
    ['a file twice', tarOf([...top(good), ...top(good).slice(0, 1)]), ['inspect/duplicate']],
    ['half an archive', tarOf(top(good)).subarray(0, 100), ['inspect/corrupt', 'inspect/no-plugin']],
    ['something else that is gzipped', gzipSync('x'.repeat(2000)), ['inspect/corrupt', 'inspect/no-plugin']],
    ['a bomb', gzipSync(Buffer.alloc(20_000_000)), ['inspect/no-plugin', 'inspect/size-bomb']],
  ];
  for (const [what, bytes, expected] of cases) {
    it(`names ${what}`, async () => {
      assert.deepEqual(codes(await inspect('x.tar.gz', bytes)).sort(), [...expected].sort());
    });
  }
});

describe('archives of any plugin', function () {
  this.timeout(60_000);
  const name = fc.stringMatching(/^[a-z][a-z0-9_-]{0,8}$/);
  const file = fc
    .stringMatching(/^[a-zA-Z0-9_ .'"$-]{1,12}$/)
    .filter((text) => !/^\.+$/.test(text) && !/^(["']).*\1$/.test(text));
  const content = fc.oneof(
    fc.string(),
    fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
  );
  const project = fc.record({
    name,
    docs: fc.dictionary(file, content, { maxKeys: 5 }),
    modules: fc.dictionary(fc.stringMatching(/^[a-z_][a-z0-9_]{0,8}$/), content, { maxKeys: 4 }),
    kind: fc.constantFrom('rock' as const, 'tar' as const),
  });

  it('are read back by inspect without a problem', () =>
    fc.assert(
      fc.asyncProperty(project, ({ name: plug, docs, modules, kind }) =>
        withFolder(async (folder) => {
          const own = Object.keys(modules).filter((module) => module !== 'handler' && module !== 'schema');
          const lines = own.map((module) => `, ["kong.plugins.${plug}.${module}"] = "src/${module}.lua"`).join('');
          await writeProject(join(folder, 'project'), {
            files: {
              ...plugin(plug),
              ...Object.fromEntries(Object.entries(docs).map(([path, text]) => [`doc/${path}`, text])),
              ...Object.fromEntries(own.map((module) => [`src/${module}.lua`, modules[module] ?? ''])),
              [`kong-plugin-${plug}-1.0-1.rockspec`]: rockspec(
                `kong-plugin-${plug}`,
                `{ type = "builtin", modules = { ${modulesOf(plug)}${lines} } }`,
              ),
            },
          });
          const packed = (await packProject(join(folder, 'project'), { out: folder, kind }))[0];
          assert.ok(packed?.sha256, JSON.stringify(packed?.problems));
          const inspected = await inspectArchive(packed.path);
          assert.deepEqual(inspected.problems, []);
          assert.equal(inspected.sha256, packed.sha256);
          assert.deepEqual(
            inspected.files.map(({ path, size }) => ({ path, size })),
            packed.files,
          );
        }),
      ),
      { numRuns: 60 },
    ));

  it('never crash it when they are mutated, and nothing is written', () =>
    withFolder(async (folder) => {
      await writeProject(join(folder, 'project'), PROJECTS[3] ?? { files: {} });
      for (const kind of ['rock', 'tar'] as const) {
        const packed = (await packProject(join(folder, 'project'), { out: join(folder, 'out'), kind }))[0];
        assert.ok(packed?.sha256);
        const bytes = await readFile(packed.path);
        const changes = fc.array(fc.record({ at: fc.nat(bytes.length - 1), to: fc.nat(255) }), { minLength: 1, maxLength: 12 });
        const cut = fc.option(fc.nat(bytes.length), { nil: bytes.length });
        await fc.assert(
          fc.asyncProperty(changes, cut, async (edits, length) => {
            const mutated = Buffer.from(bytes);
            for (const { at, to } of edits) mutated[at] = to;
            const archive = await inspect(
              kind === 'rock' ? 'kong-plugin-d-1.0-1.all.rock' : 'd.tar.gz',
              mutated.subarray(0, length),
            );
            assert.ok(Array.isArray(archive.problems));
            if (kind === 'rock') {
              const content = mutated.subarray(0, length);
              await readRock({ name: 'kong-plugin-d-1.0-1.all.rock', content }).catch((error: unknown) =>
                assert.equal((error as Error).name, 'UserError'),
              );
            }
          }),
          { numRuns: 300 },
        );
      }
    }));

  it('is refused as a rock when its content was changed after packing', () => {
    const changed = members(GOOD).map((member) =>
      member.path === 'lua/kong/plugins/x/schema.lua' ? { ...member, content: 'return 1\n' } : member,
    );
    assert.notEqual(md5(Buffer.from('return 1\n')), md5(Buffer.from(HANDLER)));
    return assert.rejects(readRock({ name: `${NAME}.all.rock`, content: zipOf(changed) }), {
      name: 'UserError',
      message: /is not the file that was packed/,
    });
  });
});

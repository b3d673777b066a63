// Inspecting a .tar.gz that people make by mistake or on purpose, and archives of any plugin: named, nothing written, nothing hangs.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { inspectArchive } from '../../../src/archive/inspect';
import { packProject } from '../../../src/archive/pack';
import { md5 } from '../../../src/luarocks/rockManifest';
import { readRock } from '../../../src/archive/readRock';
import { tarOf, zipOf } from './hostile';
import { withFolder, writeProject } from './luarocks';
import { modulesOf, plugin, PROJECTS, rockspec } from './projects';
import { inspect, codes, NAME, SPEC, HANDLER, GOOD, members } from './inspected';

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
    // Names that only capitals tell apart are warned of, rightly.
    docs: fc
      .uniqueArray(fc.tuple(file, content), { selector: ([path]) => path.toLowerCase(), maxLength: 5 })
      .map((pairs) => Object.fromEntries(pairs)),
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

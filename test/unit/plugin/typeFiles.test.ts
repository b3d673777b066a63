// Setting up the Lua language server: its settings are made or added to, and nothing in them is lost.
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { libraryChanges, typeChanges } from '../../../src/plugin/typeFiles';
import { applyChanges } from '../../../src/system/applyChanges';

describe('setting up the Lua language server', () => {
  let root: string;

  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'type-files-'));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const luarc = (): string => join(root, '.luarc.json');
  const setUp = async (): Promise<number> => {
    const changes = await libraryChanges(root, join(root, '.kong-types'));
    await applyChanges(changes);
    return changes.length;
  };

  const CASES: readonly (readonly [title: string, before: string | undefined, after: unknown])[] = [
    ['makes the settings', undefined, { 'runtime.version': 'LuaJIT', 'workspace.library': ['.kong-types'] }],
    ['adds to settings', '{"a": 1}', { a: 1, 'workspace.library': ['.kong-types'] }],
    ['adds to a library', '{"workspace.library": ["x"]}', { 'workspace.library': ['x', '.kong-types'] }],
    [
      'adds to a library in a table',
      '{"workspace": {"library": ["x"], "y": 1}}',
      { workspace: { library: ['x', '.kong-types'], y: 1 } },
    ],
  ];
  for (const [title, before, after] of CASES) {
    it(`${title}, once`, async () => {
      if (before !== undefined) await writeFile(luarc(), before);
      assert.equal(await setUp(), 1);
      assert.deepEqual(JSON.parse(await readFile(luarc(), 'utf8')), after);
      assert.equal(await setUp(), 0);
    });
  }

  it('leaves settings alone that it cannot read', async () => {
    await writeFile(luarc(), '{ // mine\n}');
    await assert.rejects(setUp(), /not plain JSON/);
    assert.equal(await readFile(luarc(), 'utf8'), '{ // mine\n}');
  });

  it('writes definitions of the PDK and of each plugin, again only when they change', async () => {
    const dir = join(root, 'kong', 'plugins', 'demo');
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'handler.lua'), 'return { PRIORITY = 1, VERSION = "1.0.0" }\n');
    const schema = (field: string): Promise<void> =>
      writeFile(
        join(dir, 'schema.lua'),
        `return { name = "demo", fields = { { config = { type = "record", fields = { { ${field} = { type = "string" } } } } } } }`,
      );
    await schema('first');
    const plugins = await discoverPlugins([root]);
    const write = async (): Promise<string[]> => {
      const { changes } = await typeChanges(plugins, '3.9', join(root, '.kong-types'));
      await applyChanges(changes);
      return changes.map(({ path }) => path.slice(root.length + 1));
    };
    assert.deepEqual(await write(), [join('.kong-types', 'kong.lua'), join('.kong-types', 'plugins', 'demo.lua')]);
    assert.deepEqual(await write(), []);
    await schema('second');
    assert.deepEqual(await write(), [join('.kong-types', 'plugins', 'demo.lua')]);
    assert.match(await readFile(join(root, '.kong-types', 'plugins', 'demo.lua'), 'utf8'), /@field second\? string/);
  });

  it('does not write over a file of somebody else', async () => {
    await mkdir(join(root, '.kong-types'));
    await writeFile(join(root, '.kong-types', 'kong.lua'), 'return {}\n');
    await assert.rejects(typeChanges([], '3.9', join(root, '.kong-types')), /not written by/);
  });
});

// The remedies one by one, without an engine: what they make of settings and files, and what they refuse.
import assert from 'node:assert/strict';
import { cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { withFormatVersion } from '../../../src/kong/declarative/read';
import { remediesFor, planRemedy, REMEDIES } from '../../../src/lifecycle/remedies';
import { rockOf } from '../../../src/lifecycle/remedies/dependency';
import { soundPackagePath } from '../../../src/lifecycle/remedies/settings';
import { runPlan } from '../../../src/lifecycle/plan/plan';
import { folderNode } from '../../../src/node/folder';
import { discoverPlugins } from '../../../src/plugin/discovery';
import { applyChanges } from '../../../src/system/applyChanges';
import { UserError } from '../../../src/system/userError';
import { CATALOGUE, type EntryId } from '../../../src/troubleshoot/catalogue';
import type { CatalogueEntry } from '../../../src/troubleshoot/catalogue/entry';
import type { Finding } from '../../../src/troubleshoot/finding';
import type { RemedyKind } from '../../../src/troubleshoot/remedyKinds';
import { diffOf } from '../../../src/text/diff';
import { fakeNode } from './fakeNode';

const ENTRIES: Readonly<Record<EntryId, CatalogueEntry>> = CATALOGUE;

const finding = (id: EntryId, more: Partial<Finding> = {}): Finding => ({
  id,
  plugin: null,
  module: null,
  file: null,
  line: null,
  title: id,
  cause: '',
  steps: [],
  evidence: [],
  fixes: [...(ENTRIES[id].fixes ?? [])],
  ...more,
});

describe('the table of remedies', () => {
  it('has none that no problem wants', () => {
    const wanted = new Set(
      Object.values(ENTRIES).flatMap(({ fixes = [], messages }) => [...fixes, ...messages.flatMap((form) => form.fixes ?? [])]),
    );
    assert.deepEqual(
      Object.keys(REMEDIES).filter((kind) => !wanted.has(kind as RemedyKind)),
      [],
    );
  });

  it('offers only what can be done without the source when that is not there', async () => {
    assert.deepEqual(await remediesFor(finding('plugin-enabled-not-installed', { plugin: 'x' }), []), [
      'repair-lua-package-path',
      'make-readable',
      'disable-on-node',
    ]);
    await assert.rejects(
      planRemedy(finding('plugin-enabled-not-installed', { plugin: 'x' }), 'install', []),
      (error) => error instanceof UserError && error.message === 'x is not in this workspace.',
    );
  });
});

describe('lua_package_path as it was meant', () => {
  for (const [before, after] of [
    ['"/opt/p/?.lua;;"', '/opt/p/?.lua;;'],
    ['/opt/p', '/opt/p/?.lua;/opt/p/?/init.lua'],
    ['/opt/p/;;', '/opt/p/?.lua;/opt/p/?/init.lua;;'],
    ['/opt/p/kong/plugins/?.lua;;', '/opt/p/?.lua;;'],
    ['/opt/p/kong/plugins/mine/?.lua;;', '/opt/p/?.lua;;'],
    ['/opt/p/kong/plugins', '/opt/p/?.lua;/opt/p/?/init.lua'],
    ['./p/?.lua;/q/?.lua;;', '/srv/p/?.lua;/q/?.lua;;'],
    ['/opt/p/?.lua;;', '/opt/p/?.lua;;'],
  ] as const) {
    it(before, () => assert.equal(soundPackagePath(before, '/srv'), after));
  }
});

describe('_format_version', () => {
  for (const [before, after] of [
    ['services: []\n', '_format_version: "3.0"\nservices: []\n'],
    ['# ours\n---\nservices: []\n', '# ours\n---\n_format_version: "3.0"\nservices: []\n'],
    ['_format_version: 1.1 # old\nx: 1\n', '_format_version: "3.0" # old\nx: 1\n'],
    ["_format_version: '9.9'\r\nx: 1\r\n", '_format_version: "3.0"\r\nx: 1\r\n'],
    ['_format_version:\nx: 1\n', '_format_version: "3.0"\nx: 1\n'],
    ['{ "services": [] }', '{"_format_version": "3.0",  "services": [] }'],
    ['{}', '{"_format_version": "3.0"}'],
    ['{"_format_version": "1.1"}', '{"_format_version": "3.0"}'],
  ] as const) {
    it(JSON.stringify(before), () => assert.equal(withFormatVersion(before, '3.0'), after));
  }
});

describe('the rock of a module', () => {
  for (const [module, rock] of [
    ['resty.http', 'lua-resty-http'],
    ['resty.jwt.validators', 'lua-resty-jwt'],
    ['pl.tablex', 'penlight'],
    ['cjson.safe', 'lua-cjson'],
    ['inspect', 'inspect'],
    ['kong.tools.utils', undefined],
    ['ffi', undefined],
    ['$(reboot)', undefined],
  ] as const) {
    it(`${module}: ${rock ?? 'none'}`, () => assert.equal(rockOf(module), rock));
  }
});

describe('a remedy on a node', () => {
  const operationOf = async (about: Finding, kind: RemedyKind): Promise<ReturnType<typeof runPlan>> => {
    const { operation } = await planRemedy(about, kind, []);
    assert.ok(operation);
    return runPlan(node, await operation());
  };
  let node: ReturnType<typeof fakeNode>;
  const PID = '/usr/local/kong/pids/nginx.pid';

  it('empties a pid file that names no process, where a file cannot be removed', async () => {
    node = fakeNode({ running: false });
    node.files.set(PID, Buffer.from('4711\n'));
    const result = await operationOf(finding('kong-already-running'), 'remove-pid-file');
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(node.files.get(PID)?.toString(), '');
  });

  it('empties the persisted configuration', async () => {
    node = fakeNode({ running: false });
    node.files.set('/usr/local/kong/dbless.lmdb/data.mdb', Buffer.from('old'));
    const result = await operationOf(finding('remove-stale-lmdb', { plugin: 'x' }), 'remove-stale-lmdb');
    assert.ok(result.ok, JSON.stringify(result));
    assert.equal(node.files.get('/usr/local/kong/dbless.lmdb/data.mdb')?.length, 0);
  });

  it('says what to do where the surroundings decide and Kong does not run', async () => {
    node = fakeNode({ running: false, env: { KONG_PLUGINS: '"bundled,x"' } });
    const result = await operationOf(finding('plugins-setting-malformed'), 'repair-plugins-setting');
    assert.equal(result.ok, false);
    assert.match(result.steps.at(-1)?.detail ?? '', /Set KONG_PLUGINS=bundled,x where this Kong is started\./);
  });

  it('refuses to look for a rock that cannot be', async () => {
    await assert.rejects(
      async () => {
        const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-fix-'));
        try {
          await cp(path.join(__dirname, '../../fixtures/example/hello-header'), dir, { recursive: true });
          const plugins = await discoverPlugins([dir]);
          const about = finding('plugin-module-missing-dependency', {
            plugin: plugins[0]?.name ?? null,
            details: { missing: 'kong.tools.gone' },
          });
          await planRemedy(about, 'add-rock-dependency', plugins);
        } finally {
          await rm(dir, { recursive: true });
        }
      },
      (error) => error instanceof UserError && error.message === 'No rock brings kong.tools.gone.',
    );
  });
});

describe('a remedy of the source, on a folder', () => {
  it('makes the edit of the light bulb for what Kong refuses in the schema, and is not offered where there is none', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-fix-'));
    try {
      await mkdir(path.join(dir, 'kong/plugins/mine'), { recursive: true });
      const schema = path.join(dir, 'kong/plugins/mine/schema.lua');
      await writeFile(path.join(dir, 'kong/plugins/mine/handler.lua'), 'return { PRIORITY = 1, VERSION = "1.0.0" }\n');
      const written = (field: string): string =>
        `return { name = "mine", fields = { { config = { type = "record", fields = { { a = ${field} } } } } } }\n`;
      await writeFile(schema, written('{ type = "string" }'));
      const plugins = await discoverPlugins([dir]);
      const offered = async (id: EntryId, field: string): Promise<RemedyKind[]> => {
        await writeFile(schema, written(field));
        return remediesFor(finding(id, { plugin: 'mine' }), plugins);
      };
      assert.deepEqual(await offered('schema-unknown-attribute', '{ type = "string" }'), ['reinstall']);
      for (const [id, field, mended] of [
        ['schema-unknown-attribute', '{ type = "string", enum = { "x" } }', '{ type = "string", one_of = { "x" } }'],
        ['schema-field-unknown-type', '{ type = "strng" }', '{ type = "string" }'],
        ['schema-missing-required-attribute', '{ type = "array" }', '{ type = "array", elements = { type = "string" } }'],
        ['schema-default-invalid', '{ type = "number", default = "5" }', '{ type = "number", default = 5 }'],
      ] as const) {
        assert.deepEqual(await offered(id, field), ['mend-schema', 'reinstall'], id);
        await applyChanges((await planRemedy(finding(id, { plugin: 'mine' }), 'mend-schema', plugins)).changes);
        assert.equal(await readFile(schema, 'utf8'), written(mended));
      }
    } finally {
      await rm(dir, { recursive: true });
    }
  });

  it('changes the workspace, brings the plugin and verifies; the changes can be shown before', async () => {
    const dir = await mkdtemp(path.join(os.tmpdir(), 'kpw-fix-'));
    try {
      const code = path.join(dir, 'ws/kong/plugins/mine');
      await mkdir(code, { recursive: true });
      await mkdir(path.join(dir, 'node'));
      await writeFile(
        path.join(code, 'handler.lua'),
        'local H = { PRIORITY = 1, VERSION = "1.0.0" }\nfunction H:access(conf) kong.log(conf.words .. "!") end\nreturn H\n',
      );
      const rockspec = path.join(dir, 'ws/kong-plugin-mine-1.0.0-1.rockspec');
      await writeFile(
        rockspec,
        'package = "kong-plugin-mine"\nversion = "1.0.0-1"\nsource = { url = "git+https://example.com/x.git", tag = "1.0.0" }\nbuild = {\n  type = "builtin",\n  modules = {\n    ["kong.plugins.mine.handler"] = "kong/plugins/mine/handler.lua",\n  },\n}\n',
      );
      const plugins = await discoverPlugins([path.join(dir, 'ws')]);
      const planned = await planRemedy(finding('no-configuration-schema', { plugin: 'mine' }), 'write-schema', plugins);
      const texts = await Promise.all(
        planned.changes.map(async (change) => diffOf(change, change.kind === 'edit' ? await readFile(change.path, 'utf8') : '')),
      );
      assert.match(texts[0] ?? '', /^\+ {11}\{ words = \{ type = "string" \} \},$/m);
      assert.equal(texts[1], 'line 8\n+     ["kong.plugins.mine.schema"] = "kong/plugins/mine/schema.lua",\n');
      await applyChanges(planned.changes);
      const operation = await planned.operation?.();
      assert.ok(operation);
      const result = await runPlan(folderNode(path.join(dir, 'node'), { kong: '3.9.1' }), operation);
      assert.ok(result.ok, JSON.stringify(result));
      assert.match(result.steps.find(({ name }) => name === 'verify')?.detail ?? '', /would load mine/);
    } finally {
      await rm(dir, { recursive: true });
    }
  });
});
